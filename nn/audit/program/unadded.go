package program

import (
	"math"
	"slices"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// tellUnadded tells of arrays that are stepped down by a derivative of the loss, summed
// up, and that nothing reads but their own step: a bias that the forward pass leaves out.
func (j *judge) tellUnadded(s *step) {
	if s.loss.weak() || s.k == 0 {
		return
	}
	var m *matches
	for q := s.begin; q < min(s.hi, j.n); q++ {
		in := j.in[q]
		if j.op[q] != "sub" && j.op[q] != "add" || len(in) != 2 || !j.float[q] || s.update[q] || !s.forward[in[1]] || j.size[in[1]] != j.size[q] {
			continue
		}
		was := j.root(in[0]) // what the step before made of it at the same place
		if j.site[was] != j.site[q] || j.op[was] != j.op[q] || was >= s.begin || !s.leadsOnlyTo(was, q) {
			continue
		}
		if m == nil {
			s.makeTargets()
			m = s.match()
		}
		z, sum := s.summedFrom(in[1], m)
		if z < 0 || z == q || (j.op[q] == "add") != (factor(layout(j.val(in[1]), sum.Shape), sum, math.Inf(1)) < 0) {
			continue // it counts gradients
		}
		first := was
		for j.site[first] == j.site[q] && len(j.in[first]) > 0 {
			first = j.root(j.in[first][0])
		}
		name := j.bestName(first)
		j.tell(Finding{Severity: "error", Step: s.k, Relation: "never added", Text: message.New("`%s` is stepped (%s) by the derivative of the loss by `%s`, summed up, as what is added to that is; but nothing reads `%s`: it is not added", name, j.where(q), j.text(z), name)}, at(z))
	}
}

// leadsOnlyTo reports that what is made of a value, element by element, goes into one
// node and no further: not into the loss, and not into what parameters step by.
func (s *step) leadsOnlyTo(x, q int) bool {
	seen, todo := map[int]bool{q: true}, []int{x}
	for len(todo) > 0 {
		u := todo[0]
		todo = todo[1:]
		for _, c := range s.cons[u] {
			switch {
			case seen[c] || c > q:
				continue
			case s.lossOf[c] || s.update[c] || !updateOps[s.op[c]] && !s.alias[c] || s.size[c] != s.size[x]:
				return false
			}
			seen[c] = true
			if c != q {
				todo = append(todo, c)
			}
		}
	}
	return true
}

// summedFrom is the forward value of which a step is made, element by element, of the
// derivative, summed over axes, times or samples, with that sum; -1 where it is not.
func (s *step) summedFrom(q int, m *matches) (z int, sum *array) {
	z = -1
	add := func(x, of int, c float64) {
		if z = of; sum == nil {
			sum = graph.NewArray(s.shapes[x]...)
		}
		if len(sum.Data) == s.size[x] {
			sum = plus(sum, 1/c, layout(s.val(x), sum.Shape))
		}
	}
	product := func(z int) bool {
		return s.forward[z] && !s.isCur[z] && (contractions[s.op[z]] || s.op[z] == "add" && slices.ContainsFunc(s.in[z], func(u int) bool { return contractions[s.op[u]] }))
	}
	seen, todo := map[int]bool{}, []int{q}
	for len(todo) > 0 {
		x := todo[0]
		todo = todo[1:]
		if seen[x] || x < s.begin || !s.forward[x] || len(seen) > 200 {
			continue
		}
		seen[x] = true
		if k := slices.IndexFunc(m.whole[x], func(l match) bool { return product(l.key) }); k >= 0 && s.size[x] == s.size[q] {
			add(x, m.whole[x][k].key, m.whole[x][k].c)
			continue
		}
		switch {
		case s.op[x] == "sum" || s.op[x] == "mean":
			for _, l := range m.whole[s.in[x][0]] {
				if s.forward[l.key] && !s.isCur[l.key] && s.size[l.key] > s.size[x] {
					add(x, l.key, l.c)
					break
				}
			}
		case s.adds(x, -1) && updateOps[s.op[x]] || s.alias[x]: // no square
			for _, u := range s.in[x] {
				if s.size[u] == s.size[q] && (s.op[x] != "mul" || s.size[s.in[x][0]] != s.size[s.in[x][1]]) {
					todo = append(todo, u)
				}
			}
		}
	}
	return z, sum
}
