package mat

import (
	"fmt"

	"glassbox/mat/internal/kernel"
)

// Exp returns eˣ, within 0.75 ulp, and within 0.88 ulp where the result is
// denormal.
//
//	Exp(±0)   = 1
//	Exp(+Inf) = +Inf, and so from 709.7827128933841 on
//	Exp(-Inf) = 0, and so from -745.1332191019412 down
//	Exp(NaN)  = NaN
//
// The number is defined by these operations, each rounded once, which lanes of
// a vector can do as well:
//
//	x = x clamped to [−746, 710]            (a NaN stays)
//	s = fma(x, 1/ln 2, 1.5·2⁵²)             n, an integer, in its lowest bits
//	n = s − 1.5·2⁵²
//	t = fma(−n, ln2Hi, x)                   exact
//	c = n·ln2Lo
//	r = t − c                               |r| ≤ ln 2/2 and a hair
//	q = expPoly(r, r·r)                     (eʳ − 1 − r)/r²
//	h = 1 + t
//	l = ((1 − h) + t) − c                   what 1 + t − c has below h
//	y = h + fma(q, r·r, l)                  eʳ
//	result y·2ⁿ, rounded once: n is split in two, y·2^⌊n/2⌋ is exact (any
//	other split with an exact first product gives the same bits)
//
// The error is half an ulp for the last addition and, where it is largest (r
// near −0.35, ulps of 2⁻⁵³), 0.07 from the rounding of r, 0.05 from r·r, 0.09
// from the three roundings near ½ in q, 0.03 from the multiply-add: 0.75 in all.
func Exp(x float64) float64 { return kernel.Exp(x) }

// ExpSlice sets dst[i] = Exp(x[i]), the same bits. dst may be x; otherwise they
// must not overlap. It panics if they do, or if their lengths differ.
func ExpSlice(dst, x []float64) {
	if len(dst) != len(x) {
		panic(fmt.Sprintf("mat.ExpSlice: dst %d = exp x %d", len(dst), len(x)))
	}
	if kernel.Overlap(dst, x) && &dst[0] != &x[0] {
		panic(fmt.Sprintf("mat.ExpSlice: dst %d overlaps x %d and is not x", len(dst), len(x)))
	}
	kernel.ExpSlice(dst, x)
}
