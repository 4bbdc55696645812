package faults

import (
	"math"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// forward are the mistakes on the way to p.
var forward = []Fault{
	{
		Name: "inverted-he-init", Kind: "start",
		Doc: "the first weights are randn / √(2/in) where randn · √(2/in) is meant",
		Fix: "in Linear.__init__ multiply: np.random.randn(in, out) * np.sqrt(2 / in)",
		// What follows from such weights is right; only the start is not.
		Misleads: true,
		Init:     func(std float64) float64 { return 1 / std },
	},
	fault("bias-not-added",
		"z = h·W leaves the bias out",
		"in Linear.forward return np.dot(x, self.params['weight']) + self.params['bias']",
		from("z", spec.From("h-", "W"), func(t turn) mat.Matrix {
			return spec.Linear(t.in[0], t.in[1], mat.New(1, t.in[1].Cols))
		})),
	{
		Name: "softmax-every-layer",
		Doc: "in training the softmax is applied in place after every layer, each Linear and each ReLU, " +
			"instead of once after the last",
		Fix:       "in MLP.forward call softmax once, after the loop over the layers",
		TrainOnly: true,
		Changes:   []Change{softmaxEveryLayer, softmaxBehindCopies},
	},
	fault("relu-in-place",
		"ReLU overwrites its argument, so z holds relu(z) afterwards",
		"in ReLU.forward keep x as it is: return np.maximum(x, 0), which makes a new array",
		behind("z", isHidden, spec.ReLU)),
	fault("relu-missing",
		"h = z: no ReLU is applied",
		"in MLP.forward call each ReLU behind its Linear",
		instead("h", first)),
	fault("leaky-slope",
		"negative z are multiplied by a small slope where ReLU gives 0",
		"in ReLU.forward return np.maximum(x, 0); for a leaky ReLU name the class LeakyReLU",
		forms(leaky, slopes...)...),
	fault("leaky-backward-plain",
		"a leaky ReLU goes forward with its slope but passes no gradient back where z is below 0",
		"in LeakyReLU.backward multiply the gradient by the slope where self.x <= 0",
		forms(plainBack, slopes...)...),
	// p is right; only z is not what it says
	misleading("softmax-in-place",
		"the softmax overwrites its argument, so the last z holds p afterwards",
		"in SoftMax.forward make a new array: np.exp(x - np.max(x, axis=1, keepdims=True)); and copy what is recorded",
		all(behind("z", isLast, spec.SoftMax), instead("p", first))),
	fault("softmax-missing",
		"p = z: no softmax is applied",
		"in MLP.forward end with softmax",
		instead("p", first)),
	fault("relu-before-softmax",
		"a ReLU stands behind the last layer too, so the softmax never sees a number below 0",
		"in MLP.forward leave out the ReLU behind the last Linear",
		instead("p", func(t turn) mat.Matrix { return spec.SoftMax(spec.ReLU(t.in[0])) }),
		behind("z", isLast, spec.ReLU)), // recorded as what the softmax is given
	fault("softmax-axis-0",
		"the softmax runs down the batch instead of over the classes of a row",
		"in SoftMax.forward use axis=1, keepdims=True for both the maximum and the sum",
		probabilities(func(z mat.Matrix) mat.Matrix { return spec.SoftMax(z.Transpose()).Transpose() }),
		// The whole batch in one sum.
		probabilities(func(z mat.Matrix) mat.Matrix {
			z = z.Clone()
			p := spec.SoftMax(mat.Of(1, len(z.Data), z.Data...))
			return mat.Of(z.Rows, z.Cols, p.Data...)
		})),
	fault("softmax-twice",
		"the softmax is applied to its own result",
		"call softmax once: in MLP.forward or in the loss, not in both",
		after("p", spec.SoftMax)),
	fault("softmax-unnormalised",
		"p = exp(z − max) is not divided by its sum",
		"in SoftMax.forward divide: e / np.sum(e, axis=1, keepdims=True)",
		exponentials(rowMax, false), exponentials(noMax, false)),
	fault("softmax-without-max",
		"exp(z) is taken without subtracting the row's maximum first and overflows",
		"in SoftMax.forward subtract np.max(x, axis=1, keepdims=True) before np.exp",
		exponentials(noMax, true), probabilities(singleOverflow)),
	fault("softmax-global-max",
		"the maximum of the whole batch is subtracted where each row's own is meant, so rows far below it underflow to 0/0",
		"in SoftMax.forward take np.max(x, axis=1, keepdims=True)",
		exponentials(batchMax, true)),
}

// slopes are those of leaky ReLUs that are common.
var slopes = []float64{0.01, 0.1, 0.2, 0.3, 0.25, 0.05, 0.02, 0.001}

// softmaxEveryLayer is the report's training pass: a loop over the layers
// calls softmax behind each of them. It works in place, so the changed values
// are what ReLU and the next Linear keep for their backward pass. ReLU keeps
// its result, which a softmax makes positive everywhere: its mask stops nothing.
func softmaxEveryLayer(ops *spec.Ops) {
	softmax := ops.P.Run
	on("z h", func(t turn) mat.Matrix {
		m := t.unchanged()
		if t.n.Layer < t.L {
			m = softmax(t.Step, t.n, []mat.Matrix{m})
		}
		return m
	})(ops)
	ops.DZ.Inputs = spec.From("dh", "h")
}

// softmaxBehindCopies is the same seen by a recorder that copies what each
// method returns: z is still Linear's, h is ReLU's of z's softmax, and the next
// z is Linear's of h's softmax.
func softmaxBehindCopies(ops *spec.Ops) {
	linear := ops.Z
	all(from("z", func(s *spec.Step, n spec.TensorName) []string {
		if n.Layer == 1 {
			return linear.Inputs(s, n)
		}
		return right.Z.Inputs(s, n)
	}, func(t turn) mat.Matrix {
		if t.n.Layer == 1 {
			return t.unchanged()
		}
		return spec.Linear(spec.SoftMax(t.in[0]), t.in[1], t.in[2])
	}), instead("h", func(t turn) mat.Matrix {
		return spec.ReLU(spec.SoftMax(t.in[0]))
	}), instead("dW", func(t turn) mat.Matrix {
		h := t.in[0]
		if t.n.Layer > 1 {
			h = spec.SoftMax(h)
		}
		return spec.DW(h, t.in[1])
	}), from("dz", spec.From("dh"), first))(ops)
}

// probabilities makes p of the last z.
func probabilities(of func(z mat.Matrix) mat.Matrix) Change {
	return instead("p", func(t turn) mat.Matrix { return of(t.in[0]) })
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
func exponentials(shift func(z mat.Matrix, i int) float64, normalise bool) Change {
	return probabilities(func(z mat.Matrix) mat.Matrix {
		e := mat.New(z.Rows, z.Cols)
		for i := range z.Rows {
			m := shift(z, i)
			for j, v := range z.Row(i) {
				e.Set(i, j, mat.Exp(v-m))
			}
		}
		if normalise {
			return normalised(e)
		}
		return e
	})
}

// normalised divides the numbers of each row by their sum.
func normalised(e mat.Matrix) mat.Matrix {
	p := mat.New(e.Rows, e.Cols)
	for i := range e.Rows {
		sum := 0.0
		for _, v := range e.Row(i) {
			sum += v
		}
		for j, v := range e.Row(i) {
			p.Set(i, j, v/sum)
		}
	}
	return p
}

// singleOverflow is a softmax without a shift in float32, whose exp overflows
// where z is above 88.7.
func singleOverflow(z mat.Matrix) mat.Matrix {
	return normalised(each(z, func(v float64) float64 { return float64(float32(mat.Exp(v))) }))
}

// leaky gives negative numbers a slope, forward and back.
func leaky(slope float64) Change {
	return all(instead("h", func(t turn) mat.Matrix {
		return each(t.in[0], func(v float64) float64 {
			if v <= 0 {
				return slope * v
			}
			return v
		})
	}), instead("dz", func(t turn) mat.Matrix {
		return each2(t.in[0], t.in[1], func(g, z float64) float64 {
			if z > 0 {
				return g
			}
			return slope * g
		})
	}))
}

// plainBack is a leaky ReLU with the backward pass of a plain one.
func plainBack(slope float64) Change {
	return all(leaky(slope), instead("dz", func(t turn) mat.Matrix { return spec.DReLU(t.in[0], t.in[1]) }))
}
