package program

import "glassbox/nn/message"

// margins judges the steps of rules that raise a margin wherever it is below a
// bound, as a support vector machine's one sample at a time does: the margin is
// compared alone, and a step is a multiple of its derivative and of the weights.
func (j *judge) margins(all []*step) (out []updateFault) {
	if len(all) < 4 || !all[0].boundedMargin() {
		return nil
	}
	for p := range j.params {
		var lowers, grows []*step
		used := 0
		for _, s := range all {
			if s.new[p] < 0 || s.trivial[p] || s.size[s.cur[p]] < 3 {
				continue
			}
			up, own, ok := s.twoMultiples(p)
			if !ok {
				return nil
			}
			used += b2i(up != 0)
			if up < 0 {
				lowers = append(lowers, s)
			}
			if own > 0 {
				grows = append(grows, s)
			}
		}
		if len(lowers) > 1 || len(lowers) > 0 && len(lowers) == used {
			s := lowers[0]
			if q := s.joinedAt(p); q >= 0 {
				out = append(out, updateFault{weight: 6, node: q, sure: true, text: message.New("%d of %d steps of `%s` lower the margin `%s` (%s), which is to be raised where it is below its bound", len(lowers), used, j.names[p], j.text(s.loss.node), j.where(s.loss.node))})
			}
		} else if len(grows) > 1 {
			s := grows[0]
			for _, q := range s.region[p] {
				if s.op[q] == "mul" && !s.isNew[q] && s.ownTerm(p, q) {
					out = append(out, updateFault{weight: 6, node: q, sure: true, text: message.New("the decay of `%s` has the wrong sign: it grows in each step", j.names[p])})
					break
				}
			}
		}
	}
	return out
}

// Operations that a margin is made of: it is linear in the weights.
var linearOps = setOf("mul", "dot", "matmul", "inner", "vdot", "einsum", "sum", "add", "gather", "copy", "neg")

// boundedMargin reports that the loss is a product, linear in the weights, that is
// held against a number of the program, and else only taken from one: a margin, to
// be raised.
func (s *step) boundedMargin() bool {
	q := s.loss.node
	if !s.loss.computed || s.op[q] != "mul" {
		return false
	}
	for x, in := range s.lossOf {
		if in && !s.isCur[x] && s.forward[x] && !linearOps[s.op[x]] {
			return false
		}
	}
	held := false
	for _, c := range s.cons[q] {
		in := s.in[c]
		switch {
		case len(in) == 2 && s.op[c] == "cmp" && (made(s.op[in[0]]) || made(s.op[in[1]])):
			held = true
		case s.op[c] == "sub" && made(s.op[in[0]]):
		default:
			return false
		}
	}
	return held
}

// beyondBound reports that the loss is a margin and that no parameter is stepped by
// its derivative.
func (s *step) beyondBound() bool {
	if !s.boundedMargin() {
		return false
	}
	for _, p := range s.live {
		if _, reached := s.ad[s.cur[p]]; !reached {
			continue
		}
		if up, _, ok := s.twoMultiples(p); !ok || up != 0 {
			return false
		}
	}
	return true
}

// twoMultiples writes a parameter's step as a multiple of its derivative and one
// of itself; not ok where it is no sum of the two.
func (s *step) twoMultiples(p int) (up, own float64, ok bool) {
	w, n, a := s.val(s.cur[p]), s.val(s.new[p]), s.ad[s.cur[p]].v
	if w == nil || n == nil || len(w.Data) != len(n.Data) || len(a.Data) != len(w.Data) {
		return 0, 0, false
	}
	aa, aw, ww, ad, wd := 0.0, 0.0, 0.0, 0.0, 0.0
	top := 0.0
	for i, x := range a.Data {
		d := n.Data[i] - w.Data[i]
		aa, aw, ww = aa+float64(x*x), aw+float64(x*w.Data[i]), ww+float64(w.Data[i]*w.Data[i])
		ad, wd = ad+float64(x*d), wd+float64(w.Data[i]*d)
		top = max(top, d, -d)
	}
	if det := float64(aa*ww) - float64(aw*aw); det > 1e-9*float64(aa*ww) {
		up, own = (float64(ad*ww)-float64(wd*aw))/det, (float64(wd*aa)-float64(ad*aw))/det
	} else if aa > 0 && ww == 0 {
		up = ad / aa
	} else {
		return 0, 0, false
	}
	for i, x := range a.Data {
		if r := n.Data[i] - w.Data[i] - float64(up*x) - float64(own*w.Data[i]); max(r, -r) > 1e-7*top {
			return 0, 0, false
		}
	}
	if size := top * 1e-7; up*a.MaxAbs() < size && -up*a.MaxAbs() < size {
		up = 0
	}
	if size := top * 1e-7; own*w.MaxAbs() < size && -own*w.MaxAbs() < size {
		own = 0
	}
	return up, own, true
}

// joinedAt is where the derivative, or a multiple of it, joins what else a
// parameter's step is made of.
func (s *step) joinedAt(p int) int {
	for _, h := range s.rightOf(p, nil) {
		for _, c := range s.cons[h.node] {
			if s.inRegion[p][c] && (s.op[c] == "add" || s.op[c] == "sub") {
				return c
			}
		}
	}
	return -1
}
