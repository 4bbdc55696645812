package mat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// plain is the definition of all three products, element by element.
func plain(m, n, k int, a, b func(i, k int) float64) Matrix {
	c := New(m, n)
	for i := range m {
		for j := range n {
			s := 0.0
			for t := range k {
				s = math.FMA(a(i, t), b(t, j), s)
			}
			c.Set(i, j, s)
		}
	}
	return c
}

// specials are the numbers on which a careless kernel differs from the loop.
var specials = []float64{
	0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(),
	math.SmallestNonzeroFloat64, -0x1p-1060, math.MaxFloat64, -math.MaxFloat64, 1, -1,
}

// random returns a rows×cols view inside a larger matrix (its stride is
// larger than its columns), with a special number in one place in rare,
// 0 for none.
func random(rng *rand.Rand, rows, cols, rare int) Matrix {
	m := New(rows, cols+rng.IntN(3))
	for i := range m.Data {
		m.Data[i] = rng.NormFloat64()
		if rare > 0 && rng.IntN(rare) == 0 {
			m.Data[i] = specials[rng.IntN(len(specials))]
		}
	}
	m.Cols = cols
	return m
}

func checkProducts(t *testing.T, rng *rand.Rand, m, n, k, rare int) {
	t.Helper()
	a, b := random(rng, m, k, rare), random(rng, k, n, rare)
	at, bt := a.Transpose(), b.Transpose()
	want := plain(m, n, k, a.At, b.At)
	keep := [4]Matrix{a.Clone(), b.Clone(), at.Clone(), bt.Clone()}
	for _, p := range []struct {
		name string
		mul  func(dst, a, b Matrix)
		a, b Matrix
	}{{"Mul", Mul, a, b}, {"MulTA", MulTA, at, b}, {"MulBT", MulBT, a, bt}} {
		// The result stands inside a wider matrix of guards.
		const guard = 12345.678
		wide := New(m, n+3)
		for i := range wide.Data {
			wide.Data[i] = guard
		}
		dst := wide
		dst.Cols = n
		p.mul(dst, p.a, p.b)
		if !EqualBits(dst, want) {
			t.Fatalf("%s %d×%d, k = %d, specials %d: not the plain loop's bits", p.name, m, n, k, rare)
		}
		for i := range m {
			for j := n; j < n+3; j++ {
				if wide.At(i, j) != guard {
					t.Fatalf("%s %d×%d, k = %d: wrote outside its columns, at (%d, %d)", p.name, m, n, k, i, j)
				}
			}
		}
	}
	for i, m := range []Matrix{a, b, at, bt} {
		if !EqualBits(m, keep[i]) {
			t.Fatalf("%d×%d·%d×%d: an input was modified", a.Rows, a.Cols, b.Rows, b.Cols)
		}
	}
}

func TestProductsAreThePlainLoop(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	t.Run("small", func(t *testing.T) {
		sizes := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 17}
		for _, m := range sizes {
			for _, n := range sizes {
				for _, k := range sizes {
					checkProducts(t, rng, m, n, k, 0)
					checkProducts(t, rng, m, n, k, 5)
				}
			}
		}
	})
	const blockN, blockK, packFrom = 240, 256, 12 << 10
	t.Run("around the blocks", func(t *testing.T) {
		for _, s := range [][3]int{
			{9, blockN - 1, blockK - 1}, {9, blockN, blockK}, {11, blockN + 1, blockK + 1},
			{8, 3, 2*blockK + 5}, {13, 2*blockN + 3, 70}, {7, 129, 257}, {8, 64, packFrom / 64}, {8, 64, packFrom/64 + 1},
			{800, 2, 20}, {800, 20, 2}, {2, 20, 800}, {20, 2, 800}, {1, 20, 2}, {33, 10, 784},
		} {
			checkProducts(t, rng, s[0], s[1], s[2], 0)
			checkProducts(t, rng, s[0], s[1], s[2], 200)
		}
	})
	t.Run("random", func(t *testing.T) {
		for range 40 {
			checkProducts(t, rng, 1+rng.IntN(60), 1+rng.IntN(200), 1+rng.IntN(400), rng.IntN(2)*100)
		}
	})
}

func TestProductsRefuseShapes(t *testing.T) {
	for _, c := range []struct {
		call func()
		want string
	}{
		{func() { Mul(New(3, 2), New(3, 4), New(5, 2)) }, "mat.Mul: dst 3×2 = a 3×4 · b 5×2"},
		{func() { Mul(New(3, 3), New(3, 4), New(4, 2)) }, "mat.Mul: dst 3×3 = a 3×4 · b 4×2"},
		{func() { MulTA(New(3, 2), New(4, 3), New(5, 2)) }, "mat.MulTA: dst 3×2 = (a 4×3)ᵀ · b 5×2"},
		{func() { MulBT(New(3, 2), New(3, 4), New(2, 5)) }, "mat.MulBT: dst 3×2 = a 3×4 · (b 2×5)ᵀ"},
		{func() { a := New(3, 3); Mul(a, a, New(3, 3)) }, "mat.Mul: dst 3×3 = a 3×3 · b 3×3: dst overlaps input 1, 3×3"},
		{func() { a := New(3, 3); MulBT(a, New(3, 3), a) }, "mat.MulBT: dst 3×3 = a 3×3 · (b 3×3)ᵀ: dst overlaps input 2, 3×3"},
		{func() { a := New(4, 4); MulTA(a.RowRange(0, 2), New(2, 2), a.RowRange(1, 3)) }, "overlaps input 2"},
		{func() { a := New(3, 4); a.Data = a.Data[:11]; Mul(New(3, 2), a, New(4, 2)) }, "mat.Mul: dst 3×2 = a 3×4 · b 4×2: matrix 2, 3×4 with stride 4, has 11 numbers"},
		{func() { Mul(Matrix{3, 2, 1, make([]float64, 9)}, New(3, 4), New(4, 2)) }, "mat.Mul: dst 3×2 = a 3×4 · b 4×2: matrix 1, 3×2 with stride 1, has 9 numbers"},
		{func() { a := New(4, 3); ReLU(a.RowRange(0, 2), a.RowRange(1, 3)) }, "mat.ReLU: dst 2×3 = relu(a 2×3): dst overlaps input 1, 2×3"},
		{func() { a := New(4, 3); Step(a.RowRange(0, 2), 1, a.RowRange(1, 3)) }, "mat.Step: w 2×3 −= rate · d 2×3: dst overlaps input 1, 2×3"},
		{func() { Within(Matrix{2, 2, 2, make([]float64, 3)}, 1) }, "mat.Within: a 2×2: matrix 1, 2×2 with stride 2, has 3 numbers"},
		{func() { ReLU(New(2, 3), Matrix{2, 3, 3, make([]float64, 5)}) }, "mat.ReLU: dst 2×3 = relu(a 2×3): matrix 2, 2×3 with stride 3, has 5 numbers"},
		{func() { AddRow(New(2, 3), New(2, 3), make([]float64, 2)) }, "mat.AddRow: dst 2×3 = a 2×3 + row of 2"},
		{func() { SumRows(make([]float64, 2), New(2, 3)) }, "mat.SumRows: dst of 2 = sum of the rows of a 2×3"},
		{func() { a := New(2, 3); SumRows(a.Row(1), a) }, "mat.SumRows: dst of 3 overlaps a 2×3"},
		{func() { ReLU(New(2, 3), New(3, 2)) }, "mat.ReLU: dst 2×3 = relu(a 3×2)"},
		{func() { ReLUGrad(New(2, 3), New(2, 3), New(3, 2)) }, "mat.ReLUGrad: dst 2×3 = dh 2×3 where z 3×2 > 0"},
		{func() { Step(New(2, 3), 1, New(3, 2)) }, "mat.Step: w 2×3 −= rate · d 3×2"},
		{func() { SoftMax(New(2, 3), New(3, 2)) }, "mat.SoftMax: p 2×3 = softmax of the rows of z 3×2"},
		{func() { ArgMax(nil) }, "mat.ArgMax: empty row"},
		{func() { Of(2, 2, 1, 2, 3) }, "mat.Of: 3 numbers for 2×2"},
		{func() { New(-1, 2) }, "mat.New: -1×2"},
		{func() { New(2, 2).RowRange(1, 3) }, "mat.RowRange: rows 1 to 3 of 2×2"},
		{func() { New(2, 2).CopyFrom(New(2, 3)) }, "mat.CopyFrom: dst 2×2 = src 2×3"},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.want) {
					t.Errorf("panic %q, want %q", got, c.want)
				}
			}()
			c.call()
		}()
	}
}

func BenchmarkMul(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, s := range [][3]int{{1, 20, 2}, {800, 20, 2}, {800, 2, 20}, {64, 256, 784}, {256, 256, 256}, {512, 512, 512}} {
		m, n, k := s[0], s[1], s[2]
		x, y, dst := random(rng, m, k, 0), random(rng, k, n, 0), New(m, n)
		xt, yt := x.Transpose(), y.Transpose()
		for _, p := range []struct {
			name string
			f    func()
		}{{"AB", func() { Mul(dst, x, y) }}, {"AtB", func() { MulTA(dst, xt, y) }}, {"ABt", func() { MulBT(dst, x, yt) }}} {
			b.Run(fmt.Sprintf("%s/%dx%dx%d", p.name, m, k, n), func(b *testing.B) {
				for b.Loop() {
					p.f()
				}
				b.ReportMetric(2*float64(m*n*k)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}
