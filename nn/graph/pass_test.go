package graph

import (
	"math"
	"math/rand/v2"
	"testing"
)

func random(r *rand.Rand, shape ...int) *Array {
	a := NewArray(shape...)
	for i := range a.Data {
		a.Data[i] = r.NormFloat64()
	}
	return a
}

// network is two layers with a softmax and its loss: the parameters and the
// loss.
func network(b *builder, r *rand.Rand) (params []int, loss int) {
	x, y := b.leaf(random(r, 6, 4)), b.leaf(Filled(0.5, 6, 3))
	w1, b1, w2, b2 := b.leaf(random(r, 4, 5)), b.leaf(random(r, 5)), b.leaf(random(r, 5, 3)), b.leaf(random(r, 1, 3))
	zero := b.leaf(Scalar(0))
	h := b.do("maximum", nil, b.do("add", nil, b.do("matmul", nil, x, w1), b1), zero)
	z := b.do("add", nil, b.do("dot", nil, h, w2), b2)
	e := b.do("exp", nil, b.do("sub", nil, z, b.do("max", &Attr{Axis: []int{1}, Keepdims: true}, z)))
	p := b.do("div", nil, e, b.do("sum", &Attr{Axis: []int{-1}, Keepdims: true}, e))
	loss = b.do("neg", nil, b.do("mean", nil, b.do("mul", nil, y, b.do("log", nil, p))))
	return []int{w1, b1, w2, b2}, loss
}

// TestAdjointsOfANetwork holds the derivatives against central differences of
// replays.
func TestAdjointsOfANetwork(t *testing.T) {
	b := build(t)
	params, loss := network(b, rand.New(rand.NewPCG(1, 2)))
	g := b.done()
	for _, o := range []Options{{}, {Bounds: true}, {Shares: true}, {Bounds: true, Shares: true}} {
		a := g.Pass(params, nil).Adjoints(g.Loss(loss), o)
		replay := g.Replayer([]int{loss}, nil)
		for _, n := range params {
			v := g.MustValue(n)
			for i := range v.Data {
				at := func(d float64) float64 {
					w := v.Clone()
					w.Data[i] += d
					l, err := replay.Run(nil, map[int]*Array{n: w}).Value(loss)
					if err != nil {
						t.Fatal(err)
					}
					return l.Data[0]
				}
				const h = 1e-5
				want, got := (at(h)-at(-h))/(2*h), a.Of(n).Data[i]
				if math.Abs(want-got) > 1e-9 {
					t.Fatalf("%+v: adjoint of node %d[%d] is %v, differences give %v", o, n, i, got, want)
				}
				if o.Bounds && !(a.Bound(n).Data[i] > 0 && a.Bound(n).Data[i] < 1e-11) {
					t.Errorf("bound of node %d[%d] is %v", n, i, a.Bound(n).Data[i])
				}
			}
		}
	}
}
