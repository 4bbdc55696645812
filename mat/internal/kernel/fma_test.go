package kernel

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"
)

var fmaCount = flag.Int("fma", 1_000_000, "random inputs on which softFMA is held against math.FMA")

// softFMA has math.FMA's bits: on all pairs of what is special, and on random
// numbers of every size, alike in size, that cancel, and near the middle between
// two results.
func TestSoftFMA(t *testing.T) {
	check := func(x, y, z float64) {
		got, want := softFMA(x, y, z), math.FMA(x, y, z)
		if math.Float64bits(got) != math.Float64bits(want) && (got == got || want == want) {
			t.Fatalf("softFMA(%x, %x, %x) = %x, math.FMA says %x", x, y, z, got, want)
		}
	}
	var special []float64
	for _, v := range []float64{0, 1, 3, math.Pi, 0x1p-1074, 0x1p-1022, 0x1p-1021 - 0x1p-1074, 0x1p-500, 0x1p-400, 0x1p-200, 0x1p-53, 0x1p53,
		1 + 0x1p-52, 1 - 0x1p-53, 0x1p27 + 1, 0x1p500, 0x1.fffffffffffffp499, 0x1p996, 0x1p1000, math.MaxFloat64, math.Inf(1)} {
		special = append(special, v, -v)
	}
	special = append(special, math.NaN())
	for _, x := range special {
		for _, y := range special {
			for _, z := range special {
				check(x, y, z)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	sized := func(spread int) float64 { return math.Ldexp(r.Float64()*2-1, r.IntN(2*spread+1)-spread) }
	few := func() float64 { return math.Ldexp(float64(r.IntN(64)-32), r.IntN(120)-60) } // exact products, middles
	for range *fmaCount / 5 {
		check(math.Float64frombits(r.Uint64()), math.Float64frombits(r.Uint64()), math.Float64frombits(r.Uint64()))
		check(sized(3), sized(3), sized(60))
		x, y := sized(200), sized(200)
		z := -x * y
		check(x, y, z)
		check(x, y, math.Float64frombits(math.Float64bits(z)+r.Uint64N(9)-4))
		x, y = 1+math.Ldexp(float64(r.IntN(1<<20)), -52), 1+math.Ldexp(float64(r.IntN(1<<20)), -52)
		check(x, y, few())
		check(few(), few(), few())
	}
}

func BenchmarkFMA(b *testing.B) {
	for _, c := range []struct {
		name string
		f    func(x, y, z float64) float64
	}{{"soft", softFMA}, {"math", math.FMA}} {
		b.Run(c.name, func(b *testing.B) {
			s := 0.0
			for i := range b.N {
				s = c.f(float64(i)*0.37, 1.1, s*0.5)
			}
			if s == 1 {
				b.Fatal(s)
			}
		})
	}
}
