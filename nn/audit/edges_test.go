package audit

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/mat/npy"
	"glassbox/nn/faults"
	"glassbox/nn/spec"
)

// rowsOnly is a trace of steps of which x alone is recorded, whose rows are the
// numbers given.
func rowsOnly(steps ...[]float64) Trace {
	t := Trace{File: "rows.npz"}
	for n, rows := range steps {
		x := mat.New(len(rows), 2)
		for i, v := range rows {
			x.Set(i, 0, math.Sqrt(v+2))
			x.Set(i, 1, math.Cbrt(v+3))
		}
		y := mat.New(len(rows), 2)
		for i := range rows {
			y.Set(i, (i+n)%2, 1)
		}
		t.Steps = append(t.Steps, Step{Number: n, T: spec.Tensors{"x": x, "y": y}, Single: map[string]bool{}})
	}
	return t
}

func count(from, n int) (list []float64) {
	for i := range n {
		list = append(list, float64(from+i))
	}
	return list
}

// Two pairs of batches that overlap are a habit, one is not.
func TestOverlap(t *testing.T) {
	for n, want := range map[int]bool{2: false, 3: true} {
		var steps [][]float64
		for k := range n {
			steps = append(steps, count(6*k, 10))
		}
		v := Compare(rowsOnly(steps...))
		if got := slices.ContainsFunc(v.Findings, func(f Finding) bool { return f.Cause == "batches-overlap" && f.Step == 1 }); got != want {
			t.Errorf("%d batches: %v, want %v; %v", n, got, want, told(v))
		}
	}
}

// A class that no row has is missing where others are there, not where there is
// one alone.
func TestMissingClass(t *testing.T) {
	for used, want := range map[int]bool{1: false, 2: true} {
		trace := rowsOnly(count(0, 40), count(40, 40), count(80, 40))
		for _, s := range trace.Steps {
			y := mat.New(40, 3)
			for i := range y.Rows {
				y.Set(i, i%used, 1)
			}
			s.T["y"] = y
		}
		v := Compare(trace)
		if got := slices.Contains(causes(v), "class-missing"); got != want || got && !strings.Contains(v.Findings[0].Message.String(), "class 2, in 120 rows") {
			t.Errorf("%d of 3 classes: %v, want %v; %v", used, got, want, told(v))
		}
	}
}

// With one row, a rate that is a little off is not the rate divided by N.
func TestRateOfOneRow(t *testing.T) {
	trace := trained(u64, []int{3, 4, 2}, 1, true, 1)
	for _, s := range trace.Steps {
		for _, name := range spec.ParamNames(2) {
			s.T[name+"_new"] = shift(s.T[name], -trace.Rate*(1+1e-7), s.T["d"+name])
		}
	}
	v := Compare(trace)
	for _, f := range v.Findings {
		if f.Cause == "rate-divided-by-n" || f.Cause == "rate-times-n" {
			t.Errorf("%s", told(v))
		}
	}
	if len(v.Findings) == 0 {
		t.Error("not found")
	}
}

// Where no rate is declared and nothing moves, the rate is 0.
func TestNothingMoves(t *testing.T) {
	trace := changed(func(_ int, T spec.Tensors) {
		for _, name := range spec.ParamNames(2) {
			T[name+"_new"] = T[name].Clone()
		}
	})
	trace.Rate, trace.Steps = 0, trace.Steps[:1]
	if v := Compare(trace); !slices.Equal(causes(v), []string{"parameters-not-updated"}) {
		t.Errorf("%v", told(v))
	}
}

// Weights may have the declared decay, and biases not.
func TestDeclaredDecayOfWeights(t *testing.T) {
	decay := 0.01
	trace := wayTrace(way{update: func(name string, W, d mat.Matrix) mat.Matrix {
		by := decay
		if name[0] == 'b' {
			by = 0
		}
		next := W.Clone()
		for k := range next.Data {
			next.Data[k] -= 0.1 * (d.Data[k] + by*W.Data[k])
		}
		return next
	}})
	trace.Meta.Decay = decay
	if v := Compare(trace); v.Verdict != "clean" {
		t.Errorf("%v", told(v))
	}
}

// As many rows as classes: class numbers stay one for each row.
func TestClassNumbersOfSoManyRows(t *testing.T) {
	trace := Trace{}
	s := Step{T: spec.Tensors{"x": mat.New(3, 2), "p": mat.New(3, 3), "y": mat.Of(3, 1, 2, 0, 1)}, Single: map[string]bool{}}
	if err := trace.labels(&s, 1); err != nil {
		t.Fatal(err)
	}
	if y := s.T["y"]; !slices.Equal(y.Data, []float64{0, 0, 1, 1, 0, 0, 0, 1, 0}) || y.Rows != 3 {
		t.Errorf("y is %s %v", y.Shape(), y.Data)
	}
}

// What cannot be what its name says is told with its shape, or refused where the
// network itself would not fit together.
func TestMisfits(t *testing.T) {
	trace := normalized(t, changed(func(_ int, T spec.Tensors) { T["dh1"] = mat.New(12, 4) }))
	if v := Compare(trace); len(v.Findings) == 0 || !strings.Contains(v.Findings[0].Message.String(), "dh1 is 12×4 where the tensor of that name is 12×5") ||
		!strings.Contains(v.Findings[0].Message.String(), "backward returns should be the gradient at its input") {
		t.Errorf("%v", told(v))
	}
	trace = changed(func(_ int, T spec.Tensors) { T["W1"] = mat.New(4, 5) })
	if err := trace.normalize(&trace.Steps[0]); err == nil || !strings.Contains(err.Error(), "x is 12×3, but other tensors have 4 features") {
		t.Errorf("%v", err)
	}
	if _, err := DecodeTrace(npy.Archive{}, "some.npz"); err == nil || !strings.HasPrefix(err.Error(), "some.npz: no array") {
		t.Errorf("%v", err)
	}
	file := filepath.Join(t.TempDir(), "odd.npz")
	var b bytes.Buffer
	for name, array := range map[string]npy.Array{
		"0.W1":     {Shape: []int{1, 1, 1, 1, 1}, Data: []float64{1}},
		"momentum": {Data: []float64{-1}},
	} {
		b.Reset()
		if err := errors.Join(npy.WriteNPZ(&b, []npy.Entry{{Name: name, Array: array}}, false), os.WriteFile(file, b.Bytes(), 0o666)); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadTrace(file); err == nil || !strings.HasPrefix(err.Error(), file+": entry "+name+": ") {
			t.Errorf("%v", err)
		}
	}
}

// Where no rounding takes part, a rounding of the number is the unit.
func TestRatioWithoutRounding(t *testing.T) {
	if got, want := boundRatio(8, 4, 0), 4/(u64*8); got != want {
		t.Errorf("%g, want %g", got, want)
	}
}

// Rows are looked for in another order up to 5000 of them.
func TestPermuted(t *testing.T) {
	for n, want := range map[int]bool{1: false, 2: true, 5000: true, 5001: false} {
		a := mat.New(n, 1)
		for i := range a.Data {
			a.Data[i] = float64(i + 1)
		}
		b := a.Clone()
		slices.Reverse(b.Data)
		if _, ok := permuted(b, a); ok != want {
			t.Errorf("%d rows: %v, want %v", n, ok, want)
		}
	}
}

// A formula says what its names stand for, after it.
func TestConstantsOfFormulas(t *testing.T) {
	set := with("tanh", "", "momentum")
	set.Momentum = 0.9
	s := steps(2, set, 4, 3, 4, 2)
	x, err := Explain(s, ElementName{Tensor: "vW1_new"})
	if err != nil || !strings.HasSuffix(x.Formula, ", momentum = 0.9") {
		t.Errorf("%q, %v", x.Formula, err)
	}
	x, err = Explain(s, ElementName{Tensor: "p"})
	if want := "p[0,0] = e0 / Σ ec, ec = exp(z2[0,c] − m), m = max z2[0,c], c = 0 … 1"; err != nil || x.Formula != want {
		t.Errorf("%q, want %q; %v", x.Formula, want, err)
	}
}

// One step is enough to have its areas judged.
func TestAreasOfOneStep(t *testing.T) {
	trace := trained(u64, []int{3, 4, 2}, 5, true, 1)
	trace.Steps = trace.Steps[:1]
	hasAreas(t, Compare(trace), map[string]string{"forward": Judged, "loss": Judged, "backward": Judged, "update": Judged})
}

// That a network is sure at once is told beside what is wrong further on, and not
// where the loss is wrong itself: by its features, or by the first of its layers
// whose weights are too large.
func TestSureAtOnce(t *testing.T) {
	for _, c := range []struct {
		large  string // these numbers are multiplied
		by     float64
		wrong  string // and these are wrong
		cause  string
		tensor string
	}{
		{"x", 1000, "", "features-not-scaled", "x"},
		{"x", 1000, "dW1", "features-not-scaled", "x"},
		{"x", 1000, "loss", "", ""},
		{"W1", 300, "", "first-weights-too-large", "W1"},
		{"W2", 12, "", "first-weights-too-large", "W2"},
	} {
		trace := trained(u64, []int{2, 6, 2}, 20, true, 3)
		T := spec.Tensors{}
		for _, name := range []string{"x", "y", "W1", "b1", "W2", "b2"} {
			T[name] = trace.Steps[0].T[name].Clone()
		}
		T[c.large] = times(T[c.large], c.by)
		step := spec.Step{Settings: spec.Settings{Rate: 0.1, Mean: true}, L: 2, T: T}
		ops := spec.Right()
		ops.Forward(&step)
		ops.Backward(&step)
		ops.Updates(&step)
		if c.wrong != "" {
			T[c.wrong].Data[0] *= 3
		}
		v := Compare(Trace{Rate: 0.1, Steps: []Step{{T: T, Single: map[string]bool{}}}})
		said := ""
		for _, f := range v.Findings {
			if f.Cause == "features-not-scaled" || f.Cause == "first-weights-too-large" {
				said += f.Cause + f.Tensor
			}
		}
		if said != c.cause+c.tensor {
			t.Errorf("%+v: %s; %v", c, said, told(v))
		}
	}
}

// Of mistakes that nothing contradicts, the one that explains most is taken.
func TestAttribute(t *testing.T) {
	a, b := suspect{faults: []faults.Fault{{Name: "a"}}}, suspect{faults: []faults.Fault{{Name: "b"}}}
	list := []Finding{{maybe: []suspect{a, b}}, {maybe: []suspect{b}}, {maybe: []suspect{b, a}}}
	attribute(list, nil)
	for i, f := range list {
		if f.Cause != "b" {
			t.Errorf("finding %d: %s", i, f.Cause)
		}
	}
}

// A mask's mistake is the same where a leaky ReLU passes a little instead of
// nothing.
func TestMaskOfLeakyReLU(t *testing.T) {
	c := newCourse(with("leaky_relu", "", ""), 2)
	slopes(func(z, _ float64) float64 {
		if z > 0 {
			return spec.LeakySlope
		}
		return 1
	})(c)
	if v := Compare(c.record(t)); len(v.Findings) == 0 || v.Findings[0].Cause != "relu-mask-inverted" {
		t.Errorf("%v", told(v))
	}
}

// Features are called far from 1 from 50 on, and classes numbered from 1 are
// looked for where there are five times as many rows as classes.
func TestFromWhereOn(t *testing.T) {
	for top, want := range map[float64]bool{49.5: false, 50: true} {
		trace := rowsOnly(count(0, 10))
		trace.Steps[0].T["x"].Data[3] = top
		if got := slices.ContainsFunc(noteTexts(Compare(trace)), func(s string) bool { return strings.HasPrefix(s, "x reaches") }); got != want {
			t.Errorf("x up to %g: %v, want %v", top, got, want)
		}
	}
	for rows, want := range map[int]bool{9: false, 10: true} {
		trace := rowsOnly(count(0, rows))
		for i := range rows {
			trace.Steps[0].T["y"].Set(i, 0, 0) // class 0 is nowhere
		}
		if got := slices.Contains(causes(Compare(trace)), "classes-from-1"); got != want {
			t.Errorf("%d rows: %v, want %v", rows, got, want)
		}
	}
}

// A mistake is named where 1/N stands at the parameters' gradients as well.
func TestMistakeBesideDivision(t *testing.T) {
	c := newCourse(with("tanh", "", ""), 2)
	c.ops = func(ops *spec.Ops, _ *int) { fault("dw-from-z").Changes[0](ops) }
	trace := c.record(t)
	for _, s := range trace.Steps {
		for _, name := range []string{"dz2", "dh1", "dz1"} {
			s.T[name] = times(s.T[name], float64(s.T["x"].Rows))
		}
	}
	if v := Compare(trace); !slices.Equal(causes(v), []string{"dw-from-z"}) {
		t.Errorf("%v", told(v))
	}
}

// A declared weight decay belongs to the gradients where they have it.
func TestPenaltyOfGradients(t *testing.T) {
	for _, decay := range []float64{0, 0.01} {
		s := steps(2, spec.Settings{Rate: 0.1, Mean: true, Decay: decay}, 4, 3, 4, 2)
		trace := Trace{}
		trace.Meta.Decay = 0.01
		if got := trace.penaltyOf(s); got != decay {
			t.Errorf("gradients with %g: %g", decay, got)
		}
	}
}
