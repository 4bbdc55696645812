package faults

import (
	"math"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// forward are the mistakes on the way to p.
var forward = []Fault{
	{
		Name: "inverted-he-init",
		Doc:  "the first weights are randn / √(2/in) where randn · √(2/in) is meant",
		Fix:  "in Linear.__init__ multiply: np.random.randn(in, out) * np.sqrt(2 / in)",
		// What follows from such weights is right; only the start is not.
		Misleads: true,
		Init:     func(std float64) float64 { return 1 / std },
	},
	{
		Name: "bias-not-added",
		Doc:  "z = h·W leaves the bias out",
		Fix:  "in Linear.forward return np.dot(x, self.params['weight']) + self.params['bias']",
		Changes: []Change{func(ops *spec.Ops) {
			replace(&ops.Z,
				func(_ *spec.Step, n spec.TensorName) []string { return []string{spec.Input(n.Layer), n.Of("W")} },
				func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
					return spec.Linear(in[0], in[1], mat.New(1, in[1].Cols))
				})
		}},
	},
	{
		Name: "softmax-every-layer",
		Doc: "in training the softmax is applied in place after every layer, each Linear and each ReLU, " +
			"instead of once after the last",
		Fix:       "in MLP.forward call softmax once, after the loop over the layers",
		TrainOnly: true,
		Changes:   []Change{softmaxEveryLayer, softmaxBehindCopies},
	},
	{
		Name:    "relu-in-place",
		Doc:     "ReLU overwrites its argument, so z holds relu(z) afterwards",
		Fix:     "in ReLU.forward keep x as it is: return np.maximum(x, 0), which makes a new array",
		Changes: []Change{func(ops *spec.Ops) { hidden(&ops.Z, spec.ReLU) }},
	},
	{
		Name:    "relu-missing",
		Doc:     "h = z: no ReLU is applied",
		Fix:     "in MLP.forward call each ReLU behind its Linear",
		Changes: []Change{func(ops *spec.Ops) { replace(&ops.H, right.H.Inputs, first) }},
	},
	{
		Name:    "leaky-slope",
		Doc:     "negative z are multiplied by a small slope where ReLU gives 0",
		Fix:     "in ReLU.forward return np.maximum(x, 0); for a leaky ReLU name the class LeakyReLU",
		Changes: []Change{leaky(0.01), leaky(0.1), leaky(0.2), leaky(0.3), leaky(0.25), leaky(0.05), leaky(0.02), leaky(0.001)},
	},
	{
		Name:    "leaky-backward-plain",
		Doc:     "a leaky ReLU goes forward with its slope but passes no gradient back where z is below 0",
		Fix:     "in LeakyReLU.backward multiply the gradient by the slope where self.x <= 0",
		Changes: []Change{plainBack(0.01), plainBack(0.1), plainBack(0.2), plainBack(0.3), plainBack(0.25), plainBack(0.05), plainBack(0.02), plainBack(0.001)},
	},
	{
		Name:     "softmax-in-place",
		Doc:      "the softmax overwrites its argument, so the last z holds p afterwards",
		Fix:      "in SoftMax.forward make a new array: np.exp(x - np.max(x, axis=1, keepdims=True)); and copy what is recorded",
		Misleads: true, // p is right; only z is not what it says
		Changes: []Change{func(ops *spec.Ops) {
			then(&ops.Z, func(s *spec.Step, n spec.TensorName, z mat.Matrix) mat.Matrix {
				if n.Layer == s.L {
					z = spec.SoftMax(z)
				}
				return z
			})
			replace(&ops.P, right.P.Inputs, first)
		}},
	},
	{
		Name:    "softmax-missing",
		Doc:     "p = z: no softmax is applied",
		Fix:     "in MLP.forward end with softmax",
		Changes: []Change{func(ops *spec.Ops) { replace(&ops.P, right.P.Inputs, first) }},
	},
	{
		Name: "softmax-axis-0",
		Doc:  "the softmax runs down the batch instead of over the classes of a row",
		Fix:  "in SoftMax.forward use axis=1, keepdims=True for both the maximum and the sum",
		Changes: []Change{
			probabilities(func(z mat.Matrix) mat.Matrix { return spec.SoftMax(z.Transpose()).Transpose() }),
			// The whole batch in one sum.
			probabilities(func(z mat.Matrix) mat.Matrix {
				z = z.Clone()
				p := spec.SoftMax(mat.Of(1, len(z.Data), z.Data...))
				return mat.Of(z.Rows, z.Cols, p.Data...)
			}),
		},
	},
	{
		Name:    "softmax-twice",
		Doc:     "the softmax is applied to its own result",
		Fix:     "call softmax once: in MLP.forward or in the loss, not in both",
		Changes: []Change{func(ops *spec.Ops) { after(&ops.P, spec.SoftMax) }},
	},
	{
		Name: "softmax-unnormalised",
		Doc:  "p = exp(z − max) is not divided by its sum",
		Fix:  "in SoftMax.forward divide: e / np.sum(e, axis=1, keepdims=True)",
		Changes: []Change{
			probabilities(exponentials(rowMax, false)),
			probabilities(exponentials(noMax, false)),
		},
	},
	{
		Name: "softmax-without-max",
		Doc:  "exp(z) is taken without subtracting the row's maximum first and overflows",
		Fix:  "in SoftMax.forward subtract np.max(x, axis=1, keepdims=True) before np.exp",
		Changes: []Change{
			probabilities(exponentials(noMax, true)),
			probabilities(singleOverflow),
		},
	},
	{
		Name:    "softmax-global-max",
		Doc:     "the maximum of the whole batch is subtracted where each row's own is meant, so rows far below it underflow to 0/0",
		Fix:     "in SoftMax.forward take np.max(x, axis=1, keepdims=True)",
		Changes: []Change{probabilities(exponentials(batchMax, true))},
	},
}

// softmaxEveryLayer is the report's training pass: a loop over the layers
// calls softmax behind each of them. It works in place, so the changed values
// are what ReLU and the next Linear keep for their backward pass. ReLU keeps
// its result, which a softmax makes positive everywhere: its mask stops nothing.
func softmaxEveryLayer(ops *spec.Ops) {
	softmax := ops.P.Run
	then(&ops.Z, func(s *spec.Step, n spec.TensorName, z mat.Matrix) mat.Matrix {
		if n.Layer < s.L {
			z = softmax(s, n, []mat.Matrix{z})
		}
		return z
	})
	then(&ops.H, func(s *spec.Step, n spec.TensorName, h mat.Matrix) mat.Matrix { return softmax(s, n, []mat.Matrix{h}) })
	ops.DZ.Inputs = func(_ *spec.Step, n spec.TensorName) []string { return []string{n.Of("dh"), n.Of("h")} }
}

// softmaxBehindCopies is the same seen by a recorder that copies what each
// method returns: z is still Linear's, h is ReLU's of z's softmax, and the next
// z is Linear's of h's softmax.
func softmaxBehindCopies(ops *spec.Ops) {
	linear := ops.Z
	replace(&ops.Z, func(s *spec.Step, n spec.TensorName) []string {
		if n.Layer == 1 {
			return linear.Inputs(s, n)
		}
		return right.Z.Inputs(s, n)
	}, func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		if n.Layer == 1 {
			return linear.Run(s, n, in)
		}
		return spec.Linear(spec.SoftMax(in[0]), in[1], in[2])
	})
	replace(&ops.H, right.H.Inputs, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
		return spec.ReLU(spec.SoftMax(in[0]))
	})
	replace(&ops.DW, right.DW.Inputs, func(_ *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		h := in[0]
		if n.Layer > 1 {
			h = spec.SoftMax(h)
		}
		return spec.DW(h, in[1])
	})
	replace(&ops.DZ, func(_ *spec.Step, n spec.TensorName) []string { return []string{n.Of("dh")} }, first)
}

// probabilities makes p of the last z.
func probabilities(of func(z mat.Matrix) mat.Matrix) Change {
	return func(ops *spec.Ops) {
		replace(&ops.P, right.P.Inputs, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix { return of(in[0]) })
	}
}

func rowMax(z mat.Matrix, i int) float64 {
	m := math.Inf(-1)
	for _, v := range z.Row(i) {
		m = max(m, v)
	}
	return m
}

func noMax(mat.Matrix, int) float64 { return 0 }

func batchMax(z mat.Matrix, _ int) float64 {
	m := math.Inf(-1)
	for i := range z.Rows {
		m = max(m, rowMax(z, i))
	}
	return m
}

// exponentials is a softmax that subtracts shift and may leave the division out.
func exponentials(shift func(z mat.Matrix, i int) float64, normalise bool) func(z mat.Matrix) mat.Matrix {
	return func(z mat.Matrix) mat.Matrix {
		p := mat.New(z.Rows, z.Cols)
		m := shift(z, 0)
		for i := range z.Rows {
			if i > 0 {
				m = shift(z, i)
			}
			sum := 0.0
			for j, v := range z.Row(i) {
				p.Set(i, j, mat.Exp(v-m))
				sum += p.At(i, j)
			}
			for j := range z.Cols {
				if normalise {
					p.Set(i, j, p.At(i, j)/sum)
				}
			}
		}
		return p
	}
}

// leaky gives negative numbers a slope, forward and back.
func leaky(slope float64) Change {
	return func(ops *spec.Ops) {
		replace(&ops.H, right.H.Inputs, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
			return each(in[0], func(v float64) float64 {
				if v <= 0 {
					return slope * v
				}
				return v
			})
		})
		replace(&ops.DZ, right.DZ.Inputs, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
			return each2(in[0], in[1], func(g, z float64) float64 {
				if z > 0 {
					return g
				}
				return slope * g
			})
		})
	}
}

// singleOverflow is a softmax without a shift in float32, whose exp overflows
// where z is above 88.7.
func singleOverflow(z mat.Matrix) mat.Matrix {
	e := each(z, func(v float64) float64 { return float64(float32(mat.Exp(v))) })
	for i := range e.Rows {
		sum := 0.0
		for _, v := range e.Row(i) {
			sum += v
		}
		for j, v := range e.Row(i) {
			e.Set(i, j, v/sum)
		}
	}
	return e
}

// plainBack is a leaky ReLU with the backward pass of a plain one.
func plainBack(slope float64) Change {
	return func(ops *spec.Ops) {
		leaky(slope)(ops)
		replace(&ops.DZ, right.DZ.Inputs, right.DZ.Run)
	}
}
