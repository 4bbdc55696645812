package program

import (
	"slices"

	"glassbox/nn/message"
)

// A parameter that an update writes over, where it should be added to, is no
// version of the one before: it is known by being read at one place in every
// step, made again at another in between, and by what it is made of, which is its
// derivative.

// rewritten finds the chains of such values among the first limit nodes that are
// none of the others.
func (v *view) rewritten(others []chain) []chain {
	taken, own := map[int]bool{}, map[int]bool{}
	for _, c := range others {
		for _, x := range c {
			taken[v.written(x)], own[x] = true, true
		}
	}
	type place struct{ site, slot, size int }
	seen := map[place][]int{}
	var order []place
	for i := range v.n {
		if v.site[i] < 0 || v.alias[i] || v.op[i] == "setitem" || v.op[i] == "copy" {
			continue
		}
		for k, q := range v.in[i] {
			if !v.float[q] || v.size[q] < 2 {
				continue
			}
			q = v.written(q)
			p := place{v.site[i], k, v.size[q]}
			l := seen[p]
			if len(l) == 0 {
				order = append(order, p)
			}
			if len(l) == 0 || l[len(l)-1] != q {
				seen[p] = append(l, q)
			}
		}
	}
	var out []chain
	for _, p := range order {
		c := chain(seen[p])
		if len(c) < 4 || made(v.op[c[1]]) || v.site[c[0]] == v.site[c[1]] || taken[c[0]] || taken[c[1]] || !updateOps[v.op[c[1]]] {
			continue
		}
		if slices.ContainsFunc(c[2:], func(q int) bool { return v.site[q] != v.site[c[1]] || v.op[q] != v.op[c[1]] }) || !slices.IsSorted(c) {
			continue
		}
		if v.elementwise(c[2])[c[1]] != nil { // an update as it should be
			continue
		}
		if !v.influences(c[0], v.n, own) || !v.before([]int{c[2]}, nil)[c[1]] {
			continue
		}
		for _, x := range c {
			taken[x] = true
		}
		out = append(out, c)
	}
	return out
}

// written is the value that a name stands for, or that a whole array was filled
// with.
func (v *view) written(q int) int {
	for {
		q = v.root(q)
		if !v.overwrites(q) {
			return q
		}
		q = v.in[q][1]
	}
}

// addRewritten takes values that updates write over for parameters, where what
// they are made of is the derivative by them.
func (j *judge) addRewritten(others []chain) {
	j.lost = map[int]bool{}
	found := j.rewritten(slices.Concat(j.params, others))
	for len(found) > 0 {
		params := slices.Concat(j.params, found)
		wrong := map[int]bool{}
		steps := j.align(params)
		for _, k := range []int{1, 2} {
			if k >= len(steps) {
				return
			}
			s := j.newStep(steps, k, len(params), map[int]bool{}, nil)
			best := s.chooseLoss()
			if best == nil {
				return
			}
			s.setLoss(best)
			for p := len(j.params); p < len(params); p++ {
				if s.new[p] < 0 {
					wrong[p] = true
					continue
				}
				copied := slices.ContainsFunc(s.region[p], func(q int) bool { // of another parameter
					return slices.ContainsFunc(s.in[q], func(u int) bool { return s.isCur[u] && u != s.cur[p] || s.isNew[u] && u != s.new[p] })
				})
				if s.trivial[p] || copied || len(s.rightOf(p, nil)) == 0 {
					wrong[p] = true
				}
			}
		}
		if len(wrong) == 0 {
			for p := len(j.params); p < len(params); p++ {
				j.lost[p] = true
			}
			j.params = params
			return
		}
		var left []chain
		for i, c := range found {
			if !wrong[len(j.params)+i] {
				left = append(left, c)
			}
		}
		found = left
	}
}

// lost says what an assignment is to be that writes over a parameter.
func lost(sign string) message.Text {
	return message.New("`%s` is meant, not `=`: what was there is lost", sign)
}

// tellRewritten tells of the parameters that are written over.
func (j *judge) tellRewritten(s *step) {
	if slices.ContainsFunc(s.live, func(p int) bool { return s.tried(p) >= 0 }) {
		return // the directions of a line search are made anew
	}
	for _, p := range s.live {
		if !j.lost[p] {
			continue
		}
		sign := "-="
		if d, v := s.ad[s.cur[p]].v, layout(j.val(s.new[p]), j.shapes[s.cur[p]]); d != nil && v != nil {
			along := 0.0
			for i, x := range d.Data {
				along += x * v.Data[i]
			}
			if along < 0 {
				sign = "+="
			}
		}
		j.verdict.Parameters[p].Update = "wrong"
		j.report(s, []updateFault{{node: s.root(s.new[p]), text: message.New("the step is written over `%s`", j.names[p]), fix: lost(sign)}}, "the update")
	}
}
