package mat

import (
	"math"
	"math/big"
	"testing"
)

// trigPoints are the arguments of the tests of Sin and Cos.
func trigPoints() []float64 {
	p := &points{state: 1}
	p.uniform(40000, 0, math.Pi) // what make_moons asks for
	p.uniform(15000, -50, 50)
	p.uniform(15000, -trigFastHi, trigFastHi)
	p.octaves(15000, 0x1p-30, trigFastHi)
	p.octaves(15000, trigFastHi, math.MaxFloat64)
	p.octaves(1000, 0x1p-1074, 0x1p-30)
	for k := range scaled(2000) { // next to the zeros of sin and cos
		p.around(float64(k+1)*(math.Pi/2), 1)
	}
	for range scaled(2000) {
		n := float64(p.bits() % 667_000) // n·π/2 < trigFastHi
		p.around(math.FMA(n, halfPiB, n*halfPiA), 1)
		n = math.Ldexp(n, int(p.bits()%1000))
		p.around(math.FMA(n, halfPiB, n*halfPiA), 1)
	}
	p.around(trigFastLo, 20)
	p.around(-trigFastHi, 20)
	p.add(trigHardPoints()...)
	return p.xs
}

// trigHardPoints are arguments whose sine or cosine comes within 2⁻⁴⁵ ulp or so
// of the middle between two float64s, where trigFast cannot decide: small x at
// which x³/6, or x²/2, is an odd multiple of half an ulp of the result. And the
// float64 of 2⁶⁴ that comes closest to a multiple of π/2 (J.-M. Muller,
// Elementary Functions).
func trigHardPoints() []float64 {
	p := &points{}
	for e := -26; e < -16; e++ {
		for j := range 12 {
			half := math.Ldexp(float64(2*j+1), e-54) // of an ulp of numbers in [2ᵉ⁻¹, 2ᵉ)
			if x := math.Cbrt(6 * half); x >= math.Ldexp(0.5, e) && x < math.Ldexp(1, e) {
				p.around(x, 12)
				p.around(-x, 2)
			}
		}
	}
	for j := range 200 {
		p.around(math.Sqrt(float64(2*j+1)*0x1p-53), 12)
	}
	p.add(math.Ldexp(6381956970095103, 797), math.Ldexp(-6381956970095103, 797))
	return p.xs
}

func TestSinCosCorrectlyRounded(t *testing.T) {
	xs := trigPoints()
	wrong, at := worst(xs, func(x float64) float64 {
		sin, cos := refSinCos(x)
		switch {
		case Sin(x) != nearest(t, sin):
			return ulps(Sin(x), sin)
		case Cos(x) != nearest(t, cos):
			return ulps(Cos(x), cos)
		}
		return 0
	})
	t.Logf("%d points", len(xs))
	if wrong != 0 {
		sin, cos := refSinCos(at)
		t.Errorf("at %x: Sin %x for %.25g, Cos %x for %.25g: %v ulp off", at, Sin(at), sin, Cos(at), cos, wrong)
	}
}

// forTrigFast returns those of xs that trigFast takes.
func forTrigFast(xs []float64) (in []float64) {
	for _, x := range xs {
		if a := math.Abs(x); trigFastLo <= a && a < trigFastHi {
			in = append(in, x)
		}
	}
	return in
}

// TestTrigPairError checks the bound that trigFast's decision rests on.
func TestTrigPairError(t *testing.T) {
	xs := trigPoints()
	inRange := forTrigFast(xs)
	undecided := func(xs []float64) (n int) {
		for _, x := range xs {
			for quarter := range uint64(2) {
				hi, lo, _ := trigPair(x, quarter)
				if err := trigError(hi); hi+(lo-err) != hi+(lo+err) {
					n++
				}
			}
		}
		return n
	}
	moons, hard := undecided(forTrigFast(xs[:scaled(40000)])), undecided(forTrigFast(trigHardPoints()))
	most, at := worst(inRange, func(x float64) float64 {
		sin, cos := refSinCos(x)
		var most float64
		for quarter, want := range []*big.Float{sin, cos} {
			hi, lo, turned := trigPair(x, uint64(quarter))
			got := new(big.Float).SetPrec(refBits).SetFloat64(hi)
			got.Add(got, big.NewFloat(lo))
			if turned&2 != 0 {
				got.Neg(got)
			}
			off, _ := got.Sub(got, want).Float64()
			most = max(most, math.Abs(off)/trigError(hi))
		}
		return most
	})
	t.Logf("%d points: at most %.3f of the bound, at %x; undecided: %d in [0, π], %d of the hard ones",
		len(inRange), most, at, moons, hard)
	if most > 0.5 { // a wrong last coefficient would still be inside the bound
		t.Errorf("trigPair(%x) is off by %.3f of its bound, more than it ever was", at, most)
	}
	if hard < 1000 {
		t.Errorf("%d hard points undecided: they are not hard", hard)
	}
	if moons > 20 {
		t.Errorf("%d of %d roundings in [0, π] undecided: trigFast is not fast", moons, 2*scaled(40000))
	}
}

// TestTrigBits has trigExact's tries decide with few bits: each must be right
// or say that it is not sure.
func TestTrigBits(t *testing.T) {
	p := &points{state: 2}
	p.uniform(2000, 1, 100)
	for _, bits := range []uint{56, 60, 64, 80, 160} {
		var unsure int
		for _, x := range p.xs {
			got, ok := trigBits(x, 0, bits)
			if !ok {
				unsure++
			} else if want := trigExact(x, 0); got != want {
				t.Fatalf("sin(%x) in %d bits: %x, want %x", x, bits, got, want)
			}
		}
		t.Logf("%d bits: %d of %d not decided", bits, unsure, len(p.xs))
		if bits < 64 && unsure == 0 || bits == 160 && unsure > 0 {
			t.Errorf("%d bits left %d of %d undecided", bits, unsure, len(p.xs))
		}
	}
}

func TestSinCosSpecials(t *testing.T) {
	inf, nan, minus0 := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	const tiny = math.SmallestNonzeroFloat64
	for _, c := range []struct{ x, sin, cos float64 }{
		{0, 0, 1},
		{minus0, minus0, 1},
		{inf, nan, nan},
		{-inf, nan, nan},
		{nan, nan, nan},
		{tiny, tiny, 1},
		{-tiny, -tiny, 1},
		{0x1p-1022, 0x1p-1022, 1},
		{0x1p-27, 0x1p-27, 1},
		{0x1p-26, 0x1p-26, 1 - 0x1p-53},
		{0.5235987755982988, 0.49999999999999994, 0.8660254037844387}, // below π/6
		{0.5235987755982989, 0.5, 0.8660254037844386},                 // above it
		{math.Pi / 2, 1, halfPiB},
		{-math.Pi / 2, -1, halfPiB},
		{math.Pi, 2 * halfPiB, -1},
		{-math.Pi, -2 * halfPiB, -1},
		{1e22, -0.8522008497671888, 0.523214785395139},
		{math.MaxFloat64, 0.004961954789184062, -0.9999876894265599},
	} {
		same := func(got, want float64) bool {
			return math.Float64bits(got) == math.Float64bits(want) || got != got && want != want
		}
		if got := Sin(c.x); !same(got, c.sin) {
			t.Errorf("Sin(%v) = %v, want %v", c.x, got, c.sin)
		}
		if got := Cos(c.x); !same(got, c.cos) {
			t.Errorf("Cos(%v) = %v, want %v", c.x, got, c.cos)
		}
	}
}

// TestSinCosBits holds the bits of Sin and Cos in every build. The sums were
// made by MPFR 4.2, rounded to 53 bits.
func TestSinCosBits(t *testing.T) {
	for _, c := range []struct {
		name     string
		arg      func(uint64) float64
		sin, cos uint64
	}{
		{"[-4, 4)", signed(2), 0x7b31e9ab342540b6, 0x461949460793ef14},
		{"[-2^20, 2^20)", signed(20), 0xe2c9430f811b9012, 0x691d418b85a838bb},
		{"all positive numbers", anyPositive, 0x718e9f1b4dd7aa3a, 0x1f8f056b680d79df},
	} {
		if got := bitSum(Sin, c.arg); got != c.sin {
			t.Errorf("Sin on %s: sum of bits %#x, want %#x", c.name, got, c.sin)
		}
		if got := bitSum(Cos, c.arg); got != c.cos {
			t.Errorf("Cos on %s: sum of bits %#x, want %#x", c.name, got, c.cos)
		}
	}
}

var trigArgs = func() []float64 {
	x := make([]float64, 1024)
	for i := range x {
		x[i] = float64(i*7919%1024) * (math.Pi / 1023)
	}
	return x
}()

func BenchmarkSin(b *testing.B)     { benchEach(b, Sin, trigArgs) }
func BenchmarkCos(b *testing.B)     { benchEach(b, Cos, trigArgs) }
func BenchmarkMathSin(b *testing.B) { benchEach(b, math.Sin, trigArgs) }
func BenchmarkMathCos(b *testing.B) { benchEach(b, math.Cos, trigArgs) }

func BenchmarkSinHuge(b *testing.B) {
	for b.Loop() {
		sink += Sin(1e300)
	}
}
