package mat

import "math"

// Expm1 returns eˣ − 1, within 3 ulp. Expm1(±0) = ±0, Expm1(−Inf) = −1,
// Expm1(+Inf) = +Inf, Expm1(NaN) = NaN.
//
// Up to ½ it is Taylor's series to x¹⁵/15!, where what is left out is below 2⁻⁵⁸
// of it, by fused multiply-adds from the last term on; beyond, Exp(x) − 1.
func Expm1(x float64) float64 {
	switch {
	case x == 0:
		return x
	case !(math.Abs(x) <= 0.5):
		return Exp(x) - 1
	}
	q := 0.0
	for k := len(taylor) - 1; k >= 2; k-- {
		q = FMA(q, x, taylor[k])
	}
	return FMA(float64(x*x), q, x)
}

// taylor are the 1/k! of the exponential's series.
var taylor = func() (list [16]float64) {
	f := 1.0
	for k := range list {
		if k > 1 {
			f *= float64(k) // exact up to 15!
		}
		list[k] = 1 / f
	}
	return list
}()

// Tanh returns the hyperbolic tangent of x, within 4 ulp: e/(e + 2), e being
// Expm1(2|x|), with the sign of x. Tanh(±0) = ±0, Tanh(±Inf) = ±1, Tanh(NaN) =
// NaN.
func Tanh(x float64) float64 {
	const one = 20 // from there on it rounds to 1
	if math.Abs(x) >= one {
		return math.Copysign(1, x)
	}
	e := Expm1(2 * math.Abs(x))
	return math.Copysign(e/(e+2), x)
}

// Erf returns the error function 2/√π·∫₀ˣ e^(−t²) dt, within 3 ulp. Erf(±Inf) =
// ±1, Erf(NaN) = NaN.
//
// With a the multiple of 1/16 that is next to |x| and d = |x| − a it is
//
//	erf a + 2/√π·e^(−a²)·d·Σ u_n/(n+1),  u_0 = 1,  u_1 = −2ad,
//	u_(n+1) = −(2ad·u_n + 2d²·u_(n−1))/(n+1)
//
// Taylor's series about a, whose derivatives are Hermite's polynomials
// (Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 7.1.19). The
// values at the multiples come about in the same way, one from the other.
func Erf(x float64) float64 {
	const one = 6 // from there on it rounds to 1
	z := math.Abs(x)
	if z >= one {
		return math.Copysign(1, x)
	}
	if z != z {
		return x
	}
	at := &erfAt[int(float64(16*z)+0.5)]
	d := z - at.a // exact
	return math.Copysign(FMA(float64(at.slope*d), hermite(at.a, d), at.erf), x)
}

// hermite is the sum in Erf.
func hermite(a, d float64) float64 {
	m, n := -2*float64(a*d), -2*float64(d*d)
	before, u, sum := 0.0, 1.0, 1.0
	for k := 1; k < len(inverses); k++ {
		next := float64(FMA(m, u, float64(n*before)) * inverses[k-1])
		before, u = u, next
		sum = FMA(u, inverses[k], sum)
	}
	return sum
}

// inverses are the 1/(n+1).
var inverses = func() (list [14]float64) {
	for n := range list {
		list[n] = 1 / float64(n+1)
	}
	return list
}()

// erfAt are the error function and its derivative at every sixteenth. Their sum
// is kept in two numbers, so that its roundings do not add up.
var erfAt = func() (list [97]struct{ a, erf, slope float64 }) {
	low := 0.0
	for i := range list {
		at := &list[i]
		at.a = float64(i) / 16
		at.slope = float64(2 / math.SqrtPi * Exp(-float64(at.a*at.a)))
		if i > 0 {
			before := &list[i-1]
			more := float64(float64(before.slope/16)*hermite(before.a, 1.0/16)) + low
			at.erf = before.erf + more
			low = more - (at.erf - before.erf)
		}
	}
	return list
}()
