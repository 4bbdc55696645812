package program

import (
	"slices"

	"glassbox/nn/message"
)

// tellTotals tells of parameters among the wrong ones all of whose elements step by one
// number, the sum over every axis of what is to be summed over some; it returns the
// others.
func (j *judge) tellTotals(s *step, wrong []int) []int {
	return slices.DeleteFunc(slices.Clone(wrong), func(p int) bool {
		q := s.summedAway(p)
		if q < 0 {
			return false
		}
		what, fix := j.total(s, p, q)
		if what.IsZero() {
			return false
		}
		x := Finding{Severity: "error", Step: s.k, Relation: "summed over all axes", Fix: fix, Mended: 1, Wrong: len(wrong),
			Text: message.New("%s: the gradient of `%s` is not the derivative of the loss (%s)", what, j.names[p], j.where(s.loss.node))}
		if s.roleOf(s.cur[p]) == biasRole {
			x.Cause = "bias-gradient-total"
			x.Text = message.New("%s; %s", x.Text, cause(x.Cause))
		}
		j.tell(x, at(q))
		return true
	})
}

// summedAway is the sum or mean over every axis that parameter p steps by; -1 where
// its step has as many elements as it has.
func (s *step) summedAway(p int) int {
	if s.size[s.cur[p]] < 2 {
		return -1
	}
	seen, todo := map[int]bool{}, slices.Clone(s.region[p])
	for len(todo) > 0 {
		q := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[q] {
			continue
		}
		seen[q] = true
		if s.size[q] == 1 && (s.op[q] == "sum" || s.op[q] == "mean") && s.size[s.in[q][0]] > 1 {
			return q
		}
		if s.size[q] > 1 && !s.inRegion[p][q] || !updateOps[s.op[q]] && s.size[q] > 1 {
			continue
		}
		for _, u := range s.in[q] {
			if s.isBack[u] && s.size[u] == 1 {
				todo = append(todo, u)
			}
		}
	}
	return -1
}

// total says of a gradient q that is one number where parameter p has many which axes
// are meant, the others being summed over as well.
func (j *judge) total(s *step, p, q int) (what, fix message.Text) {
	a, x := s.ad[s.cur[p]].v, s.value(s.in[q][0])
	if x == nil || a == nil || len(a.Data) < 2 {
		return
	}
	for keep, n := range x.Shape {
		var axes []int
		for i := range x.Shape {
			if i != keep {
				axes = append(axes, i)
			}
		}
		if n != len(a.Data) || len(axes) == 0 {
			continue
		}
		if per := s.apply("sum", axisAttr(axes, false), x); per == nil || factor(per, a, 1e-6) == 0 {
			continue
		}
		what = message.New("it is summed over all axes: every element gets the sum of all %d", len(a.Data))
		if len(axes) == 1 {
			fix = message.New("%s%s is meant; %s", s.op[q], axisText(axes, len(a.Shape) == len(x.Shape)), mends(true, 1, 1))
		}
		return what, fix
	}
	return
}
