package program

import (
	"slices"

	"glassbox/nn/message"
)

// crossEntropyLookedAt is the logarithm in a cross-entropy that a program computes
// beside its steps, of what the assumed squared error of s is of; -1 where it computes
// none, or a squared error too. The other way round a squared error is often looked at
// in training by cross-entropy.
func (s *step) crossEntropyLookedAt() int {
	l := s.loss
	if l.computed || l.kind != squaredError {
		return -1
	}
	site := -1
	for p := range l.seeds {
		if _, kind, _, _ := s.probabilities(s.root(p)); kind == noSquash || site >= 0 && site != s.site[s.root(p)] {
			return -1
		}
		site = s.site[s.root(p)]
	}
	if site < 0 {
		return -1
	}
	w := newView(s.g)
	output := func(q int) bool { return w.site[w.root(q)] == site }
	found := -1
	for i := range w.n {
		switch {
		case w.op[i] == "log" && found < 0 && len(w.shapes[i]) > 0 && output(w.in[i][0]):
			if slices.ContainsFunc(w.cons[i], func(c int) bool { return w.op[c] == "mul" || w.op[c] == "gather" }) {
				found = i
			}
		case w.op[i] == "sub" && len(w.shapes[i]) > 0 && (output(w.in[i][0]) || output(w.in[i][1])):
			for _, c := range w.cons[i] {
				if o := w.op[c]; o == "square" || o == "norm" || o == "pow" || o == "mul" && w.in[c][0] == w.in[c][1] {
					return -1
				}
			}
		}
	}
	return found
}

// tellLookedAt tells of gradients of a squared error where the program looks at the
// cross-entropy.
func (j *judge) tellLookedAt(s *step) bool {
	i := s.crossEntropyLookedAt()
	if i < 0 {
		return false
	}
	p := place{node: s.loss.node, file: j.file(s.loss.place.site), line: j.lineOfSite(s.loss.place.site)}
	j.tell(Finding{Severity: "warning", Step: s.k, Relation: "another loss", Text: message.New("the gradients are the derivative of the squared error, and what the program looks at (%s) is the cross-entropy: its derivative here is p - y, without the slope", j.where(i))}, p)
	return true
}
