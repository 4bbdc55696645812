package nn

import (
	"math"

	"glassbox/mat"
)

// One sample a step leaves so little work that the general operations spend
// most of their time between each other. These loops are the same operations
// on a single row, run together where one goes over the numbers of another.
// They leave the same bits in the same buffers as the layers do.

// forwardOne is MLP.Forward for x of one row.
func (s *SGD) forwardOne(x mat.Matrix) mat.Matrix {
	in := x
	for k, l := range s.Linears {
		l.x = in
		z := resize(&l.z, 1, l.W.Cols)
		var h []float64
		if k < len(s.ReLUs) {
			r := s.ReLUs[k]
			r.z, in = z, resize(&r.h, 1, l.W.Cols)
			h = in.Data
		}
		linearOne(z.Data, h, l.x.Data[:l.W.Rows], l.W.Data, l.B.Data)
	}
	return s.SoftMax.Forward(s.Linears[len(s.Linears)-1].z)
}

// linearOne sets z = x·W + b and, unless h is nil, h = relu(z): z and b of n
// numbers, W of len(x)·n.
func linearOne(z, h, x, W, b []float64) {
	n := len(z)
	if n < 4 {
		// Few outputs: each chain in a register.
		for j := range z {
			sum := 0.0
			for k, v := range x {
				sum = math.FMA(v, W[k*n+j], sum)
			}
			z[j] = sum
		}
	} else {
		clear(z)
		k := 0
		for ; k+2 <= len(x); k += 2 {
			x0, x1, w0, w1 := x[k], x[k+1], W[k*n:][:n], W[k*n+n:][:n]
			for j, c := range z[:n] {
				z[j] = math.FMA(x1, w1[j], math.FMA(x0, w0[j], c))
			}
		}
		if k < len(x) {
			x0, w0 := x[k], W[k*n:][:n]
			for j, c := range z[:n] {
				z[j] = math.FMA(x0, w0[j], c)
			}
		}
	}
	b = b[:n]
	if h == nil {
		for j := range z {
			z[j] += b[j]
		}
		return
	}
	h = h[:n]
	for j, v := range z {
		v += b[j]
		z[j] = v
		if v <= 0 {
			v = 0
		}
		h[j] = v
	}
}

// backwardOne is MLP.Backward for a batch of one row.
func (s *SGD) backwardOne(dout mat.Matrix) {
	dz := s.SoftMax.Backward(dout).Data
	for k := len(s.Linears) - 1; k >= 0; k-- {
		l := s.Linears[k]
		for j, d := range dz {
			l.DB.Data[j] = 0 + d
		}
		if k == 0 {
			outer(l.DW.Data, l.x.Data[:l.W.Rows], dz)
			return
		}
		r := s.ReLUs[k-1]
		dh, prev := resize(&l.dx, 1, l.W.Rows), resize(&r.dz, 1, l.W.Rows)
		outerAndBack(l.DW.Data, dh.Data, prev.Data, l.x.Data, dz, l.W.Data, r.z.Data)
		dz = prev.Data
	}
}

// outer sets dW = hᵀ·dz, of len(h)·len(dz) numbers.
func outer(dW, h, dz []float64) {
	n := len(dz)
	for i, v := range h {
		d := dW[i*n:][:n]
		for j, g := range dz {
			d[j] = math.FMA(v, g, 0)
		}
	}
}

// outerAndBack sets dW = hᵀ·dz, dh = dz·Wᵀ and prev = dh where z > 0, else 0.
func outerAndBack(dW, dh, prev, h, dz, W, z []float64) {
	n := len(dz)
	dh, prev, z = dh[:len(h)], prev[:len(h)], z[:len(h)]
	for i, v := range h {
		d, w := dW[i*n:][:n], W[i*n:][:n]
		sum := 0.0
		for j, g := range dz {
			d[j] = math.FMA(v, g, 0)
			sum = math.FMA(g, w[j], sum)
		}
		dh[i] = sum
		if !(z[i] > 0) {
			sum = 0
		}
		prev[i] = sum
	}
}
