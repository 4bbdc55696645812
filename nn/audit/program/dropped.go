package program

import (
	"slices"
	"strings"

	"glassbox/nn/message"
)

// Updates that take no gradient, or take it the wrong way round.

// tellDropped tells of parameters among the wrong ones that step without their
// gradient, and returns the others.
func (j *judge) tellDropped(s *step, wrong []int) []int {
	return slices.DeleteFunc(slices.Clone(wrong), func(p int) bool {
		if !s.withoutGradient(p) || s.madeOfData(p) {
			return false
		}
		at := s.handedOver(p)
		// What comes in from the step before is what lacks it.
		for _, q := range s.region[p] {
			if at == s.root(s.new[p]) && !s.sameStatement(q, s.root(at)) && slices.ContainsFunc(s.in[q], func(u int) bool {
				return u < s.begin && s.size[u] == s.size[q] && !s.isCur[u] && !made(s.op[u])
			}) {
				at = q
			}
		}
		if w := s.lastShare(p); w >= 0 {
			at = w
		}
		text := message.New("the step of `%s` does not depend on its gradient", j.names[p])
		for _, q := range s.back {
			if v := j.val(q); q < s.new[p] && s.size[q] == s.size[s.cur[p]] && s.size[q] > 1 && v != nil && len(s.paramIx[p].find(v)) > 0 {
				text = message.New("the step of `%s` does not depend on its gradient, `%s` (%s)", j.names[p], j.nameOf(q), j.where(q))
				break
			}
		}
		j.verdict.Parameters[p].Gradient, j.verdict.Parameters[p].Update = "not judged", "wrong"
		j.report(s, []updateFault{{node: at, text: text}}, "the gradient is missing")
		return true
	})
}

// handedOver is the value that the update of parameter p takes for the gradient, as an
// earlier statement made it; the new parameter where there is none.
func (s *step) handedOver(p int) int {
	made := s.root(s.new[p])
	for at := made; ; {
		next := -1
		for _, q := range s.in[at] {
			if q = s.root(q); s.size[q] == s.size[made] && !s.isCur[q] && q >= s.begin {
				next = q
			}
		}
		switch {
		case next < 0:
			return made
		case !s.sameStatement(next, made):
			return next
		}
		at = next
	}
}

// tellCleared tells of a step that takes gradients as they were cleared in it, where the
// backward pass makes them behind it, and returns the wrong parameters that others are.
func (j *judge) tellCleared(s *step, wrong []int) []int {
	var list []int
	for _, p := range wrong {
		cleared := false
		for q, in := range s.before([]int{s.new[p]}, s.isCur) {
			if !in || q < s.begin || s.op[q] != "setitem" || s.obj[q] < 0 || s.size[q] != s.size[s.cur[p]] || s.size[s.in[q][1]] > 1 || s.scalar(s.in[q][1]) != 0 {
				continue
			}
			last := -1 // of its contents before the step
			for _, c := range s.versionsOf[s.obj[q]] {
				if c < s.new[p] {
					last = c
				}
			}
			cleared = cleared || last == q && j.val(q) != nil && isZero(j.val(q))
		}
		if !cleared {
			return wrong
		}
		late := false
		for q := s.new[p] + 1; q < min(j.n, 2*s.new[p]-s.begin) && !late; q++ {
			late = s.size[q] == s.size[s.cur[p]] && s.float[q] && j.val(q) != nil && len(s.paramIx[p].find(j.val(q))) > 0
		}
		if late {
			list = append(list, p)
		}
	}
	if len(list) < 2 {
		return wrong
	}
	at := at(s.new[list[0]])
	if l := s.callsTo(s.new[list[0]]); len(l) > 0 && l[0].File >= 0 {
		at.file, at.line = l[0].File, l[0].Line
	}
	for _, p := range wrong {
		j.verdict.Parameters[p].Update = "wrong"
	}
	j.tell(Finding{Severity: "error", Step: s.k, Relation: "the gradient is missing", Text: message.New("the step takes the gradients as they were cleared before it: the backward pass makes them only afterwards")}, at)
	return nil
}

// lastShare is the last write into another parameter's gradient that began as zeros beside
// those which the update of parameter p takes for its own, and which nothing is written to:
// its share is left out behind that; -1 where there is none.
func (s *step) lastShare(p int) int {
	empty := func(q int) bool { return q >= s.begin && strings.HasPrefix(s.op[q], "create:zeros") && s.obj[q] >= 0 }
	last := -1
	for z, in := range s.before([]int{s.new[p]}, s.isCur) {
		if !in || !empty(z) || s.size[z] != s.size[s.cur[p]] || len(s.versionsOf[s.obj[z]]) > 1 {
			continue
		}
		for q := max(z, last) + 1; q < s.new[p]; q++ {
			if !s.inplace[q] || s.isNew[q] || s.obj[q] < 0 || !slices.ContainsFunc(s.live, func(o int) bool { return s.inRegion[o][q] }) {
				continue
			}
			if first := s.versionsOf[s.obj[q]][0]; empty(first) && s.frame(first) == s.frame(z) {
				last = q
			}
		}
	}
	return last
}

// madeOfData reports that what parameter p steps by is a product or a sum, as a
// gradient is, of data alone: an earlier value lacks what it should be made of.
func (s *step) madeOfData(p int) bool {
	for q, in := range s.before([]int{s.new[p]}, s.isCur) {
		if in && q >= s.begin && !s.forward[q] && s.size[q] > 1 && (contractions[s.op[q]] || s.op[q] == "sum" || s.op[q] == "mean") {
			return true
		}
	}
	return false
}

// withoutGradient reports that a parameter moves by nothing that is made of the
// forward pass, in this step or the one before.
func (s *step) withoutGradient(p int) bool {
	if s.k == 0 || s.older == nil || s.trivial[p] || !s.loss.computed || s.size[s.cur[p]] < 2 {
		return false
	}
	for _, q := range s.in[s.root(s.new[p])] {
		if !s.ownTerm(p, q) {
			return false
		}
	}
	for q, in := range s.before([]int{s.new[p]}, s.isCur) {
		if in && s.older[q] && !s.isCur[q] && q != s.new[p] && !s.forward[q] {
			return false
		}
	}
	return true
}

// divided finds numbers that are divided by a gradient where they should be
// multiplied with it: no rule divides by it.
func (j *judge) divided(s *step) []updateFault {
	var out []updateFault
	for _, p := range s.live {
		if s.trivial[p] {
			continue
		}
		for _, h := range s.rightOf(p, nil) {
			for _, c := range s.cons[h.node] {
				if s.op[c] == "div" && s.inRegion[p][c] && len(s.in[c]) == 2 && s.in[c][1] == h.node && s.in[c][0] != h.node && !s.forward[s.in[c][0]] && (s.size[c] > 1 || s.sameStatement(c, s.root(s.new[p]))) {
					j.verdict.Parameters[p].Update = "wrong"
					out = append(out, updateFault{weight: 8, node: c, text: message.New("the step of `%s` divides by its gradient", j.names[p]), fix: message.New("`/` should be `*`")})
				}
			}
		}
	}
	return out
}
