package mat

import (
	"math"
	"math/big"
	"testing"
)

// halfUlp is the most that rounding to nearest moves a number of at most that
// magnitude.
func halfUlp(most float64) float64 {
	_, e := math.Frexp(most)
	return math.Ldexp(1, e-54)
}

// A difference is a polynomial less the series of (log(1+r) − r)/r², coefficient
// by coefficient. What the series has beyond 60 terms is below 2⁻²³⁰.
type difference []float64

func besideLog(polynomial ...float64) difference {
	d := make(difference, 60)
	for k := range d {
		x := new(big.Rat).SetFrac64([]int64{1, -1}[k%2], int64(k+2))
		if k < len(polynomial) {
			x.Add(x, new(big.Rat).SetFloat64(polynomial[k]))
		}
		d[k], _ = x.Float64()
	}
	return d
}

// most bounds the difference on [lo, hi], from its value and slope in the middle.
func (d difference) most(lo, hi float64) float64 {
	middle, half, limit := (lo+hi)/2, (hi-lo)/2, max(math.Abs(lo), math.Abs(hi))
	value, slope, bend := 0.0, 0.0, 0.0
	for k := len(d) - 1; k >= 0; k-- {
		value = value*middle + d[k]
		if k > 0 {
			slope = slope*middle + float64(k)*d[k]
		}
		if k > 1 {
			bend = bend*limit + float64(k*(k-1))*math.Abs(d[k])
		}
	}
	return math.Abs(value) + half*math.Abs(slope) + half*half/2*bend
}

// TestLogBound proves the error that Log's comment states, away from 1: for every
// row of the table and every exponent it adds up the most that each operation may
// be off.
func TestLogBound(t *testing.T) {
	const cuts = 64
	off := besideLog(logA0, logA1, logA2, logA3, logA4)
	ln2 := refFloat(refConst().ln2, 0)
	ln2Rest, _ := new(big.Float).Sub(new(big.Float).Sub(ln2, big.NewFloat(logLn2Hi)), big.NewFloat(logLn2Lo)).Float64()
	most, atRow, atK := 0.0, 0, 0
	for i := range logTable {
		row := &logTable[i]
		lo := math.Float64frombits(0x3fe6000000000000 + uint64(i)<<45)
		hi := math.Float64frombits(0x3fe6000000000000 + uint64(i+1)<<45)
		logC, _ := new(big.Float).Add(refLog(row.invC), big.NewFloat(row.logC)).Float64() // log(c) = −log(invC)
		r := max(math.Abs(math.FMA(lo, row.invC, -1)), math.Abs(math.FMA(hi, row.invC, -1)))
		fit := 0.0 // |polynomial − series|·r²
		for cut := range cuts {
			from, to := r*(2*float64(cut)/cuts-1), r*(2*float64(cut+1)/cuts-1)
			fit = max(fit, off.most(from, to)*max(from*from, to*to))
		}
		inR, inSquare, cube := halfUlp(r), halfUlp(r*r), r*r*r
		inner := math.Abs(logA3) + r*math.Abs(logA4)
		outer := math.Abs(logA1) + r*math.Abs(logA2)
		p := outer + r*r*inner
		inP := halfUlp(p) + halfUlp(outer) + r*r*halfUlp(inner) + inner*inSquare
		for k := -1075; k <= 1023; k++ {
			low, high := lo, hi
			if k == 0 { // between these ends it is logNear1's
				switch {
				case hi <= 1-0x1p-4 || lo >= 1+0x1.09p-4:
				case lo < 1-0x1p-4:
					high = 1 - 0x1p-4
				case hi > 1+0x1.09p-4:
					low = 1 + 0x1.09p-4
				default:
					continue
				}
			}
			least := min(math.Abs(float64(k)*math.Ln2+math.Log(low)), math.Abs(float64(k)*math.Ln2+math.Log(high)))
			w := math.Abs(math.FMA(float64(k), logLn2Hi, row.logC))
			if w != 0 && w < r {
				t.Fatalf("row %d, exponent %d: what hi leaves over is not exact", i, k)
			}
			inLo := halfUlp(w+r) + math.Abs(float64(k))*logLn2Lo // how large lo is
			tail := r*r*math.Abs(logA0) + inLo
			before := math.Abs(float64(k)*ln2Rest) + math.Abs(logC) + // constants
				inR*(1+2*r) + // r, and the logarithm at another place
				halfUlp(inLo) + // lo
				inSquare*math.Abs(logA0) + halfUlp(tail) + // r·r in the term with A0, and that sum
				cube*inP + p*(halfUlp(cube)+r*inSquare) + // the polynomial, and r·r² before it
				halfUlp(tail+cube*p) + // the last multiply-add
				fit
			if ulps := 0.5 + before/(2*halfUlp(least)); ulps > most {
				most, atRow, atK = ulps, i, k
			}
		}
	}
	t.Logf("at most %.4f ulp, in row %d with exponent %d", most, atRow, atK)
	if most > 0.52 {
		t.Errorf("%.4f ulp in row %d with exponent %d; Log's comment says 0.52", most, atRow, atK)
	}
}

// TestLogNear1Bound is the same for logNear1: r is exact, and hi + lo is
// r − r²/2 but for the last rounding of lo.
func TestLogNear1Bound(t *testing.T) {
	const cuts = 512
	off := besideLog(logB0, logB1, logB2, logB3, logB4, logB5, logB6, logB7, logB8, logB9, logB10)
	if logB0 != -0.5 {
		t.Fatal("r·r/2 is not exact")
	}
	// linear is how large a + b·r + c·r² is, and how far two multiply-adds may be off.
	linear := func(a, b, c, r float64) (size, in float64) {
		size = math.Abs(a) + r*math.Abs(b) + r*r*math.Abs(c)
		return size, halfUlp(size) + halfUlp(math.Abs(a)+r*math.Abs(b)) + math.Abs(c)*halfUlp(r*r)
	}
	most, at := 0.0, 0.0
	for octave := -4; octave >= -53; octave-- { // x has no r below 2⁻⁵³
		for cut := range cuts {
			for _, sign := range []float64{-1, 1} {
				from := sign * math.Ldexp(1+float64(cut)/cuts, octave)
				to := sign * math.Ldexp(1+float64(cut+1)/cuts, octave)
				if from < -0x1p-4 || from >= 0x1.09p-4 {
					continue
				}
				to = max(-0x1p-4, min(to, 0x1.09p-4))
				r := math.Abs(to)
				cube := r * r * r
				inCube := halfUlp(cube) + r*halfUlp(r*r)
				a, inA := linear(logB1, logB2, logB3, r)
				b, inB := linear(logB4, logB5, logB6, r)
				c, inC := linear(logB7, logB8, logB9, r)
				c, inC = c+cube*math.Abs(logB10), inC+halfUlp(c+cube)+inCube
				b, inB = b+cube*c, inB+halfUlp(b+cube*c)+cube*inC+c*inCube
				p, inP := a+cube*b, inA+halfUlp(a+cube*b)+cube*inB+b*inCube
				lower := 0x1p-26 * r // of r's bits
				lo := halfUlp(r) + lower*r
				before := halfUlp(2*r)*lower/2 + halfUlp(lo) + // r + rh, and lo
					cube*inP + p*inCube + // the polynomial and r³
					halfUlp(lo+cube*p) + // the last multiply-add
					off.most(min(from, to), max(from, to))*r*r
				if ulps := 0.5 + before/(2*halfUlp(math.Abs(math.Log1p(from)))); ulps > most {
					most, at = ulps, from
				}
			}
		}
	}
	t.Logf("at most %.4f ulp, where x is 1%+.4f", most, at)
	if most > 0.52 {
		t.Errorf("%.4f ulp at 1%+v; Log's comment says 0.52", most, at)
	}
}
