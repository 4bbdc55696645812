package program

import (
	"slices"

	"glassbox/nn/message"
)

// A term of the backward pass that the loss has not may be meant: the derivative
// of a penalty on the value that the gradient is by, where what is printed is the
// loss without it. A variational autoencoder's divergence is such, and an activity
// penalty.

// penalty is the term that an intervention finds too many, -1 where there is none
// or it is made of more than the value that the derivative is by.
func (s *step) penalty(f *intervention) int {
	s.blame(f)
	if f.edit == nil || f.edit.kind != termTooMany {
		return -1
	}
	terms := []int{f.edit.to}
	if n := f.edit.node; f.edit.to < 0 && len(s.in[n]) == 2 {
		terms = s.in[n]
	}
	for _, q := range terms {
		if q >= 0 && !s.lossOf[q] && s.madeOfAlone(q, f.about) {
			return q
		}
	}
	return -1
}

// Operations that a penalty's derivative is made by, element by element.
var ownOps = setOf("add", "sub", "mul", "div", "neg", "copy", "gather", "concatenate", "stack", "setitem", "exp", "log", "sqrt", "square", "pow", "abs", "sign", "reciprocal", "maximum", "minimum", "clip", "where", "cmp")

// madeOfAlone reports that value q is a function of the forward value of, element
// by element, and of numbers; parameters may have been added to it on the way, as
// biases are.
func (s *step) madeOfAlone(q, of int) bool {
	reached := false
	seen, todo := map[int]bool{}, []int{q}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch {
		case seen[x]:
		case x == of || slices.Contains(s.in[x], of) && (s.op[x] == "add" || s.op[x] == "sub") && s.lossOf[x]:
			reached = true
		case !s.forward[x] && s.size[x] == 1 || s.op[x] == "create:zeros":
		case len(seen) > 100 || !s.forward[x] || s.isCur[x] || !ownOps[s.op[x]]:
			return false
		default:
			todo = append(todo, s.in[x]...)
		}
		seen[x] = true
	}
	return reached
}

// tellPenalty says of a term that the loss has not what it seems to be.
func (j *judge) tellPenalty(s *step, f *intervention, term int) {
	j.tell(Finding{Severity: "note", Step: s.k, Relation: "a penalty", Text: message.New("`%s` is added to the derivative by `%s` and is made of that value alone, as the derivative of a penalty is: the loss at %s has no penalty, so this share is not judged",
		j.nameOf(term), j.nameOf(f.about), j.where(s.loss.node))}, at(f.node))
}
