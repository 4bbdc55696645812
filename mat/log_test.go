package mat

import (
	"math"
	"testing"
)

func TestLogError(t *testing.T) {
	p := &points{state: 1}
	p.uniform(30000, 0, 1) // what normal deviates and cross-entropies ask for
	p.uniform(20000, 0.9, 1.1)
	p.octaves(30000, 0x1p-1074, math.MaxFloat64)
	p.octaves(2000, 0x1p-1074, 0x1p-1022)
	for i := range 129 { // the ends of the table's intervals
		edge := math.Float64frombits(math.Float64bits(0x1.6p-1) + uint64(i)<<45)
		for _, k := range []int{-1074, -1021, -500, -33, -2, -1, 0, 1, 2, 64, 600, 1023} {
			if x := math.Ldexp(edge, k); x > 0 && x < math.MaxFloat64 {
				p.around(x, 5)
			}
		}
	}
	p.around(1-0x1p-4, 50) // the ends of logNear1
	p.around(1+0x1.09p-4, 50)
	p.around(1, 100)
	for k := 2; k < 52; k++ {
		p.around(1+math.Ldexp(1, -k), 5)
		p.around(1-math.Ldexp(1, -k), 5)
	}
	p.around(0x1p-1022, 50)
	p.around(math.E, 50)
	for i := 0; i < len(p.xs); {
		if p.xs[i] > 0 && p.xs[i] != 1 {
			i++
			continue
		}
		p.xs[i] = p.xs[len(p.xs)-1]
		p.xs = p.xs[:len(p.xs)-1]
	}
	most, at := worst(p.xs, func(x float64) float64 { return ulps(Log(x), refLog(x)) })
	t.Logf("%d points: at most %.4f ulp, at %x", len(p.xs), most, at)
	if most > 0.52 {
		t.Errorf("Log(%x) is %.4f ulp off, bound 0.52", at, most)
	}
}

func TestLogSpecials(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ x, want float64 }{
		{0, -inf},
		{math.Copysign(0, -1), -inf},
		{1, 0},
		{inf, inf},
		{-inf, nan},
		{nan, nan},
		{-nan, nan},
		{-1, nan},
		{-math.SmallestNonzeroFloat64, nan},
		{-math.MaxFloat64, nan},
		{math.SmallestNonzeroFloat64, -0x1.74385446d71c3p+9},
		{0x1p-1022, -0x1.6232bdd7abcd2p+9},
		{math.MaxFloat64, 0x1.62e42fefa39efp+9},
		{2, math.Ln2},
		{0.5, -math.Ln2},
		{10, math.Ln10},
	} {
		got := Log(c.x)
		if got != c.want && !(got != got && c.want != c.want) || got == 0 && math.Signbit(got) {
			t.Errorf("Log(%v) = %x, want %x", c.x, got, c.want)
		}
	}
}

// TestLogBits holds the bits of Log. The sums were made by glibc 2.36's log on
// x86-64 with FMA: NumPy's normal deviates there go through it.
func TestLogBits(t *testing.T) {
	for _, c := range []struct {
		name string
		arg  func(uint64) float64
		want uint64
	}{
		{"all positive numbers", anyPositive, 0x1ebe5bae5210c1ad},
		{"(0, 1)", func(u uint64) float64 { return (float64(u>>12) + 0.5) * 0x1p-52 }, 0x1917cfec0fc77c17},
		{"[7/8, 9/8)", func(u uint64) float64 { return 1 + signed(-3)(u) }, 0xd48d0b9fc5629c74},
		{"15/16 ± 2^-10", func(u uint64) float64 { return 1 - 0x1p-4 + signed(-10)(u) }, 0x45f90e3785c89a9b},
		{"17/16 and a bit ± 2^-10", func(u uint64) float64 { return 1 + 0x1.09p-4 + signed(-10)(u) }, 0xc11221fdb15566a0},
	} {
		if got := bitSum(Log, c.arg); got != c.want {
			t.Errorf("Log on %s: sum of bits %#x, want %#x", c.name, got, c.want)
		}
	}
}

var logArgs = func() []float64 {
	x := make([]float64, 1024)
	for i := range x {
		x[i] = (float64(i*7919%1024) + 0.5) / 1024
	}
	return x
}()

func BenchmarkLog(b *testing.B)     { benchEach(b, Log, logArgs) }
func BenchmarkMathLog(b *testing.B) { benchEach(b, math.Log, logArgs) }
