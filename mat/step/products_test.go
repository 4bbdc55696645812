package step

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"glassbox/mat"
)

// random returns a rows×cols view inside a larger matrix, with a special number
// in one place in rare, 0 for none.
func random(rng *rand.Rand, rows, cols, rare int) mat.Matrix {
	specials := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), math.SmallestNonzeroFloat64, -0x1p-1060, math.MaxFloat64, 1, -1}
	m := mat.New(rows, cols+rng.IntN(3))
	for i := range m.Data {
		m.Data[i] = rng.NormFloat64()
		if rare > 0 && rng.IntN(rare) == 0 {
			m.Data[i] = specials[rng.IntN(len(specials))]
		}
	}
	m.Cols = cols
	return m
}

// Every product is its chains and its ending, element by element, and writes
// nothing beside its result.
func TestProductsAreThePlainLoops(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 7))
	sizes := [][3]int{{2, 20, 800}, {800, 20, 2}, {272, 64, 9}, {64, 9, 272}, {33, 100, 130}, {8, 64, 193}, {3, 12, 2}, {24, 10, 31}, {1, 1, 1}}
	for range 60 {
		sizes = append(sizes, [3]int{1 + rng.IntN(40), 1 + rng.IntN(40), 1 + rng.IntN(40)})
	}
	relu := func(v, _ float64) float64 {
		if v <= 0 {
			return 0
		}
		return v
	}
	where := func(v, h float64) float64 {
		if h > 0 {
			return v
		}
		return 0
	}
	for _, s := range sizes {
		m, n, k := s[0], s[1], s[2]
		for _, rare := range []int{0, 9} {
			a, b, start := random(rng, m, k, rare), random(rng, k, n, rare), random(rng, m, n, rare)
			aT := a.Transpose()
			for _, c := range []struct {
				name   string
				f      func(dst mat.Matrix)
				on     bool
				ending func(v, was float64) float64
			}{
				{"mul", func(dst mat.Matrix) { mul(dst, a, b, false) }, false, nil},
				{"mul, going on", func(dst mat.Matrix) { mul(dst, a, b, true) }, true, nil},
				{"mulTA", func(dst mat.Matrix) { mulTA(dst, aT, b, false) }, false, nil},
				{"mulTA, going on", func(dst mat.Matrix) { mulTA(dst, aT, b, true) }, true, nil},
				{"mulReLU", func(dst mat.Matrix) { mulReLU(dst, a, b) }, false, relu},
				{"mulTAReLU", func(dst mat.Matrix) { mulTAReLU(dst, aT, b) }, false, relu},
				{"mulWhere", func(dst mat.Matrix) { mulWhere(dst, a, b, start) }, false, where},
				{"mulTAWhere", func(dst mat.Matrix) { mulTAWhere(dst, aT, b, start) }, false, where},
				{"mulWhere in place", func(dst mat.Matrix) { mulWhere(dst, a, b, dst) }, false, where},
				{"mulTAWhere in place", func(dst mat.Matrix) { mulTAWhere(dst, aT, b, dst) }, false, where},
				{"mulT", func(dst mat.Matrix) { d := mat.New(n, m); mulT(d, a, b); transpose(dst, d) }, false, nil},
			} {
				const guard = 12345.678
				wide := mat.New(m, n+3)
				for i := range wide.Data {
					wide.Data[i] = guard
				}
				dst, want := wide, wide.Clone()
				dst.Cols = n
				for i := range m {
					for j := range n {
						sum, was := 0.0, start.At(i, j)
						dst.Set(i, j, was)
						if c.on {
							sum = was
						}
						for l := range k {
							sum = math.FMA(a.At(i, l), b.At(l, j), sum)
						}
						if c.ending != nil {
							sum = c.ending(sum, was)
						}
						want.Set(i, j, sum)
					}
				}
				c.f(dst)
				if !mat.EqualBits(wide, want) {
					t.Fatalf("%s, %d×%d, k = %d, special %d: not the plain loop's bits", c.name, m, n, k, rare)
				}
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	net := New(layers(2, 5, 3))
	shared := layers(2, 5, 3)
	shared[0].D = shared[0].W
	gaps := layers(2, 5, 3)
	gaps[1].W = mat.Matrix{Rows: 6, Cols: 3, Stride: 4, Data: make([]float64, 24)}
	short := layers(2, 5, 3)
	short[1].D.Data = short[1].D.Data[:17]
	unlike := append(layers(2, 5), layers(4, 3)...)
	lacking := mat.Matrix{Rows: 4, Cols: 2, Stride: 2, Data: make([]float64, 7)}
	far := Limits{9, 9}
	for _, c := range []struct {
		f    func()
		want string
	}{
		{func() { New(shared) }, "step.New: layer 1: W 3×5 with 15 numbers, D 3×5 with 15"},
		{func() { New(gaps) }, "step.New: layer 2: W 6×3 with 24 numbers, D 6×3 with 18"},
		{func() { New(short) }, "step.New: layer 2: W 6×3 with 18 numbers, D 6×3 with 17"},
		{func() { New(unlike) }, "step.New: layer 2: W 5×3 with 15 numbers, D 5×3 with 15"},
		{func() { net.Gradients(mat.New(4, 3), mat.New(4, 3), true, far) }, "step.Net.Gradients: 4×3 and 4×3 for a network from 2 to 3"},
		{func() { net.Gradients(mat.New(4, 2), mat.New(4, 2), true, far) }, "step.Net.Gradients: 4×2 and 4×2 for a network from 2 to 3"},
		{func() { net.Gradients(mat.New(4, 2), mat.New(5, 3), true, far) }, "step.Net.Gradients: 4×2 and 5×3 for a network from 2 to 3"},
		{func() { net.Gradients(mat.New(0, 2), mat.New(0, 3), true, far) }, "step.Net.Gradients: 0×2 and 0×3 for a network from 2 to 3"},
		{func() { net.Gradients(lacking, mat.New(4, 3), true, far) }, "step.Net.Gradients: 4×2 and 4×3 for a network from 2 to 3"},
		{func() { net.Predict(mat.New(4, 3), lacking) }, "step.Net.Predict: 4×2 and 4×3 for a network from 2 to 3"},
		{func() { m := mat.New(4, 3); x := m; x.Cols = 2; net.Predict(m, x) }, "step.Net.Predict: p 4×3 overlaps x 4×2"},
		{func() { net.StepOne(make([]float64, 2), make([]float64, 2), 1, 1, far) }, "step.Net.StepOne: x of 2, y of 2 numbers for a network from 2 to 3"},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != c.want {
					t.Errorf("panic %q, want %q", got, c.want)
				}
			}()
			c.f()
		}()
	}
}
