package faults

import (
	"strings"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// A Change replaces operations of a step.
type Change func(*spec.Ops)

// Touches returns the kinds of the operations that a change replaces.
func (c Change) Touches() map[string]bool {
	var ops spec.Ops
	c(&ops)
	kinds := map[string]bool{}
	for i, op := range ops.Rows() {
		if op.Run != nil {
			kinds[right.Rows()[i].Kind] = true
		}
	}
	return kinds
}

// right are the operations as they are defined.
var right = spec.Right()

// A turn is the turn of a changed operation in a step.
type turn struct {
	*spec.Step
	n      spec.TensorName // what it makes
	in     []mat.Matrix    // from what
	before spec.Op         // the operation before the change
}

// unchanged is what the operation gave before the change, from the same inputs.
func (t turn) unchanged() mat.Matrix { return t.before.Run(t.Step, t.n, t.in) }

// A formula makes a tensor in its operation's turn.
type formula func(t turn) mat.Matrix

// first gives the first input as it is.
func first(t turn) mat.Matrix { return t.in[0] }

// instead computes an operation, of the kind that it has in spec's table, by
// another formula from the inputs that it has when it is right.
func instead(kind string, f formula) Change { return from(kind, right.Row(kind).Inputs, f) }

// on computes operations, of kinds separated by spaces, by another formula from
// the inputs that an earlier change left them.
func on(kinds string, f formula) Change {
	var list []Change
	for kind := range strings.FieldsSeq(kinds) {
		list = append(list, from(kind, nil, f))
	}
	return all(list...)
}

// from computes an operation by a formula from inputs of its own; nil keeps them.
func from(kind string, inputs func(*spec.Step, spec.TensorName) []string, f formula) Change {
	return func(ops *spec.Ops) {
		op := ops.Row(kind)
		before := *op
		if inputs != nil {
			op.Inputs = inputs
		}
		op.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix { return f(turn{s, n, in, before}) }
	}
}

// with computes an operation by a formula from one more tensor, of the same
// layer as what it makes.
func with(more, kind string, f func(t turn, more mat.Matrix) mat.Matrix) Change {
	return withMore(func(_ *spec.Step, n spec.TensorName) string { return n.Of(more) }, kind, f)
}

// withOwn is with what the layer gives: h, or p behind the last.
func withOwn(kind string, f func(t turn, own mat.Matrix) mat.Matrix) Change {
	return withMore(func(s *spec.Step, n spec.TensorName) string {
		if n.Layer == s.L {
			return "p"
		}
		return n.Of("h")
	}, kind, f)
}

func withMore(more func(*spec.Step, spec.TensorName) string, kind string, f func(t turn, more mat.Matrix) mat.Matrix) Change {
	return func(ops *spec.Ops) {
		own := ops.Row(kind).Inputs
		from(kind, func(s *spec.Step, n spec.TensorName) []string {
			return append(own(s, n), more(s, n))
		}, func(t turn) mat.Matrix {
			last := len(t.in) - 1
			added := t.in[last]
			t.in = t.in[:last]
			return f(t, added)
		})(ops)
	}
}

// after makes operations give f of what they gave.
func after(kinds string, f func(mat.Matrix) mat.Matrix) Change {
	return on(kinds, func(t turn) mat.Matrix { return f(t.unchanged()) })
}

// behind is after for the layers that in says.
func behind(kind string, in func(k, L int) bool, f func(mat.Matrix) mat.Matrix) Change {
	return on(kind, func(t turn) mat.Matrix {
		if !in(t.n.Layer, t.L) {
			return t.unchanged()
		}
		return f(t.unchanged())
	})
}

// Layers below the last, and the last.
func isHidden(k, L int) bool { return k < L }
func isLast(k, L int) bool   { return k == L }

// all makes several changes, one after the other.
func all(list ...Change) Change {
	return func(ops *spec.Ops) {
		for _, c := range list {
			c(ops)
		}
	}
}

// forms are the changes that a mistake with a number in it makes, a number each.
func forms(of func(v float64) Change, numbers ...float64) []Change {
	var list []Change
	for _, v := range numbers {
		list = append(list, of(v))
	}
	return list
}

// each returns f of every element.
func each(m mat.Matrix, f func(v float64) float64) mat.Matrix {
	r := mat.New(m.Rows, m.Cols)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			r.Set(i, j, f(v))
		}
	}
	return r
}

// each2 returns f of the elements of two matrices of one shape.
func each2(a, b mat.Matrix, f func(a, b float64) float64) mat.Matrix {
	r := mat.New(a.Rows, a.Cols)
	for i := range a.Rows {
		for j, v := range a.Row(i) {
			r.Set(i, j, f(v, b.At(i, j)))
		}
	}
	return r
}

func scale(m mat.Matrix, by float64) mat.Matrix {
	return each(m, func(v float64) float64 { return float64(v * by) })
}

func negated(m mat.Matrix) mat.Matrix { return scale(m, -1) }

// total is the sum over all elements, ascending.
func total(m mat.Matrix) float64 {
	sum := 0.0
	for i := range m.Rows {
		for _, v := range m.Row(i) {
			sum += v
		}
	}
	return sum
}

func divide(m mat.Matrix, by float64) mat.Matrix {
	return each(m, func(v float64) float64 { return v / by })
}

func plus(a, b mat.Matrix) mat.Matrix {
	return each2(a, b, func(x, y float64) float64 { return x + y })
}

// rows is the number of samples of the step.
func (t turn) rows() float64 {
	for _, name := range []string{"x", "p", "y"} {
		if m, ok := t.T[name]; ok {
			return float64(m.Rows)
		}
	}
	return float64(t.T[spec.Name("dz", t.L)].Rows)
}

// earlier returns a tensor of the step before, or zeros where there is none. A
// gradient that was not recorded shows in how it moved its parameter.
func earlier(s *spec.Step, name string, like mat.Matrix) mat.Matrix {
	if m, ok := s.Prev[name]; ok && m.Rows == like.Rows && m.Cols == like.Cols {
		return m
	}
	if param, ok := strings.CutPrefix(name, "d"); ok && s.Rate != 0 {
		before, ok1 := s.Prev[param]
		after, ok2 := s.Prev[param+spec.SuffixNew]
		if ok1 && ok2 && before.Rows == like.Rows && before.Cols == like.Cols {
			return each2(before, after, func(a, b float64) float64 { return (a - b) / s.Rate })
		}
	}
	return mat.New(like.Rows, like.Cols)
}
