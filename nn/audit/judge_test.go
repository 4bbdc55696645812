package audit

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// round rounds to the precision of u.
func round(v, u float64) float64 {
	if u == u32 {
		return float64(float32(v))
	}
	return v
}

// tree adds numbers pairwise in the precision of u, as NumPy does, or in
// reverse: no program has to add in our order.
func tree(v []float64, u float64) float64 {
	switch len(v) {
	case 0:
		return 0
	case 1:
		return v[0]
	}
	h := len(v) / 2
	return round(tree(v[h:], u)+tree(v[:h], u), u)
}

// input is the name of what goes into layer k.
func input(k int) string {
	if k == 1 {
		return "x"
	}
	return spec.Name("h", k-1)
}

// trained is a trace of right steps made in another order of operations and,
// with u32, in another precision.
func trained(u float64, sizes []int, N int, mean bool, seed uint64) Trace {
	rng := rand.New(rand.NewPCG(seed, 1))
	L := len(sizes) - 1
	fill := func(r, c int, f func() float64) mat.Matrix {
		m := mat.New(r, c)
		for i := range m.Data {
			m.Data[i] = round(f(), u)
		}
		return m
	}
	product := func(a, b mat.Matrix) mat.Matrix {
		c := mat.New(a.Rows, b.Cols)
		for i := range c.Rows {
			for j := range c.Cols {
				var terms []float64
				for k := range a.Cols {
					terms = append(terms, round(a.At(i, k)*b.At(k, j), u))
				}
				c.Set(i, j, tree(terms, u))
			}
		}
		return c
	}
	each := func(m mat.Matrix, f func(i, j int, v float64) float64) mat.Matrix {
		r := mat.New(m.Rows, m.Cols)
		for i := range m.Rows {
			for j, v := range m.Row(i) {
				r.Set(i, j, round(f(i, j, v), u))
			}
		}
		return r
	}
	params := spec.Tensors{}
	for k := 1; k <= L; k++ {
		params[spec.Name("W", k)] = fill(sizes[k-1], sizes[k], func() float64 { return rng.NormFloat64() * math.Sqrt(2/float64(sizes[k-1])) })
		params[spec.Name("b", k)] = fill(1, sizes[k], func() float64 { return rng.NormFloat64() * 0.1 })
	}
	x := fill(N, sizes[0], rng.NormFloat64)
	y := mat.New(N, sizes[L])
	for i := range N {
		y.Set(i, rng.IntN(sizes[L]), 1)
	}
	rate := round(0.1, u)
	if !mean {
		rate = round(0.1/float64(N), u)
	}
	t := Trace{Rate: rate}
	for n := range 3 {
		s := Step{Number: n, T: spec.Tensors{"x": x, "y": y}, Single: map[string]bool{}}
		T := s.T
		for name, m := range params {
			T[name] = m
		}
		for k := 1; k <= L; k++ {
			b := T[spec.Name("b", k)]
			T[spec.Name("z", k)] = each(product(T[input(k)], T[spec.Name("W", k)]), func(_, j int, v float64) float64 { return v + b.At(0, j) })
			if k < L {
				T[spec.Name("h", k)] = each(T[spec.Name("z", k)], func(_, _ int, v float64) float64 { return max(v, 0) })
			}
		}
		z := T[spec.Name("z", L)]
		e := each(z, func(i, _ int, v float64) float64 { return math.Exp(round(v-slices.Max(z.Row(i)), u)) })
		T["p"] = each(e, func(i, _ int, v float64) float64 { return v / tree(e.Row(i), u) })
		var terms []float64
		for i := range N {
			for j, v := range T["p"].Row(i) {
				terms = append(terms, round(-y.At(i, j)*round(math.Log(round(v+1e-7, u)), u), u))
			}
		}
		loss, by := tree(terms, u), 1.0
		if mean {
			by = float64(N)
		}
		T["loss"] = mat.Of(1, 1, round(loss/by, u))
		T[spec.Name("dz", L)] = each(T["p"], func(i, j int, v float64) float64 { return round(v-y.At(i, j), u) / by })
		for k := L; k >= 1; k-- {
			dz := T[spec.Name("dz", k)]
			T[spec.Name("dW", k)] = product(T[input(k)].Transpose(), dz)
			T[spec.Name("db", k)] = product(fill(1, N, func() float64 { return 1 }), dz)
			if k > 1 {
				T[spec.Name("dh", k-1)] = product(dz, T[spec.Name("W", k)].Transpose())
				zk := T[spec.Name("z", k-1)]
				T[spec.Name("dz", k-1)] = each(T[spec.Name("dh", k-1)], func(i, j int, v float64) float64 {
					if zk.At(i, j) > 0 {
						return v
					}
					return 0
				})
			}
		}
		for name := range params {
			d := T["d"+name]
			params[name] = each(T[name], func(i, j int, v float64) float64 { return v - round(rate*d.At(i, j), u) })
			T[name+"_new"] = params[name]
		}
		for name := range T {
			s.Single[name] = u == u32
		}
		t.Steps = append(t.Steps, s)
	}
	return t
}

// Right numbers made in another order and precision are within the bounds, and
// not because these are wide: a number moved by some bounds is found.
func TestBounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, u := range []float64{u64, u32} {
		for i, sizes := range [][]int{{2, 20, 2}, {3, 7, 5, 4}, {2, 2}, {5, 60, 3}} {
			for _, N := range []int{1, 2, 33, 200} {
				for _, mean := range []bool{true, false} {
					trace := trained(u, sizes, N, mean, uint64(i))
					v := Compare(trace)
					if v.Verdict != "clean" || len(v.Unjudged) > 0 {
						t.Fatalf("u %g, %v, N %d, mean %v: %+v", u, sizes, N, mean, v)
					}
					// One element of one tensor, moved a little.
					L := len(sizes) - 1
					names := spec.Order(L, spec.Settings{})
					name := names[rng.IntN(len(names))]
					s := trace.Steps[1]
					m, ok := s.T[name]
					if !ok {
						continue
					}
					moved := m.Clone()
					at := rng.IntN(len(moved.Data))
					size := 0.0
					for _, x := range moved.Data {
						size = max(size, math.Abs(x))
					}
					if size == 0 {
						continue
					}
					moved.Data[at] += 2000 * u * float64(N+60) * size
					s.T[name] = moved
					w := Compare(trace)
					s.T[name] = m
					if len(w.Findings) == 0 || w.Findings[0].Step != 1 || w.Findings[0].Off == 0 {
						t.Errorf("u %g, %v, N %d, mean %v: %s moved by 2000 roundings is not found: %+v", u, sizes, N, mean, name, w)
					}
				}
			}
		}
	}
}

// drop leaves out tensors, as a trace of less than everything does.
func drop(t Trace, out func(name string) bool) Trace {
	r := t
	r.Steps = nil
	for _, s := range t.Steps {
		c := Step{Number: s.Number, T: spec.Tensors{}, Single: s.Single}
		for name, m := range s.T {
			if !out(name) {
				c.T[name] = m
			}
		}
		r.Steps = append(r.Steps, c)
	}
	return r
}

// What is missing is computed, with its error carried along.
func TestMissingTensors(t *testing.T) {
	for _, u := range []float64{u64, u32} {
		for name, out := range map[string]func(string) bool{
			"parameters only": func(n string) bool { return n != "x" && n != "y" && n[0] != 'W' && n[0] != 'b' },
			"no gradients":    func(n string) bool { return n[0] == 'd' },
			"no activations":  func(n string) bool { return strings.ContainsAny(n[:1], "zhp") },
			"gradients only": func(n string) bool {
				return strings.HasPrefix(n, "z") || strings.HasPrefix(n, "dz") || strings.HasPrefix(n, "dh")
			},
			"no loss, no dh":    func(n string) bool { return n == "loss" || strings.HasPrefix(n, "dh") },
			"no new parameters": func(n string) bool { return strings.HasSuffix(n, "_new") },
		} {
			for _, mean := range []bool{true, false} {
				for _, rate := range []bool{true, false} {
					trace := drop(trained(u, []int{2, 20, 2}, 50, mean, 3), out)
					if !rate {
						trace.Rate = 0
					}
					if v := Compare(trace); v.Verdict != "clean" {
						t.Errorf("%s, u %g, mean %v, rate %v: %+v", name, u, mean, rate, v)
					}
				}
			}
		}
	}
}

// Near the largest float64 a bound may be infinite, and everything fits: that is
// said, and nothing is called clean for it.
func TestInfiniteBounds(t *testing.T) {
	step := Step{T: spec.Tensors{
		"x":  mat.Of(1, 2, 1e200, 1e200),
		"W1": mat.Of(2, 1, 1e108, -1e108),
		"b1": mat.Of(1, 1, 0),
		"z1": mat.Of(1, 1, 12345),
	}}
	v := Compare(Trace{Steps: []Step{step}})
	if v.Verdict != "unreadable" || v.Judged != 0 || len(v.Unjudged) != 1 || !strings.Contains(v.Error.String(), "step 0, z1: 1 of its 1 elements may be anything") {
		t.Errorf("%+v", v)
	}
	step.T["x"] = mat.Of(1, 2, 1e20, 1e20)
	if v := Compare(Trace{Steps: []Step{step}}); v.Judged != 1 || len(v.Unjudged) != 0 {
		t.Errorf("with a finite bound: %+v", v)
	}
}

// What is too large for float32 is infinite in a trace of float32: an overflow,
// and no mistake that would give the same; another number in its place is wrong.
func TestOverflowOfFloat32(t *testing.T) {
	for z, cause := range map[float64]string{math.Inf(1): "not-finite", math.Inf(-1): "not-finite", math.MaxFloat32: ""} {
		step := Step{T: spec.Tensors{"x": mat.Of(1, 1, 1e30), "W1": mat.Of(1, 1, 1e10), "b1": mat.Of(1, 1, 0), "z1": mat.Of(1, 1, z)},
			Single: map[string]bool{"x": true, "W1": true, "b1": true, "z1": true}}
		if v := Compare(Trace{Steps: []Step{step}}); len(v.Findings) != 1 || v.Findings[0].Tensor != "z1" || v.Findings[0].Cause != cause {
			t.Errorf("z1 = %g: %+v, want the cause %q", z, v, cause)
		}
	}
}

// What no mistake of the catalogue gives is described.
func TestDescriptions(t *testing.T) {
	for _, c := range []struct {
		tensor string
		change func(m mat.Matrix) mat.Matrix
		want   string
	}{
		{"dW2", func(m mat.Matrix) mat.Matrix { return times(m, 3) }, "every element is 3× what it should be"},
		{"dh1", func(m mat.Matrix) mat.Matrix { return times(m, 50) }, "every element is 50× what it should be: N = 50"},
		{"z1", func(m mat.Matrix) mat.Matrix { r := m.Clone(); r.Row(4)[1] += 1; return r }, "only row 4 is off"},
		{"dW2", func(m mat.Matrix) mat.Matrix {
			r := m.Clone()
			for i := range r.Rows {
				r.Set(i, 1, 0)
			}
			return r
		}, "only column 1 is off"},
		{"h1", func(m mat.Matrix) mat.Matrix {
			r := m.Clone()
			copy(r.Row(0), m.Row(9))
			copy(r.Row(9), m.Row(0))
			return r
		},
			"its rows are right but stand in another order"},
		{"db1", func(m mat.Matrix) mat.Matrix { r := m.Clone(); r.Data[2] = math.NaN(); return r }, "not finite is made here"},
	} {
		trace := trained(u64, []int{2, 20, 2}, 50, true, 4)
		trace.Steps[0].T[c.tensor] = c.change(trace.Steps[0].T[c.tensor])
		v := Compare(trace)
		if len(v.Findings) == 0 || v.Findings[0].Tensor != c.tensor || !strings.Contains(v.Findings[0].Message.String(), c.want) {
			t.Errorf("%s: want %q, got %+v", c.tensor, c.want, v.Findings)
		}
	}
}

func times(m mat.Matrix, by float64) mat.Matrix {
	r := m.Clone()
	for i := range r.Data {
		r.Data[i] *= by
	}
	return r
}

// Layers that are dead and softmaxes that are sure follow, and are warned of.
func TestHealth(t *testing.T) {
	trace := trained(u64, []int{2, 5, 2}, 20, true, 5)
	rebuild := func(change func(T spec.Tensors)) Verdict {
		s := trace.Steps[0]
		T := spec.Tensors{}
		for _, name := range []string{"x", "y", "W1", "b1", "W2", "b2"} {
			T[name] = s.T[name].Clone()
		}
		change(T)
		step := spec.Step{Settings: spec.Settings{Rate: 0.1, Mean: true}, L: 2, T: T}
		ops := spec.Right()
		ops.Forward(&step)
		ops.Backward(&step)
		ops.Updates(&step)
		return Compare(Trace{Rate: 0.1, Steps: []Step{{Number: 0, T: T, Single: map[string]bool{}}}})
	}
	for cause, change := range map[string]func(spec.Tensors){
		"dead-relu": func(T spec.Tensors) {
			for j := range T["b1"].Data {
				T["b1"].Data[j] = -100
			}
		},
		"saturated-softmax": func(T spec.Tensors) { T["b2"].Data[0] = 1e4 },
		"not-finite":        func(T spec.Tensors) { T["W1"].Data[3] = math.NaN() },
	} {
		v := rebuild(change)
		if len(v.Findings) == 0 || v.Findings[0].Cause != cause {
			t.Errorf("%s: %+v", cause, v)
		}
	}
}

func ExampleCompare() {
	trace := trained(u64, []int{2, 3, 2}, 4, true, 1)
	db := trace.Steps[0].T["db1"]
	trace.Steps[0].T["db1"] = times(db, 1.0/4) // a second mean
	v := Compare(trace)
	fmt.Println(v.Verdict, v.Findings[0].Tensor, v.Findings[0].Cause)
	// Output: findings db1 bias-gradient-mean
}

// A trace is only read: judging it twice says the same, and an empty one
// cannot be judged.
func TestCompareKeepsTheTrace(t *testing.T) {
	trace := trained(u64, []int{2, 5, 2}, 20, true, 6)
	before := len(trace.Steps[0].T)
	a, b := Compare(trace), Compare(trace)
	if len(trace.Steps[0].T) != before || a.Judged != b.Judged || a.Verdict != "clean" || b.Verdict != "clean" {
		t.Errorf("%+v, then %+v", a, b)
	}
	if v := Compare(Trace{}); v.Verdict != "unreadable" {
		t.Errorf("an empty trace: %+v", v)
	}
}
