package mat

import (
	"math"
	"math/big"
	"runtime"
	"sync"
	"testing"
)

// Reference values good to more than 200 bits, in integers that count units of
// 2⁻²⁸⁸. They share nothing with what they check: other series, other
// formulas for π.

const refBits = 288

var refConst = sync.OnceValue(func() (c struct {
	ln2    *big.Int
	logs   [177]*big.Int // log(j/128) for j from 88 on
	pi     *big.Int      // units of 2^−refPiBits
	halfPi *big.Int
}) {
	c.ln2 = refAtanh(1, 3)
	for j := int64(88); j < 177; j++ {
		c.logs[j] = refAtanh(j-128, j+128)
	}
	// Gauss: π = 48·arctan(1/18) + 32·arctan(1/57) − 20·arctan(1/239).
	c.pi = new(big.Int)
	for _, t := range [][2]int64{{48, 18}, {32, 57}, {-20, 239}} {
		sum, p := new(big.Int), refOne(refPiBits)
		p.Quo(p.Mul(p, big.NewInt(t[0])), big.NewInt(t[1]))
		for k := int64(1); p.Sign() != 0; k += 2 {
			sum.Add(sum, new(big.Int).Quo(p, big.NewInt(k)))
			p.Quo(p, big.NewInt(-t[1]*t[1]))
		}
		c.pi.Add(c.pi, sum)
	}
	c.halfPi = new(big.Int).Rsh(c.pi, refPiBits-refBits+1)
	return c
})

const refPiBits = refBits + 1100

func refOne(bits uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), bits) }

// refMul returns a·b for two fixed-point numbers.
func refMul(a, b *big.Int) *big.Int {
	p := new(big.Int).Mul(a, b)
	return p.Rsh(p, refBits)
}

// refFixed returns x in units of 2^−bits, rounded down.
func refFixed(x float64, bits int) *big.Int {
	frac, exp := math.Frexp(x)
	m := big.NewInt(int64(frac * 0x1p53))
	if s := bits + exp - 53; s >= 0 {
		return m.Lsh(m, uint(s))
	} else {
		return m.Rsh(m, uint(-s))
	}
}

// refFloat returns v·2^exp, v in fixed point.
func refFloat(v *big.Int, exp int) *big.Float {
	f := new(big.Float).SetInt(v)
	return f.SetMantExp(f, exp-refBits)
}

// refAtanh returns 2·artanh(p/q).
func refAtanh(p, q int64) *big.Int {
	u := refOne(refBits)
	return refAtanhSeries(u.Quo(u.Mul(u, big.NewInt(p)), big.NewInt(q)))
}

// refAtanhSeries returns 2·(u + u³/3 + u⁵/5 + …).
func refAtanhSeries(u *big.Int) *big.Int {
	uu, sum, p := refMul(u, u), new(big.Int).Set(u), new(big.Int).Set(u)
	t, k := new(big.Int), new(big.Int)
	for i := int64(3); p.BitLen() > 1; i += 2 {
		p.Mul(p, uu)
		p.Rsh(p, refBits)
		sum.Add(sum, t.Quo(p, k.SetInt64(i)))
	}
	return sum.Lsh(sum, 1)
}

// refLog returns the logarithm of a positive x.
func refLog(x float64) *big.Float {
	c := refConst()
	z, k := math.Frexp(x)
	if z < 0.6875 {
		z, k = 2*z, k-1
	}
	// z = j/128 · (1+u)/(1−u) with |u| < 2⁻⁸.
	j := int64(math.RoundToEven(z * 128))
	num, den := refFixed(z, refBits+7), refFixed(z, refBits+7)
	at := new(big.Int).Lsh(big.NewInt(j), refBits)
	num.Sub(num, at)
	den.Add(den, at)
	u := num.Quo(num.Lsh(num, refBits), den)
	v := refAtanhSeries(u)
	v.Add(v, c.logs[j])
	v.Add(v, new(big.Int).Mul(c.ln2, big.NewInt(int64(k))))
	return refFloat(v, 0)
}

// refExp returns eˣ for |x| < 1100.
func refExp(x float64) *big.Float {
	c := refConst()
	r := refFixed(x, refBits)
	n := new(big.Int)
	n.DivMod(r, c.ln2, r)
	// (1+v)^256 − 1 = e^r − 1 for v = e^(r/256) − 1.
	r.Rsh(r, 8)
	v, p, k := new(big.Int).Set(r), new(big.Int).Set(r), new(big.Int)
	for i := int64(2); p.Sign() != 0; i++ {
		p.Mul(p, r)
		p.Rsh(p, refBits)
		v.Add(v, p.Quo(p, k.SetInt64(i)))
	}
	for range 8 {
		sq := refMul(v, v)
		v.Add(v.Lsh(v, 1), sq)
	}
	return refFloat(v.Add(v, refOne(refBits)), int(n.Int64()))
}

// refSinCos returns the sine and the cosine of any finite x.
func refSinCos(x float64) (sin, cos *big.Float) {
	if math.Abs(x) < 0x1p-20 {
		return refTinySinCos(x)
	}
	c := refConst()
	_, exp := math.Frexp(x)
	bits := refBits + max(exp, 0)
	halfPi := new(big.Int).Rsh(c.pi, uint(refPiBits-bits+1))
	n, r := new(big.Int), refFixed(x, bits)
	n.DivMod(r, halfPi, r)
	r.Rsh(r, uint(bits-refBits))
	s, co := refSinFixed(r), refSinFixed(new(big.Int).Sub(c.halfPi, r))
	switch n.Bit(1)<<1 | n.Bit(0) {
	case 1:
		s, co = co, s.Neg(s)
	case 2:
		s, co = s.Neg(s), co.Neg(co)
	case 3:
		s, co = co.Neg(co), s
	}
	return refFloat(s, 0), refFloat(co, 0)
}

// refSinFixed returns the sine of r in [0, π/2]: that of r/27 by its series,
// then sin 3a = 3·sin a − 4·sin³ a three times.
func refSinFixed(r *big.Int) *big.Int {
	k := new(big.Int)
	a := new(big.Int).Quo(r, k.SetInt64(27))
	aa, s, p := refMul(a, a), new(big.Int).Set(a), new(big.Int).Set(a)
	for i := int64(2); p.Sign() != 0; i += 2 {
		p.Mul(p, aa)
		p.Quo(p.Rsh(p, refBits), k.SetInt64(-i*(i+1)))
		s.Add(s, p)
	}
	for range 3 {
		cube := refMul(refMul(s, s), s)
		s.Mul(s, k.SetInt64(3))
		s.Sub(s, cube.Lsh(cube, 2))
	}
	return s
}

// refTinySinCos is refSinCos for |x| < 2⁻²⁰, by nested series: 8 terms are good
// to 2⁻³⁶⁰.
func refTinySinCos(x float64) (sin, cos *big.Float) {
	num := func(v float64) *big.Float { return new(big.Float).SetPrec(refBits).SetFloat64(v) }
	xx := num(x)
	xx.Mul(xx, xx)
	nested := func(first float64) *big.Float {
		s := num(1)
		for k := first + 14; k >= first; k -= 2 {
			t := num(k * (k + 1))
			t.Quo(xx, t)
			s.Sub(num(1), t.Mul(t, s))
		}
		return s
	}
	sin = nested(2)
	return sin.Mul(sin, num(x)), nested(1)
}

// ulps returns how far y is from want, in units of the distance between the
// float64s next to want.
func ulps(y float64, want *big.Float) float64 {
	diff := new(big.Float).SetPrec(refBits).SetFloat64(y)
	diff.Sub(diff, want)
	e, _ := diff.SetMantExp(diff, -max(want.MantExp(nil)-53, -1074)).Float64()
	return math.Abs(e)
}

// nearest returns want rounded to a float64, and fails if its error could
// change that.
func nearest(t *testing.T, want *big.Float) float64 {
	y, _ := want.Float64()
	slack := new(big.Float).SetMantExp(big.NewFloat(1), want.MantExp(nil)-200)
	lo, _ := new(big.Float).Sub(want, slack).Float64()
	hi, _ := new(big.Float).Add(want, slack).Float64()
	if lo != hi {
		t.Errorf("200 bits do not decide the rounding of %v", want)
	}
	return y
}

// worst returns the largest of errOf over xs and where it is, on all CPUs. A
// NaN counts as infinite.
func worst(xs []float64, errOf func(x float64) float64) (most, at float64) {
	most = math.Inf(-1)
	var wg sync.WaitGroup
	var mu sync.Mutex
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			m, x := math.Inf(-1), 0.0
			for i := w; i < len(xs); i += workers {
				e := errOf(xs[i])
				if e != e {
					e = math.Inf(1)
				}
				if e > m {
					m, x = e, xs[i]
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if m > most {
				most, at = m, x
			}
		})
	}
	wg.Wait()
	return most, at
}

// points collects arguments; its random ones are the same in every run.
type points struct {
	xs    []float64
	state uint64
}

func (p *points) add(xs ...float64) { p.xs = append(p.xs, xs...) }

// bits returns 64 random bits (splitmix64, Steele, Lea & Flood 2014).
func (p *points) bits() uint64 {
	p.state += 0x9e3779b97f4a7c15
	z := p.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// uniform adds n numbers in [lo, hi).
func (p *points) uniform(n int, lo, hi float64) {
	for range scaled(n) {
		p.add(math.FMA(hi-lo, float64(p.bits()>>11)*0x1p-53, lo))
	}
}

// octaves adds n positive numbers whose bits are uniform between those of lo
// and hi: as many in every octave.
func (p *points) octaves(n int, lo, hi float64) {
	l, h := math.Float64bits(lo), math.Float64bits(hi)
	for range scaled(n) {
		p.add(math.Float64frombits(l + p.bits()%(h-l)))
	}
}

// around adds x and the k float64s on each side of it.
func (p *points) around(x float64, k int) {
	p.add(x)
	lo, hi := x, x
	for range k {
		lo, hi = math.Nextafter(lo, math.Inf(-1)), math.Nextafter(hi, math.Inf(1))
		p.add(lo, hi)
	}
}

// scaled is a number of points, a tenth of it under -short.
func scaled(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// bitSum returns the FNV-1a sum of f's results, as little-endian bits, at 2¹⁵
// arguments that arg makes from 64 bits each by exact operations. A sum is the
// same on every machine and in every build; a changed one is a change of what
// the package promises.
func bitSum(f func(float64) float64, arg func(u uint64) float64) uint64 {
	sum := uint64(0xcbf29ce484222325)
	for i := range uint64(1 << 15) {
		y := math.Float64bits(f(arg((i + 1) * 0x9e3779b97f4a7c15)))
		for range 8 {
			sum = (sum ^ y&0xff) * 0x100000001b3
			y >>= 8
		}
	}
	return sum
}

// signed returns an arg for bitSum, uniform in [−2^exp, 2^exp).
func signed(exp int) func(uint64) float64 {
	return func(u uint64) float64 { return math.Ldexp(float64(int64(u)>>11), exp-52) }
}

// anyPositive is an arg for bitSum: any float64 from 0 to the largest.
func anyPositive(u uint64) float64 { return math.Float64frombits(u % 0x7ff0000000000000) }
