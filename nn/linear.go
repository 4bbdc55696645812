package nn

import "glassbox/mat"

// Linear is the layer z = x·W + b.
type Linear struct {
	W, B   mat.Matrix // in×out, 1×out
	DW, DB mat.Matrix // their gradients, of the same shapes

	x         mat.Matrix // N×in, the batch that Backward belongs to
	z, dx     mat.Matrix // N×out, N×in
	predicted mat.Matrix // N×out
}

// NewLinear returns a layer from in to out numbers with all parameters 0.
func NewLinear(in, out int) *Linear {
	n := (in + 1) * out
	return newLinear(in, out, make([]float64, n), make([]float64, n))
}

// newLinear puts W and B, one behind the other, into the first of params, and
// DW and DB into the first of grads.
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
	return l.apply(&l.z, x)
}

// Backward takes dz (N×out), sets DW = xᵀ·dz and DB = Σ rows of dz, and
// returns dx = dz·Wᵀ (N×in).
func (l *Linear) Backward(dz mat.Matrix) mat.Matrix {
	l.gradients(dz)
	dx := resize(&l.dx, dz.Rows, l.W.Rows)
	mat.MulBT(dx, dz, l.W)
	return dx
}

// Predict returns z (N×out) for x (N×in) and leaves what Backward needs alone.
func (l *Linear) Predict(x mat.Matrix) mat.Matrix { return l.apply(&l.predicted, x) }

func (l *Linear) apply(buf *mat.Matrix, x mat.Matrix) mat.Matrix {
	z := resize(buf, x.Rows, l.W.Cols)
	mat.Mul(z, x, l.W)
	mat.AddRow(z, z, l.B.Data)
	return z
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
