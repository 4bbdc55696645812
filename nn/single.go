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
	in := x.Data[:x.Cols]
	for k, l := range s.Linears {
		row(&l.z, l.W.Cols)
		if k == len(s.ReLUs) {
			linearOne(l.z.Data, nil, in, l.W.Data, l.B.Data)
			in = l.z.Data
			break
		}
		h := &s.ReLUs[k].h
		row(h, l.W.Cols)
		linearOne(l.z.Data, h.Data, in, l.W.Data, l.B.Data)
		in = h.Data
	}
	row(&s.SoftMax.p, len(in))
	softmaxRow(s.SoftMax.p.Data, in)
	return s.SoftMax.p
}

// row gives m the shape 1×n.
func row(m *mat.Matrix, n int) {
	if m.Rows != 1 || m.Cols != n {
		resize(m, 1, n)
	}
}

// linearOne sets z = x·W + b and, unless h is nil, h = relu(z): z and b of n
// numbers, W of len(x)·n.
func linearOne(z, h, x, W, b []float64) {
	n := len(z)
	if n < 4 {
		// Few outputs: the chains in registers, two at a time.
		j := 0
		for ; j+2 <= n; j += 2 {
			var s0, s1 float64
			at := j
			for _, v := range x {
				w := W[at : at+2]
				s0, s1 = math.FMA(v, w[0], s0), math.FMA(v, w[1], s1)
				at += n
			}
			z[j], z[j+1] = s0, s1
		}
		if j < n {
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

// backwardOne is CrossEntropy.Backward and MLP.Backward for a batch of one
// row, whose mean is its sum.
func (s *SGD) backwardOne() mat.Matrix {
	row(&s.CrossEntropy.dz, s.p.Cols)
	dz := s.CrossEntropy.dz.Data
	y := s.y.Data[:len(dz)]
	for j, v := range s.p.Data[:len(dz)] {
		dz[j] = v - y[j]
	}
	for k := len(s.Linears) - 1; k >= 0; k-- {
		l := s.Linears[k]
		db := l.DB.Data[:len(dz)]
		for j, d := range dz {
			db[j] = 0 + d
		}
		if k == 0 {
			outer(l.DW.Data, s.x.Data[:l.W.Rows], dz)
			break
		}
		r := s.ReLUs[k-1]
		row(&l.dx, l.W.Rows)
		row(&r.dz, l.W.Rows)
		outerAndBack(l.DW.Data, l.dx.Data, r.dz.Data, r.h.Data, dz, l.W.Data, s.Linears[k-1].z.Data)
		dz = r.dz.Data
	}
	return s.CrossEntropy.dz
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
	if n < 4 {
		// Few outputs: down the columns, where the loops are long.
		clear(dh)
		j := 0
		for ; j+2 <= n; j += 2 {
			g0, g1 := dz[j], dz[j+1]
			at := j
			for i, v := range h {
				d, w := dW[at:at+2], W[at:at+2]
				d[0], d[1] = math.FMA(v, g0, 0), math.FMA(v, g1, 0)
				dh[i] = math.FMA(g1, w[1], math.FMA(g0, w[0], dh[i]))
				at += n
			}
		}
		if j < n {
			g := dz[j]
			for i, v := range h {
				dW[i*n+j] = math.FMA(v, g, 0)
				dh[i] = math.FMA(g, W[i*n+j], dh[i])
			}
		}
	} else {
		for i, v := range h {
			d, w := dW[i*n:][:n], W[i*n:][:n]
			sum := 0.0
			for j, g := range dz {
				d[j] = math.FMA(v, g, 0)
				sum = math.FMA(g, w[j], sum)
			}
			dh[i] = sum
		}
	}
	for i, v := range dh {
		if !(z[i] > 0) {
			v = 0
		}
		prev[i] = v
	}
}
