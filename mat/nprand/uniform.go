package nprand

import (
	"fmt"
	"math"
	"math/bits"
)

// Float64 returns the next number of random_sample(): uniform in [0, 1), a
// multiple of 2⁻⁵³ made from two draws of 32 bits.
func (r *RandomState) Float64() float64 {
	if r.left < 2 { // they are not both at hand
		return fraction(r.Uint32(), r.Uint32())
	}
	i := stateLen - r.left
	r.left -= 2
	return fraction(r.out[i], r.out[i+1])
}

func fraction(a, b uint32) float64 { return float64(bits53(a, b)) * 0x1p-53 }

// bits53 joins the upper 27 bits of a and the upper 26 of b.
func bits53(a, b uint32) int64 { return int64(a>>5)<<26 | int64(b>>6) }

// Uniform returns the next number of uniform(lo, hi): lo + (hi−lo)·u with u of
// [RandomState.Float64]. It panics unless hi−lo is finite.
func (r *RandomState) Uniform(lo, hi float64) float64 {
	span := hi - lo
	if math.IsInf(span, 0) || span != span {
		panic(fmt.Sprintf("nprand.Uniform: lo = %v, hi = %v: their difference is not finite", lo, hi))
	}
	return lo + float64(span*r.Float64())
}

// Intn returns the next number of randint(n): uniform in [0, n). It panics if
// n < 1. n = 1 draws nothing.
func (r *RandomState) Intn(n int) int {
	if n < 1 {
		panic(fmt.Sprintf("nprand.Intn: n = %d, want at least 1", n))
	}
	return int(r.upTo(uint64(n - 1)))
}

// RandInt returns the next number of randint(lo, hi), NumPy's default dtype
// being int64: uniform in [lo, hi). It panics if hi ≤ lo. A range of one number
// draws nothing.
func (r *RandomState) RandInt(lo, hi int64) int64 {
	if hi <= lo {
		panic(fmt.Sprintf("nprand.RandInt: lo = %d, hi = %d: no integer lies in between", lo, hi))
	}
	// Unsigned, because hi−lo may not fit an int64; the sum wraps back.
	return lo + int64(r.upTo(uint64(hi)-1-uint64(lo)))
}

// upTo returns an integer uniform in [0, last]: it draws as many bits as last
// has until they are not above last. One word of 32 bits a try where last fits
// in 32 bits, else two.
func (r *RandomState) upTo(last uint64) uint64 {
	if last == 0 {
		return 0
	}
	mask := uint64(math.MaxUint64) >> bits.LeadingZeros64(last)
	for {
		var u uint64
		if last <= math.MaxUint32 {
			u = uint64(r.Uint32()) & mask
		} else {
			u = r.Uint64() & mask
		}
		if u <= last {
			return u
		}
	}
}
