package program

import (
	"slices"
)

// What one step shows is held against the others.

// explains reports that the assumed loss by which all gradients of another step
// are right explains all of step s too, whose computed one the other has not: it
// belongs to an evaluation.
func (j *judge) explains(pl player, other, s *step) bool {
	if other.loss.computed || !s.loss.computed || j.stepLike(pl, s, other.k) != nil ||
		slices.ContainsFunc(s.between, func(q int) bool { return s.loss.made[q] }) {
		return false
	}
	x := j.stepLike(pl, other, s.k)
	return x != nil && len(x.wrong(x.right(nil))) == 0
}

// right reports that the loss of s explains every gradient of another step.
func (j *judge) right(pl player, s *step) bool {
	for k := range min(len(pl.steps), 4) {
		if x := j.stepLike(pl, s, k); x != nil && x != s && len(x.live) >= len(s.live) && len(x.wrong(x.right(nil))) == 0 {
			return true
		}
	}
	return false
}

// once reports that the loss which a step is assumed to have explains nothing in the steps
// beside it: values that are alike by chance, in a first step above all.
func (j *judge) once(pl player, s *step) bool {
	other := false
	for k := range min(len(pl.steps), 4) {
		if k == s.k {
			continue
		}
		other = true
		if x := j.stepLike(pl, s, k); x != nil && slices.ContainsFunc(x.right(nil), func(h []hit) bool { return len(h) > 0 }) {
			return false
		}
	}
	return other
}

// onlyHere reports that the parameters whose gradients are wrong in one step
// are right in every other that can be judged, of which there is one at least.
// The first step counts least: many values are alike in it.
func (j *judge) onlyHere(pl player, s *step, wrong []int) bool {
	judged := 0
	for k := 1; k <= len(pl.steps) && judged < 6; k++ {
		x := s
		if o := k % len(pl.steps); o != s.k {
			x = j.stepLike(pl, s, o)
		}
		if x == nil || x == s || x.k == 0 && judged > 0 {
			continue
		}
		right := x.right(nil)
		held := false
		for _, p := range wrong {
			if x.new[p] >= 0 && !x.trivial[p] {
				if len(right[p]) == 0 {
					return false
				}
				held = true
			}
		}
		judged += b2i(held)
	}
	return judged > 0
}

// provable reports that one change of an expression makes all wrong gradients of
// a step right: then the other steps may be right by chance, where no value
// meets the difference.
func (j *judge) provable(s *step) bool {
	found, left := s.locate(budget)
	proven := len(found) > 0 && len(left) == 0
	for _, f := range found {
		s.blame(f)
		proven = proven && f.edit != nil
	}
	s.unmend()
	s.work = 0
	return proven
}

// stepLike is step k judged by the loss of another step, nil where it has none
// like it.
func (j *judge) stepLike(pl player, s *step, k int) *step {
	if k == s.k {
		return s
	}
	x := j.newStep(pl.steps, k, len(j.params), j.states, pl.fixed)
	l := x.sameLoss(s.loss)
	if l == nil {
		return nil
	}
	x.setLoss(l)
	return x
}

// stepsLike are the steps that most of the parameters of s move in, judged by
// its loss.
func (j *judge) stepsLike(pl player, s *step, seen map[int]*step) (all []*step) {
	for k := range pl.steps {
		if len(pl.steps[k])*10 < len(s.live)*6 {
			continue
		}
		x := seen[k]
		if x != nil && x != s {
			if l := x.sameLoss(s.loss); l != nil {
				x.setLoss(l)
			} else {
				x = nil
			}
		} else {
			x = j.stepLike(pl, s, k)
		}
		if x != nil {
			if x != s {
				x.letGo()
			}
			all = append(all, x)
		}
	}
	return all
}

// updatedSteps are the steps that updates are judged by: those with the loss of
// s, or, where it is computed now and then alone, those by the loss that is
// assumed in its place.
func (j *judge) updatedSteps(pl player, s *step, seen map[int]*step) []*step {
	all := j.stepsLike(pl, s, seen)
	if len(all) > 2 {
		return all
	}
	for _, k := range keys(seen) {
		if x := seen[k]; !x.loss.computed && len(x.wrong(x.right(nil))) == 0 {
			if more := j.stepsLike(pl, x, nil); len(more) > len(all) {
				return more
			}
		}
	}
	return all
}

// confirmed are the faults found in step s that another step shows as well, on
// the same line; all of them where there is no other. The first step counts
// least: many values are alike in it. Of several corrections those are left that
// hold in the other steps too.
func (j *judge) confirmed(s *step, all []*step, find func(*step) []updateFault) []updateFault {
	list := find(s)
	again := map[placeKey]bool{}
	tried := 0
	for k := 1; k <= len(all) && tried < 3 && len(list) > len(again); k++ {
		x := all[k%len(all)]
		if x == s || len(x.live) < len(s.live) || x.k == 0 && tried > 0 {
			continue
		}
		tried++
		for _, f := range find(x) {
			key := placeKey(j.line(f.node))
			again[key] = true
			for i := range list {
				if o := &list[i]; placeKey(j.line(o.node)) == key {
					o.fixes = inCommon(o.fixes, f.fixes)
				}
			}
		}
		x.letGo()
	}
	if tried > 0 {
		list = slices.DeleteFunc(list, func(f updateFault) bool { return !again[placeKey(j.line(f.node))] })
	}
	for i := range list {
		if f := &list[i]; len(f.fixes) > 0 && tried > 0 {
			f.fix = f.fixes[0]
		}
	}
	return list
}
