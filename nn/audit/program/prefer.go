package program

import (
	"cmp"
	"slices"
)

// prefer takes of the interventions that mend as much as the best one the first
// whose value comes about by one simple change of the program's own
// expression: the place where the program was changed, rather than one from
// which its effects happen to be undone.
func (s *step) prefer(all []*intervention, best *intervention, t *situation) *intervention {
	if best == nil {
		return nil
	}
	// Of equals first what makes gradients the very derivative of a loss that is computed.
	itself := func(f *intervention) int { return b2i(s.loss.computed && alike(f.c, 1, 1e-6)) }
	slices.SortStableFunc(all, func(a, b *intervention) int {
		return cmp.Or(slices.Compare(b.rank[:], a.rank[:]), itself(b)-itself(a))
	})
	tried := map[group]*intervention{}
	turns := map[group]int{}
	places := 0
	var fallback *intervention
	lacking := false
	for _, f := range all {
		if f.rank[0] < best.rank[0] {
			break
		}
		first := tried[f.group]
		if first == nil {
			tried[f.group] = f
			places++
		}
		if places > 5 {
			break
		}
		// Of one place the same derivative with other factors is looked at too, and
		// where nothing gives it another derivative.
		other := first != nil && f.pairs[0] != first.pairs[0]
		if turns[f.group]++; first != nil && (turns[f.group] > 8 || f.rank[1] < first.rank[1] || other && (s.blamed(first) || f.c != first.c)) {
			continue
		}
		s.blame(f)
		far := f.farFetched()
		if first != nil && (far < 1 || far > 2.8) {
			continue
		}
		lacks := far >= 3 && far < 4
		right := (t.natural[f.first] || f.edit == nil && len(t.m.whole[f.first]) > 0) && !t.own[f.first]
		switch {
		case lacking && !right && fallback.farFetched() < 4 && lacks && far <= fallback.farFetched(),
			lacking && !right && fallback.constant() && far <= 3,
			lacking && (!right || s.alias[f.first]) && fallback.edit == nil && f.edit == nil && s.madeOf(f.first, fallback.first):
			return f
		case lacking, fallback != nil && f.rank[3] == 0 && fallback.rank[3] > 0:
		case fallback != nil && f.rank[2] < best.rank[2] && (fallback.farFetched() < 4 || fallback.constant()): // it leaves gradients with factors of their own
		case right && (lacks && (fallback == nil || far == 3) || far >= 3.5 && fallback == nil):
			// A right value that lacks something, or is another multiple of what it
			// should be: what is made of it may, rather.
			lacking, fallback = true, f
		case far <= 3 && f.edit.dated && fallback != nil && fallback.farFetched() < 4: // no name says what is meant
		case far <= 3, fallback != nil && fallback.edit == nil && f.edit != nil && (f.edit.kind == factorMissing || f.edit.flips > 0) && far <= 4:
			return f
		case fallback == nil:
			fallback = f
		}
	}
	if common := s.commonInstead(fallback, t); common != nil {
		return common
	}
	if turned := s.turned(all, best, t); turned != nil && fallback.farFetched() > 3 {
		return turned
	}
	if fallback.farFetched() == 5 && t.own[fallback.first] { // a gradient, which most of the way back makes
		for _, f := range all {
			if f.rank[0] == best.rank[0] && s.shareAlone(f) {
				s.blame(f)
				return f
			}
		}
	}
	return fallback
}

// commonInstead is, where an intervention would have values follow a factor of the right
// gradients though they are the very derivative of the loss that is computed as they
// stand, that on the earliest value from which the others have that factor.
func (s *step) commonInstead(f *intervention, t *situation) *intervention {
	if f == nil || !s.loss.computed || alike(f.c, 1, 1e-6) {
		return nil
	}
	for _, p := range f.pairs {
		if !near(s.value(p.node), p.value, s.tolerance()) {
			return nil
		}
	}
	tries := 0
	for _, q := range s.back {
		if len(t.m.whole[q]) == 0 {
			continue
		}
		if tries++; tries > 6 {
			break
		}
		about, c := t.m.whole[q][0].key, t.m.whole[q][0].c/f.c
		target := slices.IndexFunc(s.targets, func(x target) bool { return x.kind == whole && x.about == about })
		a, _ := s.derivativeOf(about)
		v := layout(a.v, s.value(q).Shape)
		if target < 0 || v == nil {
			continue
		}
		if o := s.try([]pair{{q, target, v}}, c, group{s.site[q], s.call[q], s.size[q]}, t, len(s.live), 0); o != nil && o.mended == f.mended {
			s.blame(o)
			return o
		}
	}
	return nil
}

// shareAlone reports that an intervention's value is what one use of the forward value
// hands back, where others do as well.
func (s *step) shareAlone(f *intervention) bool {
	p := s.worst(f)
	return p.node >= 0 && slices.ContainsFunc(s.shareIndex.find(s.value(p.node)), func(m match) bool {
		t := &s.targets[m.key]
		if t.kind != share || t.sole {
			return false
		}
		a, _ := s.derivativeOf(t.about)
		v := layout(a.v, p.value.Shape)
		return v != nil && near(v, p.value, s.tolerance())
	})
}

// turned finds, of the interventions that mend as much as the best, one of whose values
// the first that differs is what it should be but for a number, which arises there.
func (s *step) turned(all []*intervention, best *intervention, t *situation) *intervention {
	for _, f := range all {
		if !slices.Equal(f.rank[:5], best.rank[:5]) {
			continue
		}
		if w := s.worst(f); w.node >= 0 && s.turns(w.node, t) && factor(s.value(w.node), f.truth(w), 1e-6) != 0 {
			s.blame(f)
			return f
		}
	}
	return nil
}

// blamed reports that a correction was found for an intervention.
func (s *step) blamed(f *intervention) bool {
	s.blame(f)
	return f.edit != nil
}

// farFetched is how far fetched an intervention's correction is; none is most.
func (f *intervention) farFetched() float64 {
	if f == nil || f.edit == nil {
		return 5
	}
	return f.edit.class
}

// constant reports that an intervention's correction is a number that is missing
// or too many.
func (f *intervention) constant() bool {
	return f.edit != nil && f.edit.class >= 3.5 && f.edit.kind == oneChange
}

// madeOf reports that a value is an operation on the elements of another, or
// merely another name of it.
func (s *step) madeOf(q, u int) bool {
	for range 4 {
		if s.alias[u] || !updateOps[s.op[q]] || s.size[q] != s.size[u] {
			return false
		}
		if slices.Contains(s.in[q], u) {
			return true
		}
		if !s.alias[q] && s.op[q] != "copy" && !s.scaling(q) && s.op[q] != "neg" {
			return false
		}
		q = s.in[q][0]
	}
	return false
}
