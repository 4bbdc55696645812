package nn

import "glassbox/mat"

// ReLU is h = 0 where z ≤ 0, else z.
type ReLU struct {
	z         mat.Matrix // N×n, the batch that Backward belongs to
	h, dz     mat.Matrix // N×n
	predicted mat.Matrix // N×n
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

// Predict returns h for z and leaves what Backward needs alone.
func (r *ReLU) Predict(z mat.Matrix) mat.Matrix {
	h := resize(&r.predicted, z.Rows, z.Cols)
	mat.ReLU(h, z)
	return h
}
