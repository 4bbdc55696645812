package mat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// Whatever the shapes, strides and lengths: a product is the plain loop's, with
// nothing written beside it, or it panics before anything is written and says
// its operation and shapes.
func FuzzProducts(f *testing.F) {
	f.Add(uint8(0), int16(3), int16(2), int16(4), int16(4), int16(2), int16(4), int16(2), int16(2), int16(0), uint64(1))
	f.Add(uint8(1), int16(20), int16(2), int16(33), int16(33), int16(20), int16(21), int16(2), int16(3), int16(0), uint64(2))
	f.Add(uint8(2), int16(9), int16(25), int16(8), int16(8), int16(25), int16(8), int16(8), int16(25), int16(0), uint64(3))
	f.Add(uint8(0), int16(2), int16(2), int16(2), int16(3), int16(2), int16(2), int16(2), int16(2), int16(0), uint64(4))
	f.Add(uint8(0), int16(3), int16(3), int16(3), int16(3), int16(3), int16(3), int16(3), int16(3), int16(-1), uint64(5))
	f.Fuzz(func(t *testing.T, kind uint8, m, n, ka, kb, nb, strideA, strideB, strideC, lack int16, seed uint64) {
		if m > 200 || n > 200 || ka > 200 || kb > 200 || nb > 200 {
			t.Skip("large")
		}
		rng := rand.New(rand.NewPCG(seed, 0))
		op := []struct {
			name   string
			f      func(dst, a, b Matrix)
			ta, tb bool
		}{{"mat.Mul:", Mul, false, false}, {"mat.MulTA:", MulTA, true, false}, {"mat.MulBT:", MulBT, false, true}}[kind%3]
		// A matrix as the fuzzer says, right or wrong, with lack numbers too few.
		make := func(rows, cols, stride int16) Matrix {
			size := max(0, (int(rows)-1)*int(stride)+int(cols))
			m := Matrix{int(rows), int(cols), int(stride), make([]float64, max(0, min(size, 1<<16)))}
			for i := range m.Data {
				m.Data[i] = rng.NormFloat64()
			}
			return m
		}
		a, b := make(m, ka, strideA), make(kb, nb, strideB)
		if op.ta {
			a = make(ka, m, strideA)
		}
		if op.tb {
			b = make(nb, kb, strideB)
		}
		dst := make(m, n, strideC)
		if lack < 0 && len(b.Data) > 0 {
			b.Data = b.Data[:len(b.Data)-1]
		}
		before := dst
		before.Data = append([]float64(nil), dst.Data...)
		defer func() {
			switch err := recover(); {
			case err == nil:
			case !strings.HasPrefix(fmt.Sprint(err), op.name) || !strings.Contains(fmt.Sprint(err), dst.Shape()):
				panic(err)
			default:
				for i, v := range dst.Data {
					if v != before.Data[i] {
						t.Fatalf("%v, but dst was written", err)
					}
				}
			}
		}()
		op.f(dst, a, b)
		for i := range dst.Rows {
			for j := range dst.Cols {
				s := 0.0
				for k := range int(ka) {
					x, y := 0.0, 0.0
					if op.ta {
						x = a.At(k, i)
					} else {
						x = a.At(i, k)
					}
					if op.tb {
						y = b.At(j, k)
					} else {
						y = b.At(k, j)
					}
					s = math.FMA(x, y, s)
				}
				if got := dst.At(i, j); math.Float64bits(got) != math.Float64bits(s) {
					t.Fatalf("%s [%d,%d] = %x, want %x", op.name, i, j, got, s)
				}
				before.Set(i, j, s)
			}
		}
		for i, v := range dst.Data {
			if math.Float64bits(v) != math.Float64bits(before.Data[i]) {
				t.Fatalf("%s wrote beside dst, at %d", op.name, i)
			}
		}
	})
}
