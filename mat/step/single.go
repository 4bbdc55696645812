package step

import (
	"math"

	"glassbox/mat"
	"glassbox/mat/internal/kernel"
)

// A batch of one row leaves so little work that operations on matrices would
// spend most of their time between each other. These loops are the same
// operations on a single row.

// A single is what a step on one row works on.
type single struct {
	h  [][]float64 // hk for k = 1 … L−1, nk numbers
	dh [][]float64 // dhk, which becomes dzk
	p  []float64   // C; becomes dzL
}

func newSingle(layers []Layer) single {
	var s single
	for _, l := range layers[1:] {
		s.h = append(s.h, make([]float64, l.in()))
		s.dh = append(s.dh, make([]float64, l.in()))
	}
	s.p = make([]float64, layers[len(layers)-1].out())
	return s
}

// gradients is Gradients for x and y of one row, whose mean is its sum.
func (s *single) gradients(layers []Layer, x, y []float64, limits Limits) bool {
	if !allWithin(x, limits.X) || !allWithin(y, limits.Y) {
		return false
	}
	h, last := x, len(s.h)
	for k, z := range s.h {
		linear(z, h, layers[k].W.Data)
		relu(z)
		h = z
	}
	linear(s.p, h, layers[last].W.Data)
	softMax(s.p)

	dz := s.p
	for j, v := range y[:len(dz)] {
		dz[j] -= v
	}
	for k := last; k > 0; k-- {
		outer(layers[k].D.Data, s.h[k-1], dz)
		back(s.dh[k-1], s.h[k-1], dz, layers[k].W.Data)
		dz = s.dh[k-1]
	}
	outer(layers[0].D.Data, x, dz)
	return true
}

func allWithin(x []float64, limit float64) bool {
	for _, v := range x {
		if !(math.Abs(v) <= limit) {
			return false
		}
	}
	return true
}

// linear sets z = x·W + b, n numbers, from the (len(x)+1)×n parameters W.
func linear(z, x, W []float64) {
	n := len(z)
	if n == 2 {
		var s0, s1 float64
		for _, v := range x {
			w := W[:2]
			s0, s1 = kernel.FMA(v, w[0], s0), kernel.FMA(v, w[1], s1)
			W = W[2:]
		}
		z[0], z[1] = s0+W[0], s1+W[1]
		return
	}
	clear(z)
	for ; len(x) >= 2; x = x[2:] {
		x0, x1, w0, w1 := x[0], x[1], W[:n], W[n:][:n]
		for j, s := range z[:n] {
			z[j] = kernel.FMA(x1, w1[j], kernel.FMA(x0, w0[j], s))
		}
		W = W[2*n:]
	}
	if len(x) > 0 {
		for j, w := range W[:n] {
			z[j] = kernel.FMA(x[0], w, z[j])
		}
		W = W[n:]
	}
	for j, b := range W[:n] {
		z[j] += b
	}
}

// relu sets h = 0 where h ≤ 0. The sign decides, and no branch: a NaN, which
// would need to stay, does not come here.
func relu(h []float64) {
	for j, v := range h {
		b := int64(math.Float64bits(v))
		h[j] = math.Float64frombits(uint64(b &^ (b >> 63)))
	}
}

// softMax makes p of z in its place.
func softMax(z []float64) {
	m := z[0]
	for _, v := range z[1:] {
		m = max(m, v)
	}
	sum := 0.0
	for j, v := range z {
		e := mat.Exp(v - m)
		z[j] = e
		sum += e
	}
	for j := range z {
		z[j] /= sum
	}
}

// outer sets D = [h 1]ᵀ·dz, of (len(h)+1)×len(dz) numbers.
func outer(D, h, dz []float64) {
	n := len(dz)
	for _, v := range h {
		d := D[:n]
		for j, g := range dz {
			d[j] = kernel.FMA(v, g, 0)
		}
		D = D[n:]
	}
	for j, g := range dz {
		D[j] = 0 + g
	}
}

// back sets dh = dz·Wᵀ where h > 0, else 0.
func back(dh, h, dz, W []float64) {
	n := len(dz)
	dh = dh[:len(h)]
	for i, v := range h {
		s := 0.0
		for j, w := range W[:n] {
			s = kernel.FMA(dz[j], w, s)
		}
		W = W[n:]
		// All bits of a number above 0, none of 0: h has no others.
		alive := -int64(math.Float64bits(v)) >> 63
		dh[i] = math.Float64frombits(math.Float64bits(s) & uint64(alive))
	}
}
