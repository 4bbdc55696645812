package program

import (
	"maps"
	"slices"
	"strings"

	"glassbox/nn/message"
)

// A loop of the backward pass that goes through what the forward pass has kept the wrong
// way round.

// otherDirection finds the loop whose rounds, each with what the round as far from the
// other end reads, make all gradients right; nil where there is none.
func (s *step) otherDirection() *misgiven {
	t := s.look()
	if len(t.wrong) < 2 && len(t.wrong) < len(s.live) {
		return nil
	}
	lines := map[int]int{} // by site
	around := func(q int) int {
		l, met := lines[s.site[q]]
		if !met {
			if t := s.g.Site(q); t != nil && len(t.Loops) > 0 {
				l = t.Loops[len(t.Loops)-1]
			}
			lines[s.site[q]] = l
		}
		return l
	}
	for _, c := range s.callings(t) {
		for _, line := range s.loopsOf(c, around) {
			if !s.mendsReversed(c, line, t, around) {
				continue
			}
			file := s.file(s.site[c.body])
			code, at := s.view.source(file, line), line
			for l := line + 1; strings.HasPrefix(code, "while ") && l < line+5; l++ { // what it takes from a list
				if x := s.view.source(file, l); strings.Contains(x, ".pop(") {
					code, at = x, l
				}
			}
			return &misgiven{place{node: c.body, file: file, line: at}, message.New("`%s` is meant, not `%s`", message.Plain(otherWay(code)), message.Plain(code))}
		}
	}
	return nil
}

// otherWay is a statement that takes the elements of a list, from the other end.
func otherWay(code string) string {
	each, list, _ := strings.Cut(code, " in ")
	plain, reversed := strings.CutPrefix(list, "reversed(")
	switch {
	case strings.Contains(code, ".pop(0)"):
		return strings.Replace(code, ".pop(0)", ".pop()", 1)
	case strings.Contains(code, ".pop()"):
		return strings.Replace(code, ".pop()", ".pop(0)", 1)
	case reversed:
		return each + " in " + strings.Replace(plain, "):", ":", 1)
	}
	return each + " in reversed(" + strings.TrimSuffix(list, ":") + "):"
}

// tellDirection tells of it.
func (j *judge) tellDirection(s *step, x *misgiven, wrong int) {
	j.tell(Finding{Severity: "error", Step: s.k, Relation: "another operand", Fix: message.New("%s; %s", x.fix, mends(true, wrong, wrong)), Mended: wrong, Wrong: wrong,
		Text: message.New("the loop takes what the forward pass has kept in the wrong order")}, x.place)
}

// loopsOf are the lines of the loops around what a function of the backward pass does.
func (s *step) loopsOf(c *calling, around func(int) int) (out []int) {
	for _, q := range c.nodes {
		if s.frame(q) == s.frame(c.body) {
			if l := around(q); l > 0 && !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// mendsReversed runs the rounds of a loop with what those from the other end read.
func (s *step) mendsReversed(c *calling, line int, t *situation, around func(int) int) bool {
	type run struct {
		site, call, pass int // pass: of the samples, each with a forward pass of its own
		op               string
		operands         int
	}
	runs, at := map[run][]int{}, map[int]run{}
	body := map[int]bool{}
	var nodes []int
	pass, last := 0, 0
	for q := s.begin; q < s.n && q < s.hi; q++ { // those of the last round too, which nothing may read
		own := s.frame(q) == s.frame(c.body) && around(q) == line
		l := s.callsTo(q)
		inner := len(l) > len(c.path) && slices.Equal(l[len(l)-len(c.path):], c.path) && l[len(l)-len(c.path)-1].Line > line
		if !own && !inner || s.lossOf[q] || s.isNew[q] {
			continue
		}
		for u := last; u < q && last > 0; u++ {
			if s.lossOf[u] && !s.isCur[u] {
				pass++
				break
			}
		}
		last = q
		k := run{s.site[q], s.call[q], pass, s.op[q], len(s.in[q])}
		runs[k], at[q] = append(runs[k], q), k
		nodes, body[q] = append(nodes, q), true
	}
	carried := map[slot]bool{} // operands that rounds hand on, or have made themselves
	for _, q := range nodes {
		for j, u := range s.in[q] {
			for s.alias[u] && !body[u] {
				u = s.in[u][0]
			}
			carried[slot{s.site[q], j}] = carried[slot{s.site[q], j}] || body[u]
		}
	}
	put, work := s.rerun(nodes, map[int]*array{}, nil, s.value, func(q int) func([]*array) *array {
		if made(s.op[q]) {
			return nil
		}
		l := runs[at[q]]
		other := l[len(l)-1-slices.Index(l, q)]
		return func(ins []*array) *array {
			for j, u := range s.in[other] {
				if !carried[slot{s.site[q], j}] {
					ins[j] = s.value(u)
				}
			}
			if slices.Contains(ins, nil) {
				return nil
			}
			r, _ := s.evaluate(other, ins)
			return r
		}
	})
	if s.work += work; len(put) == 0 {
		return false
	}
	given := maps.Clone(put)
	for _, l := range runs { // what each round gives for itself is that of the other round
		leaves := func(q int) bool {
			return slices.ContainsFunc(s.cons[q], func(c int) bool { return s.update[c] && !body[c] })
		}
		if len(l) > 1 && leaves(l[0]) && leaves(l[len(l)-1]) {
			for i, q := range l {
				given[q] = put[l[len(l)-1-i]]
			}
		}
	}
	maps.DeleteFunc(given, func(_ int, v *array) bool { return v == nil })
	right := s.rightGiven(t, s.replay(given))
	return !slices.ContainsFunc(s.live, func(p int) bool { return !s.trivial[p] && len(right[p]) == 0 })
}
