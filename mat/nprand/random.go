package nprand

import (
	"fmt"
	"math"
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
