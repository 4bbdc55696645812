package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// staleVelocity tells steps that are made with the velocities of the step before,
// which are renewed only afterwards: no gradient of this step goes into any of
// the new parameters, though right ones are made, and go into what the next step
// is made with.
func (j *judge) staleVelocity(s *step) bool {
	if s.k == 0 || len(s.live) == 0 {
		return false
	}
	renewed := false
	for _, p := range s.live {
		if s.trivial[p] {
			continue
		}
		// The new parameter: the old one and values from before this step.
		old, before := false, -1
		for _, q := range s.region[p] {
			for _, u := range s.in[q] {
				switch {
				case s.isCur[u] || s.inRegion[p][u] || s.size[u] == 1:
				case u < s.begin && s.size[u] == s.size[s.cur[p]]:
					old, before = old || s.older != nil && s.older[u], u
				default:
					return false
				}
			}
		}
		if !old {
			return false
		}
		right := false
		for q := s.begin; q < s.hi && !right; q++ {
			if v := s.size[q] == s.size[s.cur[p]] && s.forward[q] && !s.lossOf[q]; v && s.val(q) != nil && s.paramIx[p] != nil {
				right = len(s.findParam(p, s.val(q), s.size[q] == 1)) > 0
			}
		}
		if !right {
			return false
		}
		renewed = renewed || s.renewed(before, p)
	}
	if !renewed {
		return false
	}
	for _, p := range s.live {
		if x := &j.verdict.Parameters[p]; x.Gradient == "wrong" {
			x.Gradient = "right"
		}
		j.verdict.Parameters[p].Update = "wrong"
	}
	p := s.live[slices.IndexFunc(s.live, func(p int) bool { return !s.trivial[p] })]
	j.report(s, []updateFault{{node: s.new[p], cause: "velocity-renewed-late", text: message.New("the step takes the velocity of the step before: it is renewed only afterwards")}}, "the update")
	return true
}

// renewed reports that something after value u is made of it and of parameter p's
// derivative alone, as a velocity is; the guard of a logarithm may be in it.
func (s *step) renewed(u, p int) bool {
	old, truth := layout(s.val(u), s.shapes[s.cur[p]]), s.ad[s.cur[p]].v
	if old != nil && factor(old, truth, 1e-3) != 0 {
		return true // nothing has moved yet, and all gradients were this one
	}
	for q := max(s.begin, u+1); q < s.n && old != nil; q++ {
		if s.size[q] != len(old.Data) || !s.float[q] || s.isCur[q] || s.val(q) == nil {
			continue
		}
		x, off, ok := leastSquares([][]float64{old.Data, truth.Data}, s.val(q).Data)
		if ok && off < 1e-3 && math.Abs(x[0])*old.MaxAbs() > 1e-6*truth.MaxAbs() && math.Abs(x[1])*truth.MaxAbs() > 1e-6*old.MaxAbs() {
			return true
		}
	}
	return false
}
