package program

import (
	"slices"

	"glassbox/nn/graph"
)

// A parameter is often moved by some of its rows, those of the words or users of
// a sample: W[i] -= rate * g, or np.subtract.at(W, rows, rate * g). What is
// written there is held against the derivative by the whole parameter, zero in
// all other places.

// A rowWrite moves some elements of a parameter by a value.
type rowWrite struct {
	rows []int32 // for each element of the value which of the parameter's it moves, from 1
	term int
	sign float64
}

// rowWrites finds the writes that make a parameter's new version of its old one
// part by part; none where it is made as a whole.
func (s *step) rowWrites(p int) (list []rowWrite) {
	x := s.root(s.new[p])
	for x != s.cur[p] {
		in := s.in[x]
		if s.op[x] != "setitem" && s.op[x] != "add_at" || len(in) != 2 || s.size[in[1]] == s.size[s.new[p]] {
			return nil
		}
		w := rowWrite{s.index(x), in[1], 1}
		if s.op[x] == "setitem" {
			if !s.writesMoved(x) {
				return nil
			}
			a := s.in[in[1]]
			k := slices.IndexFunc(a, func(q int) bool { return s.op[q] != "gather" || s.root(s.in[q][0]) != s.root(in[0]) })
			if k < 0 || s.size[a[k]] != s.size[in[1]] {
				return nil
			}
			if w.term = a[k]; s.op[in[1]] == "sub" && k == 1 {
				w.sign = -1
			}
		}
		if len(w.rows) != s.size[w.term] || !s.update[w.term] || slices.Contains(w.rows, 0) {
			return nil
		}
		list = append(list, w)
		x = s.root(in[0])
	}
	return list
}

// followRows grows a parameter's way from gradient to update by what its rows are
// moved by.
func (s *step) followRows(p int) {
	list := s.rowWrites(p)
	if s.moves[p] = list; len(list) == 0 {
		return
	}
	s.ofRows[p] = map[int]bool{}
	for _, w := range list {
		part := []int{w.term}
		if len(list) == 1 {
			part = s.spread(w.term, len(w.rows))
		}
		for _, q := range part {
			if !slices.Contains(s.region[p], q) {
				s.ofRows[p][q] = true
				s.region[p] = append(s.region[p], q)
			}
		}
	}
	slices.Sort(s.region[p])
}

// lift is the whole parameter's array of what moves some of its rows, where q is
// such a value: x, and with several writes what the others move. Other values
// stay as they are.
func (s *step) lift(p, q int, x *array, changed map[int]*array) *array {
	if !s.ofRows[p][q] {
		return x
	}
	out := graph.NewArray(s.shapes[s.cur[p]]...)
	for _, w := range s.moves[p] {
		v, sign := x, w.sign
		if len(s.moves[p]) == 1 {
			sign = 1
		} else if v = changed[w.term]; v == nil {
			v = s.value(w.term)
		}
		if v == nil || len(v.Data) != len(w.rows) {
			return out
		}
		for i, k := range w.rows {
			out.Data[k-1] += sign * v.Data[i]
		}
	}
	return out
}

// single reports that a parameter has one element, or that one alone is moved:
// a multiple of any other number, and no evidence.
func (s *step) single(p int) bool {
	return s.size[s.cur[p]] == 1 || len(s.moves[p]) == 1 && len(s.moves[p][0].rows) == 1
}
