// Package spec is the definition of every number of a training step: plain
// loops, one operation a function, over tensors with the names of a textbook.
// The step of the coursework stands in ops.go; activations.go, losses.go and
// optimizers.go are tables of what may stand in the place of its ReLU, its
// cross-entropy and its step down the gradient: a row has the value, the derivative
// and the words of an explanation.
//
// It is slow on purpose. Whatever computes these numbers faster must give the
// same bits; whoever computes them elsewhere can be judged by them.
//
// From mat it takes the Matrix and the scalar functions, never a product: it
// must not call what it checks.
package spec

import (
	"math"

	"glassbox/mat"
)

// Epsilon keeps the loss finite where a probability is 0: −Σ y·log(p + ε).
const Epsilon = 1e-7

// Linear returns z = h·W + b: N×out = N×in · in×out, + 1×out. Each product is
// one chain of fused multiply-adds, k ascending from 0; the bias is added last
// with a rounding of its own.
func Linear(h, W, b mat.Matrix) mat.Matrix {
	z := mat.New(h.Rows, W.Cols)
	for i := range h.Rows {
		hi, zi := h.Row(i), z.Row(i)
		for j := range zi {
			s := 0.0
			for k, v := range hi {
				s = mat.FMA(v, W.At(k, j), s)
			}
			zi[j] = s + b.At(0, j)
		}
	}
	return z
}

// ReLU returns h = 0 where z ≤ 0, else z (N×n): a NaN stays, −0 becomes +0.
func ReLU(z mat.Matrix) mat.Matrix {
	h := mat.New(z.Rows, z.Cols)
	for i := range z.Rows {
		hi := h.Row(i)
		for j, v := range z.Row(i) {
			if !(v <= 0) {
				hi[j] = v
			}
		}
	}
	return h
}

// SoftMax returns p (N×C), row by row: m = the largest z, e = exp(z − m),
// p = e / Σe with the sum in ascending order.
func SoftMax(z mat.Matrix) mat.Matrix {
	p := mat.New(z.Rows, z.Cols)
	for i := range z.Rows {
		zi, pi := z.Row(i), p.Row(i)
		m := math.Inf(-1)
		for _, v := range zi {
			if v > m || v != v {
				m = v
			}
		}
		sum := 0.0
		for j, v := range zi {
			pi[j] = mat.Exp(v - m)
			sum += pi[j]
		}
		for j := range pi {
			pi[j] /= sum
		}
	}
	return p
}

// LossSum returns −Σ y·log(p + ε) over all elements of the batch (p and y are
// N×C), added in ascending order, row after row.
func LossSum(p, y mat.Matrix) float64 {
	s := 0.0
	for i := range p.Rows {
		for j := range p.Cols {
			s += float64(y.At(i, j) * mat.Log(p.At(i, j)+Epsilon))
		}
	}
	return -s
}

// DLogits returns the gradient of the loss at the logits, dz = p − y (N×C),
// each divided by N when the loss is the mean over the batch. It is the
// gradient through the cross-entropy and the softmax at once.
func DLogits(p, y mat.Matrix, mean bool) mat.Matrix {
	dz := mat.New(p.Rows, p.Cols)
	for i := range p.Rows {
		for j := range p.Cols {
			d := p.At(i, j) - y.At(i, j)
			if mean {
				d /= float64(p.Rows)
			}
			dz.Set(i, j, d)
		}
	}
	return dz
}

// DW returns the weight gradient hᵀ·dz: in×out = (N×in)ᵀ · N×out, each element
// one chain over the rows of the batch, ascending.
func DW(h, dz mat.Matrix) mat.Matrix {
	dW := mat.New(h.Cols, dz.Cols)
	for i := range h.Cols {
		for j := range dz.Cols {
			s := 0.0
			for n := range h.Rows {
				s = mat.FMA(h.At(n, i), dz.At(n, j), s)
			}
			dW.Set(i, j, s)
		}
	}
	return dW
}

// DB returns the bias gradient Σ rows of dz: 1×out, plain additions, ascending.
func DB(dz mat.Matrix) mat.Matrix {
	db := mat.New(1, dz.Cols)
	for j := range dz.Cols {
		s := 0.0
		for n := range dz.Rows {
			s += dz.At(n, j)
		}
		db.Set(0, j, s)
	}
	return db
}

// DH returns the gradient at the layer's input, dz·Wᵀ:
// N×in = N×out · (in×out)ᵀ, each element one chain over the outputs.
func DH(dz, W mat.Matrix) mat.Matrix {
	dh := mat.New(dz.Rows, W.Rows)
	for n := range dz.Rows {
		dzn, dhn := dz.Row(n), dh.Row(n)
		for i := range dhn {
			s := 0.0
			for j, w := range W.Row(i) {
				s = mat.FMA(dzn[j], w, s)
			}
			dhn[i] = s
		}
	}
	return dh
}

// DReLU returns dz = dh where z > 0, else 0 (N×n).
func DReLU(dh, z mat.Matrix) mat.Matrix {
	dz := mat.New(z.Rows, z.Cols)
	for i := range z.Rows {
		dhi, dzi := dh.Row(i), dz.Row(i)
		for j, v := range z.Row(i) {
			if v > 0 {
				dzi[j] = dhi[j]
			}
		}
	}
	return dz
}

// SetVelocity sets next to the velocity after v and the gradient d (any shape):
// with momentum momentum·v + d, the product rounded first.
func SetVelocity(set Settings, next, v, d mat.Matrix) {
	rule := set.Rule()
	for i := range d.Rows {
		for j := range d.Cols {
			next.Set(i, j, rule.Velocity(set, v.At(i, j), d.At(i, j)))
		}
	}
}

// SetMeanSquares sets next to the running mean of squares after s and the gradient
// d (any shape).
func SetMeanSquares(set Settings, next, s, d mat.Matrix) {
	rule := set.Rule()
	for i := range d.Rows {
		for j := range d.Cols {
			next.Set(i, j, rule.Squares(s.At(i, j), d.At(i, j)))
		}
	}
}

// Along sets d to what the rate is multiplied by, of what the optimizer uses: of
// the parameter's shape, or one number.
func Along(set Settings, d mat.Matrix, uses []mat.Matrix) {
	rule := set.Rule()
	var of [3]float64
	for i := range d.Rows {
		for j := range d.Cols {
			for k, m := range uses {
				if m.Rows == 1 && m.Cols == 1 {
					of[k] = m.At(0, 0)
				} else {
					of[k] = m.At(i, j)
				}
			}
			d.Set(i, j, rule.Along(set, of))
		}
	}
}

// Update returns w − (rate·d), the product rounded first (any shape).
func Update(w mat.Matrix, rate float64, d mat.Matrix) mat.Matrix {
	next := mat.New(w.Rows, w.Cols)
	for i := range w.Rows {
		for j := range w.Cols {
			next.Set(i, j, w.At(i, j)-float64(rate*d.At(i, j)))
		}
	}
	return next
}
