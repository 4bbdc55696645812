package faults

import (
	"glassbox/mat"
	"glassbox/nn/spec"
)

// backward are the mistakes between the gradient at the logits and the last
// gradient of a parameter.
var backward = []Fault{
	fault("dw-from-z",
		"dW is made from z, the input of the ReLU, where h, its output, is meant",
		"in Linear.backward use the x that this layer's forward was given",
		from("dW", spec.From("z-", "dz"), func(t turn) mat.Matrix { return spec.DW(t.in[0], t.in[1]) })),
	fault("dw-from-own-output",
		"dW is made from the layer's own result, h or p, where what went into the layer is meant",
		"in Linear.backward use the x that this layer's forward was given",
		withOwn("dW", func(t turn, own mat.Matrix) mat.Matrix {
			if own.Cols == t.in[0].Cols { // only layers as wide as their input can have it
				t.in = append([]mat.Matrix{own}, t.in[1:]...)
			}
			return t.unchanged()
		})),
	fault("weight-gradient-mean",
		"the weight gradient is divided by N once more than the bias gradient beside it",
		"in Linear.backward, grads['weight'] is np.dot(self.x.T, dout): divide by N in one place only, for both gradients",
		on("dW", func(t turn) mat.Matrix { return divide(t.unchanged(), t.rows()) })),
	fault("weight-gradient-sign",
		"dW has the wrong sign",
		"in Linear.backward, grads['weight'] is np.dot(self.x.T, dout), without a minus",
		after("dW", negated)),
	fault("gradient-accumulated",
		"the gradients of the step before are still in this step's: they are added up and never set to zero",
		"in Linear.backward assign the gradients with =, not +=, or set them to zero at the start of each step",
		on("dW db", func(t turn) mat.Matrix {
			d := t.unchanged()
			return plus(earlier(t.Step, t.n.String(), d), d)
		})),
	fault("bias-gradient-mean",
		"the bias gradient is a mean over the batch, while the weight gradient beside it is a sum",
		"in Linear.backward, grads['bias'] is a mean over the batch; the weight gradient beside it is a sum: use np.sum(dout, axis=0)",
		on("db", func(t turn) mat.Matrix { return divide(t.unchanged(), t.rows()) })),
	fault("bias-gradient-sum",
		"the bias gradient is a sum over the batch, while the weight gradient beside it is a mean",
		"in Linear.backward, divide grads['bias'] by N as grads['weight'] is: np.mean(dout, axis=0)",
		on("db", func(t turn) mat.Matrix { return scale(t.unchanged(), t.rows()) })),
	fault("bias-gradient-total",
		"the bias gradient is summed over all elements: every bias of the layer gets the same",
		"in Linear.backward use np.sum(dout, axis=0)",
		after("db", func(db mat.Matrix) mat.Matrix {
			sum := total(db)
			return each(db, func(float64) float64 { return sum })
		})),
	fault("bias-gradient-sign",
		"db has the wrong sign",
		"in Linear.backward use np.sum(dout, axis=0), without a minus",
		after("db", negated)),
	fault("dx-with-dw",
		"the gradient passed back is dout·dWᵀ where dout·Wᵀ is meant",
		"in Linear.backward, dx is np.dot(dout, self.params['weight'].T)",
		through("dW+", func(dW mat.Matrix) mat.Matrix { return dW })),
	fault("dx-wrong-transpose",
		"the gradient passed back is dout·W, with W not transposed or its numbers merely rearranged",
		"in Linear.backward, dx is np.dot(dout, self.params['weight'].T)",
		through("W+", func(W mat.Matrix) mat.Matrix {
			// Wᵀ made by reshape: W's numbers, row by row, as an out×in matrix. For
			// a square W that is dout·W.
			return mat.Of(W.Cols, W.Rows, W.Clone().Data...).Transpose()
		})),
	fault("dx-updated-weights",
		"the layer's weights were updated before the gradient passed back was made from them",
		"in Linear.backward make dx first, or update all layers after the whole backward pass",
		from("dh", updatedWeights, throughUpdated)),
	fault("hidden-gradient-without-w",
		"the gradient passed back is the sum of dout over the outputs: W is left out",
		"in Linear.backward, dx is np.dot(dout, self.params['weight'].T)",
		through("W+", func(W mat.Matrix) mat.Matrix {
			return each(W, func(float64) float64 { return 1 })
		})),
	fault("dout-changed",
		"ReLU.backward changes its argument in place, so dh holds dz afterwards",
		"in ReLU.backward make a new array: return dout * (self.x > 0)",
		with("z", "dh", func(t turn, z mat.Matrix) mat.Matrix { return spec.DReLU(t.unchanged(), z) })),
	fault("relu-mask-missing",
		"ReLU passes the gradient everywhere",
		"in ReLU.backward return dout * (self.x > 0)",
		mask(func(g, z float64) bool { return true })),
	fault("relu-mask-from-gradient",
		"ReLU passes the gradient where the gradient itself is above 0, not where z is",
		"in ReLU.backward return dout * (self.x > 0)",
		mask(func(g, z float64) bool { return g > 0 })),
	fault("relu-mask-inverted",
		"ReLU passes the gradient where z is below 0",
		"in ReLU.backward return dout * (self.x > 0)",
		mask(func(g, z float64) bool { return z <= 0 }), mask(func(g, z float64) bool { return z < 0 })),
	fault("relu-passes-zero",
		"ReLU passes the gradient where z is 0 as well (>= for >)",
		"in ReLU.backward use self.x > 0",
		mask(func(g, z float64) bool { return z >= 0 })),
}

// through passes the gradient back through what weights makes of a tensor in
// the place of W.
func through(kind string, weights func(mat.Matrix) mat.Matrix) Change {
	return from("dh", spec.From("dz+", kind), func(t turn) mat.Matrix { return spec.DH(t.in[0], weights(t.in[1])) })
}

// updatedWeights are the new weights that the gradient is passed back through:
// those recorded, or else what the step makes them of.
func updatedWeights(s *spec.Step, n spec.TensorName) []string {
	inputs := right.DH.Inputs(s, n)
	for _, suffix := range []string{spec.SuffixBackward, spec.SuffixNew, spec.SuffixNext} {
		if _, ok := s.T[inputs[1]+suffix]; ok {
			return []string{inputs[0], inputs[1] + suffix}
		}
	}
	return append(inputs, spec.Name("dW", n.Layer+1))
}

func throughUpdated(t turn) mat.Matrix {
	W := t.in[1]
	if len(t.in) == 3 {
		W = t.stepped(spec.Name("W", t.n.Layer+1), W, t.in[2])
	}
	return spec.DH(t.in[0], W)
}

// stepped is a parameter after a step of the rule by the gradient d, with what the
// step before has kept for it, or nothing.
func (t turn) stepped(name string, w, d mat.Matrix) mat.Matrix {
	kept := func(name string, rows, cols int) mat.Matrix {
		if m, ok := t.T[name]; ok {
			return m
		}
		return mat.New(rows, cols)
	}
	v, s := mat.New(d.Rows, d.Cols), mat.New(d.Rows, d.Cols)
	if t.Rule().Velocity != nil {
		spec.SetVelocity(t.Settings, v, kept("v"+name, d.Rows, d.Cols), d)
	}
	if t.Rule().Squares != nil {
		spec.SetMeanSquares(t.Settings, s, kept("s"+name, d.Rows, d.Cols), d)
	}
	in := []mat.Matrix{w}
	for _, use := range t.Rule().Uses {
		in = append(in, map[string]mat.Matrix{"d%": d, "v%" + spec.SuffixNew: v, "s%" + spec.SuffixNew: s,
			"t" + spec.SuffixNew: mat.Of(1, 1, kept("t", 1, 1).At(0, 0)+1)}[use])
	}
	return right.New.Run(t.Step, t.n, in)
}

// mask makes ReLU pass the gradient g where passes says so.
func mask(passes func(g, z float64) bool) Change {
	return instead("dz", func(t turn) mat.Matrix {
		return each2(t.in[0], t.in[1], func(g, z float64) float64 {
			if passes(g, z) {
				return g
			}
			return 0
		})
	})
}
