package faults

import (
	"glassbox/mat"
	"glassbox/nn/spec"
)

// backward are the mistakes between the gradient at the logits and the last
// gradient of a parameter.
var backward = []Fault{
	{
		Name: "dw-from-z",
		Doc:  "dW is made from z, the input of the ReLU, where h, its output, is meant",
		Fix:  "in Linear.backward use the x that this layer's forward was given",
		Changes: []Change{func(ops *spec.Ops) {
			replace(&ops.DW, func(s *spec.Step, n spec.TensorName) []string {
				if n.Layer == 1 {
					return right.DW.Inputs(s, n)
				}
				return []string{spec.Name("z", n.Layer-1), n.Of("dz")}
			}, right.DW.Run)
		}},
	},
	{
		Name: "weight-gradient-mean",
		Doc:  "the weight gradient is divided by N once more than the bias gradient beside it",
		Fix:  "in Linear.backward, grads['weight'] is np.dot(self.x.T, dout): divide by N in one place only, for both gradients",
		Changes: []Change{func(ops *spec.Ops) {
			then(&ops.DW, func(s *spec.Step, _ spec.TensorName, m mat.Matrix) mat.Matrix { return divide(m, rows(s)) })
		}},
	},
	{
		Name: "weight-gradient-sign",
		Doc:  "dW has the wrong sign",
		Fix:  "in Linear.backward, grads['weight'] is np.dot(self.x.T, dout), without a minus",
		Changes: []Change{func(ops *spec.Ops) {
			after(&ops.DW, negated)
		}},
	},
	{
		Name: "gradient-accumulated",
		Doc:  "the gradients of the step before are still in this step's: they are added up and never set to zero",
		Fix:  "in Linear.backward assign the gradients with =, not +=, or set them to zero at the start of each step",
		Changes: []Change{func(ops *spec.Ops) {
			for _, op := range []*spec.Op{&ops.DW, &ops.DB} {
				then(op, func(s *spec.Step, n spec.TensorName, m mat.Matrix) mat.Matrix {
					return plus(earlier(s, n.String(), m), m)
				})
			}
		}},
	},
	{
		Name: "bias-gradient-mean",
		Doc:  "the bias gradient is a mean over the batch, while the weight gradient beside it is a sum",
		Fix:  "in Linear.backward, grads['bias'] is a mean over the batch; the weight gradient beside it is a sum: use np.sum(dout, axis=0)",
		Changes: []Change{func(ops *spec.Ops) {
			then(&ops.DB, func(s *spec.Step, _ spec.TensorName, m mat.Matrix) mat.Matrix { return divide(m, rows(s)) })
		}},
	},
	{
		Name: "bias-gradient-sum",
		Doc:  "the bias gradient is a sum over the batch, while the weight gradient beside it is a mean",
		Fix:  "in Linear.backward, divide grads['bias'] by N as grads['weight'] is: np.mean(dout, axis=0)",
		Changes: []Change{func(ops *spec.Ops) {
			then(&ops.DB, func(s *spec.Step, _ spec.TensorName, m mat.Matrix) mat.Matrix { return scale(m, rows(s)) })
		}},
	},
	{
		Name: "bias-gradient-total",
		Doc:  "the bias gradient is summed over all elements: every bias of the layer gets the same",
		Fix:  "in Linear.backward use np.sum(dout, axis=0)",
		Changes: []Change{func(ops *spec.Ops) {
			after(&ops.DB, func(m mat.Matrix) mat.Matrix {
				sum := 0.0
				for _, v := range m.Row(0) {
					sum += v
				}
				return each(m, func(float64) float64 { return sum })
			})
		}},
	},
	{
		Name: "bias-gradient-sign",
		Doc:  "db has the wrong sign",
		Fix:  "in Linear.backward use np.sum(dout, axis=0), without a minus",
		Changes: []Change{func(ops *spec.Ops) {
			after(&ops.DB, negated)
		}},
	},
	{
		Name:    "dx-with-dw",
		Doc:     "the gradient passed back is dout·dWᵀ where dout·Wᵀ is meant",
		Fix:     "in Linear.backward, dx is np.dot(dout, self.params['weight'].T)",
		Changes: []Change{throughLayer("dW", func(dW mat.Matrix) mat.Matrix { return dW })},
	},
	{
		Name: "dx-wrong-transpose",
		Doc:  "the gradient passed back is dout·W, with W not transposed or its numbers merely rearranged",
		Fix:  "in Linear.backward, dx is np.dot(dout, self.params['weight'].T)",
		Changes: []Change{throughLayer("W", func(W mat.Matrix) mat.Matrix {
			// Wᵀ made by reshape: W's numbers, row by row, as an out×in matrix. For
			// a square W that is dout·W.
			return mat.Of(W.Cols, W.Rows, W.Clone().Data...).Transpose()
		})},
	},
	{
		Name:    "dx-updated-weights",
		Doc:     "the layer's weights were updated before the gradient passed back was made from them",
		Fix:     "in Linear.backward make dx first, or update all layers after the whole backward pass",
		Changes: []Change{throughUpdated},
	},
	{
		Name: "hidden-gradient-without-w",
		Doc:  "the gradient passed back is the sum of dout over the outputs: W is left out",
		Fix:  "in Linear.backward, dx is np.dot(dout, self.params['weight'].T)",
		Changes: []Change{throughLayer("W", func(W mat.Matrix) mat.Matrix {
			return each(W, func(float64) float64 { return 1 })
		})},
	},
	{
		Name: "dout-changed",
		Doc:  "ReLU.backward changes its argument in place, so dh holds dz afterwards",
		Fix:  "in ReLU.backward make a new array: return dout * (self.x > 0)",
		Changes: []Change{func(ops *spec.Ops) {
			before := ops.DH
			replace(&ops.DH,
				func(s *spec.Step, n spec.TensorName) []string {
					return append([]string{n.Of("z")}, before.Inputs(s, n)...)
				},
				func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
					return spec.DReLU(before.Run(s, n, in[1:]), in[0])
				})
		}},
	},
	{
		Name:    "relu-mask-missing",
		Doc:     "ReLU passes the gradient everywhere",
		Fix:     "in ReLU.backward return dout * (self.x > 0)",
		Changes: []Change{mask(func(g, z float64) bool { return true })},
	},
	{
		Name:    "relu-mask-from-gradient",
		Doc:     "ReLU passes the gradient where the gradient itself is above 0, not where z is",
		Fix:     "in ReLU.backward return dout * (self.x > 0)",
		Changes: []Change{mask(func(g, z float64) bool { return g > 0 })},
	},
	{
		Name:    "relu-mask-inverted",
		Doc:     "ReLU passes the gradient where z is below 0",
		Fix:     "in ReLU.backward return dout * (self.x > 0)",
		Changes: []Change{mask(func(g, z float64) bool { return z <= 0 }), mask(func(g, z float64) bool { return z < 0 })},
	},
	{
		Name:    "relu-passes-zero",
		Doc:     "ReLU passes the gradient where z is 0 as well (>= for >)",
		Fix:     "in ReLU.backward use self.x > 0",
		Changes: []Change{mask(func(g, z float64) bool { return z >= 0 })},
	},
}

// throughLayer makes the gradient passed back through layer k+1 with another
// matrix for its W: what weights makes of the tensor of that layer and kind.
func throughLayer(kind string, weights func(mat.Matrix) mat.Matrix) Change {
	return func(ops *spec.Ops) {
		replace(&ops.DH,
			func(_ *spec.Step, n spec.TensorName) []string {
				return []string{spec.Name("dz", n.Layer+1), spec.Name(kind, n.Layer+1)}
			},
			func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
				return spec.DH(in[0], weights(in[1]))
			})
	}
}

// throughUpdated passes the gradient back through new weights: those recorded,
// or else those that the step makes.
func throughUpdated(ops *spec.Ops) {
	replace(&ops.DH, func(s *spec.Step, n spec.TensorName) []string {
		dz, W := spec.Name("dz", n.Layer+1), spec.Name("W", n.Layer+1)
		for _, suffix := range []string{spec.SuffixBackward, spec.SuffixNew, spec.SuffixNext} {
			if _, ok := s.T[W+suffix]; ok {
				return []string{dz, W + suffix}
			}
		}
		return []string{dz, W, spec.Name("dW", n.Layer+1)}
	}, func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		if len(in) == 3 {
			return spec.DH(in[0], spec.Update(in[1], s.Rate, in[2]))
		}
		return spec.DH(in[0], in[1])
	})
}

// mask makes ReLU pass the gradient g where passes says so.
func mask(passes func(g, z float64) bool) Change {
	return func(ops *spec.Ops) {
		replace(&ops.DZ, right.DZ.Inputs, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
			return each2(in[0], in[1], func(g, z float64) float64 {
				if passes(g, z) {
					return g
				}
				return 0
			})
		})
	}
}
