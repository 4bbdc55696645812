package kernel

import (
	"math"
	"math/big"
	"testing"
)

// A rounded number is known by where it lies and by how far it may be from what
// it would be without rounding.
type rounded struct{ lo, hi, off float64 }

func (a rounded) most() float64 { return max(math.Abs(a.lo), math.Abs(a.hi)) + a.off }

// halfUlp is the most that rounding to nearest moves a number of at most that
// magnitude.
func halfUlp(most float64) float64 {
	_, e := math.Frexp(most)
	return math.Ldexp(1, e-54)
}

// fma is a·b + c, rounded once. The bounds themselves are rounded too, by shares
// of 2⁻⁵³, for which slack stands in the end.
func fma(a, b, c rounded) rounded {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, x := range []float64{a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi} {
		lo, hi = min(lo, x+c.lo), max(hi, x+c.hi)
	}
	sum := rounded{lo, hi, a.most()*b.off + b.most()*a.off + c.off}
	sum.off += halfUlp(sum.most())
	return sum
}

func number(x float64) rounded { return rounded{lo: x, hi: x} }

// TestExpBound proves the error that Exp's comment states, for every x: it cuts
// the reduced arguments into small intervals, and in each adds up the most that
// every operation of the definition may be off.
func TestExpBound(t *testing.T) {
	const cuts, slack, mostN = 4096, 1 + 1e-9, 1076
	limit := math.Ln2/2 + 1e-12 // n is the integer next to x/ln 2, up to s's rounding
	// n has 11 bits, so that n·ln2Hi is exact; x is half to twice that number or n is
	// 0, so that t is exact too; and so is (1 − h) + t, as |t| < 1.
	if math.Float64bits(ln2Hi)&(1<<11-1) != 0 {
		t.Fatal("n·ln2Hi is not exact")
	}
	// What ln 2 is beside its two parts, from the series of 2·artanh(1/3).
	ln2, power := new(big.Float).SetPrec(200), new(big.Float).SetPrec(200).Quo(big.NewFloat(2), new(big.Float).SetPrec(200).SetInt64(3))
	for k := int64(1); k < 140; k += 2 {
		ln2.Add(ln2, new(big.Float).SetPrec(200).Quo(power, new(big.Float).SetInt64(k)))
		power.Quo(power, new(big.Float).SetInt64(9))
	}
	rest, _ := ln2.Sub(ln2.Sub(ln2, big.NewFloat(ln2Hi)), big.NewFloat(ln2Lo)).Float64()
	// c and l: rounded, at 2⁻³⁴ and below, once each; and ln 2 to its two parts.
	reduction := mostN*math.Abs(rest) + 2*halfUlp(mostN*ln2Lo+0x1p-52)

	// The polynomial less the series of (eʳ − 1 − r)/r², coefficient by coefficient.
	coefficients := []float64{0.5, expC3, expC4, expC5, expC6, expC7, expC8, expC9, expC10, expC11, expC12}
	var less []float64
	factorial := new(big.Int).SetInt64(1)
	for k := range 24 {
		factorial.Mul(factorial, big.NewInt(int64(max(1, k+2))))
		d := new(big.Rat).SetFrac(big.NewInt(-1), factorial)
		if k < len(coefficients) {
			d.Add(d, new(big.Rat).SetFloat64(coefficients[k]))
		}
		x, _ := d.Float64()
		less = append(less, x)
	}
	// off bounds |polynomial − series| on an interval, by its values in the middle.
	off := func(middle, half float64) float64 {
		value, slope, bend := 0.0, 0.0, 0.0
		for k := len(less) - 1; k >= 0; k-- {
			value = value*middle + less[k]
			if k > 0 {
				slope = slope*middle + float64(k)*less[k]
			}
			if k > 1 {
				bend = bend*limit + float64(k*(k-1))*math.Abs(less[k])
			}
		}
		return math.Abs(value) + half*math.Abs(slope) + half*half/2*bend
	}

	most, at := 0.0, 0.0
	for i := range cuts {
		lo, hi := limit*(2*float64(i)/cuts-1), limit*(2*float64(i+1)/cuts-1)
		r := rounded{lo: lo, hi: hi}
		top := r.most()
		square := rounded{lo: min(lo*lo, hi*hi), hi: top * top}
		r2 := square
		r2.off = halfUlp(square.hi)
		r4 := fma(r2, r2, number(0))
		a := fma(fma(number(expC5), r, number(expC4)), r2, fma(number(expC3), r, number(0.5)))
		b := fma(fma(number(expC9), r, number(expC8)), r2, fma(number(expC7), r, number(expC6)))
		c := fma(number(expC12), r2, fma(number(expC11), r, number(expC10)))
		q := fma(fma(c, r4, b), r4, a)
		part := fma(q, r2, rounded{lo: -0x1p-52, hi: 0x1p-52}) // l is at most that
		// r is rounded, and what comes after takes it for the true one.
		moved := halfUlp(top) * max(math.Abs(math.Expm1(lo)), math.Abs(math.Expm1(hi)))
		y := math.Exp(lo) * (1 - 1e-12)
		before := reduction + moved + part.off + off((lo+hi)/2, (hi-lo)/2)*square.hi
		if ulps := 0.5 + slack*before/(2*halfUlp(y)); ulps > most {
			most, at = ulps, lo
		}
	}
	t.Logf("at most %.4f ulp, where r is %.4f; where the result is denormal %.4f", most, at, 0.5+most/2)
	if most > 0.75 || 0.5+most/2 > 0.88 {
		t.Errorf("%.4f ulp at r = %v; Exp's comment says 0.75", most, at)
	}
}
