package program

import (
	"slices"

	"glassbox/nn/graph"
)

// From a gradient to the new parameter: what of a step is its update.

// regions follows each parameter's update back to its gradient.
func (s *step) regions() {
	n := len(s.cur)
	s.region, s.inRegion, s.zone = make([][]int, n), make([]map[int]bool, n), make([]map[int]bool, n)
	s.slots, s.partial, s.paramIx, s.trivial = make([]map[slot]int, n), make([]map[int]bool, n), make([]*index, n), make([]bool, n)
	s.allZone = map[int]bool{}
	for _, p := range s.live {
		s.region[p] = s.regionOf(p)
		in := map[int]bool{}
		for _, q := range s.region[p] {
			in[q] = true
		}
		s.inRegion[p] = in
		size := s.size[s.new[p]]
		zone, slots := map[int]bool{}, map[slot]int{}
		var todo []int
		for _, q := range s.region[p] {
			if !updateOps[s.op[q]] || s.lossOf[q] {
				continue // what the forward pass reads of the step before is no optimiser's state
			}
			for j, u := range s.in[q] {
				if j == 0 && s.writesAll(q) || s.k > 0 && s.zero(q) {
					continue // what stood there is gone
				}
				if s.carried(u) {
					continue
				}
				state := s.states[u] || s.older != nil && s.older[u]
				if state && s.k > 0 && s.zero(u) && !slices.Contains(s.was, s.root(u)) {
					state = false // a gradient that is summed from zero
				}
				if u < s.begin && s.size[u] == size && !s.isCur[s.root(u)] && (state || s.k == 0) {
					slots[slot{s.site[q], j}] = u
					if state && !zone[q] {
						zone[q] = true
						todo = append(todo, q)
					}
				}
			}
		}
		for len(todo) > 0 {
			x := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, c := range s.cons[x] {
				if in[c] && !zone[c] && !(s.in[c][0] == x && s.writesAll(c)) {
					zone[c] = true
					todo = append(todo, c)
				}
			}
		}
		for q := range zone {
			s.allZone[q] = true
		}
		s.zone[p], s.slots[p] = zone, slots
		a, ok := s.ad[s.cur[p]]
		s.trivial[p] = true
		if ok {
			s.paramIx[p] = newIndex(s.prec, &s.dirs)
			s.paramIx[p].add(0, a)
			s.paramIx[p].done()
			for i, x := range a.v.Data {
				if max(x, -x) > 1000*a.err.Data[i] {
					s.trivial[p] = false
				}
			}
		}
	}
	for _, p := range s.live {
		s.partial[p] = s.partialOf(p)
	}
}

// carried reports that the forward pass reads a value of the step before as it is,
// not as a way from its parameters to a point ahead: a hidden state that goes on.
func (s *step) carried(u int) bool {
	return slices.ContainsFunc(s.cons[u], func(c int) bool {
		if s.alias[c] {
			return s.carried(c)
		}
		return s.lossOf[c] && !s.isCur[c] && !slices.ContainsFunc(s.in[c], func(q int) bool { return s.isCur[s.root(q)] })
	})
}

// writesAll reports that a node writes over every element of an array, with the
// writes that follow it: nothing of what stood there is read any more.
func (v *view) writesAll(q int) bool {
	var written map[int32]bool
	for range 1000 {
		a := v.attr(q)
		if v.op[q] != "setitem" || a.Index == nil || len(v.in[q]) != 2 {
			return false
		}
		n := graph.Size(a.Index.Shape)
		if written == nil && n >= v.size[q] {
			return true
		}
		if written == nil {
			written = map[int32]bool{}
		}
		for _, e := range v.index(q) {
			written[e] = true
		}
		if len(written) >= v.size[q] {
			return true
		}
		next := -1
		for _, c := range v.cons[q] {
			switch {
			case v.op[c] == "setitem" && v.in[c][0] == q && v.in[c][1] != q && next < 0:
				next = c
			case v.op[c] != "gather" || len(v.in[c]) != 1 || slices.ContainsFunc(v.index(c), func(e int32) bool { return !written[e] }):
				return false
			}
		}
		if next < 0 {
			return false
		}
		q = next
	}
	return false
}

func (s *step) regionOf(p int) []int {
	n := s.size[s.new[p]]
	seen := map[int]bool{s.new[p]: true}
	todo := []int{s.new[p]}
	var out []int
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		out = append(out, x)
		if !updateOps[s.op[x]] {
			continue
		}
		in := s.in[x]
		if s.overwrites(x) || s.writesAll(x) {
			in = in[1:]
		}
		for _, q := range in {
			if seen[q] || s.isCur[s.root(q)] || q < s.begin || !s.update[q] || s.isNew[q] || s.size[q] != n || made(s.op[q]) {
				continue
			}
			seen[q] = true
			todo = append(todo, q)
		}
	}
	slices.Sort(out)
	return out
}

// measures are operations that give the size of an array, in one number, which the
// derivative of a penalty on its length has in it.
var measures = setOf("norm", "sum", "mean")

// ownTerm reports that o is made of parameter p alone: a decay.
func (s *step) ownTerm(p, o int) bool {
	if s.own == nil {
		s.own = make([][]bool, len(s.cur))
	}
	if s.own[p] == nil {
		own, n := make([]bool, s.n), s.size[s.cur[p]]
		for x := range own {
			updates := updateOps[s.op[x]] || s.op[x] == "add_at" || s.size[x] == 1 && measures[s.op[x]]
			switch {
			case x == s.cur[p] || !s.forward[x], s.op[x] == "gather" && s.in[x][0] == s.cur[p]: // some of its elements, in their places
				own[x] = true
			case s.op[x] == "copy" || s.alias[x] || !s.isCur[x] && updates && (s.size[x] == 1 || s.size[x] == n):
				own[x] = !slices.ContainsFunc(s.in[x], func(u int) bool { return !own[u] })
			}
		}
		s.own[p] = own
	}
	return s.own[p][o]
}

// ownShare reports that o is a share of parameter p: made of it alone, and not the
// parameter by another name.
func (s *step) ownShare(p, o int) bool {
	return s.forward[o] && s.size[o] > 1 && s.root(o) != s.root(s.cur[p]) && s.ownTerm(p, o)
}

// ofOneParameter reports that a value is made, element by element, of one parameter alone,
// as a decay is, or the weights of a network that follows it: nothing that a network gives.
func (s *step) ofOneParameter(q int) bool {
	return slices.ContainsFunc(s.live, func(p int) bool { return s.size[q] == s.size[s.cur[p]] && s.ownShare(p, q) })
}

// movedOn are parameter p and the values of its update that are it with something added.
func (s *step) movedOn(p int) map[int]bool {
	out := map[int]bool{s.cur[p]: true}
	for _, q := range s.region[p] {
		switch in := s.in[q]; {
		case len(in) == 0:
		case s.overwrites(q):
			out[q] = out[s.root(in[1])]
		case s.op[q] == "add":
			out[q] = out[s.root(in[0])] || out[s.root(in[len(in)-1])]
		case s.op[q] == "sub" || s.op[q] == "copy" || s.alias[q]:
			out[q] = out[s.root(in[0])]
		}
	}
	return out
}

// partialOf finds the nodes of p's region to which another share of the
// gradient is added afterwards.
func (s *step) partialOf(p int) map[int]bool {
	bad := map[int]bool{}
	n := s.size[s.cur[p]]
	for i := len(s.region[p]) - 1; i >= 0; i-- {
		q := s.region[p][i]
		for _, c := range s.cons[q] {
			if !s.inRegion[p][c] || s.zone[p][c] {
				continue
			}
			if bad[c] && s.adds(c, q) {
				bad[q] = true
			}
			if o := s.op[c]; o != "add" && o != "sub" && o != "setitem" && o != "add_at" || s.overwrites(c) {
				continue
			}
			for _, x := range s.in[c] {
				if x != q {
					if s.size[x] == n && s.forward[x] && !s.isCur[x] && !s.ownTerm(p, x) && !s.through(p, x, q) && !s.through(p, q, x) && !(s.k == 0 && n > 1 && s.within(x, q)) {
						bad[q] = true
					}
					break
				}
			}
		}
	}
	return bad
}

// through reports that all that x has of p's update comes through q, as a decay of the
// parameter that has stepped does, or a moment of the gradient: no other share of it.
func (s *step) through(p, x, q int) bool {
	met := false
	seen, todo := map[int]bool{x: true}, []int{x}
	for len(todo) > 0 {
		u := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if u == q {
			met = true
			continue
		}
		last := true
		for _, w := range s.in[u] {
			if s.inRegion[p][w] && s.forward[w] {
				if last = false; !seen[w] {
					seen[w], todo = true, append(todo, w)
				}
			}
		}
		if last || len(seen) > 2000 { // or too far to be looked at from each place
			return false
		}
	}
	return met
}

// within reports that x is made, element by element, of no other derivatives than value
// q: of the first step, in which the moments of a gradient are the gradient too.
func (s *step) within(x, q int) bool {
	from := func(x int) map[int]bool {
		out, seen, todo := map[int]bool{}, map[int]bool{}, []int{x}
		for len(todo) > 0 && len(seen) < 2000 {
			u := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			switch {
			case seen[u] || s.size[u] == 1 && s.size[q] > 1 || u < s.begin || made(s.op[u]):
			case !updateOps[s.op[u]] || s.isCur[u]:
				out[u] = true
			default:
				todo = append(todo, s.in[u]...)
			}
			seen[u] = true
		}
		return out
	}
	of := from(q)
	for u := range from(x) {
		if !of[u] {
			return false
		}
	}
	return true
}

// overwrites reports that a node fills a whole array with another.
func (v *view) overwrites(q int) bool {
	return v.op[q] == "setitem" && len(v.in[q]) == 2 && v.size[v.in[q][1]] == v.size[q] && v.in[q][1] != q
}

// adds reports that node c is a share of a sum as its operand q is: not a power or
// a root of it, or a quotient by it.
func (v *view) adds(c, q int) bool {
	switch v.op[c] {
	case "pow", "square", "sqrt", "reciprocal", "abs", "sign":
		return false
	case "mul", "div":
		return len(v.in[c]) != 2 || v.in[c][1] != q || v.op[c] == "mul" && v.in[c][0] != q
	}
	return true
}
