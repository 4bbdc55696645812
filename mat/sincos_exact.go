package mat

import (
	"math"
	"math/big"
	"sync"
)

// trigRare returns sin(x + quarter·π/2), correctly rounded, quarter 0 or 1, for
// the arguments that trigFast does not take.
func trigRare(x float64, quarter uint64) float64 {
	switch {
	case math.IsInf(x, 0) || x != x:
		return math.NaN()
	case math.Abs(x) >= trigFastHi:
		return trigExact(x, quarter)
	case quarter == 0:
		return x // |x|³/6 is below a quarter of the distance to x's neighbour
	}
	return 1
}

// trigExact returns sin(x + quarter·π/2), correctly rounded, for |x| from
// trigFastLo on. It ends because the sine of a rational number other than 0 is
// irrational: with enough bits it is seen on which side of the middle between
// two float64s it lies.
func trigExact(x float64, quarter uint64) float64 {
	for bits := uint(192); ; bits *= 2 {
		if y, ok := trigBits(x, quarter, bits); ok {
			return y
		}
	}
}

// trigBits is one try of trigExact in fixed point with the given number of
// fraction bits, 160 or more. It reports whether they decide the rounding.
func trigBits(x float64, quarter uint64, bits uint) (float64, bool) {
	frac, exp := math.Frexp(x)
	wide := bits + uint(max(exp, 0)) // so that n·π below is good to the last of bits
	pi := piBits(wide)

	// 2x = n·π + 2r with 2r in [−π/2, π/2): r is exact but for |n|/2 units of
	// 2^−wide, 1 unit of 2^−bits.
	n, r := big.NewInt(int64(frac*0x1p53)), new(big.Int)
	n.Lsh(n, uint(int(wide)+1+exp-53))
	half := new(big.Int).Rsh(pi, 1)
	n.DivMod(n.Add(n, half), pi, r)
	r.Rsh(r.Sub(r, half), 1+wide-bits)
	quarter += uint64(n.Bit(1)<<1 + n.Bit(0))

	// Taylor's series. Each term is within 4 units, and there are fewer than
	// bits/4 of them, so the sum is within bits units.
	z := new(big.Int).Mul(r, r)
	z.Rsh(z, bits)
	term, k := r, int64(2)
	if quarter&1 != 0 {
		term, k = new(big.Int).Lsh(big.NewInt(1), bits), 1
	}
	sum, div := new(big.Int).Set(term), new(big.Int)
	for term.Sign() != 0 {
		term.Mul(term, z)
		term.Rsh(term, bits)
		term.Quo(term, div.SetInt64(-k*(k+1)))
		sum.Add(sum, term)
		k += 2
	}
	if quarter&2 != 0 {
		sum.Neg(sum)
	}
	slack := big.NewInt(int64(bits))
	lo := roundFixed(new(big.Int).Sub(sum, slack), bits)
	hi := roundFixed(sum.Add(sum, slack), bits)
	return lo, lo == hi
}

// roundFixed returns the float64 nearest to v·2^−bits.
func roundFixed(v *big.Int, bits uint) float64 {
	f := new(big.Float).SetInt(v)
	y, _ := f.SetMantExp(f, -int(bits)).Float64()
	return y
}

// knownPi keeps the longest π that was asked for.
var knownPi struct {
	sync.Mutex
	bits  uint
	value *big.Int
}

// piBits returns π·2^bits, within one unit. The value is shared: it must not be
// changed.
func piBits(bits uint) *big.Int {
	knownPi.Lock()
	defer knownPi.Unlock()
	if knownPi.bits < bits {
		// Machin 1706: π = 16·arctan(1/5) − 4·arctan(1/239). The guard bits
		// take the truncations, fewer than 2·bits of them.
		const guard = 64
		a := arccotBits(5, bits+guard)
		a.Lsh(a, 2).Sub(a, arccotBits(239, bits+guard))
		knownPi.bits, knownPi.value = bits, a.Rsh(a, guard-2)
	}
	if knownPi.bits == bits {
		return knownPi.value
	}
	return new(big.Int).Rsh(knownPi.value, knownPi.bits-bits)
}

// arccotBits returns arctan(1/m)·2^bits, a truncation a term off.
func arccotBits(m int64, bits uint) *big.Int {
	power := new(big.Int).Lsh(big.NewInt(1), bits)
	power.Quo(power, big.NewInt(m))
	sum, term, div := new(big.Int).Set(power), new(big.Int), big.NewInt(-m*m)
	for k := int64(3); power.Sign() != 0; k += 2 {
		power.Quo(power, div)
		sum.Add(sum, term.Quo(power, big.NewInt(k)))
	}
	return sum
}
