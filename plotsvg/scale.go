package plotsvg

import "math"

// A scale maps the values of one axis to positions along it: lo to 0, hi to 1.
type scale struct {
	lo, hi float64 // lo < hi; both above 0 if log
	log    bool
	whole  bool // ticks at whole numbers only
}

// far bounds positions, so that what is computed from them stays finite.
const far = 1e100

// at returns the position of v, within ±far.
func (s scale) at(v float64) float64 {
	var t float64
	if s.log {
		t = decades(s.lo, v) / decades(s.lo, s.hi)
	} else {
		// A power of two changes no digit, and with it no difference below
		// overflows or is lost under the smallest normal number.
		unit := 1.0
		switch m := max(math.Abs(s.lo), math.Abs(s.hi), math.Abs(v)); {
		case m > 0x1p1000:
			unit = 0x1p-2
		case m < 0x1p-900:
			unit = 0x1p100
		}
		lo := float64(s.lo * unit)
		t = (float64(v*unit) - lo) / (float64(s.hi*unit) - lo)
	}
	return min(max(t, -far), far)
}

// half returns half of a linear range, which cannot overflow. Halving a very
// small number rounds, so that it must not be fused with the difference.
func (s scale) half() float64 { return float64(s.hi/2) - float64(s.lo/2) }

// inside reports whether v lies within the limits.
func (s scale) inside(v float64) bool { return s.lo <= v && v <= s.hi }

// decades returns log10(v/lo) for positive lo and v. Near lo the quotient
// keeps digits that a difference of logarithms would lose.
func decades(lo, v float64) float64 {
	if lo <= v && v/10 <= lo || v <= lo && lo/10 <= v {
		return log10(v / lo)
	}
	return log10(v) - log10(lo)
}

// log10 is the decimal logarithm of v > 0 to about 1e-16 of the larger of 1
// and the result. The one of package math is rounded differently on different
// machines; this one uses only operations that every machine rounds alike.
//
// With v = m·2^e and m in [√½, √2), s = (m-1)/(m+1) is within ±0.172 and
// ln m = 2·artanh s = 2(s + s³/3 + s⁵/5 + …).
func log10(v float64) float64 {
	m, e := math.Frexp(v)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	s := (m - 1) / (m + 1)
	z := float64(s * s)
	sum := 0.0
	for k := 23; k >= 3; k -= 2 {
		sum = float64((sum + 1/float64(k)) * z)
	}
	return float64(float64(e)*(math.Ln2/math.Ln10)) + float64(float64(2*s)*(1+sum))/math.Ln10
}

// An extent collects the values that an axis must show.
type extent struct {
	soft, hard interval
}

// interval is empty until something is added.
type interval struct {
	lo, hi float64
	any    bool
}

func (v *interval) add(x float64) {
	if !v.any {
		*v = interval{x, x, true}
	}
	v.lo, v.hi = min(v.lo, x), max(v.hi, x)
}

func (e *extent) addAll(xs []float64, hard bool) {
	for _, x := range xs {
		if hard {
			e.hard.add(x) // the frame may end here
		} else {
			e.soft.add(x) // a little room is left around it
		}
	}
}

// scale returns the axis with its limits: those given, or those of the data
// with a little room. Limits too close for doubles to tell apart are widened.
func (a Axis) scale(e extent) scale {
	s := scale{a.Min, a.Max, a.Log, a.Whole}
	if a.auto() {
		all := e.hard
		if e.soft.any {
			all.add(e.soft.lo)
			all.add(e.soft.hi)
		}
		switch {
		case !all.any && a.Log:
			return scale{1, 10, true, a.Whole}
		case !all.any:
			return scale{0, 1, false, a.Whole}
		}
		s.lo, s.hi = all.lo, all.hi
		if s.resolved() {
			lo, hi := s.padded()
			// Only soft values at the ends ask for room.
			if e.soft.any && s.lo == e.soft.lo {
				s.lo = lo(s.lo)
			}
			if e.soft.any && s.hi == e.soft.hi {
				s.hi = hi(s.hi)
			}
		}
	}
	if !s.resolved() {
		s.widen()
	}
	return s
}

// padded returns functions that move a lower and an upper limit outwards by
// about 4 % of the range (on a log axis, by its 32nd part).
func (s scale) padded() (lo, hi func(float64) float64) {
	if s.log {
		// (hi/lo)^(1/32) in a way that cannot overflow.
		f := math.Sqrt(s.hi) / math.Sqrt(s.lo)
		for range 4 {
			f = math.Sqrt(f)
		}
		lo = func(v float64) float64 { return max(v/f, math.SmallestNonzeroFloat64) }
		hi = func(v float64) float64 { return min(float64(v*f), math.MaxFloat64) }
		return lo, hi
	}
	pad := float64(s.half() * 0.08)
	lo = func(v float64) float64 { return max(v-pad, -math.MaxFloat64) }
	hi = func(v float64) float64 { return min(v+pad, math.MaxFloat64) }
	return lo, hi
}

// resolved reports whether the range is wide enough for doubles to hold
// distinct values and ticks within it.
func (s scale) resolved() bool {
	if s.log {
		return s.lo < s.hi && decades(s.lo, s.hi) > 1e-12
	}
	m := max(math.Abs(s.lo), math.Abs(s.hi))
	return s.half() > max(float64(m*1e-14), 1e-300)
}

// widen makes room around limits that are equal, or too close.
func (s *scale) widen() {
	if s.log {
		s.lo, s.hi = max(s.lo/2, math.SmallestNonzeroFloat64), min(s.hi*2, math.MaxFloat64)
		return
	}
	m := max(math.Abs(s.lo), math.Abs(s.hi))
	room := float64(m * 0.1)
	switch {
	case m == 0:
		room = 1
	case s.lo != s.hi:
		room = float64(m * 2e-14)
	}
	room = max(room, 2e-300)
	s.lo, s.hi = max(s.lo-room, -math.MaxFloat64), min(s.hi+room, math.MaxFloat64)
}
