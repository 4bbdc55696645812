package graph

import (
	"math/rand/v2"
	"testing"

	"glassbox/mat"
)

// unrolled is a recurrent network through time: the parameters and the loss.
func unrolled(b *builder, r *rand.Rand, steps, rows, width int) (params []int, loss int) {
	w, u, c := b.leaf(random(r, width, width)), b.leaf(random(r, width, width)), b.leaf(random(r, width))
	for i, v := range b.g.values.nodes[w].Data {
		b.g.values.nodes[w].Data[i] = v * 0.1
	}
	h := b.leaf(NewArray(rows, width))
	total := b.leaf(Scalar(0))
	for range steps {
		x := b.leaf(random(r, rows, width))
		z := b.do("add", nil, b.do("add", nil, b.do("dot", nil, h, w), b.do("dot", nil, x, u)), c)
		h = b.do("tanh", nil, z)
		total = b.do("add", nil, total, b.do("sum", nil, b.do("square", nil, h)))
	}
	return []int{w, u, c}, total
}

func BenchmarkAdjoints(bench *testing.B) {
	for _, c := range []struct {
		name               string
		steps, rows, width int
	}{{"25x64x200", 25, 64, 200}, {"3000x1x8", 3000, 1, 8}} {
		b := build(bench)
		params, loss := unrolled(b, rand.New(rand.NewPCG(1, 2)), c.steps, c.rows, c.width)
		g := b.done()
		for _, o := range []Options{{}, {Bounds: true}, {Bounds: true, Shares: true}} {
			name := c.name
			if o.Bounds {
				name += "/bounds"
			}
			if o.Shares {
				name += "/shares"
			}
			bench.Run(name, func(bench *testing.B) {
				bench.ReportAllocs()
				for bench.Loop() {
					g.Pass(params, nil).Adjoints(g.Loss(loss), o)
				}
			})
		}
	}
}

func BenchmarkReplay(bench *testing.B) {
	b := build(bench)
	_, loss := unrolled(b, rand.New(rand.NewPCG(1, 2)), 25, 16, 20)
	g := b.done()
	r := g.Replayer([]int{loss}, nil)
	v := g.MustValue(5).Scaled(1.5)
	bench.ReportAllocs()
	n := 0
	for bench.Loop() {
		n = len(r.Run(nil, map[int]*Array{5: v}).vals)
	}
	bench.ReportMetric(float64(n), "nodes")
}

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
