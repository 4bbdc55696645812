package faults

import (
	"strings"

	"glassbox/mat"
	"glassbox/nn/spec"
)

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

func divide(m mat.Matrix, by float64) mat.Matrix {
	return each(m, func(v float64) float64 { return v / by })
}

func plus(a, b mat.Matrix) mat.Matrix {
	return each2(a, b, func(x, y float64) float64 { return x + y })
}

// right are the operations as they are defined.
var right = spec.Right()

type (
	inputs = func(*spec.Step, spec.TensorName) []string
	run    = func(*spec.Step, spec.TensorName, []mat.Matrix) mat.Matrix
)

// replace gives an operation other inputs and another run.
func replace(op *spec.Op, in inputs, by run) { op.Inputs, op.Run = in, by }

// then makes an operation give f of what it gives.
func then(op *spec.Op, f func(s *spec.Step, n spec.TensorName, m mat.Matrix) mat.Matrix) {
	before := op.Run
	op.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix { return f(s, n, before(s, n, in)) }
}

// after is then for what depends on nothing else.
func after(op *spec.Op, f func(mat.Matrix) mat.Matrix) {
	then(op, func(_ *spec.Step, _ spec.TensorName, m mat.Matrix) mat.Matrix { return f(m) })
}

// hidden is after for the layers below the last.
func hidden(op *spec.Op, f func(mat.Matrix) mat.Matrix) {
	then(op, func(s *spec.Step, n spec.TensorName, m mat.Matrix) mat.Matrix {
		if n.Layer < s.L {
			m = f(m)
		}
		return m
	})
}

// first is a run that gives its first input as it is.
func first(_ *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix { return in[0] }

// rows is the number of samples of the step.
func rows(s *spec.Step) float64 {
	for _, name := range []string{"x", "p", "y"} {
		if m, ok := s.T[name]; ok {
			return float64(m.Rows)
		}
	}
	return float64(s.T[spec.Name("dz", s.L)].Rows)
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
