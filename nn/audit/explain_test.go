package audit

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn"
	"glassbox/nn/spec"
)

// steps runs a small network of the plain loops and returns its last step.
func steps(n int, set spec.Settings, rows int, sizes ...int) *Numbered {
	net, x, y := small(set, rows, sizes...)
	var before spec.Tensors
	for i := range n {
		if i > 0 {
			before = net.Tensors()
		}
		net.Forward(x, y)
		net.Backward()
		net.Update()
	}
	s := &Numbered{Number: n - 1}
	s.Settings, s.L, s.T, s.Prev = set, len(sizes)-1, net.Tensors(), before
	return s
}

// small is a network with random weights and biases, on random rows.
func small(set spec.Settings, rows int, sizes ...int) (net *spec.Net, x, y mat.Matrix) {
	rng := nprand.New(11)
	last := len(sizes) - 1
	mlp := nn.NewMLP(sizes[0], sizes[1:last], sizes[last])
	mlp.Init(rng, nn.He)
	for _, l := range mlp.Linears {
		for j := range l.B.Data {
			l.B.Data[j] = 0.3 * rng.StandardNormal()
		}
	}
	x = mat.New(rows, sizes[0])
	for i := range x.Data {
		x.Data[i] = rng.StandardNormal()
	}
	labels := make([]int, rows)
	for i := range labels {
		labels[i] = rng.Intn(max(2, sizes[last]))
	}
	if sizes[last] > 1 {
		return spec.NewNet(mlp.Params(), set), x, moons.OneHot(labels, sizes[last])
	}
	y = mat.New(rows, 1)
	for i, l := range labels {
		y.Data[i] = float64(l)
	}
	return spec.NewNet(mlp.Params(), set), x, y
}

// waySettings are settings in which each row of spec's tables comes, and a penalty.
func waySettings() (list []spec.Settings) {
	for i, a := range spec.Activations {
		list = append(list, spec.Settings{Rate: 0.1, Mean: i%2 == 0, Activation: a})
	}
	for i, l := range spec.Losses {
		list = append(list, spec.Settings{Rate: 0.1, Mean: i%2 == 1, Loss: l, Activation: spec.Activations[i], Decay: float64(i) * 0.01})
	}
	for i, o := range spec.Optimizers[2:] {
		set := spec.Settings{Rate: 0.1, Mean: true, Optimizer: o, Activation: spec.Activations[i+2], Decay: 0.1}
		if o.Squares == nil {
			set.Momentum = 0.9
		}
		list = append(list, set)
	}
	return list
}

// sizesOf is a network with as many outputs as the loss has.
func sizesOf(set spec.Settings) []int { return []int{3, 4, 3, set.Outputs(2)} }

// Every element of every tensor of a step is explained to the last bit, the
// terms add up to it, and what it is made of can be explained in turn.
func TestExplainsEveryBit(t *testing.T) {
	type kind struct {
		set   spec.Settings
		steps int
		rows  int
		sizes []int
	}
	list := []kind{
		{spec.Settings{Rate: 0.1, Mean: true}, 1, 6, []int{2, 5, 2}},
		{spec.Settings{Rate: 0.3, Momentum: 0.9}, 3, 4, []int{3, 4, 3, 3}},
		{spec.Settings{Rate: 0.1, Momentum: 0.5, Mean: true}, 1, 3, []int{2, 3, 2}},
		{spec.Settings{Rate: 0.1, Mean: true}, 2, 1, []int{2, 4, 2}},
		{spec.Settings{Rate: 0.1}, 1, 3, []int{2, 3}},
	}
	for i, set := range waySettings() {
		list = append(list, kind{set, 1 + i%2*2, 4, sizesOf(set)})
	}
	for _, c := range list {
		s := steps(c.steps, c.set, c.rows, c.sizes...)
		names := s.Names()
		for _, name := range spec.Sorted(s.T) {
			if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ") {
				t.Errorf("%v: %s is in the step and not among its names", c.sizes, name)
			}
		}
		for _, name := range names {
			m := s.T[name]
			for i := range m.Rows {
				for j := range m.Cols {
					x, err := Explain(s, ElementName{Step: -1, Tensor: name, I: i, J: j})
					if err != nil {
						t.Fatalf("%v: %s[%d,%d]: %v", c.sizes, name, i, j, err)
					}
					explained(t, s, x, name, m.At(i, j))
				}
			}
		}
	}
}

func explained(t *testing.T, s *Numbered, x Explanation, name string, want float64) {
	t.Helper()
	if math.Float64bits(x.Result) != math.Float64bits(want) || x.Bits != math.Float64bits(want) {
		t.Errorf("%s: %x, the step has %x", x.Name, x.Result, want)
	}
	if x.Recorded == nil || *x.Recorded != want {
		t.Errorf("%s: recorded %v, the step has %v", x.Name, x.Recorded, want)
	}
	if !strings.HasPrefix(x.Formula, x.Name+" = ") || !strings.HasPrefix(x.Numbers, x.Name+" = ") {
		t.Errorf("%s: formula %q, %q", x.Name, x.Formula, x.Numbers)
	}
	// A sum's terms, added up in any other way, are near it.
	if n, _ := spec.ParseName(name); n.Kind == "z" || n.Kind == "dh" || n.Kind == "dW" || n.Kind == "db" || n.Suffix == "_new" || n.Kind == "dz" && n.Layer == s.L && !s.Mean && s.Loss == nil {
		sum, size := 0.0, 0.0
		for n := range x.Terms {
			v := x.Terms[len(x.Terms)-1-n].Value
			sum, size = sum+v, size+math.Abs(v)
		}
		if math.Abs(sum-want) > 1e-14*size {
			t.Errorf("%s: the terms add up to %v, it is %v", x.Name, sum, want)
		}
	}
	seen := map[string]bool{}
	for _, in := range x.Inputs {
		e, err := ParseElement(in)
		if err != nil || seen[in] {
			t.Errorf("%s: input %q: twice %v, error %v", x.Name, in, seen[in], err)
		}
		seen[in] = true
		if e.Step >= 0 {
			if e.Step != s.Number-1 {
				t.Errorf("%s: input %s from step %d", x.Name, in, s.Number)
			}
			continue
		}
		if _, err := Explain(s, e); err != nil {
			t.Errorf("%s: input %s: %v", x.Name, in, err)
		}
	}
	for _, term := range x.Terms {
		for _, in := range term.Inputs {
			if !seen[in] {
				t.Errorf("%s: %s of term %q is not among the inputs", x.Name, in, term.Text)
			}
		}
	}
}

// What an element is made of is all it depends on: a change of an input
// changes the explanation, a change of anything else in the step does not.
func TestInputsAreThose(t *testing.T) {
	s := steps(1, spec.Settings{Rate: 0.1, Mean: true}, 4, 2, 3, 2)
	for _, name := range spec.Order(s.L, spec.Settings{}) {
		x, err := Explain(s, ElementName{Tensor: name})
		if err != nil {
			t.Fatal(err)
		}
		made := map[string]bool{}
		for _, in := range x.Inputs {
			made[in] = true
		}
		for other, m := range s.T {
			if other == name {
				continue
			}
			for i := range m.Rows {
				for j := range m.Cols {
					changed := *s
					changed.T = maps.Clone(s.T)
					changed.T[other] = m.Clone()
					changed.T[other].Set(i, j, m.At(i, j)*1.5+0.25)
					y, err := Explain(&changed, ElementName{Tensor: name})
					if err != nil {
						t.Fatal(err)
					}
					if y.Numbers != x.Numbers && !made[element(other, i, j)] || y.Result != x.Result && !made[element(other, i, j)] {
						t.Errorf("%s depends on %s, which is not among its inputs", x.Name, element(other, i, j))
					}
				}
			}
		}
	}
}

func TestExplainGivesReasons(t *testing.T) {
	s := steps(1, spec.Settings{Rate: 0.5}, 4, 2, 3, 2)
	s.T["z1"] = mat.Of(4, 3, -1, 2, math.NaN(), 0, 1, 1, 1, 1, 1, 1, 1, 1)
	for name, want := range map[string]string{
		"h1[0,0]":      "z1[0,0] = -1 is stopped: it is not above 0",
		"h1[0,1]":      "z1[0,1] passes: it is above 0",
		"h1[0,2]":      "z1[0,2] passes: it is not a number",
		"dz1[0,0]":     "dh1[0,0] is stopped: z1[0,0] = -1 is not above 0",
		"dz1[1,0]":     "dh1[1,0] is stopped: z1[1,0] = 0 is not above 0",
		"dz1[0,1]":     "dh1[0,1] passes: z1[0,1] = 2 is above 0",
		"dW1[0,1]":     "x[0,0]·dz1[0,1]",
		"W1_new[1,2]":  "W1[1,2]",
		"b1_next[0,1]": "b1_new[0,1]",
		"W2[0,0]":      "given",
	} {
		e, err := ParseElement(name)
		if err != nil {
			t.Fatal(err)
		}
		x, err := Explain(s, e)
		if err != nil || x.Terms[0].Text != want {
			t.Errorf("%s: %q, want %q, error %v", name, x.Terms[0].Text, want, err)
		}
	}
}

func TestParseElement(t *testing.T) {
	for text, want := range map[string]ElementName{
		"dW1[0,3]":         {-1, "dW1", 0, 3},
		" W2_new[ 10, 4 ]": {-1, "W2_new", 10, 4},
		"12.b1_next[0,3]":  {12, "b1_next", 0, 3},
		"db1[3]":           {-1, "db1", 0, 3},
		"vb2_new[1]":       {-1, "vb2_new", 0, 1},
		"vW1[0,0]":         {-1, "vW1", 0, 0},
		"loss":             {-1, "loss", 0, 0},
		"3.loss[0,0]":      {3, "loss", 0, 0},
	} {
		if got, err := ParseElement(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                                "is not an element of a tensor; NAME[ROW,COLUMN] would be right, for example dW1[0,3]",
		"dW1[0,3":                         "is not an element",
		"dW1[-1,3]":                       "is not an element",
		"dW1[0,1,2]":                      "is not an element",
		"dW1[99999999999999999999,0]":     "is not an element",
		"foo":                             "no tensor is called foo; there are x, y, zk",
		"foo[0,0]":                        "no tensor is called foo",
		"W1_new_next[0,0]":                "is not an element",
		"vz1[0,0]":                        "no tensor is called vz1",
		"vW1_next[0,0]":                   "no tensor is called vW1_next",
		"dW[0,0]":                         "no tensor is called dW",
		"dW1":                             `"dW1" names no element; NAME[ROW,COLUMN] would be right, for example dW1[0,0]`,
		"dW1[3]":                          "has one index and dW1 has rows and columns; for example dW1[0,3]",
		"9999999999.x[0,0]":               "is beyond",
		"999999999999999999999999.x[0,0]": "is beyond",
	} {
		_, err := ParseElement(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	s := steps(1, spec.Settings{Rate: 0.5}, 4, 2, 3, 2)
	for text, want := range map[string]string{
		"dW9[0,0]":  "no tensor is called dW9: the network has 2 layers and step 0 has x, y, W1, b1, W2, b2, z1, h1",
		"dW1[99,0]": "dW1[99,0]: dW1 is 2×3: its rows are 0 to 1, its columns 0 to 2",
		"p[0,2]":    "p[0,2]: p is 4×2: its rows are 0 to 3, its columns 0 to 1",
		"vW1[0,0]":  "no tensor is called vW1",
		"h2[0,0]":   "no tensor is called h2",
	} {
		e, err := ParseElement(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Explain(s, e); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// inTrace makes a trace of steps.
func inTrace(list ...*Numbered) Trace {
	t := Trace{File: "t.npz", Rate: list[0].Rate, Reduction: "sum"}
	if list[0].Mean {
		t.Reduction = "mean"
	}
	for _, s := range list {
		m := maps.Clone(s.T)
		maps.DeleteFunc(m, func(name string, _ mat.Matrix) bool { return name[0] == 'v' })
		t.Steps = append(t.Steps, Step{Number: s.Number, T: m, Single: map[string]bool{}})
	}
	return t
}

// What is not recorded is computed, with the bits it had, and said.
func TestExplainComputesWhatIsMissing(t *testing.T) {
	s := steps(1, spec.Settings{Rate: 0.1, Mean: true}, 5, 2, 4, 3, 2)
	for _, name := range spec.Order(s.L, spec.Settings{}) {
		tr := inTrace(s)
		for _, gone := range spec.Order(s.L, spec.Settings{}) {
			if gone != name {
				delete(tr.Steps[0].T, gone)
			}
		}
		n, err := tr.Numbered(0)
		if err != nil {
			t.Fatal(err)
		}
		for other, m := range s.T {
			if !mat.EqualBits(n.T[other], m) {
				t.Errorf("with %s alone recorded, %s has other bits", name, other)
			}
			if _, given := tr.Steps[0].T[other]; (n.From[other] == Computed) == given {
				t.Errorf("%s: from %v", other, n.From[other])
			}
		}
		x, err := Explain(n, ElementName{Tensor: "dW2"})
		if err != nil || name != "dz2" && !strings.Contains(fmt.Sprint(x.Notes), "dz2 is not recorded: it was computed") {
			t.Errorf("%s: notes %q, error %v", name, x.Notes, err)
		}
		if (x.Recorded != nil) != (name == "dW2") {
			t.Errorf("%s: dW2 recorded: %v", name, x.Recorded)
		}
	}
}

func TestExplainTrace(t *testing.T) {
	set := spec.Settings{Rate: 0.1, Mean: true}
	first, second := steps(1, set, 5, 2, 4, 2), steps(2, set, 5, 2, 4, 2)
	without := func(tr Trace, names ...string) Trace {
		for _, s := range tr.Steps {
			for _, name := range names {
				delete(s.T, name)
			}
		}
		return tr
	}
	half := 0.5
	for name, c := range map[string]struct {
		trace  Trace
		step   int
		rate   float64
		of     string
		err    string
		notes  string
		result float64
	}{
		"no such step": {trace: inTrace(first, second), step: 4, of: "loss", err: "t.npz has no step 4; it has 0, 1"},
		"no x":         {trace: without(inTrace(first), "x"), of: "dW1[0,0]", err: "dW1[0,0] needs x of step 0: it is not recorded"},
		"no W2":        {trace: without(inTrace(first), "W2", "W2_new", "W2_next"), of: "z2[0,0]", err: "z2[0,0] needs W2 of step 0: it is not recorded"},
		"no z, no W":   {trace: without(inTrace(first), "W1", "W1_new", "W1_next", "z1", "h1"), of: "h1[0,0]", err: "h1 of step 0 cannot be explained: it is not recorded, and neither is z1, from which"},
		"no p":         {trace: without(inTrace(first), "p", "z2", "h1", "z1", "x"), of: "loss", err: "loss needs p of step 0: it is not recorded, and neither is z2"},
		"parameters of the step before": {trace: without(inTrace(first, second), "W1", "W1_new"), step: 1, of: "z1[0,0]",
			notes: "W1 is not recorded", result: second.T["z1"].At(0, 0)},
		"no rate": {trace: func() Trace { x := inTrace(first); x.Rate = 0; return x }(), of: "W1_new[0,0]",
			err: "W1_new[0,0] needs the learning rate: the trace has no lr"},
		"a rate": {trace: func() Trace { x := inTrace(first); x.Rate = 0; return x }(), rate: 0.1, of: "W1_new[0,0]", result: first.T["W1_new"].At(0, 0)},
		"mean found": {trace: func() Trace { x := inTrace(first); x.Reduction = ""; return x }(), of: "dz2[1,0]",
			notes: "dz2 is nearest to that of the mean", result: first.T["dz2"].At(1, 0)},
		"sum found": {trace: func() Trace {
			x := inTrace(steps(1, spec.Settings{Rate: 0.1}, 5, 2, 4, 2))
			x.Reduction = ""
			return x
		}(), of: "dz2[1,0]", notes: "dz2 is nearest to that of the sum", result: first.T["dz2"].At(1, 0) * 5},
		"loss of rows": {trace: func() Trace { x := inTrace(first); x.Steps[0].T["loss"] = mat.New(1, 5); return x }(), of: "loss",
			notes: "row by row", result: first.T["loss"].At(0, 0)},
		"single": {trace: func() Trace { x := inTrace(first); x.Steps[0].Single["p"] = true; return x }(), of: "p[0,0]",
			notes: "recorded in float32", result: first.T["p"].At(0, 0)},
		"leaky": {trace: func() Trace { x := inTrace(first); x.Meta.Slopes = map[string]float64{"1": 0.01}; return x }(), of: "h1[0,0]",
			result: first.T["h1"].At(0, 0)},
		"momentum, later": {trace: func() Trace { x := inTrace(first, second); x.Meta.Momentum = &half; return x }(), step: 1, of: "W1_new[0,0]",
			err: "W1_new[0,0] needs vW1_new of step 1: a trace has no velocities, and this is not the first step"},
		"momentum, first": {trace: func() Trace { x := inTrace(first); x.Meta.Momentum = &half; return x }(), of: "W1_new[0,0]",
			notes: "vW1_new is not recorded", result: first.T["W1_new"].At(0, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			c.trace.Rate = cmp.Or(c.rate, c.trace.Rate)
			s, err := c.trace.Numbered(c.step)
			var x Explanation
			if err == nil {
				var e ElementName
				if e, err = ParseElement(c.of); err != nil {
					t.Fatal(err)
				}
				x, err = Explain(s, e)
			}
			switch {
			case c.err != "":
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("error %v, want %q", err, c.err)
				}
			case err != nil:
				t.Error(err)
			case math.Abs(x.Result-c.result) > 1e-15 || !strings.Contains(fmt.Sprint(x.Notes), c.notes):
				t.Errorf("%v, want %v; notes %q, want %q", x.Result, c.result, x.Notes, c.notes)
			}
		})
	}
}

func ExampleExplain() {
	s := &Numbered{Step: spec.Step{L: 1, T: spec.Tensors{
		"x": mat.Of(2, 1, 0.5, 3), "dz1": mat.Of(2, 1, 0.25, -1), "W1": mat.New(1, 1), "dW1": mat.New(1, 1),
	}}}
	x, _ := Explain(s, ElementName{Tensor: "dW1"})
	fmt.Println(x.Formula)
	fmt.Println(x.Numbers)
	for _, t := range x.Terms {
		fmt.Println(t.Text, t.Value, t.Running)
	}
	// Output:
	// dW1[0,0] = Σ x[n,0]·dz1[n,0], n = 0 … 1
	// dW1[0,0] = 0.5·0.25 + 3·(-1)
	// x[0,0]·dz1[0,0] 0.125 0.125
	// x[1,0]·dz1[1,0] -3 -2.875
}
