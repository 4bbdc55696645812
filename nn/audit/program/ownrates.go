package program

import (
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/message"
)

// Rates that parameters have of their own, on purpose.

// ownScale finds, where an odd factor arises in an expression that serves every
// parameter in turn, the number that differs from parameter to parameter on
// purpose: a rate out of a list, or what is made of the gradient itself (its
// norm); -1 where it is none of these.
func (s *step) ownScale(q int) int {
	var served []int
	for x := s.begin; x < s.n && x < s.hi; x++ {
		if s.site[x] == s.site[q] {
			served = append(served, x)
		}
	}
	if len(served) < len(s.live) || len(s.live) < 2 {
		return -1
	}
	for k, u := range s.in[q] {
		if s.size[u] != 1 || s.size[q] == 1 {
			continue
		}
		for _, x := range served { // for this parameter, or for others, where this one has a number instead
			if k < len(s.in[x]) && s.size[s.in[x][k]] == 1 && s.ofGradient(s.in[x][k]) {
				return u
			}
		}
		if o := s.ownNumber(served, u, 0); o >= 0 {
			return o
		}
	}
	return -1
}

// ofGradient reports that a number is made of a gradient in its update.
func (s *step) ofGradient(u int) bool {
	m := s.before([]int{u}, s.isCur)
	return slices.ContainsFunc(s.back, func(x int) bool {
		return m[x] && slices.ContainsFunc(s.live, func(p int) bool { return s.inRegion[p][x] })
	})
}

// ownRate finds the number of that value which is written out where the gradient of
// parameter p is multiplied by the rate, as in `b -= 0.1 * rate * db`: a rate of its
// own; -1 where there is none.
func (s *step) ownRate(p int, ratio float64) int {
	for _, q := range s.region[p] {
		if s.size[q] == 1 || !s.sameStatement(q, s.root(s.new[p])) {
			continue
		}
		for _, u := range s.in[q] {
			if s.size[u] != 1 || made(s.op[u]) || s.op[u] != "mul" {
				continue
			}
			for i, o := range s.in[u] {
				_, err := strconv.ParseFloat(s.operandCode(u, i), 64)
				if err == nil && made(s.op[o]) && alike(s.scalar(o), ratio, 1e-9) {
					return o
				}
			}
		}
	}
	return -1
}

// ownBranch finds the number that a gradient is scaled by on a branch which the rule that
// goes on for both parameters takes for the one alone: who writes that means the rates to
// differ; -1 where it is none.
func (s *step) ownBranch(q int, odd []entry, other int) int {
	i, t := slices.IndexFunc(odd, func(e entry) bool { return s.inRegion[e.p][q] }), s.g.Site(q)
	k := slices.IndexFunc(s.in[q], func(u int) bool { return s.size[u] == 1 && made(s.op[u]) })
	if i < 0 || k < 0 || t == nil || t.File < 0 {
		return -1
	}
	f := &s.g.Files[t.File]
	head := t.Stmt[0]
	for depth := f.Indent(head); head > 0 && f.Indent(head) >= depth && !(head == t.Stmt[0] && branches.MatchString(f.Line(head))); {
		head--
	}
	if head == 0 || !branches.MatchString(f.Line(head)) || !slices.ContainsFunc(s.region[odd[i].p], func(x int) bool {
		u := s.g.Site(x)
		return x > q && u != nil && u.File == t.File && u.Func == t.Func && u.Line > t.Line && f.Indent(u.Stmt[0]) <= f.Indent(head) &&
			slices.ContainsFunc(s.region[other], func(y int) bool { return s.site[y] == s.site[x] })
	}) {
		return -1
	}
	return s.in[q][k]
}

// ownNumber finds, among what a number is made of, one with a name and a point
// that is not the same wherever the expression is evaluated.
func (s *step) ownNumber(served []int, u, depth int) int {
	if made(s.op[u]) {
		if !s.float[u] {
			return -1
		}
		k := -1
		for _, x := range served {
			if i := slices.Index(s.in[x], u); i >= 0 {
				k = i
			}
		}
		for _, x := range served {
			// A name, or a place in a list: not a choice written here.
			if k < 0 || k >= len(s.in[x]) || strings.ContainsAny(s.operand(x, k).String(), " (") {
				continue
			}
			if o := s.in[x][k]; o != u && s.size[o] == 1 && made(s.op[o]) && s.scalar(o) != s.scalar(u) {
				return u
			}
		}
		return -1
	}
	if depth > 3 {
		return -1
	}
	for _, o := range s.in[u] {
		if s.size[o] != 1 {
			continue
		}
		var all []int
		for x := s.begin; x < s.hi && x < s.n; x++ {
			if s.site[x] == s.site[u] {
				all = append(all, x)
			}
		}
		if len(all) < len(served) {
			return -1
		}
		if r := s.ownNumber(all, o, depth+1); r >= 0 {
			return r
		}
	}
	return -1
}

// counter finds, among the numbers that a gradient is multiplied by in an
// expression that serves several parameters in turn, an operation and the operand
// of it that is an integer and rises within the step; -1 where there is none.
func (s *step) counter(q int) (node, slot int) {
	todo, seen := s.in[q], map[int]bool{}
	for len(todo) > 0 {
		u := todo[0]
		todo = todo[1:]
		if seen[u] || s.size[u] != 1 || made(s.op[u]) {
			continue
		}
		seen[u] = true
		todo = append(slices.Clone(todo), s.in[u]...)
		for k, o := range s.in[u] {
			if !made(s.op[o]) || s.float[o] {
				continue
			}
			var values []float64
			for x := s.begin; x < s.hi && x < s.n; x++ {
				if s.site[x] == s.site[u] && k < len(s.in[x]) {
					values = append(values, s.scalar(s.in[x][k]))
				}
			}
			rises := len(values) > 1 && values[0] < values[len(values)-1]
			for i := range values {
				rises = rises && (i == 0 || values[i] == values[i-1] || values[i] == values[i-1]+1)
			}
			if rises {
				return u, k
			}
		}
	}
	return -1, 0
}

// scaleText is what the program calls a number where it scales a gradient.
func (j *judge) scaleText(s *step, o int) message.Text {
	for _, q := range j.cons[o] {
		for i, x := range j.in[q] {
			if x == o {
				return j.operand(q, i)
			}
		}
	}
	return j.text(o)
}
