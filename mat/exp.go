package mat

import (
	"fmt"
	"math"
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
func Exp(x float64) float64 {
	if x > 710 {
		x = 710
	}
	if x < -746 {
		x = -746
	}
	s := math.FMA(x, math.Log2E, toInteger)
	n := s - toInteger
	t := math.FMA(-n, logLn2Hi, x)
	c := float64(n * logLn2Lo)
	r := t - c
	r2 := float64(r * r)
	h := 1 + t
	l := ((1 - h) + t) - c
	y := h + math.FMA(expPoly(r, r2), r2, l)

	k := int64(int32(math.Float64bits(s)))
	k1 := k >> 1
	return y * powerOfTwo(k1) * powerOfTwo(k-k1)
}

// powerOfTwo returns 2ᵏ for k in [−1022, 1023].
func powerOfTwo(k int64) float64 { return math.Float64frombits(uint64(k+1023) << 52) }

// Coefficients of the polynomial 1 + r + r²·(½ + c₃·r + … + c₁₂·r¹⁰) closest
// to eʳ, by largest relative error over |r| ≤ ln 2/2·(1+10⁻⁵): found by Remez'
// exchange in 70 digits, one coefficient after the other rounded to a float64
// and the rest fitted anew. As rounded its error is 2⁻⁶³·⁵.
const (
	expC3  = 0x1.555555555555dp-3
	expC4  = 0x1.555555555556cp-5
	expC5  = 0x1.111111110e54bp-7
	expC6  = 0x1.6c16c16c0a3fdp-10
	expC7  = 0x1.a01a01b5f39acp-13
	expC8  = 0x1.a01a01e8c6506p-16
	expC9  = 0x1.71ddeaafad98ap-19
	expC10 = 0x1.27e449f6928c4p-22
	expC11 = 0x1.af7442d0f657ap-26
	expC12 = 0x1.2051f3caa63c9p-29
)

// expPoly returns ½ + c₃·r + … + c₁₂·r¹⁰ with r2 = r·r, by Estrin's scheme:
// pairs, then pairs of pairs, so that few operations wait for each other. Its
// operations, as they stand, are part of Exp's definition.
func expPoly(r, r2 float64) float64 {
	r4 := float64(r2 * r2)
	a := math.FMA(math.FMA(expC5, r, expC4), r2, math.FMA(expC3, r, 0.5))
	b := math.FMA(math.FMA(expC9, r, expC8), r2, math.FMA(expC7, r, expC6))
	c := math.FMA(expC12, r2, math.FMA(expC11, r, expC10))
	return math.FMA(math.FMA(c, r4, b), r4, a)
}

// ExpSlice sets dst[i] = Exp(x[i]), the same bits. dst may be x; otherwise they
// must not overlap. It panics if they do, or if their lengths differ.
func ExpSlice(dst, x []float64) {
	if len(dst) != len(x) {
		panic(fmt.Sprintf("mat.ExpSlice: dst %d = exp x %d", len(dst), len(x)))
	}
	if overlap(dst, x) && &dst[0] != &x[0] {
		panic(fmt.Sprintf("mat.ExpSlice: dst %d overlaps x %d and is not x", len(dst), len(x)))
	}
	for i, v := range x {
		dst[i] = Exp(v)
	}
}
