package nn

import "glassbox/mat"

// SoftMax turns each row of logits into probabilities: with m the largest z of
// the row, e = exp(z − m) and p = e / Σe.
type SoftMax struct {
	p, predicted mat.Matrix // N×C
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

// Predict is Forward with a result of its own.
func (s *SoftMax) Predict(z mat.Matrix) mat.Matrix {
	p := resize(&s.predicted, z.Rows, z.Cols)
	mat.SoftMax(p, z)
	return p
}
