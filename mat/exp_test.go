package mat

import (
	"math"
	"slices"
	"testing"
)

func TestExpError(t *testing.T) {
	const denormal = -708.3964185322641 // eˣ is denormal below
	p := &points{state: 1}
	p.uniform(30000, denormal, 709.78)
	p.uniform(20000, -40, 0) // what a softmax asks for
	p.uniform(20000, -1, 1)
	p.octaves(10000, 0x1p-60, 700)
	for k := -1020; k <= 1024; k++ { // where n changes, |r| is largest
		p.around(math.Min((float64(k)-0.5)*math.Ln2, 709.78), 2)
		p.around(math.Min(float64(k)*math.Ln2, 709.78), 1)
	}
	p.around(denormal+1e-9, 50)
	p.around(709.782712893, 50)
	p.add(0x1.13b30a851e194p+9) // 0.7026 ulp, the worst of 6·10⁷ tried where |r| is largest
	errOf := func(x float64) float64 { return ulps(Exp(x), refExp(x)) }
	most, at := worst(p.xs, errOf)
	t.Logf("%d points: at most %.4f ulp, at %x", len(p.xs), most, at)
	if most > 0.75 {
		t.Errorf("Exp(%x) is %.4f ulp off, bound 0.75", at, most)
	}

	p = &points{state: 2}
	p.uniform(30000, -745.13, denormal)
	p.around(-745.1332191019411, 50)
	p.around(denormal-1e-9, 50)
	most, at = worst(p.xs, errOf)
	t.Logf("%d denormal results: at most %.4f ulp, at %x", len(p.xs), most, at)
	if most > 0.88 {
		t.Errorf("Exp(%x) is %.4f ulp off, bound 0.88", at, most)
	}
}

func TestExpSpecials(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct{ x, want float64 }{
		{0, 1},
		{math.Copysign(0, -1), 1},
		{math.SmallestNonzeroFloat64, 1},
		{-0x1p-1022, 1},
		{0x1p-54, 1},
		{0x1p-52, 1 + 0x1p-52},
		{inf, inf},
		{-inf, 0},
		{math.NaN(), math.NaN()},
		{-math.NaN(), math.NaN()},
		{0x1.62e42fefa39efp+9, 0x1.fffffffffff2ap+1023}, // the last finite result
		{709.7827128933841, inf},
		{710, inf},
		{1e308, inf},
		{-708.3964185322641, 0x1.000000000007cp-1022}, // the last normal result
		{-745.1332191019411, math.SmallestNonzeroFloat64},
		{-745.1332191019412, 0},
		{-746, 0},
		{-1e308, 0},
	} {
		got := Exp(c.x)
		if got != c.want && !(got != got && c.want != c.want) || math.Signbit(got) != math.Signbit(c.want) && got == got {
			t.Errorf("Exp(%v) = %x, want %x", c.x, got, c.want)
		}
	}
}

// TestExpBits holds the bits of Exp, whatever machine and build they come from.
func TestExpBits(t *testing.T) {
	for _, c := range []struct {
		exp  int
		want uint64
	}{
		{10, 0x15847c9893b000ab},
		{5, 0xb3f9f78ade77f225},
		{0, 0xdc621b223da746a4},
	} {
		if got := bitSum(Exp, signed(c.exp)); got != c.want {
			t.Errorf("Exp on [-2^%d, 2^%[1]d): sum of bits %#x, want %#x", c.exp, got, c.want)
		}
	}
}

func TestExpSlice(t *testing.T) {
	x := []float64{math.NaN(), math.Inf(-1), -1e308, -745.2, -744, -708, math.Inf(1), 710, 709.7}
	for i := range 60 {
		x = append(x, float64(i*i%37)/8-3)
	}
	for n := range x {
		for _, off := range []int{0, len(x) - n} {
			in := slices.Clone(x[off : off+n])
			dst := make([]float64, n+1)
			dst[n] = -7
			ExpSlice(dst[:n], in)
			if dst[n] != -7 {
				t.Fatalf("ExpSlice of %d wrote behind dst", n)
			}
			for i, v := range in {
				if math.Float64bits(v) != math.Float64bits(x[off+i]) {
					t.Fatalf("ExpSlice of %d changed x[%d]", n, i)
				}
				if want := Exp(v); dst[i] != want && want == want || want != want && dst[i] == dst[i] {
					t.Fatalf("ExpSlice of %d: Exp(%v) = %x, want %x", n, v, dst[i], want)
				}
			}
			ExpSlice(in, in)
			for i, v := range in {
				if v != dst[i] && dst[i] == dst[i] {
					t.Fatalf("ExpSlice of %d in place: [%d] = %x, want %x", n, i, v, dst[i])
				}
			}
		}
	}
	if a := testing.AllocsPerRun(10, func() { ExpSlice(x, x) }); a != 0 {
		t.Errorf("ExpSlice allocates %v times", a)
	}
}

func TestExpSlicePanics(t *testing.T) {
	a := make([]float64, 8)
	for _, c := range []struct {
		dst, x []float64
		want   string
	}{
		{a[:3], make([]float64, 4), "mat.ExpSlice: dst 3 = exp x 4"},
		{a[1:5], a[0:4], "mat.ExpSlice: dst 4 overlaps x 4 and is not x"},
	} {
		func() {
			defer func() {
				if got := recover(); got != c.want {
					t.Errorf("panic %v, want %q", got, c.want)
				}
			}()
			ExpSlice(c.dst, c.x)
		}()
	}
}

var expArgs = func() []float64 {
	x := make([]float64, 1024)
	for i := range x {
		x[i] = -30 * float64(i*7919%1024) / 1024
	}
	return x
}()

var sink float64

func benchEach(b *testing.B, f func(float64) float64, args []float64) {
	for i := 0; b.Loop(); i++ {
		sink += f(args[i%1024])
	}
}

func BenchmarkExp(b *testing.B)     { benchEach(b, Exp, expArgs) }
func BenchmarkMathExp(b *testing.B) { benchEach(b, math.Exp, expArgs) }

func BenchmarkExpSlice(b *testing.B) {
	dst := make([]float64, len(expArgs))
	for b.Loop() {
		ExpSlice(dst, expArgs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(dst)), "ns/element")
}
