package nprand

import (
	"fmt"
	"math"

	"glassbox/mat"
)

// Float64 returns the next number of random_sample(): uniform in [0, 1), a
// multiple of 2⁻⁵³ made from two draws of 32 bits.
func (r *RandomState) Float64() float64 {
	var a, b uint32
	if i := r.left - 2; i < stateLen-1 { // both are at hand, mostly
		a, b = r.out[i+1], r.out[i]
		r.left = i
	} else {
		a, b = r.Uint32(), r.Uint32()
	}
	return float64(uint64(a>>5)<<26|uint64(b>>6)) * 0x1p-53
}

// Uniform returns the next number of uniform(lo, hi): lo + (hi−lo)·u with u of
// [RandomState.Float64]. It panics unless hi−lo is finite.
func (r *RandomState) Uniform(lo, hi float64) float64 {
	span := hi - lo
	if math.IsInf(span, 0) || span != span {
		panic(fmt.Sprintf("nprand.Uniform: lo = %v, hi = %v: their difference is not finite", lo, hi))
	}
	return lo + float64(span*r.Float64())
}

// StandardNormal returns the next number of randn() and standard_normal(): a
// deviate of mean 0 and standard deviation 1.
//
// It is the polar method (G. Marsaglia and T. A. Bray, SIAM Review 6, 1964): a
// point in the unit disk gives two deviates, the second of which is kept for
// the following call. Seeding forgets a kept one.
func (r *RandomState) StandardNormal() float64 {
	if r.hasKept {
		r.hasKept = false
		return r.kept
	}
	var x1, x2, r2 float64
	for {
		x1 = 2*r.Float64() - 1 // exact, fused or not
		x2 = 2*r.Float64() - 1
		r2 = float64(x1*x1) + float64(x2*x2)
		if r2 < 1 && r2 != 0 {
			break
		}
	}
	f := math.Sqrt(-2 * mat.Log(r2) / r2)
	r.kept, r.hasKept = f*x1, true
	return f * x2
}

// Normal returns the next number of normal(loc, scale): loc + scale·g with g of
// [RandomState.StandardNormal]. It panics if scale is negative or not a number.
func (r *RandomState) Normal(loc, scale float64) float64 {
	if !(scale >= 0) {
		panic(fmt.Sprintf("nprand.Normal: scale = %v, want at least 0", scale))
	}
	return loc + float64(scale*r.StandardNormal())
}
