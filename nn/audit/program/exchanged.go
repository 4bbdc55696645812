package program

import (
	"slices"

	"glassbox/nn/message"
)

// tellExchanged tells of pairs of parameters among the wrong ones of which each steps by
// the gradient of the other, as where a list has them in another order; it returns the
// rest.
func (j *judge) tellExchanged(s *step, wrong []int) []int {
	left := slices.Clone(wrong)
	for i, p := range wrong {
		for _, o := range wrong[i+1:] {
			a, b := s.gradientOf(p, o), s.gradientOf(o, p)
			if a < 0 || b < 0 {
				continue
			}
			left = slices.DeleteFunc(left, func(x int) bool { return x == p || x == o })
			one, other := j.listedAs(a), j.listedAs(b)
			j.tell(Finding{Severity: "error", Step: s.k, Relation: "gradients exchanged", Mended: 2, Wrong: len(wrong),
				Text: message.New("`%s` steps by the derivative by `%s`, and `%s` by that by `%s`", j.names[p], j.names[o], j.names[o], j.names[p]),
				Fix:  message.New("`%s` and `%s` are exchanged", one, other)}, s.listedTogether(a, b, one, other))
			break
		}
	}
	return left
}

// gradientOf is the value by which parameter p steps that is the derivative by another
// one, and not by p; -1 where there is none.
func (s *step) gradientOf(p, other int) int {
	if s.single(p) || s.paramIx[other] == nil || !slices.Equal(s.shapes[s.cur[p]], s.shapes[s.cur[other]]) {
		return -1
	}
	for _, q := range s.region[p] {
		if v := s.value(q); v != nil && !s.isNew[q] && len(v.Data) > 1 && len(s.paramIx[other].find(v)) > 0 && len(s.paramIx[p].find(v)) == 0 {
			return q
		}
	}
	return -1
}

// listedAs is the name that a value is given, in an assignment of several too.
func (v *view) listedAs(q int) string {
	l := v.line(q)
	for name, value := range assignments(v.source(l.file, l.line)) {
		if value == v.text(q).String() {
			return name
		}
	}
	return v.nameOf(q).String()
}

// listedTogether is the first line behind two values that names both, as a list of
// gradients does; the later value's where there is none.
func (s *step) listedTogether(a, b int, one, other string) place {
	last := max(a, b)
	p, after := at(last), s.line(last)
	for line := after.line + 1; line <= s.g.Files[after.file].Lines(); line++ {
		if text := s.view.source(after.file, line); wordIn(text, one) && wordIn(text, other) {
			p.file, p.line = after.file, line
			break
		}
	}
	return p
}
