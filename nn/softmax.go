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
func (s *SoftMax) Forward(z mat.Matrix) mat.Matrix { return softmax(&s.p, z) }

// Backward passes dout (N×C) through: as in the assignment, CrossEntropy's
// gradient is already the one at the logits.
func (s *SoftMax) Backward(dout mat.Matrix) mat.Matrix { return dout }

// Predict is Forward with a result of its own.
func (s *SoftMax) Predict(z mat.Matrix) mat.Matrix { return softmax(&s.predicted, z) }

func softmax(buf *mat.Matrix, z mat.Matrix) mat.Matrix {
	p := resize(buf, z.Rows, z.Cols)
	for i := range z.Rows {
		softmaxRow(p.Row(i), z.Row(i))
	}
	return p
}

// softmaxRow is one row of softmax, p and z of C numbers.
func softmaxRow(p, z []float64) {
	m := math.Inf(-1)
	for _, v := range z {
		if v > m || v != v {
			m = v
		}
	}
	p = p[:len(z)]
	sum := 0.0
	for j, v := range z {
		e := mat.Exp(v - m)
		p[j] = e
		sum += e
	}
	for j := range p {
		p[j] /= sum
	}
}
