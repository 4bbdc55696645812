package nn

import (
	"fmt"

	"glassbox/mat"
)

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
