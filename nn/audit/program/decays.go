package program

import (
	"math"
	"strings"

	"glassbox/nn/message"
)

// What an optimiser's numbers and counters are meant to be, in the program's words.

// otherDecay says which decay would go with the share of the gradient that enters a
// moment: from the numbers alone it cannot be known which of the two is meant.
func otherDecay(gain float64) message.Text {
	if gain <= 1e-6 || gain >= 1-1e-6 {
		return message.Text{}
	}
	return message.New("or it should decay by %s", number(math.Round((1-gain)*1e9)/1e9))
}

// momentBefore is what the statement of a moment lacks that is made of one
// gradient alone.
func (j *judge) momentBefore(h *history, w *way) message.Text {
	n := len(w.nodes) - 1
	q := w.nodes[n]
	sq := h.truth[n].Clone()
	for i, x := range sq.Data {
		sq.Data[i] = x * x
	}
	t := j.g.Site(q)
	switch a := factor(w.value(n), sq, 1e-3); {
	case t == nil || !isReference(t.Target):
		return message.Text{}
	case alike(a, 1, 1e-3):
		return message.New("`+=` is meant, not `=`: what came before is lost")
	case a > 0 && a < 1:
		return message.New("%s times `%s` is missing", number(math.Round((1-a)*1e6)/1e6), message.Plain(t.Target))
	}
	return message.Text{}
}

// countedOn is the correction of a count that stays as it is: of the line that
// sets it, or, where none does, of the divisor of value q, which is raised to none.
func (j *judge) countedOn(q, line int) message.Text {
	if file := j.line(q).file; line > 0 && file >= 0 {
		code := j.view.source(file, line)
		if i := strings.Index(code, "="); i > 0 && !strings.ContainsAny(code[i-1:i], "+-*/") {
			return message.New("`%s` is meant, not `%s`", message.Plain("+="), message.Plain("="))
		}
		return message.Text{}
	}
	return j.raised(q)
}

// raised is the correction of a divisor 1 - b that the same function elsewhere has
// as 1 - b**t.
func (j *judge) raised(q int) message.Text {
	site := j.g.Site(q)
	code := j.operandCode(q, 1)
	if site == nil || !strings.HasPrefix(code, "1 - ") || strings.Contains(code, "**") {
		return message.Text{}
	}
	for c := q - 60; c < min(q+60, j.n); c++ {
		t := j.g.Site(max(c, 0))
		if t == nil || t.File != site.File || t.Func != site.Func {
			continue
		}
		for slot := range j.in[max(c, 0)] {
			other := j.operandCode(max(c, 0), slot)
			if base, exponent, ok := strings.Cut(other, " ** "); ok && strings.HasPrefix(base, "1 - ") && isReference(exponent) {
				return message.New("`%s` is meant, not `%s`", message.Plain(code+" ** "+exponent), message.Plain(code))
			}
		}
	}
	return message.Text{}
}
