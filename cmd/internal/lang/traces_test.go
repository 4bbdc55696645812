package lang

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/faults"
	"glassbox/nn/spec"
)

// A run makes a trace of our own network.
type run struct {
	rows, classes, steps int
	deviation            float64 // of the first weights; 0: He's
	set                  spec.Settings
	faults               []faults.Fault
}

func (r run) trace() audit.Trace {
	rng := nprand.New(5)
	x, labels := moons.Make(r.rows, 0.05, rng)
	x.Set(0, 0, 0)
	x.Set(0, 1, 0) // with biases of 0, z is 0 somewhere
	mlp := nn.NewMLP(2, []int{12}, max(r.classes, 2))
	std := nn.He
	if r.deviation != 0 {
		std = func(int) float64 { return r.deviation }
	}
	for _, f := range r.faults {
		if right := std; f.Init != nil {
			std = func(in int) float64 { return f.Init(right(in)) }
		}
	}
	mlp.Init(rng, std)
	t := audit.Trace{File: "own.npz", Rate: r.set.Rate, Reduction: "sum"}
	if r.set.Mean {
		t.Reduction = "mean"
	}
	if r.set.Momentum != 0 {
		t.Meta.Momentum = &r.set.Momentum
	}
	net := spec.NewNet(mlp.Params(), r.set)
	faults.Put(net, r.faults...)
	y := moons.OneHot(labels, max(r.classes, 2))
	for n := range max(r.steps, 3) {
		net.Forward(x, y)
		net.Backward()
		net.Update()
		all := net.Tensors()
		m := spec.Tensors{"x": x, "y": y}
		for _, name := range append(spec.ParamNames(2), spec.Order(2, false)...) {
			if v, ok := all[name]; ok {
				m[name] = v.Clone()
			}
		}
		t.Steps = append(t.Steps, audit.Step{Number: n, T: m, Single: map[string]bool{}})
	}
	return t
}

// changed is a right trace with something done to its first step.
func changed(do func(t *audit.Trace, m spec.Tensors)) audit.Trace {
	t := run{rows: 50, classes: 3, set: spec.Settings{Rate: 0.01, Mean: true}}.trace()
	do(&t, t.Steps[0].T)
	return t
}

// again computes the rest of a step from its data and parameters.
func again(m spec.Tensors) {
	s := spec.Step{Settings: spec.Settings{Rate: 0.01, Mean: true}, L: 2, T: m}
	ops := spec.Right()
	ops.Forward(&s)
	ops.Backward(&s)
	ops.Updates(&s)
}

func times(m mat.Matrix, by float64) mat.Matrix {
	r := m.Clone()
	for i := range r.Data {
		r.Data[i] *= by
	}
	return r
}

// lossOf makes the first class likelier and the loss the mean of −log p as logOf
// has it, from the logarithm of the probability and from itself.
func lossOf(b float64, logOf func(logP, p float64) float64) func(t *audit.Trace, m spec.Tensors) {
	return func(t *audit.Trace, m spec.Tensors) {
		m["b2"] = m["b2"].Clone()
		m["b2"].Data[0] = b
		again(m)
		sum := 0.0
		for i := range m["y"].Rows {
			z, c := m["z2"].Row(i), mat.ArgMax(m["y"].Row(i))
			top, all := slices.Max(z), 0.0
			for _, v := range z {
				all += mat.Exp(v - top)
			}
			sum -= logOf(z[c]-top-math.Log(all), m["p"].At(i, c))
		}
		m["loss"] = mat.Of(1, 1, sum/float64(m["y"].Rows))
	}
}

// oddities are traces of what the catalogue has not.
func oddities() []audit.Trace {
	var list []audit.Trace
	for _, by := range []float64{3, -1, 50, 1.0 / 50, -1.0 / 50, 1.0 / 3, 1.0 / 150, 2500, 1.0 / 2500, 2, 0.5, 0.01, 100, math.Ln10, 1 / math.Ln10} {
		for _, name := range []string{"dh1", "z1", "dW2"} {
			list = append(list, changed(func(t *audit.Trace, m spec.Tensors) { m[name] = times(m[name], by) }))
		}
	}
	set := func(name string, do func(m mat.Matrix)) func(t *audit.Trace, m spec.Tensors) {
		return func(t *audit.Trace, m spec.Tensors) { m[name] = m[name].Clone(); do(m[name]) }
	}
	without := func(names ...string) func(t *audit.Trace, m spec.Tensors) {
		return func(t *audit.Trace, m spec.Tensors) {
			for i := range t.Steps {
				for _, name := range names {
					delete(t.Steps[i].T, name)
				}
			}
		}
	}
	for _, do := range []func(t *audit.Trace, m spec.Tensors){
		set("z1", func(m mat.Matrix) { m.Row(4)[1]++ }),
		set("dW2", func(m mat.Matrix) {
			for i := range m.Rows {
				m.Set(i, 1, 0)
			}
		}),
		set("h1", func(m mat.Matrix) {
			a, b := m.Clone().Row(0), m.Row(9)
			copy(m.Row(0), b)
			copy(b, a)
		}),
		set("z2", func(m mat.Matrix) {
			for i := range m.Data {
				m.Data[i] += 0.75
			}
		}),
		set("db1", func(m mat.Matrix) { m.Data[2] = math.NaN() }),
		set("W1", func(m mat.Matrix) { m.Data[2] = math.Inf(1) }),
		set("W2_new", func(m mat.Matrix) { m.Data[3]++ }),
		func(t *audit.Trace, m spec.Tensors) { m["loss"] = mat.New(7, 1); t.Steps[0].PerRow = true },
		func(t *audit.Trace, m spec.Tensors) { m["W1_next"] = times(m["W1_new"], 1.25) },
		func(t *audit.Trace, m spec.Tensors) { m["W1_next"] = times(m["W1_new"], 0.01) },
		func(t *audit.Trace, m spec.Tensors) { m["W1_next"] = times(m["W1_new"], 100) },
		lossOf(16, func(_, p float64) float64 { return math.Log(max(p, 1e-5)) }),
		lossOf(16, func(_, p float64) float64 { return math.Log(min(max(p, 1e-5), 1-1e-5)) }),
		lossOf(900, func(logP, _ float64) float64 { return logP }),
		func(t *audit.Trace, m spec.Tensors) {
			for j := range m["b1"].Data {
				m["b1"].Data[j] = -100
			}
			again(m)
		},
		func(t *audit.Trace, m spec.Tensors) { m["b2"].Data[0] = 1e4; again(m) },
		func(t *audit.Trace, m spec.Tensors) { t.Meta.Skipped = true },
		func(t *audit.Trace, m spec.Tensors) { t.Meta.Merged = map[int]int{0: 25} },
		func(t *audit.Trace, m spec.Tensors) { t.Rate = 0 },
		func(t *audit.Trace, m spec.Tensors) { t.Rate, t.Reduction = 0, "" },
		func(t *audit.Trace, m spec.Tensors) { t.Rate = 0.03; t.Steps = t.Steps[:1] },
		func(t *audit.Trace, m spec.Tensors) { t.Rate = 0.03 },
		func(t *audit.Trace, m spec.Tensors) { t.Rate = 0.003 },
		func(t *audit.Trace, m spec.Tensors) { t.Rate = 0.005 },
		func(t *audit.Trace, m spec.Tensors) { t.Rate = 0.01 * 50 },
		func(t *audit.Trace, m spec.Tensors) { t.Rate = 0.01 / 50 },
		func(t *audit.Trace, m spec.Tensors) { t.Meta.Slopes = map[string]float64{"1": 0.01} },
		func(t *audit.Trace, m spec.Tensors) { t.Steps[0].Single["p"], t.Steps[0].Single["dW1"] = true, true },
		func(t *audit.Trace, m spec.Tensors) { m["loss"] = mat.New(50, 1); t.Steps[0].PerRow = true },
		without("x"), without("dz2"), without("dz2", "dW2", "db2", "dh1", "dz1", "dW1", "db1"), without("W2", "W2_new", "W2_next"),
		without("p", "z2", "h1", "z1"), without("W1", "b1", "b2"), without("p", "y", "z2"), without("x", "y", "p", "z1", "z2", "h1", "dz1", "dz2", "dh1"),
		without("x", "y", "z1", "h1", "z2", "loss", "W1", "W2", "b1", "b2", "p", "dW1", "dW2", "db1", "db2", "dh1", "W1_new", "W2_new", "b1_new", "b2_new", "dz2"),
	} {
		list = append(list, changed(do))
	}
	// Weights that shrink by the way, a velocity that nobody declares, one
	// declared with steps missing, and Adam's first steps.
	mean := spec.Settings{Rate: 0.01, Mean: true}
	heavy := spec.Settings{Rate: 0.01, Mean: true, Momentum: 0.9}
	undeclared := run{rows: 30, set: heavy, steps: 4}.trace()
	undeclared.Meta.Momentum = nil
	gap := run{rows: 30, set: heavy, steps: 4}.trace()
	gap.Steps = append(gap.Steps[:1], gap.Steps[2])
	noRate := run{rows: 30, set: heavy, steps: 4}.trace()
	noRate.Rate = 0
	late := run{rows: 30, set: heavy, steps: 4}.trace()
	late.Rate, late.Steps = 0, late.Steps[2:]
	even := run{rows: 30, set: mean}.trace()
	for i, s := range even.Steps {
		for _, name := range spec.ParamNames(2) {
			for k, d := range s.T["d"+name].Data {
				s.T[name+"_new"].Data[k] = s.T[name].Data[k] - math.Copysign(0.01/float64(i+1), d)
			}
			if i+1 < len(even.Steps) {
				even.Steps[i+1].T[name] = s.T[name+"_new"]
			}
		}
	}
	decays := run{rows: 30, set: mean}.trace()
	for _, s := range decays.Steps {
		for _, name := range []string{"W1", "W2"} {
			for k, w := range s.T[name].Data {
				s.T[name+"_new"].Data[k] -= 0.01 * 0.0123 * w
			}
		}
	}
	return append(list, undeclared, gap, noRate, late, even, decays, audit.Trace{})
}

// allTraces are every trace there is.
func allTraces(t *testing.T) []audit.Trace {
	var list []audit.Trace
	for _, f := range faults.All {
		for _, r := range []run{
			{rows: 50, set: spec.Settings{Rate: 0.01, Mean: true}},
			{rows: 20, set: spec.Settings{Rate: 0.01, Mean: true}, deviation: 40},
			{rows: 20, set: spec.Settings{Rate: 0.001, Momentum: 0.9}},
		} {
			r.faults = []faults.Fault{f}
			list = append(list, r.trace())
		}
	}
	files, err := filepath.Glob(root + "testdata/traces/golden/*.npz")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d traces, %v", len(files), err)
	}
	for _, file := range files {
		trace, err := audit.ReadTrace(file)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, trace)
	}
	return append(list, oddities()...)
}
