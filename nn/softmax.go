package nn

import (
	"math"

	"glassbox/mat"
)

// SoftMax turns each row of logits into probabilities: with m the largest z of
// the row, e = exp(z − m) and p = e / Σe.
type SoftMax struct {
	p, predicted mat.Matrix // N×C
}

// Forward returns p for the logits z (both N×C).
func (s *SoftMax) Forward(z mat.Matrix) mat.Matrix {
	return softmax(resize(&s.p, z.Rows, z.Cols), z)
}

// Backward passes dout (N×C) through: as in the assignment, CrossEntropy's
// gradient is already the one at the logits.
func (s *SoftMax) Backward(dout mat.Matrix) mat.Matrix { return dout }

// Predict is Forward with a result of its own.
func (s *SoftMax) Predict(z mat.Matrix) mat.Matrix {
	return softmax(resize(&s.predicted, z.Rows, z.Cols), z)
}

// softmax sets p, whose rows follow each other without a gap, and returns it.
func softmax(p, z mat.Matrix) mat.Matrix {
	for i := range z.Rows {
		zi, pi := z.Row(i), p.Row(i)
		m := math.Inf(-1)
		for _, v := range zi {
			if v > m || v != v {
				m = v
			}
		}
		for j, v := range zi {
			pi[j] = v - m
		}
	}
	mat.ExpSlice(p.Data, p.Data)
	for i := range p.Rows {
		pi := p.Row(i)
		sum := 0.0
		for _, e := range pi {
			sum += e
		}
		for j := range pi {
			pi[j] /= sum
		}
	}
	return p
}
