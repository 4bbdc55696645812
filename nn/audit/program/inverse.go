package program

import (
	"math"
	"slices"

	"glassbox/nn/graph"
)

// inverse is what operand j of q has to be for q to be want, nil where no value
// makes it so.
func (s *step) inverse(q, j int, want *array) *array {
	r := s.undo(q, j, want)
	if v := s.value(s.in[q][j]); r != nil && !slices.Equal(r.Shape, v.Shape) {
		// The operand was broadcast: all that it was broadcast to has to agree.
		return s.collapse(r, v.Shape)
	}
	return r
}

// undo is inverse with the shape that the operand was broadcast to.
func (s *step) undo(q, j int, want *array) *array {
	ins := s.in[q]
	v := s.value(ins[j])
	if v == nil {
		return nil
	}
	bin := func(op string, a, b *array) *array { return s.apply(op, nil, a, b) }
	var r *array
	switch s.op[q] {
	case "add", "sub", "mul", "div":
		if len(ins) != 2 {
			return nil
		}
		o := s.value(ins[1-j])
		if o == nil {
			return nil
		}
		switch {
		case s.op[q] == "add":
			r = bin("sub", want, o)
		case s.op[q] == "sub" && j == 0:
			r = bin("add", want, o)
		case s.op[q] == "sub":
			r = bin("sub", o, want)
		case s.op[q] == "mul":
			r = bin("div", want, o)
		case j == 0:
			r = bin("mul", want, o)
		default:
			r = bin("div", o, want)
		}
		if r == nil {
			return nil
		}
		if s.op[q] == "mul" || s.op[q] == "div" && j == 1 {
			// Where the other operand is 0 this one does not matter.
			full := s.stretch(v, r.Shape)
			r = r.Clone()
			tol := 1e-12 * want.MaxAbs()
			for i, x := range r.Data {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					if s.op[q] == "mul" && math.Abs(want.Data[i]) > tol {
						return nil
					}
					r.Data[i] = 0
					if full != nil {
						r.Data[i] = full.Data[i]
					}
				}
			}
		}
	case "neg":
		return want.Scaled(-1)
	case "copy", "nan_to_num":
		return want
	case "gather":
		// Of several arrays that are joined, what belongs to this one.
		idx, from := s.index(q), 0
		for _, u := range ins[:j] {
			from += s.size[u]
		}
		r, is, tol := v.Clone(), s.value(q), s.tolerance()*want.MaxAbs()
		if is == nil {
			return nil
		}
		seen, n := make([]bool, len(r.Data)), 0
		for i, k := range idx {
			at := int(k) - 1 - from
			if k <= 0 || len(ins) == 1 && seen[at] {
				return nil
			}
			if at < 0 || at >= len(seen) {
				if math.Abs(is.Data[i]-want.Data[i]) > tol {
					return nil // it is not this one, or not alone
				}
				continue
			}
			if seen[at] {
				continue
			}
			seen[at] = true
			r.Data[at] = want.Data[i]
			n++
		}
		if n != len(r.Data) {
			return nil
		}
		return r
	default:
		return nil
	}
	return r
}

// collapse is the array of the smaller shape that broadcasts to r, nil where
// there is none.
func (s *step) collapse(r *array, shape []int) *array {
	index := graph.NewArray(shape...)
	for i := range index.Data {
		index.Data[i] = float64(i)
	}
	to := s.stretch(index, r.Shape)
	if to == nil {
		return nil
	}
	lists := make([][]float64, len(index.Data))
	for i, x := range to.Data {
		lists[int(x)] = append(lists[int(x)], r.Data[i])
	}
	out := graph.NewArray(shape...)
	for i, l := range lists {
		if len(l) == 0 {
			return nil
		}
		slices.Sort(l)
		out.Data[i] = l[len(l)/2]
	}
	back := s.stretch(out, r.Shape)
	top := r.MaxAbs()
	for i, x := range r.Data {
		if !(math.Abs(back.Data[i]-x) <= 1e-6*math.Abs(x)+1e-9*top) {
			return nil
		}
	}
	return out
}
