package program

import (
	"slices"

	"glassbox/nn/message"
)

// Of what mends, the cause: what follows from another is left out.

// causes looks at each of several interventions again with the others in place.
// Calls of one function that need the same change of its body are one fault: that
// of the body.
func (s *step) causes(found []*intervention) []*intervention {
	for i, f := range found {
		if len(found) == 1 {
			break
		}
		s.mend(slices.Concat(found[:i:i], found[i+1:]))
		f.m, f.blamed, f.edit = s.match(), false, nil
		s.blame(f)
	}
	s.mend(found)
	var out []*intervention
	merged := map[*intervention]int{}
	for _, f := range found {
		k := slices.IndexFunc(out, func(g *intervention) bool { return s.sameBody(f, g) })
		if k < 0 {
			out = append(out, f)
			continue
		}
		g := out[k]
		merged[g]++
		g.mended, g.of = g.mended+f.mended, max(g.of, f.of)
		if g.edit != nil && !g.edit.body.IsZero() {
			g.edit.text, g.place = g.edit.body, at(g.edit.node)
		}
	}
	for _, f := range out {
		alone := !slices.ContainsFunc(found, func(g *intervention) bool { return g != f && s.site[g.node] == s.site[f.node] })
		if merged[f] == 0 && alone {
			s.calledWrongly(f)
		}
	}
	for i, f := range found {
		if slices.Contains(out, f) && s.vague(f) {
			s.mend(slices.Concat(found[:i:i], found[i+1:]))
			s.reword(f)
			s.mend(found)
		}
	}
	for _, f := range out {
		s.atMaker(f)
		s.passedOver(f)
	}
	slices.SortStableFunc(out, func(a, b *intervention) int { return a.node - b.node })
	return out
}

// calledWrongly tells a change of a function's body at the call, where another
// call of the same function is right as it is.
func (s *step) calledWrongly(f *intervention) {
	s.blame(f)
	q := s.bodyOf(f)
	if f.place.line > 0 || s.call[q] < 0 {
		return
	}
	if s.call[q] == s.call[f.node] {
		if p, other, ok := s.rightElsewhere(f); ok && f.edit == nil {
			f.place, f.why = p, message.New("what is called makes the derivative where it is called in line %d: another function, or another argument, is meant", other)
		}
		return
	}
	list := s.g.Calls[s.call[q]]
	k := len(list) - 1
	if s.call[f.node] >= 0 {
		k -= len(s.g.Calls[s.call[f.node]])
	}
	if k < 0 || list[k].File < 0 {
		return
	}
	for i := s.begin; i < s.n; i++ {
		if s.site[i] == s.site[q] && s.call[i] >= 0 && s.call[i] != s.call[q] && s.update[i] && s.isBack[i] && s.frame(i).fn == s.frame(q).fn {
			f.place = place{node: q, file: list[k].File, line: list[k].Line}
			return
		}
	}
}

// rightElsewhere is the innermost call by which an intervention's value differs from an
// execution of the same expression that is right: what the function does is right.
func (s *step) rightElsewhere(f *intervention) (p place, other int, ok bool) {
	for _, i := range s.back {
		if s.site[i] != s.site[f.node] || s.call[i] == s.call[f.node] || s.call[i] < 0 || !f.m.times(i, f.c) {
			continue
		}
		its := s.g.Calls[s.call[i]]
		for k, c := range s.g.Calls[s.call[f.node]] {
			if k < len(its) && its[k] != c && c.File >= 0 {
				return place{node: f.node, file: c.File, line: c.Line}, its[k].Line, true
			}
		}
	}
	return place{}, 0, false
}

// bodyOf is the expression that an intervention's change is to be made in.
func (s *step) bodyOf(f *intervention) int {
	if f.edit != nil {
		return f.edit.node
	}
	return f.place.node
}

// sameBody reports that two interventions need the same change of a function
// that both call.
func (s *step) sameBody(f, g *intervention) bool {
	if f.edit == nil || g.edit == nil {
		x, y := s.bodyOf(f), s.bodyOf(g)
		return s.call[x] != s.call[y] && s.frame(x).fn == s.frame(y).fn && s.file(s.site[x]) == s.file(s.site[y]) && s.frame(x).fn != s.frame(f.node).fn
	}
	a, b := f.edit, g.edit
	return s.site[a.node] == s.site[b.node] && s.call[a.node] != s.call[b.node] && a.slot == b.slot && a.class == b.class
}
