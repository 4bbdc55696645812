package inspector

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/nn/audit"
	"glassbox/nn/faults"
	"glassbox/nn/spec"
)

func config(t *testing.T, flags string) experiment.Config {
	t.Helper()
	c, err := experiment.FromFlags(flags, 42)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var commands = []string{"explain", "explain"}

// modelOf builds the model of a run.
func modelOf(t *testing.T, flags string, o Options) (Model, []experiment.Result) {
	t.Helper()
	o.Explain = commands
	m, results, err := Run(context.Background(), config(t, flags), o)
	if err != nil {
		t.Fatal(err)
	}
	return m, results
}

// plainly trains by the plain loops and returns every step.
func plainly(c experiment.Config, list []faults.Fault) []*audit.Numbered {
	e := experiment.New(c)
	set := spec.Settings{Rate: c.Rate, Momentum: c.Momentum, Mean: c.Mean}
	net := spec.NewNet(e.Net.Params(), set)
	faults.Put(net, list...)
	var steps []*audit.Numbered
	for n := range c.Steps {
		x, y := e.Next()
		net.Forward(x.Clone(), y.Clone())
		net.Backward()
		net.Update()
		steps = append(steps, &audit.Numbered{Number: n, Step: spec.Step{Settings: set, L: len(c.Hidden) + 1, T: maps.Clone(net.Tensors())}})
	}
	return steps
}

// checkNet holds every number of a network's kept steps against plain loops.
func checkNet(t *testing.T, net Net, steps []*audit.Numbered) (explained, folded int) {
	t.Helper()
	for _, s := range net.Steps {
		d := decode(t, net.Layouts[s.Layout], s)
		e, f := d.follows(t, steps[s.N], func(tensor string) mat.Matrix { return steps[s.N].T[tensor] })
		explained, folded = explained+e, folded+f
		for _, name := range steps[s.N].Names() {
			if _, ok := d.tensors[name]; ok == isNext(name) {
				t.Errorf("step %d: %s is there: %v", s.N, name, ok)
			}
		}
	}
	return explained, folded
}

// The page holds the numbers of training, and of each its explanation, to the
// last bit.
func TestNumbers(t *testing.T) {
	for flags, folds := range map[string]bool{
		"":                             true,
		"-reduction sum -momentum 0.9": true,
		"-sgd":                         false,
		"-sgd -momentum 0.5":           false,
		"-batch_size 7 -momentum 0.5":  false,
		"-batch_size 30":               true,
		"-dnn_hidden_units 5,4":        true,
		"-dnn_hidden_units 40":         true,
		"-data ../../../testdata/iris.csv -standardize -dnn_hidden_units 6": true,
	} {
		t.Run(flags, func(t *testing.T) {
			flags += " -max_steps 6 -learning_rate 0.3"
			if !strings.Contains(flags, "-data") {
				flags += " -n 50"
			}
			m, _ := modelOf(t, flags, Options{})
			explained, folded := checkNet(t, m.Nets[0], plainly(config(t, flags), nil))
			if explained < 500 || folded > 0 != folds || len(m.Nets[0].Steps) != 6 {
				t.Errorf("%d explanations, %d of them folded, of %d steps", explained, folded, len(m.Nets[0].Steps))
			}
		})
	}
}

// At every rung of the ladder the numbers are those of the whole explanation.
func TestNumbersOfEveryDetail(t *testing.T) {
	c := config(t, "-n 60 -max_steps 3 -dnn_hidden_units 37,3 -momentum 0.9")
	l := train(context.Background(), c, map[int]bool{2: true}, nil, func() {})
	k := newKeeper([]*training{l}, nil, nil)
	want := plainly(c, nil)[2]
	before := math.MaxInt
	for _, d := range ladder {
		r := series{source: l.source, kept: k.kept, place: func(row int) int { return row }, draw: func(*source) Drawing { return Drawing{} }}
		b := r.make(2, d)
		if b.size >= before {
			t.Errorf("%+v takes %d bytes, the one before it %d", d, b.size, before)
		}
		before = b.size
		got := decode(t, b.layout, b.step)
		if _, folded := got.follows(t, want, func(tensor string) mat.Matrix { return want.T[tensor] }); folded == 0 {
			t.Errorf("%+v: nothing was folded", d)
		}
		if len(b.step.Kept) != d.rows {
			t.Errorf("%+v: rows %v", d, b.step.Kept)
		}
		for _, x := range b.layout {
			if why := x.Name == "x" || x.Name == "y" || d.bare && isParam(x.Name); x.Explained == why {
				t.Errorf("%+v: %+v", d, x)
			}
		}
	}
}

// Of two networks the one with the mistake shows its own numbers and how right
// ones would follow from their inputs.
func TestNumbersWithFaults(t *testing.T) {
	for _, flags := range []string{
		"-as_reported", "-fault bias-gradient-mean", "-fault stale-gradient -momentum 0.9", "-fault gradient-accumulated -sgd",
		"-fault inverted-he-init,dx-with-dw", "-fault momentum -batch_size 20", "-fault stale-gradient-again", "-fault softmax-axis-0",
	} {
		t.Run(flags, func(t *testing.T) {
			c := config(t, flags+" -n 40 -max_steps 6 -dnn_hidden_units 6")
			right := c
			right.Faults = nil
			m, _ := modelOf(t, flags+" -n 40 -max_steps 6 -dnn_hidden_units 6", Options{})
			if len(m.Nets) != 2 || len(m.Nets[0].Steps) != 6 || len(m.Nets[1].Steps) != 6 {
				t.Fatalf("%d networks", len(m.Nets))
			}
			steps := [][]*audit.Numbered{plainly(right, nil), plainly(c, c.Faults)}
			next := strings.Contains(flags, "again")
			different := 0
			for n, net := range m.Nets {
				for _, s := range net.Steps {
					d := decode(t, net.Layouts[s.Layout], s)
					want := steps[n][s.N]
					if e, _ := d.follows(t, want, func(tensor string) mat.Matrix { return want.T[tensor] }); e == 0 {
						t.Error("nothing is explained")
					}
					for _, name := range want.Names() {
						if _, ok := d.tensors[name]; ok == (isNext(name) && !next) {
							t.Errorf("step %d: %s is there: %v", s.N, name, ok)
						}
					}
					if n == 0 {
						continue
					}
					var differ []string
					for _, name := range want.Names() {
						if _, ok := d.tensors[name]; ok && fmt.Sprint(floats(steps[0][s.N].T[name])) != fmt.Sprint(floats(want.T[name])) {
							differ = append(differ, name)
						}
					}
					if different += len(differ); !slices.Equal(s.Differs, differ) {
						t.Errorf("step %d: %q differ, want %q", s.N, s.Differs, differ)
					}
				}
			}
			if different < 20 {
				t.Errorf("only %d tensors differ", different)
			}
		})
	}
}

// floats are the numbers of a matrix as texts that tell all of them apart.
func floats(m mat.Matrix) []string {
	var list []string
	for i := range m.Rows {
		for _, v := range m.Row(i) {
			list = append(list, fmt.Sprintf("%x", v))
		}
	}
	return list
}

// Numbers are compared by their bits, but every NaN is the same.
func TestParts(t *testing.T) {
	nan, other := math.NaN(), math.Float64frombits(0x7ff8000000000123)
	a := mat.Of(2, 2, 1, nan, 0, 2)
	for _, c := range []struct {
		b    mat.Matrix
		i, j int
		want bool
	}{
		{mat.Of(2, 2, 1, other, 0, 2), 0, 0, false},
		{mat.Of(2, 2, 1, nan, math.Copysign(0, -1), 2), 1, 0, true},
		{mat.Of(2, 2, 1, 5, 0, 3), 0, 1, true},
		{mat.Of(2, 2, 1, nan, 0, math.Nextafter(2, 3)), 1, 1, true},
		{mat.Of(1, 4, 1, nan, 0, 2), 0, 0, true},
	} {
		if i, j, differ := parts(a, c.b); i != c.i || j != c.j || differ != c.want {
			t.Errorf("%v: %d, %d, %v", c.b, i, j, differ)
		}
	}
}
