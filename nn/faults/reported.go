package faults

import (
	"glassbox/mat"
	"glassbox/nn/spec"
)

// softmaxEveryLayer is the report's training pass: a loop over the layers
// calls softmax behind each of them. It works in place, so the changed values
// are what ReLU and the next Linear keep for their backward pass. ReLU keeps
// its result, which a softmax makes positive everywhere: its mask stops nothing.
var softmaxEveryLayer = Fault{
	Name: "softmax-every-layer",
	Doc: "in training the softmax is applied in place after every layer, each Linear and each ReLU, " +
		"instead of once after the last",
	TrainOnly: true,
	Change: func(ops *spec.Ops) {
		linear, relu := ops.Z, ops.H
		ops.Z = func(s *spec.Step, k int) mat.Matrix {
			z := linear(s, k)
			if k < s.L {
				z = spec.SoftMax(z)
			}
			return z
		}
		ops.H = func(s *spec.Step, k int) mat.Matrix { return spec.SoftMax(relu(s, k)) }
		ops.DZ = func(s *spec.Step, k int) mat.Matrix {
			return spec.DReLU(s.T[spec.Name("dh", k)], s.T[spec.Name("h", k)])
		}
	},
}

// biasGradientMean averages db over the batch beside a dW that sums.
var biasGradientMean = Fault{
	Name: "bias-gradient-mean",
	Doc:  "the bias gradient is the mean over the batch, while the weight gradient beside it is the sum",
	Change: func(ops *spec.Ops) {
		sum := ops.DB
		ops.DB = func(s *spec.Step, k int) mat.Matrix {
			db := sum(s, k)
			n := float64(s.T[spec.Name("dz", k)].Rows)
			for j, v := range db.Row(0) {
				db.Set(0, j, v/n)
			}
			return db
		}
	},
}
