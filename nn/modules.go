package nn

import (
	"fmt"

	"glassbox/mat"
)

// Linear is the layer z = x·W + b.
type Linear struct {
	W, B   mat.Matrix // in×out, 1×out
	DW, DB mat.Matrix // their gradients, of the same shapes

	x     mat.Matrix // N×in, the batch that Backward belongs to
	z, dx mat.Matrix // N×out, N×in
}

// newLinear returns a layer from in to out numbers. It puts W and B, one behind
// the other, into the first of params, and DW and DB into the first of grads.
func newLinear(in, out int, params, grads []float64) *Linear {
	n := in * out
	return &Linear{
		W: mat.Of(in, out, params[:n]...), B: mat.Of(1, out, params[n:n+out]...),
		DW: mat.Of(in, out, grads[:n]...), DB: mat.Of(1, out, grads[n:n+out]...),
	}
}

// Forward returns z (N×out) for x (N×in) and keeps x for Backward.
func (l *Linear) Forward(x mat.Matrix) mat.Matrix {
	l.x = x
	z := resize(&l.z, x.Rows, l.W.Cols)
	mat.Mul(z, x, l.W)
	mat.AddRow(z, z, l.B.Data)
	return z
}

// Backward takes dz (N×out), sets DW = xᵀ·dz and DB = Σ rows of dz, and
// returns dx = dz·Wᵀ (N×in).
func (l *Linear) Backward(dz mat.Matrix) mat.Matrix {
	l.gradients(dz)
	dx := resize(&l.dx, dz.Rows, l.W.Rows)
	mat.MulBT(dx, dz, l.W)
	return dx
}

// gradients is Backward without dx, which the first layer has no use for.
func (l *Linear) gradients(dz mat.Matrix) {
	mat.MulTA(l.DW, l.x, dz)
	mat.SumRows(l.DB.Data, dz)
}

// Update steps down the gradient: W −= rate·DW, B −= rate·DB.
func (l *Linear) Update(rate float64) {
	mat.Step(l.W, rate, l.DW)
	mat.Step(l.B, rate, l.DB)
}

// ReLU is h = 0 where z ≤ 0, else z.
type ReLU struct {
	z     mat.Matrix // N×n, the batch that Backward belongs to
	h, dz mat.Matrix // N×n
}

// Forward returns h for z (both N×n) and keeps z for Backward.
func (r *ReLU) Forward(z mat.Matrix) mat.Matrix {
	r.z = z
	h := resize(&r.h, z.Rows, z.Cols)
	mat.ReLU(h, z)
	return h
}

// Backward takes dh and returns dz = dh where z > 0, else 0 (all N×n).
func (r *ReLU) Backward(dh mat.Matrix) mat.Matrix {
	dz := resize(&r.dz, dh.Rows, dh.Cols)
	mat.ReLUGrad(dz, dh, r.z)
	return dz
}

// SoftMax turns each row of logits into probabilities: with m the largest z of
// the row, e = exp(z − m) and p = e / Σe.
type SoftMax struct {
	p mat.Matrix // N×C
}

// Forward returns p for the logits z (both N×C).
func (s *SoftMax) Forward(z mat.Matrix) mat.Matrix {
	p := resize(&s.p, z.Rows, z.Cols)
	mat.SoftMax(p, z)
	return p
}

// Backward passes dout (N×C) through: as in the assignment, CrossEntropy's
// gradient is already the one at the logits.
func (s *SoftMax) Backward(dout mat.Matrix) mat.Matrix { return dout }

// Epsilon keeps the loss finite where a probability is 0.
const Epsilon = 1e-7

// CrossEntropy is the loss −Σ y·log(p + ε) of a batch, as the sum over its
// samples or as their mean.
type CrossEntropy struct {
	Mean bool // divide loss and gradient by N
	dz   mat.Matrix
}

// Forward returns the loss of p against y (both N×C, y one-hot).
func (c *CrossEntropy) Forward(p, y mat.Matrix) float64 {
	sameShape("nn.CrossEntropy.Forward", p, y)
	s := 0.0
	for i := range p.Rows {
		t := y.Row(i)
		for j, v := range p.Row(i) {
			if t[j] == 0 && 0 <= v && v <= 1 {
				continue // a zero of either sign, which leaves s as it is
			}
			s += float64(t[j] * mat.Log(v+Epsilon))
		}
	}
	if c.Mean {
		return -s / float64(p.Rows)
	}
	return -s
}

// Backward returns the gradient at the logits, dz = p − y (N×C), divided by N
// for the mean: the gradient through the loss and the softmax at once.
func (c *CrossEntropy) Backward(p, y mat.Matrix) mat.Matrix {
	sameShape("nn.CrossEntropy.Backward", p, y)
	dz := resize(&c.dz, p.Rows, p.Cols)
	for i := range p.Rows {
		d, t := dz.Row(i), y.Row(i)
		for j, v := range p.Row(i) {
			d[j] = v - t[j]
		}
	}
	if n := float64(p.Rows); c.Mean && n != 1 {
		for i := range dz.Data {
			dz.Data[i] /= n
		}
	}
	return dz
}

func sameShape(op string, p, y mat.Matrix) {
	if p.Rows != y.Rows || p.Cols != y.Cols {
		panic(fmt.Sprintf("%s: p %s, y %s", op, p.Shape(), y.Shape()))
	}
}

// resize gives m the shape rows×cols, with new numbers only when the old do
// not suffice. What it holds afterwards is left over from before.
func resize(m *mat.Matrix, rows, cols int) mat.Matrix {
	if m.Rows == rows && m.Cols == cols {
		return *m
	}
	if n := rows * cols; cap(m.Data) < n {
		*m = mat.New(rows, cols)
	} else {
		*m = mat.Matrix{Rows: rows, Cols: cols, Stride: cols, Data: m.Data[:n]}
	}
	return *m
}
