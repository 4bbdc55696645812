package faults

import (
	"math"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// loss are the mistakes in the loss and in its gradient at the logits.
var loss = []Fault{
	{
		Name: "no-epsilon",
		Doc:  "log(p) is taken without a guard and p is 0",
		Fix:  "in CrossEntropy.forward guard the logarithm: np.log(x + 1e-7)",
		Changes: []Change{losses(func(s *spec.Step, p, y mat.Matrix) float64 {
			return guarded(s, p, y, 0)
		}), losses(func(_ *spec.Step, p, y mat.Matrix) float64 {
			// y·log(p) over all classes: 0·log(0) is NaN.
			return -total(each2(y, p, func(y, p float64) float64 { return y * mat.Log(p) }))
		})},
	},
	{
		Name: "log10",
		Doc:  "the loss takes the decimal logarithm where the natural one is meant",
		Fix:  "in CrossEntropy.forward use np.log",
		Changes: []Change{
			log10With(1e-7), log10With(0), log10With(1e-8), log10With(1e-6), log10With(1e-5),
			log10With(1e-9), log10With(1e-10), log10With(1e-12), log10With(1e-15),
		},
	},
	{
		Name:     "loss-mean-of-elements",
		Doc:      "the loss is the mean over all N·C elements, 1/C of the mean over the N rows",
		Fix:      "in CrossEntropy.forward divide by len(x): np.sum(out) / len(x); np.mean divides by the classes as well",
		Misleads: true,
		Changes:  []Change{overElements(spec.Epsilon), overElements(0), overElements(1e-8), overElements(1e-12)},
	},
	{
		Name:     "mean-loss-sum-gradient",
		Doc:      "the loss is the mean over the batch but the gradient is that of the sum, so each step is N× what the loss suggests",
		Fix:      "divide once more: in CrossEntropy.backward return (x - y) / len(x); or report the sum in CrossEntropy.forward",
		Misleads: true,
		Changes: []Change{func(ops *spec.Ops) {
			losses(func(s *spec.Step, p, y mat.Matrix) float64 { return spec.LossSum(p, y) / rows(s) })(ops)
			gradients(func(p, y mat.Matrix) mat.Matrix { return spec.DLogits(p, y, false) })(ops)
		}},
	},
	{
		Name:     "sum-loss-mean-gradient",
		Doc:      "the loss is the sum over the batch but the gradient is that of the mean, so each step is 1/N of what the loss suggests",
		Fix:      "report the mean in CrossEntropy.forward, np.sum(out) / len(x); or leave the division out of the gradient",
		Misleads: true,
		Changes: []Change{func(ops *spec.Ops) {
			losses(func(_ *spec.Step, p, y mat.Matrix) float64 { return spec.LossSum(p, y) })(ops)
			gradients(func(p, y mat.Matrix) mat.Matrix { return spec.DLogits(p, y, true) })(ops)
		}},
	},
	{
		Name:    "dz-sign",
		Doc:     "the gradient at the logits is y − p where p − y is meant",
		Fix:     "in CrossEntropy.backward return x - y",
		Changes: []Change{logits(func(p, y, _ []float64) { flip(p, y) })},
	},
	{
		Name: "dz-plus-1e-7",
		Doc:  "the guard of the logarithm, 1e-7, is added to the gradient as well",
		Fix:  "in CrossEntropy.backward return x - y: the guard belongs to forward only",
		Changes: []Change{func(ops *spec.Ops) {
			after(&ops.DZL, func(m mat.Matrix) mat.Matrix { return each(m, func(v float64) float64 { return v + spec.Epsilon }) })
		}, logits(func(p, y, _ []float64) {
			for j := range p {
				p[j] = p[j] + spec.Epsilon - y[j]
			}
		})},
	},
	{
		Name: "jacobian-on-fused-gradient",
		Doc:  "the softmax's Jacobian is applied to p − y, which has it in it already",
		Fix:  "in SoftMax.backward return dout: CrossEntropy.backward has done both",
		Changes: []Change{logits(func(p, y, d []float64) {
			dot := 0.0
			for j := range p {
				dot = math.FMA(p[j], d[j], dot)
			}
			for j := range p {
				p[j] *= d[j] - dot
			}
		})},
	},
	{
		Name:    "dz-times-derivative",
		Doc:     "p − y is multiplied by p·(1 − p), the derivative of a sigmoid, which it has in it already",
		Fix:     "in SoftMax.backward return dout: CrossEntropy.backward has done both",
		Changes: []Change{logits(func(p, _, d []float64) { forEach(p, func(j int, v float64) float64 { return d[j] * v * (1 - v) }) })},
	},
	{
		Name: "dz-without-softmax",
		Doc:  "the gradient is −y/p, that at the probabilities, and the softmax's part is missing",
		Fix:  "in CrossEntropy.backward return x - y, or apply the softmax's Jacobian in SoftMax.backward",
		Changes: []Change{
			logits(func(p, y, _ []float64) {
				forEach(p, func(j int, v float64) float64 { return -y[j] / (v + spec.Epsilon) })
			}),
			logits(func(p, y, _ []float64) { forEach(p, func(j int, v float64) float64 { return -y[j] / v }) }),
		},
	},
	{
		Name: "dz-wrong-class",
		Doc:  "at the wrong classes the gradient is p²/p_t where p is meant (p_t: the probability of the right one)",
		Fix:  "in CrossEntropy.backward return x - y for all classes alike",
		Changes: []Change{logits(func(p, y, d []float64) {
			t := trueProbability(p, y)
			forEach(p, func(j int, v float64) float64 {
				if y[j] != 0 {
					return d[j]
				}
				return v * v / t
			})
		})},
	},
	{
		Name:     "epsilon-in-gradient",
		Doc:      "the gradient is scaled by p_t/(p_t + ε): exact for the guarded loss, but it stalls samples whose p_t is near 0, those most wrong",
		Fix:      "in CrossEntropy.backward return x - y",
		Misleads: true,
		Changes:  []Change{Stalled(1e-5), Stalled(1e-6), Stalled(1e-7), Stalled(1e-8), Stalled(1e-10), Stalled(1e-12)},
	},
	{
		Name: "labels-rolled",
		Doc:  "the labels belong to the neighbouring rows: x and y were shuffled or cut differently",
		Fix:  "index x and y with the same indices, batch by batch",
		Changes: []Change{
			withLabels(1), withLabels(-1),
		},
	},
	{
		Name: "correct-samples-skipped",
		Doc:  "samples that are classified right get no gradient",
		Fix:  "in the training loop call backward for every sample: a right answer has a gradient too",
		Changes: []Change{func(ops *spec.Ops) {
			before := ops.DZL.Run
			ops.DZL.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
				d := before(s, n, in).Clone()
				for i := range d.Rows {
					if mat.ArgMax(in[0].Row(i)) == mat.ArgMax(in[1].Row(i)) {
						clear(d.Row(i))
					}
				}
				return d
			}
		}},
	},
	{
		Name: "dz-divided-by-nc",
		Doc:  "the gradient is divided by all elements, N·C, where the N rows are meant",
		Fix:  "in CrossEntropy.backward divide by len(x), not by x.size (np.mean divides by that)",
		Changes: []Change{gradients(func(p, y mat.Matrix) mat.Matrix {
			d := spec.DLogits(p, y, false)
			return divide(d, float64(d.Rows*d.Cols))
		})},
	},
}

// logits makes a gradient at the logits row by row: f overwrites p, which it
// is given as a copy, with the gradient; y are the row's labels, d = p − y.
// The division by N for the mean comes last.
func logits(f func(p, y, d []float64)) Change {
	return func(ops *spec.Ops) {
		replace(&ops.DZL, right.DZL.Inputs, func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
			p, y := in[0], in[1]
			dz, d := p.Clone(), spec.DLogits(p, y, false)
			for i := range dz.Rows {
				f(dz.Row(i), y.Row(i), d.Row(i))
			}
			if s.Mean {
				dz = divide(dz, float64(dz.Rows))
			}
			return dz
		})
	}
}

func flip(p, y []float64) {
	for j := range p {
		p[j] = y[j] - p[j]
	}
}

func forEach(p []float64, f func(j int, v float64) float64) {
	for j, v := range p {
		p[j] = f(j, v)
	}
}

// trueProbability returns the p of the row's own class.
func trueProbability(p, y []float64) float64 {
	for j, v := range y {
		if v != 0 {
			return p[j]
		}
	}
	return 1
}

// Stalled is epsilon-in-gradient with a given ε.
func Stalled(eps float64) Change {
	return logits(func(p, y, d []float64) {
		t := trueProbability(p, y)
		t /= t + eps
		forEach(p, func(j int, _ float64) float64 { return d[j] * t })
	})
}

// gradients makes the gradient at the logits of p and y.
func gradients(of func(p, y mat.Matrix) mat.Matrix) Change {
	return func(ops *spec.Ops) {
		replace(&ops.DZL, right.DZL.Inputs, func(_ *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix { return of(in[0], in[1]) })
	}
}

// losses makes the loss of p and y.
func losses(of func(s *spec.Step, p, y mat.Matrix) float64) Change {
	return func(ops *spec.Ops) {
		replace(&ops.Loss, right.Loss.Inputs, func(s *spec.Step, _ spec.TensorName, in []mat.Matrix) mat.Matrix {
			return mat.Of(1, 1, of(s, in[0], in[1]))
		})
	}
}

// withLabels makes the loss and its gradient against labels by rows away.
func withLabels(by int) Change {
	return func(ops *spec.Ops) {
		for _, op := range []*spec.Op{&ops.Loss, &ops.DZL} {
			before := op.Run
			op.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
				y := in[1]
				other := mat.New(y.Rows, y.Cols)
				for i := range y.Rows {
					copy(other.Row((i+by+y.Rows)%y.Rows), y.Row(i))
				}
				return before(s, n, []mat.Matrix{in[0], other})
			}
		}
	}
}

func log10With(eps float64) Change {
	return losses(func(s *spec.Step, p, y mat.Matrix) float64 { return guarded(s, p, y, eps) / math.Ln10 })
}

func total(m mat.Matrix) float64 {
	sum := 0.0
	for i := range m.Rows {
		for _, v := range m.Row(i) {
			sum += v
		}
	}
	return sum
}

// guarded is the loss with another ε.
func guarded(s *spec.Step, p, y mat.Matrix, eps float64) float64 {
	sum := 0.0
	for i := range p.Rows {
		for j, v := range p.Row(i) {
			if t := y.At(i, j); t != 0 || v != v {
				sum += float64(t * mat.Log(v+eps))
			}
		}
	}
	if s.Mean {
		sum /= float64(p.Rows)
	}
	return -sum
}

// overElements is the loss as np.mean gives it.
func overElements(eps float64) Change {
	return losses(func(s *spec.Step, p, y mat.Matrix) float64 {
		sum := *s
		sum.Mean = false
		return guarded(&sum, p, y, eps) / float64(len(p.Data))
	})
}
