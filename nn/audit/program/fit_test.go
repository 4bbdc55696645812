package program

import (
	"math"
	"math/rand/v2"
	"testing"

	"glassbox/nn/graph"
)

func TestLeastSquaresFindsTheCoefficients(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	a, b, target := make([]float64, 40), make([]float64, 40), make([]float64, 40)
	for i := range a {
		a[i], b[i] = r.NormFloat64(), 1e6*r.NormFloat64()
		target[i] = 0.9*a[i] - 3e-6*b[i]
	}
	x, off, ok := leastSquares([][]float64{a, b}, target)
	if !ok || off > 1e-13 || math.Abs(x[0]-0.9) > 1e-12 || math.Abs(x[1]+3e-6) > 1e-18 {
		t.Errorf("got %v, off %v", x, off)
	}
	// A column that is there twice counts once.
	if x, off, ok := leastSquares([][]float64{a, b, a}, target); !ok || off > 1e-12 || x[2] != 0 {
		t.Errorf("with a column twice: %v, off %v", x, off)
	}
	target[7] = math.NaN()
	if _, _, ok := leastSquares([][]float64{a}, target); ok {
		t.Error("a NaN was fitted")
	}
}

func TestIndexFindsMultiplesAndTranspositions(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	random := func(shape ...int) *array {
		a := graph.NewArray(shape...)
		for i := range a.Data {
			a.Data[i] = r.NormFloat64()
		}
		return a
	}
	var dirs directions
	ix := newIndex(double, &dirs)
	a, b := random(3, 4), random(3, 4)
	ix.add(10, adjoint{v: a})
	ix.add(11, adjoint{v: b})
	ix.done()
	for _, c := range []struct {
		name string
		v    *array
		key  int
		c    float64
		turn bool
	}{
		{"itself", a, 10, 1, false},
		{"a negative multiple", b.Scaled(-0.125), 11, -0.125, false},
		{"transposed", a.Scaled(7).Transposed(), 10, 7, true},
		{"with another axis", b.Reshaped(1, 3, 4), 11, 1, false},
	} {
		l := ix.find(c.v)
		if len(l) != 1 || l[0].key != c.key || !alike(l[0].c, c.c, 1e-12) || l[0].turn != c.turn {
			t.Errorf("%s: found %v", c.name, l)
		}
	}
	near := a.Clone()
	near.Data[5] *= 1 + 1e-7
	for _, v := range []*array{near, plus(a, 1, b), graph.NewArray(3, 4), random(4, 4)} {
		if l := ix.find(v); len(l) != 0 {
			t.Errorf("a value that is none of them was found: %v", l)
		}
	}
}
