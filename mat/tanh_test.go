package mat

import (
	"math"
	"math/big"
	"testing"
)

// refErf returns erf x for 0 ≤ x ≤ 6 by the series about 0 in exact fractions of
// 2^−400, and refTanh the hyperbolic tangent by the exponential.
func refErf(x float64) *big.Float {
	const bits = 400
	fx := func(v *big.Float) *big.Float { return new(big.Float).SetPrec(bits).Set(v) }
	z := fx(big.NewFloat(x))
	zz := fx(z).Mul(z, z)
	term, sum := fx(z), fx(z)
	for n := 1; n < 220; n++ {
		term.Mul(term, zz)
		term.Quo(term, big.NewFloat(float64(-n)))
		sum.Add(sum, fx(term).Quo(term, big.NewFloat(float64(2*n+1))))
	}
	pi := new(big.Float).SetPrec(bits).SetInt(refConst().pi)
	pi.SetMantExp(pi, -refPiBits)
	root := new(big.Float).SetPrec(bits).Sqrt(pi)
	return sum.Quo(sum.Mul(sum, big.NewFloat(2)), root)
}

func refExpm1(x float64) *big.Float {
	one := big.NewFloat(1).SetPrec(280)
	return new(big.Float).SetPrec(280).Sub(refExp(x), one)
}

func refTanh(x float64) *big.Float {
	e := refExpm1(2 * x)
	d := new(big.Float).SetPrec(280).Add(e, big.NewFloat(2))
	return e.Quo(e, d)
}

// TestTanhErf: they are within the ulps that they promise, and odd.
func TestTanhErf(t *testing.T) {
	for _, f := range []struct {
		name   string
		of     func(float64) float64
		ref    func(float64) *big.Float
		ulps   float64
		lo, hi float64
		odd    bool
	}{
		{"Expm1", Expm1, refExpm1, 3, -40, 40, false},
		{"Tanh", Tanh, refTanh, 4, 0, 20, true},
		{"Erf", Erf, refErf, 3, 0, 6, true},
	} {
		worst, at := 0.0, 0.0
		for i := range 400 {
			x := f.lo + (f.hi-f.lo)*math.Pow(float64(i*617%1009)/1009, 3)
			if f.lo < 0 && i%2 == 0 {
				x = (x - f.lo) / (f.hi - f.lo) // near 0, where it is small
			}
			got := f.of(x)
			off := new(big.Float).SetPrec(300).Sub(big.NewFloat(got), f.ref(x))
			d, _ := off.Float64()
			_, exp := math.Frexp(got)
			if u := math.Abs(d) / math.Ldexp(1, exp-53); u > worst {
				worst, at = u, x
			}
			if f.odd && f.of(-x) != -got {
				t.Errorf("%s(%v) is not odd", f.name, x)
			}
		}
		t.Logf("%s: %.2f ulp at %v", f.name, worst, at)
		if worst > f.ulps {
			t.Errorf("%s is off by %.2f ulp at %v", f.name, worst, at)
		}
	}
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range [][2]float64{{Tanh(inf), 1}, {Tanh(-inf), -1}, {Erf(inf), 1}, {Erf(-7), -1}, {Expm1(-inf), -1}, {Expm1(inf), inf}, {Tanh(0), 0}, {Erf(0), 0}, {Expm1(0), 0}} {
		if c[0] != c[1] {
			t.Errorf("%v, not %v", c[0], c[1])
		}
	}
	for _, f := range []func(float64) float64{Tanh, Erf, Expm1} {
		if v := f(nan); v == v {
			t.Errorf("NaN gives %v", v)
		}
		if v := f(math.Copysign(0, -1)); !math.Signbit(v) {
			t.Error("-0 loses its sign")
		}
	}
}
