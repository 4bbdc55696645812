package mat

import (
	"fmt"
	"math"

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
// near −0.35, ulps of 2⁻⁵³), 0.07 from the rounding of r, and the rest from r·r,
// the three roundings near ½ in q and the multiply-add: at most 0.724 in all,
// which TestExpBound adds up for every r, operation by operation. 0.7026 at
// 0x1.13b30a851e194p+9 is the most that a search met.
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

// Log returns the natural logarithm of x, within 0.52 ulp: TestLogBound and
// TestLogNear1Bound add up what each operation may be off, over all rows of the
// table and all exponents, to 0.5196.
//
//	Log(±0)   = -Inf
//	Log(x)    = NaN for x < 0
//	Log(+Inf) = +Inf
//	Log(NaN)  = NaN
//
// It is the log of the C library on Linux: the same table and the same
// operations as Arm's optimized-routines (S. Nagy, 2018), of which each
// multiply-add is one math.FMA here. NumPy's normal deviates pass through that
// function, and nothing but the same bits gives the same deviates.
//
// x = 2ᵏ·z with z in [0x1.6p-1, 0x1.6p+0). A table holds, for 128 intervals of
// z, a point c: log(x) = k·ln 2 + log(c) + log(1+r) with r = z/c − 1, small
// enough for a polynomial of degree 6. Near 1 that sum would cancel, so there
// a polynomial of degree 12 is used alone.
func Log(x float64) float64 {
	const (
		nearLo = 0x3fee000000000000 // bits of 1 − 2⁻⁴
		nearHi = 0x3ff1090000000000 // bits of 1 + 0x1.09p-4
		zLo    = 0x3fe6000000000000 // bits of 0x1.6p-1
		minPos = 0x0010000000000000 // bits of the smallest normal number
		inf    = 0x7ff0000000000000
	)
	ix := math.Float64bits(x)
	if ix-nearLo < nearHi-nearLo {
		return logNear1(x)
	}
	if ix-minPos >= inf-minPos { // zero, denormal, negative, infinite or NaN
		switch {
		case ix<<1 == 0:
			return math.Inf(-1)
		case ix == inf || x != x:
			return x
		case ix>>63 != 0:
			return math.NaN()
		}
		ix = math.Float64bits(x*0x1p52) - 52<<52
	}
	tmp := ix - zLo
	row := &logTable[tmp>>45&127]
	k := float64(int64(tmp) >> 52)
	z := math.Float64frombits(ix - tmp&(0xfff<<52))

	r := math.FMA(z, row.invC, -1)
	w := math.FMA(k, logLn2Hi, row.logC) // exact
	hi := w + r
	lo := math.FMA(k, logLn2Lo, (w-hi)+r)
	r2 := r * r
	p := math.FMA(r2, math.FMA(r, logA4, logA3), math.FMA(r, logA2, logA1))
	return math.FMA(r*r2, p, math.FMA(r2, logA0, lo)) + hi
}

// logNear1 is Log for x in [1−2⁻⁴, 1+0x1.09p-4). The leading r − r²/2 is kept
// in two parts, hi + lo, because r may be as long as x.
func logNear1(x float64) float64 {
	r := x - 1
	r2 := r * r
	r3 := r * r2
	a := math.FMA(r2, logB3, math.FMA(logB2, r, logB1))
	b := math.FMA(r2, logB6, math.FMA(logB5, r, logB4))
	c := math.FMA(r3, logB10, math.FMA(r2, logB9, math.FMA(logB8, r, logB7)))
	t := math.FMA(math.FMA(c, r3, b), r3, a)

	w := math.FMA(r, 0x1p27, r)
	rh := math.FMA(-0x1p27, r, w) // the upper half of r's bits
	rl := r - rh
	q := rh * rh // exact
	hi := math.FMA(q, logB0, r)
	lo := math.FMA(q, logB0, r-hi)
	lo = math.FMA(logB0*rl, r+rh, lo)
	return hi + math.FMA(t, r3, lo)
}
