package program

import (
	"math"
	"slices"
)

// A denominator is often guarded against zero, dp = (p - y) / (p*(1-p) + 1e-8):
// the gradient is the derivative but for that. Where the guard alone keeps it
// from being right within rounding, it is judged without.

// guards are the backward pass's denominators as they are without their guards,
// where they are well above them.
func (s *step) guards() map[int]*array {
	put := map[int]*array{}
	for _, q := range s.back {
		in := s.in[q]
		if s.op[q] != "add" || len(in) != 2 || s.allZone[q] {
			continue
		}
		for k, c := range in {
			x := in[1-k]
			if s.size[c] != 1 || s.forward[c] || !s.forward[x] || s.size[x] != s.size[q] || !s.divides(q) {
				continue
			}
			e, v := s.scalar(c), s.val(x)
			if v == nil || e <= 0 || e > 1e-3 {
				continue
			}
			free := s.val(q).Clone()
			for i, a := range v.Data {
				if math.Abs(a) > 10*e {
					free.Data[i] = a
				}
			}
			put[q] = free
		}
	}
	return put
}

// guardedNorms are the norms of the forward pass as they are with the guards that are
// added to them, far smaller than they are: a backward pass may well divide by those
// alone.
func (s *step) guardedNorms() map[int]*array {
	var put map[int]*array
	for q := range s.n {
		in := s.in[q]
		if !s.lossOf[q] || s.isCur[q] || s.op[q] != "add" || len(in) != 2 || !s.divides(q) {
			continue
		}
		for k, c := range in {
			x := in[1-k]
			if s.size[c] != 1 || s.forward[c] || !s.forward[x] || s.size[x] != s.size[q] || s.op[x] != "sqrt" && s.op[x] != "norm" && s.op[x] != "std" {
				continue
			}
			v := s.val(x)
			if e := s.scalar(c); v == nil || e <= 0 || slices.ContainsFunc(v.Data, func(a float64) bool { return !(a > 1000*e) }) {
				continue
			}
			if put == nil {
				put = map[int]*array{}
			}
			put[x] = layout(s.val(q), s.shapes[x])
		}
	}
	return put
}

// divides reports that a value is only used as a denominator, by whatever name.
func (s *step) divides(q int) bool {
	for _, c := range s.cons[q] {
		if (s.op[c] != "div" || s.in[c][1] != q || s.in[c][0] == q) && !((s.alias[c] || s.op[c] == "gather" && s.size[c] == s.size[q]) && s.divides(c)) {
			return false
		}
	}
	return len(s.cons[q]) > 0
}

// unguard takes the guards of denominators away for good where more gradients
// are right without.
func (s *step) unguard() {
	put := s.guards()
	if len(put) == 0 {
		return
	}
	wrong := len(s.wrong(s.right(nil)))
	if wrong == 0 {
		return
	}
	changed := s.replay(put)
	if len(s.wrong(s.right(changed))) < wrong {
		s.free = put
		s.unmend()
	}
}

// unmend takes back what has been mended.
func (s *step) unmend() {
	s.over, s.mended, s.hitCache = map[int]*array{}, map[int]bool{}, map[[2]int][]match{}
	if len(s.free) == 0 {
		return
	}
	for q, x := range s.replay(s.free) {
		if !s.isNew[q] {
			s.over[q] = x
		}
	}
}
