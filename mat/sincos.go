package mat

import "math"

// Sin returns the sine of x radians, correctly rounded: the float64 nearest to
// the true value, for every x. Sin(±0) = ±0; Sin(±Inf) = Sin(NaN) = NaN.
func Sin(x float64) float64 {
	if trigFastLo <= math.Abs(x) && math.Abs(x) < trigFastHi {
		return trigFast(x, 0)
	}
	return trigRare(x, 0)
}

// Cos returns the cosine of x radians, correctly rounded: the float64 nearest
// to the true value, for every x. Cos(±Inf) = Cos(NaN) = NaN.
func Cos(x float64) float64 {
	if trigFastLo <= math.Abs(x) && math.Abs(x) < trigFastHi {
		return trigFast(x, 1)
	}
	return trigRare(x, 1)
}

// A correctly rounded result needs no definition by operations: any way of
// finding it gives the same bits. trigFast computes with about 122 bits, and
// returns when their error cannot change the rounding (Ziv's test); trigExact,
// in integers of any length, decides the rest, about one argument in 40 000.

const (
	trigFastLo = 0x1p-27 // below it sin x rounds to x and cos x to 1
	trigFastHi = 0x1p20

	// π/2 = halfPiA + halfPiB + halfPiC − 2⁻¹⁶⁰ or less: three float64s in a
	// row, the lower ones as the exact difference of constants.
	halfPiA = 0x1.921fb54442d18p+0
	halfPiB = 0x1.1a62633145c07p-54
	halfPiC = math.Pi/2 - halfPiA - halfPiB

	toInteger = 0x1.8p52 // adding it rounds to an integer, in the lowest bits
)

// trigSeries holds the Taylor series S of (sin r)/r − 1 or cos r − 1 in
// z = r²: S(z) = z·(k₁ + z·(k₂ + z·(k₃ + z·T(z)))), T = k₄ … k₁₀. The first
// three coefficients are sums of two float64s.
type trigSeries struct {
	hi, lo [3]float64
	tail   [7]float64
}

var trigTerms = [2]trigSeries{
	{ // sin: k_j = (−1)ʲ/(2j+1)!
		hi: [3]float64{-0x1.5555555555555p-3, 0x1.1111111111111p-7, -0x1.a01a01a01a01ap-13},
		lo: [3]float64{
			-1.0/6 + 0x1.5555555555555p-3,
			1.0/120 - 0x1.1111111111111p-7,
			-1.0/5040 + 0x1.a01a01a01a01ap-13,
		},
		tail: [7]float64{
			1.0 / 362880,
			-1.0 / 39916800,
			1.0 / 6227020800,
			-1.0 / 1307674368000,
			1.0 / 355687428096000,
			-1.0 / 121645100408832000,
			1.0 / 51090942171709440000,
		},
	},
	{ // cos: k_j = (−1)ʲ/(2j)!
		hi: [3]float64{-0.5, 0x1.5555555555555p-5, -0x1.6c16c16c16c17p-10},
		lo: [3]float64{
			0,
			1.0/24 - 0x1.5555555555555p-5,
			-1.0/720 + 0x1.6c16c16c16c17p-10,
		},
		tail: [7]float64{
			1.0 / 40320,
			-1.0 / 3628800,
			1.0 / 479001600,
			-1.0 / 87178291200,
			1.0 / 20922789888000,
			-1.0 / 6402373705728000,
			1.0 / 2432902008176640000,
		},
	},
}

// trigFast returns sin(x + quarter·π/2), correctly rounded, for |x| in
// [trigFastLo, trigFastHi).
func trigFast(x float64, quarter uint64) float64 {
	hi, lo, turned := trigPair(x, quarter)
	err := trigError(hi)
	y := hi + (lo - err)
	if y != hi+(lo+err) {
		return trigExact(x, quarter)
	}
	return math.Float64frombits(math.Float64bits(y) ^ turned>>1<<63)
}

// trigError bounds the error of trigPair's hi + lo:
//   - T is a float64, off by less than 2⁻⁵¹·⁹·|k₄| (its last rounding, the
//     rounding of k₄, and 1 % for what comes before), so the result is off by
//     z⁴ times that, where z ≤ (π/4)²: 2⁻⁶⁹·⁹ for cos, 2⁻⁷³·² of r for sin,
//     which are 2⁻⁶⁹·⁴ and 2⁻⁷³ of the result (cos r ≥ 0.7, sin r ≥ 0.9r);
//   - the series stops after k₁₀: 2⁻⁷⁷;
//   - the two-part operations around it: below 2⁻⁹⁵;
//   - r is off by |n|·2⁻¹⁶⁰ and the rounding of its lower part, whose largest
//     terms are 2⁻⁵³·|r| and |n|·2⁻¹⁰⁸: below 2⁻¹⁰⁴·|r| + 2⁻¹³⁹.
func trigError(hi float64) float64 { return math.FMA(math.Abs(hi), 0x1p-69, 0x1p-120) }

// trigPair returns hi + lo, the sine of x + quarter·π/2 where bit 1 of turned
// is 0, its negative where it is 1. Bits above do not matter.
func trigPair(x float64, quarter uint64) (hi, lo float64, turned uint64) {
	// r = x − n·π/2, |r| ≤ π/4 and a hair, in two parts. The first
	// multiply-add is exact: its result is below 1, and a multiple of 2⁻⁵³
	// where n ≠ 0.
	shifted := math.FMA(x, 2/math.Pi, toInteger)
	n := shifted - toInteger
	a := math.FMA(-n, halfPiA, x)
	b := float64(n * halfPiB)
	bl := math.FMA(n, halfPiB, -b)
	rh := a - b
	a2 := rh + b
	rl := (a - a2) - (b - (a2 - rh)) // what rounding took from rh
	rl = math.FMA(-n, halfPiC, rl-bl)

	zh := float64(rh * rh)
	zl := math.FMA(rh, rh, -zh)
	zl = math.FMA(rh+rh, rl, zl)

	turned = quarter + math.Float64bits(shifted)
	s := &trigTerms[turned&1]
	uh := s.tail[6]
	for k := 5; k >= 0; k-- {
		uh = math.FMA(zh, uh, s.tail[k])
	}
	uh, ul := pairMulAdd(zh, zl, uh, 0, s.hi[2], s.lo[2])
	uh, ul = pairMulAdd(zh, zl, uh, ul, s.hi[1], s.lo[1])
	uh, ul = pairMulAdd(zh, zl, uh, ul, s.hi[0], s.lo[0])
	uh, ul = pairMul(zh, zl, uh, ul)

	// sin r = r + r·S, cos r = 1 + 1·S.
	if turned&1 != 0 {
		rh, rl = 1, 0
	}
	hi, lo = pairMulAdd(rh, rl, uh, ul, rh, rl)
	return hi, lo, turned
}

// pairMul returns a·b as the sum of two float64s, from such sums.
func pairMul(ah, al, bh, bl float64) (h, l float64) {
	h = float64(ah * bh)
	l = math.FMA(ah, bh, -h)
	l = math.FMA(ah, bl, math.FMA(al, bh, l))
	return h, l
}

// pairMulAdd returns a·b + c as the sum of two float64s, from such sums.
// It needs |a·b| ≤ |c|.
func pairMulAdd(ah, al, bh, bl, ch, cl float64) (h, l float64) {
	ph, pl := pairMul(ah, al, bh, bl)
	h = ch + ph
	l = (ch - h) + ph // exact
	return h, l + (pl + cl)
}
