package program

import (
	"cmp"
	"math"
	"slices"
)

// A target is a true derivative that a value of the backward pass may be: of a
// forward value, of one share that a consumer hands to it, or of a sum of some
// of its shares.
type target struct {
	kind  targetKind
	about int // the forward value that it is the derivative by
	user  int // of a share: the operation that hands it down
	slot  int
	mask  int     // of a sum of shares: which
	of    []usage // those
	sole  bool    // the only share: the whole
	adj   adjoint // without a value where there is no room to hold it
}

type targetKind byte

const (
	whole targetKind = iota
	share
	subset
)

// at is the forward operation whose executions order the targets of a group.
func (t *target) at() int {
	if t.kind == share {
		return t.user
	}
	return t.about
}

// A usage is one consumer's share of a forward value.
type usage struct {
	user, slot int
}

// derivative is what a target stands for.
func (s *step) derivative(t *target) adjoint {
	switch {
	case t.adj.v != nil:
		return t.adj
	case t.kind == whole || t.sole:
		a, _ := s.derivativeOf(t.about)
		return a
	case t.kind == share:
		return s.handedOn(t.user, t.slot)
	}
	var a adjoint
	for _, u := range t.of {
		x := s.handedOn(u.user, u.slot)
		if a.v == nil {
			a = x
		} else {
			a = adjoint{v: plus(a.v, 1, x.v), err: plus(a.err, 1, x.err)}
		}
	}
	return a
}

// makeTargets lists all true derivatives of the step.
func (s *step) makeTargets() {
	if s.targetsOf == s.taken && s.shareIndex != nil && !s.gone {
		return
	}
	s.restore()
	s.targets, s.targetsOf = nil, s.taken
	uses := map[int][]usage{}
	shares, parts := map[usage]adjoint{}, map[int]int{}
	room := s.g.Room()
	s.eachHanded(func(i, slot int, part adjoint) {
		q := s.in[i][slot]
		parts[q]++
		if !s.lossOf[i] || isZero(part.v) {
			return
		}
		uses[q] = append(uses[q], usage{i, slot})
		if room -= 2 * s.size[q]; room >= 0 || s.loss.cut > 0 {
			shares[usage{i, slot}] = part
		}
	})
	for _, l := range uses {
		slices.SortStableFunc(l, func(a, b usage) int { return cmp.Or(a.user-b.user, a.slot-b.slot) })
	}
	var zero []int
	live := map[group]bool{}
	of := func(q int) group { return group{s.site[q], s.call[q], s.size[q]} }
	for _, q := range keys(s.ad) {
		if !s.lossOf[q] {
			continue
		}
		if a, _ := s.derivativeOf(q); isZero(a.v) {
			zero = append(zero, q)
		} else {
			s.targets, live[of(q)] = append(s.targets, target{kind: whole, about: q, adj: s.ad[q]}), true
		}
	}
	// One execution of several may have none, as by a gate of a state that is still 0.
	for _, q := range zero {
		if live[of(q)] && s.size[q] > 1 {
			s.targets = append(s.targets, target{kind: whole, about: q, adj: s.ad[q]})
		}
	}
	slices.SortStableFunc(s.targets, func(a, b target) int { return a.about - b.about })
	s.shareIndex = newIndex(s.prec, &s.dirs)
	add := func(t target) {
		k := len(s.targets)
		s.targets = append(s.targets, t)
		s.shareIndex.addLater(k, s.derivative(&t).v, func() adjoint { return s.derivative(&t) })
	}
	for _, q := range keys(uses) {
		l := uses[q]
		if s.size[q] < 2 {
			continue
		}
		sole := false
		if a, ok := s.derivativeOf(q); ok && parts[q] == 1 && (shares[l[0]].v == nil || slices.Equal(a.v.Data, shares[l[0]].v.Data)) {
			shares[l[0]], sole = s.ad[q], true
		}
		for _, u := range l {
			add(target{kind: share, about: q, user: u.user, slot: u.slot, adj: shares[u], sole: sole})
		}
		if len(l) < 3 {
			continue
		}
		sum := func(mask int) {
			t := target{kind: subset, about: q, mask: mask}
			for i, u := range l {
				if mask>>i&1 == 1 {
					t.of = append(t.of, u)
				}
			}
			if a := s.derivative(&t); room >= 2*s.size[q] {
				t.adj = a
				room -= 2 * s.size[q]
			}
			add(t)
		}
		switch {
		case len(l) <= 5:
			for mask := 3; mask < 1<<len(l)-1; mask++ {
				if mask&(mask-1) != 0 {
					sum(mask)
				}
			}
		case len(l) <= 12:
			for i := range l {
				sum((1<<len(l) - 1) &^ (1 << i))
			}
		}
	}
	s.shareIndex.done()
}

// matches says for each backward value which derivatives it is: whole ones, by
// forward node, and, for those that are none, shares and sums of shares, by
// target.
type matches struct {
	whole, part map[int][]match
}

func (m *matches) of(q int) []match {
	if l := m.whole[q]; len(l) > 0 {
		return l
	}
	return m.part[q]
}

// c is the factor of the first match, 0 where there is none.
func (m *matches) c(q int) float64 {
	if l := m.of(q); len(l) > 0 {
		return l[0].c
	}
	return 0
}

// times reports that a value is c times some derivative.
func (m *matches) times(q int, c float64) bool {
	return slices.ContainsFunc(m.of(q), func(x match) bool { return alike(x.c, c, 1e-6) })
}

// tolerance is how near values that should be the same have to be.
func (s *step) tolerance() float64 {
	if s.prec == single {
		return 1e-3
	}
	return 1e-7
}

func (s *step) match() *matches {
	m := &matches{map[int][]match{}, map[int][]match{}}
	if s.shareIndex == nil {
		s.makeTargets()
	}
	for _, q := range s.back {
		if s.size[q] < 2 || !s.float[q] && s.over[q] == nil {
			continue
		}
		v := s.value(q)
		if v == nil {
			continue
		}
		if l := s.derivativeIndex().find(v); len(l) > 0 {
			// One order in every step: derivatives that differ by a constant are found in
			// that of their rounding.
			far := func(x match) float64 { return math.Round(1e6 * math.Abs(math.Log(math.Abs(x.c)))) }
			slices.SortStableFunc(l, func(a, b match) int {
				return cmp.Or(b2i(s.op[a.key] == "neg")-b2i(s.op[b.key] == "neg"), cmp.Compare(far(a), far(b)), a.key-b.key)
			})
			m.whole[q] = l
		} else if l := s.shareIndex.find(v); len(l) > 0 {
			m.part[q] = l
		}
	}
	return m
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
