package audit

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn"
	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// withFault trains a small network with a mistake and returns its trace.
// Weights of a deviation of 40 make softmaxes overflow.
func withFault(f faults.Fault, N int, deviation float64) Trace {
	rng := nprand.New(5)
	x, labels := moons.Make(N, 0.05, rng)
	x.Set(0, 0, 0)
	x.Set(0, 1, 0) // with biases of 0, z is 0 somewhere
	mlp := nn.NewMLP(2, []int{12}, 2)
	std := nn.He
	if deviation != 0 {
		std = func(int) float64 { return deviation }
	}
	if right := std; f.Init != nil {
		std = func(in int) float64 { return f.Init(right(in)) }
	}
	mlp.Init(rng, std)
	set := spec.Settings{Rate: 0.01, Mean: true}
	t := Trace{File: f.Name, Rate: set.Rate, Reduction: "mean"}
	if f.Name == "momentum-reset" {
		set.Momentum = 0.9
		t.Meta.Momentum = &set.Momentum
	}
	net := spec.NewNet(mlp.Params(), set)
	faults.Put(net, f)
	for n := range 3 {
		net.Forward(x, moons.OneHot(labels, 2))
		net.Backward()
		net.Update()
		m := maps.Clone(net.Tensors())
		maps.DeleteFunc(m, func(name string, _ mat.Matrix) bool { _, ok := spec.ParseName(name); return !ok })
		t.Steps = append(t.Steps, Step{Number: n, T: m, Single: map[string]bool{}})
	}
	return t
}

// faulty are traces of every mistake there is, our own and NumPy's.
func faulty(t *testing.T) []Trace {
	var list []Trace
	for _, f := range faults.InStep {
		list = append(list, withFault(f, 50, 0), withFault(f, 20, 40))
	}
	files, err := filepath.Glob("../../testdata/traces/golden/*.npz")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d traces, %v", len(files), err)
	}
	for _, file := range files {
		trace, err := ReadTrace(file)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, trace)
	}
	return list
}

// A finding names the elements that it counts, and only these are off.
func TestFindingsSayWhere(t *testing.T) {
	compared := map[string]bool{}
	for _, trace := range faulty(t) {
		for _, f := range Compare(trace).Findings {
			about := fmt.Sprintf("%s, step %d, %s, %q", trace.File, f.Step, f.Tensor, f.Cause)
			at := slices.IndexFunc(trace.Steps, func(s Step) bool { return s.Number == f.Step })
			got := trace.linked(at).T[f.Tensor]
			if f.Level == "error" && len(f.Where) != f.Off || f.Off > 0 && len(f.Where) != f.Off {
				t.Errorf("%s: %d elements are off, and %d are named", about, f.Off, len(f.Where))
			}
			for n, e := range f.Where {
				if e < 0 || e >= len(got.Data) || n > 0 && e <= f.Where[n-1] {
					t.Fatalf("%s: %d among %v", about, e, f.Where)
				}
			}
			if f.Expected.Rows == 0 {
				if f.Level == "error" && f.Cause != "not-finite" && f.Cause != "data-not-finite" && f.Cause != "correct-samples-skipped" {
					t.Errorf("%s: nothing is expected", about)
				}
				continue
			}
			if f.Expected.Rows != got.Rows || f.Expected.Cols != got.Cols {
				t.Fatalf("%s: %s is expected of %s", about, f.Expected.Shape(), got.Shape())
			}
			compared[f.Tensor] = true
			i, j := f.Index[0], f.Index[1]
			if !slices.Contains(f.Where, i*got.Cols+j) || !same(f.Expected.At(i, j), float64(f.Want)) || !same(got.At(i, j), float64(f.Got)) {
				t.Errorf("%s: [%d,%d] is %v for %v, the matrices have %v for %v; it is among those off: %v",
					about, i, j, f.Got, f.Want, got.At(i, j), f.Expected.At(i, j), slices.Contains(f.Where, i*got.Cols+j))
			}
			if g := float64(f.Got); math.IsNaN(g) || math.IsInf(g, 0) {
				continue // the first is named of all that are not finite
			}
			off := map[int]bool{}
			for _, e := range f.Where {
				off[e] = true
			}
			u := u64
			for _, single := range trace.linked(at).Single {
				if single {
					u = u32
				}
			}
			size := 0.0
			for _, v := range f.Expected.Data {
				if v := math.Abs(v); !math.IsInf(v, 0) {
					size = max(size, v)
				}
			}
			for e, g := range got.Data {
				w := f.Expected.At(e/got.Cols, e%got.Cols)
				switch d := math.Abs(g - w); {
				case off[e] && same(g, w), off[e] && d <= u*math.Abs(w)/2:
					t.Errorf("%s: element %d is said to be off, and is %v for %v", about, e, g, w)
				case !off[e] && !same(g, w) && !(d <= 1e5*u*max(size, math.Abs(w))):
					t.Errorf("%s: element %d is not said to be off, and is %v for %v", about, e, g, w)
				}
			}
		}
	}
	for _, name := range []string{"z1", "h1", "z2", "p", "loss", "dz2", "dW2", "db2", "dh1", "dz1", "dW1", "W1_new", "b2_new", "W1_next"} {
		if !compared[name] {
			t.Errorf("no trace has anything expected of %s", name)
		}
	}
}

func same(a, b float64) bool { return a == b || a != a && b != b }

// Where is beyond the bound of the operation and nowhere else, to a rounding.
func TestWhereIsBeyondTheBound(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		r, c := 1+rng.IntN(6), 1+rng.IntN(6)
		want, got := newValue(r, c), mat.New(r, c)
		var off []int
		for e := range got.Data {
			want.V.Data[e], want.E.Data[e] = rng.NormFloat64(), rng.Float64()
			by := want.E.Data[e] * 0.999
			if rng.IntN(2) == 0 {
				by, off = want.E.Data[e]*1.001, append(off, e)
			}
			if rng.IntN(2) == 0 {
				by = -by
			}
			got.Data[e] = want.V.Data[e] + by
		}
		x := compareTo(got, want)
		if where := x.where(got); x.off != len(off) || !slices.Equal(where, off) {
			t.Fatalf("%d are off, at %v; they are %v", x.off, where, off)
		}
	}
}

// Numbers moved in any tensor are those named, and what they were is expected.
func TestWhereOfMovedElements(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, u := range []float64{u64, u32} {
		trace := trained(u, []int{3, 7, 2}, 30, true, 9)
		s := trace.Steps[1]
		for _, name := range spec.Order(2, spec.Settings{}) {
			m, ok := s.T[name]
			if !ok {
				continue
			}
			moved := m.Clone()
			var off []int
			for e := range moved.Data {
				if e == 0 || rng.IntN(3) == 0 {
					moved.Data[e] += 0.01 + 0.01*rng.Float64()
					off = append(off, e)
				}
			}
			s.T[name] = moved
			v := Compare(trace)
			s.T[name] = m
			at := slices.IndexFunc(v.Findings, func(f Finding) bool { return f.Tensor == name && f.Step == 1 })
			if at < 0 {
				t.Errorf("%s: no finding in %+v", name, v)
				continue
			}
			f := v.Findings[at]
			if !slices.Equal(f.Where, off) {
				t.Errorf("%s: off are %v, named %v", name, off, f.Where)
			}
			if d := distance(f.Expected, m); d > max(1e4*u, 1e-6) { // a loss with another guard may be nearer
				t.Errorf("%s: expected is %v away from what it was", name, d)
			}
		}
	}
}

// What the next step found may differ by less than an update's rounding.
func TestWhereOfNext(t *testing.T) {
	trace := trained(u64, []int{3, 7, 2}, 30, true, 9)
	next := trace.Steps[0].T["W1_new"].Clone()
	next.Data[5] = math.Nextafter(next.Data[5], 9)
	trace.Steps[0].T["W1_next"] = next
	v := Compare(trace)
	if len(v.Findings) == 0 || v.Findings[0].Tensor != "W1_next" || !slices.Equal(v.Findings[0].Where, []int{5}) {
		t.Errorf("%+v", v.Findings)
	}
}

// Warnings about a tensor as such name what they speak of.
func TestWhereOfWarnings(t *testing.T) {
	find := func(v Verdict, cause string) Finding {
		for _, f := range v.Findings {
			if f.Cause == cause {
				return f
			}
		}
		t.Fatalf("no %s in %+v", cause, v)
		return Finding{}
	}
	step := func(change func(T spec.Tensors)) (Verdict, spec.Tensors) {
		s := steps(1, spec.Settings{Rate: 0.1, Mean: true}, 10, 2, 3, 2)
		T := s.T
		for _, name := range spec.Order(2, spec.Settings{}) {
			delete(T, name)
		}
		change(T)
		again := spec.Step{Settings: s.Settings, L: 2, T: T}
		ops := spec.Right()
		ops.Forward(&again)
		ops.Backward(&again)
		ops.Updates(&again)
		return Compare(inTrace(&Numbered{Step: again})), T
	}
	v, _ := step(func(T spec.Tensors) {
		clear(T["W1"].Data)
		T["b1"].Data[0], T["b1"].Data[1], T["b1"].Data[2] = -1, -1, -1
	})
	if f := find(v, "dead-relu"); len(f.Where) != 30 || f.Where[29] != 29 || f.Expected.Rows != 0 {
		t.Errorf("a dead layer: %v", f)
	}
	v, T := step(func(T spec.Tensors) { T["b2"].Data[1] = 1e4 })
	var want []int
	for i := range 10 {
		if T["y"].At(i, 1) == 0 {
			want = append(want, 2*i+1)
		}
	}
	if f := find(v, "saturated-softmax"); !slices.Equal(f.Where, want) || len(want) == 0 {
		t.Errorf("wrong and sure are %v, named %v", want, f.Where)
	}
	v, _ = step(func(T spec.Tensors) { T["W2"].Data[3] = math.Inf(1) })
	if f := find(v, "not-finite"); !slices.Equal(f.Where, []int{3}) || f.Expected.Rows != 0 {
		t.Errorf("an infinite weight: %v", f)
	}
}

// What findings hold is bounded: beyond it they count without naming.
func TestFindingsHoldNoMoreThan(t *testing.T) {
	var out Verdict
	mem := memory{kept: keptElements - 10}
	s := Step{T: spec.Tensors{"z1": mat.New(2, 3), "h1": mat.New(2, 3), "z2": mat.New(2, 2)}}
	j := newJudge(&Trace{}, &mem, &s, nil, &out)
	for _, name := range []string{"z1", "h1", "z2"} {
		want := recorded(mat.New(s.T[name].Rows, s.T[name].Cols))
		want.V.Set(1, 1, 7)
		j.report("error", name, compareTo(s.T[name], want), "", message.Text{})
	}
	for n, at := range []int{4, 0, 3} {
		f := out.Findings[n]
		if (n == 1) != (f.Where == nil) || (n == 1) != (f.Expected.Rows == 0) || f.Off != 1 || n != 1 && f.Where[0] != at {
			t.Errorf("%s: %v are off of %s", f.Tensor, f.Where, f.Expected.Shape())
		}
	}
}

// Neither is part of the JSON.
func TestWhereIsNotInJSON(t *testing.T) {
	f := Finding{Tensor: "z1", Index: []int{0, 0}}
	plain, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	f.Where, f.Expected = []int{1, 2}, mat.New(2, 2)
	if b, err := json.Marshal(f); err != nil || string(b) != string(plain) || strings.Contains(strings.ToLower(string(b)), "where") {
		t.Errorf("%s, %v", b, err)
	}
	if fields := reflect.TypeFor[Finding]().NumField(); fields != 14 {
		t.Errorf("%d fields", fields)
	}
}
