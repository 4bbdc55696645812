package inspector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"glassbox/nn/faults"
)

// Of every mistake of the catalogue the first number that differs is found, as
// two networks of plain loops show it.
func TestDiffers(t *testing.T) {
	never := 0
	for _, f := range faults.InStep {
		if f.Kind == "optimizer" {
			continue // this network has none
		}
		c := config(t, "-n 25 -max_steps 5 -dnn_hidden_units 3 -learning_rate 0.5 -fault "+f.Name)
		right := c
		right.Faults = nil
		wanted := map[int]bool{}
		_, got := mistaken(context.Background(), c, right, wanted, func() {})
		a, b := plainly(right, nil), plainly(c, c.Faults)
		var want *Place
	search:
		for n := range a {
			for _, name := range a[n].Names() {
				x, y := floats(a[n].T[name]), floats(b[n].T[name])
				for k := range x {
					if x[k] != y[k] {
						cols := a[n].T[name].Cols
						want = &Place{n, name, k / cols, k % cols}
						break search
					}
				}
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: first at %+v, want %+v", f.Name, got, want)
		}
		if want == nil {
			never++
		} else if !wanted[want.Step] {
			t.Errorf("%s: step %d need not be kept", f.Name, want.Step)
		}
	}
	if never > 6 {
		t.Errorf("%d mistakes never show", never)
	}
}

// The place at which two networks part can be looked at in both, whatever else
// is kept: its step, and its row.
func TestDiffersIsKept(t *testing.T) {
	cases := map[string]int{
		"-fault momentum -sgd":                 1,
		"-fault gradient-accumulated":          1,
		"-fault leaky-slope -n 200":            0,
		"-fault epoch-gradient -batch_size 40": 0,
		"-as_reported":                         0,
	}
	// Where the one unit is above 0 for the first rows, the two part late.
	for seed := 0; len(cases) < 9 && seed < 500; seed++ {
		flags := fmt.Sprint("-fault relu-missing -dnn_hidden_units 1 -n 200 -seed ", seed)
		c := config(t, flags+" -max_steps 1")
		right := c
		right.Faults = nil
		if _, p := mistaken(context.Background(), c, right, map[int]bool{}, func() {}); p != nil && p.Tensor == "h1" && p.I > 8 {
			cases[flags] = 0
		}
	}
	late := 0
	for flags, step := range cases {
		m, _ := modelOf(t, flags+" -max_steps 12", Options{Steps: []int{5, 9}})
		if m.Differs == nil || m.Differs.Step != step {
			t.Fatalf("%s: %+v", flags, m.Differs)
		}
		for n, net := range m.Nets {
			if got := numbers(net); !slices.Equal(got, []int{step, 5, 9}) {
				t.Fatalf("%s: steps %v", flags, got)
			}
			decode(t, net.Layouts[net.Steps[0].Layout], net.Steps[0]).value(t, m.Differs.Tensor, m.Differs.I, m.Differs.J)
			if want := []string{"the right network", "with "}[n]; !strings.HasPrefix(net.Name.EN, want) || n == 1 && len(net.Note.EN) < 10 {
				t.Errorf("%s: %+v, %+v", flags, net.Name, net.Note)
			}
		}
		if m.Differs.I > 8 {
			late++
		}
	}
	if late == 0 {
		t.Error("they always part in the first rows")
	}
}

func numbers(n Net) []int {
	var list []int
	for _, s := range n.Steps {
		list = append(list, s.N)
	}
	return list
}

// The kept steps of a whole run: the first ones, the last, and many between.
func TestStepsOfARun(t *testing.T) {
	m, results := modelOf(t, "-max_steps 400 -n 300", Options{})
	got := numbers(m.Nets[0])
	if !slices.Equal(got[:4], []int{0, 1, 2, 3}) || got[len(got)-1] != 399 || len(got) < 20 || len(got) > 40 {
		t.Errorf("steps %v", got)
	}
	// The last step leaves the parameters that training ends with.
	s := m.Nets[0].Steps[len(got)-1]
	d := decode(t, m.Nets[0].Layouts[s.Layout], s)
	for k, name := range []string{"W1_new", "b1_new", "W2_new", "b2_new"} {
		p := results[0].Params[k]
		for i := range p.Rows {
			for j, want := range p.Row(i) {
				if got := d.value(t, name, i, j); got != want {
					t.Fatalf("%s[%d,%d] is %v, training ended with %v", name, i, j, got, want)
				}
			}
		}
	}
	c := m.Nets[0].Curve
	if len(c.Step) != 41 || c.Step[40] != 400 || len(c.Loss) != 41 || len(c.Train) != 41 || len(c.Test) != 41 {
		t.Errorf("%d evaluations", len(c.Step))
	}
	for i, v := range results[0].Evals {
		if math.Abs(c.Loss[i]-v.Loss/float64(v.Rows)) > 1e-5*c.Loss[i] || math.Abs(c.Test[i]-v.TestAccuracy) > 1e-5 || math.Abs(c.Train[i]-v.TrainAccuracy) > 1e-5 {
			t.Errorf("evaluation %d: %v, %v, %v of %+v", i, c.Loss[i], c.Train[i], c.Test[i], v)
		}
	}
	if m, _ := modelOf(t, "-max_steps 3000 -eval_freq 1 -n 20", Options{}); len(m.Nets[0].Curve.Step) != curvePoints {
		t.Errorf("a curve of %d points", len(m.Nets[0].Curve.Step))
	}
	if m, _ := modelOf(t, "-max_steps 50 -n 300", Options{Steps: []int{7, 30}}); !slices.Equal(numbers(m.Nets[0]), []int{7, 30}) {
		t.Errorf("steps %v, 7 and 30 were asked for", numbers(m.Nets[0]))
	}
}

// A run that is stopped is shown as far as it went, its last step with it.
func TestInterrupted(t *testing.T) {
	for _, flags := range []string{"", "-momentum 0.9 -batch_size 9", "-sgd", "-as_reported", "-sgd -fault dx-with-dw"} {
		ctx, cancel := context.WithCancel(context.Background())
		steps := 0
		o := Options{Explain: commands, Steps: []int{0, 100, 50_000}, Progress: func(label string, _ int) func() {
			if label != "training" {
				return func() {}
			}
			return func() {
				if steps++; steps == 400 {
					cancel()
				}
			}
		}}
		flags += " -n 40 -max_steps 100000"
		m, results, err := Run(ctx, config(t, flags), o)
		if err != nil {
			t.Fatal(err)
		}
		for n, net := range m.Nets {
			got := numbers(net)
			if !slices.Equal(got, []int{0, 100, 399}) {
				t.Errorf("%s: steps %v of network %d", flags, got, n)
			}
			if !results[len(results)-1].Interrupted() {
				t.Errorf("%s: %v", flags, results[len(results)-1].Err)
			}
		}
		c := config(t, flags)
		c.Steps = 400
		checkNet(t, m.Nets[len(m.Nets)-1], plainly(c, c.Faults))
	}
}

// A run that diverges is shown up to the step that has the first number that is
// not finite, and JSON takes what it is.
func TestDiverged(t *testing.T) {
	for _, flags := range []string{"-learning_rate 1e300", "-learning_rate 1e300 -eval_freq 1", "-learning_rate 1e300 -sgd -momentum 0.5", "-fault dz-sign -learning_rate 1e60 -reduction sum -eval_freq 3"} {
		flags += " -n 30 -max_steps 5000"
		c := config(t, flags)
		m, results := modelOf(t, flags, Options{})
		net, r := m.Nets[len(m.Nets)-1], results[len(results)-1]
		if r.Err == nil || r.Interrupted() || !strings.HasPrefix(net.Note.EN[strings.Index(net.Note.EN, "It diverged"):], "It diverged") {
			t.Fatalf("%s: %v, %q", flags, r.Err, net.Note)
		}
		got := numbers(net)
		if c.Steps = got[len(got)-1] + 1; c.Steps > 1000 {
			t.Fatalf("%s: steps %v", flags, got)
		}
		steps := plainly(c, c.Faults)
		checkNet(t, net, steps)
		last := steps[len(steps)-1]
		bad := ""
		for _, name := range last.Names() {
			if _, _, _, found := last.T[name].NonFinite(); found && bad == "" {
				bad = name
			}
		}
		if bad == "" {
			t.Errorf("%s: step %d is finite", flags, last.Number)
		}
		if _, err := json.Marshal(m); err != nil {
			t.Errorf("%s: %v", flags, err)
		}
	}
	// Beside a network that diverges the right one stands at the same steps.
	m, results := modelOf(t, "-fault update-sign -learning_rate 3 -n 40 -max_steps 400", Options{Steps: []int{0, 5}})
	last := m.Nets[1].Steps[2].N
	if want := []int{0, 5, last}; results[0].Err != nil || results[1].Err == nil || last < 100 || !slices.Equal(numbers(m.Nets[0]), want) || !slices.Equal(numbers(m.Nets[1]), want) {
		t.Errorf("steps %v and %v; %v and %v", numbers(m.Nets[0]), numbers(m.Nets[1]), results[0].Err, results[1].Err)
	}
}

// The same run gives the same model, on however many cores.
func TestDeterministic(t *testing.T) {
	of := func(procs int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		m, _ := modelOf(t, "-fault bias-gradient-sum -max_steps 12 -n 200 -batch_size 50", Options{})
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if of(1) != of(7) {
		t.Error("another model on other cores")
	}
}

// Where the steps looked at are smaller than the others, fewer are taken.
func TestFit(t *testing.T) {
	c := config(t, "-n 20 -max_steps 40")
	wanted := map[int]bool{}
	for n := range c.Steps {
		wanted[n] = true
	}
	l := train(context.Background(), c, wanted, nil, func() {})
	r := &series{steps: l.steps, source: l.source, kept: newKeeper([]*training{l}, nil, nil).kept, place: func(row int) int { return row }, draw: func(s *source) Drawing {
		if s.Number == 0 || s.Number == 20 || s.Number == 39 {
			return Drawing{}
		}
		return Drawing{Boundary: strings.Repeat("M0 0", 20_000)}
	}}
	q := request{room: budget, must: []int{39, 13}, spread: func(there []int, count int) []int { return nearest(spread(39, count), there) }, done: func() {}}
	p, err := q.fit([]*series{r})
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, n := range p.steps[0] {
		size += p.built[0][n].size
	}
	if size > budget || size < budget*3/4 || len(p.steps[0]) < 15 || !slices.Contains(p.steps[0], 13) || !slices.Contains(p.steps[0], 39) {
		t.Errorf("%d bytes of the steps %v", size, p.steps[0])
	}
	q.room = 300_000
	if p, err := q.fit([]*series{r}); err != nil || len(p.steps[0]) < 3 {
		t.Errorf("%v, %v", p, err)
	}
	q.room = 10
	if _, err := q.fit([]*series{r}); err == nil {
		t.Error("10 bytes are enough for a page")
	}
}

// No model takes more than its share of the page, and what cannot fit is
// refused in one line whose advice works.
func TestSizes(t *testing.T) {
	for flags, least := range map[string]int{
		"-max_steps 300":                                            20,
		"-as_reported -max_steps 100":                               15,
		"-sgd -max_steps 1000":                                      140,
		"-data ../../../testdata/iris.csv -max_steps 100":           18,
		"-dnn_hidden_units 40,40 -momentum 0.9 -max_steps 9":        3,
		"-dnn_hidden_units 200,100 -max_steps 3 -n 20":              3,
		"-dnn_hidden_units 70,60 -max_steps 3 -n 20 -fault dz-sign": 3,
	} {
		if testing.Short() && strings.Contains(flags, "0,") {
			continue
		}
		m, _ := modelOf(t, flags, Options{})
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		for _, n := range m.Nets {
			for _, s := range n.Steps {
				steps += len(s.Data)
			}
			if len(n.Steps) < least {
				t.Errorf("%s: %d steps", flags, len(n.Steps))
			}
		}
		if steps > 2_600_000 || len(b) > 2_800_000 {
			t.Errorf("%s: %d bytes, %d of them steps", flags, len(b), steps)
		}
	}
}

func TestTooLarge(t *testing.T) {
	for _, flags := range []string{"-dnn_hidden_units 4000,4000 -momentum 0.5", "-dnn_hidden_units 400,300,30", "-dnn_hidden_units 200,200 -fault dz-sign"} {
		_, _, err := Run(context.Background(), config(t, flags), Options{Explain: commands})
		var large *TooLargeError
		if !errors.As(err, &large) || strings.Contains(err.Error(), "\n") {
			t.Fatalf("%s: %v", flags, err)
		}
		_, advice, ok := strings.Cut(strings.TrimSuffix(err.Error(), " would be right"), ": ")
		if !ok || !strings.HasPrefix(advice, "-dnn_hidden_units ") {
			t.Fatalf("%s: %v", flags, err)
		}
		if testing.Short() || !strings.Contains(flags, "400,300,30") {
			continue
		}
		rest := strings.Join(strings.Fields(flags)[2:], " ")
		if _, _, err := Run(context.Background(), config(t, advice+" "+rest+" -max_steps 4 -n 20"), Options{Explain: commands}); err != nil {
			t.Errorf("%s: %v, and then %v", flags, advice, err)
		}
	}
	many := upTo(2000)
	_, _, err := Run(context.Background(), config(t, "-max_steps 2000"), Options{Explain: commands, Steps: many})
	if err == nil || !strings.Contains(err.Error(), "of -steps would be right") {
		t.Errorf("%v", err)
	}
	for flags, o := range map[string]Options{
		"-samples: there is no training row 40; they are 0 to 39":       {Samples: []int{3, 40}},
		"-steps: there is no step 5; with -max_steps 5 they are 0 to 4": {Steps: []int{0, 5}},
	} {
		o.Explain = commands
		if _, _, err := Run(context.Background(), config(t, "-n 50 -max_steps 5"), o); err == nil || err.Error() != flags {
			t.Errorf("%v, want %s", err, flags)
		}
	}
	if _, _, err := Run(context.Background(), config(t, "-sgd"), Options{Explain: commands, Samples: []int{1}}); err == nil {
		t.Error("-sgd has no batch to keep rows of")
	}
}
