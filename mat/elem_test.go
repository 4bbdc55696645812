package mat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func TestElementwise(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, rows := range []int{0, 1, 2, 5} {
		for cols := range 11 {
			a, g := random(rng, rows, cols, 4), random(rng, rows, cols, 4)
			b := random(rng, 1, cols, 4).Row(0)
			each := func(name string, got Matrix, f func(i, j int) float64) {
				t.Helper()
				want := New(rows, cols)
				for i := range rows {
					for j := range cols {
						want.Set(i, j, f(i, j))
					}
				}
				if !EqualBits(got, want) {
					t.Errorf("%s, %d×%d: got %v, want %v", name, rows, cols, got, want)
				}
			}
			dst := New(rows, cols)
			AddRow(dst, a, b)
			each("AddRow", dst, func(i, j int) float64 { return a.At(i, j) + b[j] })
			ReLU(dst, a)
			each("ReLU", dst, func(i, j int) float64 {
				if a.At(i, j) <= 0 {
					return 0
				}
				return a.At(i, j)
			})
			ReLUGrad(dst, g, a)
			each("ReLUGrad", dst, func(i, j int) float64 {
				if a.At(i, j) > 0 {
					return g.At(i, j)
				}
				return 0
			})
			w := a.Clone()
			Step(w, 0.1, g)
			each("Step", w, func(i, j int) float64 { return a.At(i, j) - float64(0.1*g.At(i, j)) })

			sums := make([]float64, cols)
			SumRows(sums, a)
			for j := range cols {
				s := 0.0
				for i := range rows {
					s += a.At(i, j)
				}
				if !EqualBits(Of(1, 1, s), Of(1, 1, sums[j])) {
					t.Errorf("SumRows, %d×%d, column %d: got %v, want %v", rows, cols, j, sums[j], s)
				}
			}
		}
	}
}

// Rows in blocks and one by one, and a row that no block takes.
func TestSoftMax(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, s := range [][2]int{{0, 3}, {3, 0}, {1, 1}, {1, 20}, {7, 2}, {8, 2}, {9, 5}, {15, 3}, {104, 20}, {107, 20}, {800, 10}, {2050, 2}, {9, 3073}, {8, 3072}} {
		for _, rare := range []int{0, 50} {
			z, want := random(rng, s[0], s[1], rare), New(s[0], s[1])
			for i := range z.Rows {
				m, sum := math.Inf(-1), 0.0
				for _, v := range z.Row(i) {
					if v > m || v != v {
						m = v
					}
				}
				for j, v := range z.Row(i) {
					want.Set(i, j, Exp(v-m))
					sum += want.At(i, j)
				}
				for j := range z.Cols {
					want.Set(i, j, want.At(i, j)/sum)
				}
			}
			got := New(s[0], s[1])
			if SoftMax(got, z); !EqualBits(got, want) {
				t.Errorf("%d×%d, specials %d: not the plain loop's bits", s[0], s[1], rare)
			}
			if SoftMax(z, z); !EqualBits(z, want) {
				t.Errorf("%d×%d, specials %d: in place gives other bits", s[0], s[1], rare)
			}
		}
	}
}

// What may be done in place gives the same bits in place.
func TestInPlace(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	a, z, b := random(rng, 5, 7, 5), random(rng, 5, 7, 5), random(rng, 1, 7, 5).Row(0)
	for _, c := range []struct {
		name string
		f    func(dst, a Matrix)
	}{
		{"AddRow", func(dst, a Matrix) { AddRow(dst, a, b) }},
		{"ReLU", ReLU},
		{"ReLUGrad", func(dst, a Matrix) { ReLUGrad(dst, a, z) }},
	} {
		apart, same := New(5, 7), a.Clone()
		c.f(apart, a)
		c.f(same, same)
		if !EqualBits(apart, same) {
			t.Errorf("%s in place gives other bits", c.name)
		}
	}
}

func TestReLUOfZeros(t *testing.T) {
	m := Of(1, 3, math.Copysign(0, -1), math.NaN(), -1)
	ReLU(m, m)
	if math.Signbit(m.At(0, 0)) || m.At(0, 1) == m.At(0, 1) || math.Signbit(m.At(0, 2)) {
		t.Errorf("relu(−0, NaN, −1) = %v, want +0, NaN, +0", m.Data)
	}
}

func TestArgMax(t *testing.T) {
	for _, c := range []struct {
		row  []float64
		want int
	}{
		{[]float64{3}, 0}, {[]float64{1, 2}, 1}, {[]float64{2, 2}, 0}, {[]float64{-1, -2, -1}, 0},
		{[]float64{1, math.NaN(), 5}, 1}, {[]float64{math.Inf(-1), math.Inf(1)}, 1},
	} {
		if got := ArgMax(c.row); got != c.want {
			t.Errorf("ArgMax(%v) = %d, want %d", c.row, got, c.want)
		}
	}
}

func TestEqualBits(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		a, b Matrix
		want bool
	}{
		{Of(1, 2, 1, 2), Of(1, 2, 1, 2), true},
		{Of(1, 2, 1, 2), Of(2, 1, 1, 2), false},
		{Of(1, 1, 0), Of(1, 1, math.Copysign(0, -1)), false},
		{Of(1, 1, nan), Of(1, 1, -nan), true},
		{Of(1, 1, nan), Of(1, 1, 1), false},
		{New(0, 3), New(0, 3), true},
	} {
		if got := EqualBits(c.a, c.b); got != c.want {
			t.Errorf("EqualBits(%v, %v) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func ExampleMul() {
	x := Of(2, 3,
		1, 2, 3,
		4, 5, 6)
	w := Of(3, 1,
		1,
		0,
		-1)
	z := New(2, 1)
	Mul(z, x, w)
	fmt.Println(z.Shape(), z.Data)
	// Output: 2×1 [-2 -2]
}

func TestTranspose(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, s := range [][2]int{{0, 3}, {1, 1}, {1, 4}, {3, 2}, {5, 5}} {
		m := random(rng, s[0], s[1], 3) // its stride is not its columns
		tr := m.Transpose()
		if tr.Rows != s[1] || tr.Cols != s[0] || !EqualBits(tr.Transpose(), m) {
			t.Fatalf("%d×%d: %v", s[0], s[1], tr)
		}
		for i := range m.Rows {
			for j := range m.Cols {
				if !EqualBits(Of(1, 1, tr.At(j, i)), Of(1, 1, m.At(i, j))) {
					t.Errorf("%d×%d: element (%d, %d)", s[0], s[1], i, j)
				}
			}
		}
	}
}

func TestNonFinite(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		m := New(2, 3)
		m.Set(1, 1, bad)
		m.Set(1, 2, math.NaN())
		if i, j, v, found := m.NonFinite(); !found || i != 1 || j != 1 || !EqualBits(Of(1, 1, v), Of(1, 1, bad)) {
			t.Errorf("found %v at (%d, %d), %v", v, i, j, found)
		}
	}
	big := Of(1, 3, math.MaxFloat64, -math.MaxFloat64, 5e-324)
	if _, _, _, found := big.NonFinite(); found {
		t.Error("finite numbers are taken for others")
	}
	guarded := New(1, 3)
	guarded.Data[2] = math.NaN()
	guarded.Cols = 2 // outside of the view
	if _, _, _, found := guarded.NonFinite(); found {
		t.Error("looked outside of the view")
	}
}
