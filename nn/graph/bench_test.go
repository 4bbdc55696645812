package graph

import (
	"math/rand/v2"
	"testing"

	"glassbox/mat"
)

func BenchmarkMatmul(bench *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	x, w := random(r, 64, 784), random(r, 784, 128)
	op := Lookup("matmul")
	bench.Run("graph", func(bench *testing.B) {
		for bench.Loop() {
			op.Eval(nil, 0, x, w)
		}
	})
	bench.Run("mat", func(bench *testing.B) {
		y := mat.New(64, 128)
		for bench.Loop() {
			mat.Mul(y, mat.Of(64, 784, x.Data...), mat.Of(784, 128, w.Data...))
		}
	})
}
