package faults

import (
	"math"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// loss are the mistakes in the loss and in its gradient at the logits.
var loss = []Fault{
	fault("no-epsilon",
		"log(p) is taken without a guard and p is 0",
		"in CrossEntropy.forward guard the logarithm: np.log(x + 1e-7)",
		losses(guarded(0)), losses(func(_ turn, p, y mat.Matrix) float64 {
			// y·log(p) over all classes: 0·log(0) is NaN.
			return -total(each2(y, p, func(y, p float64) float64 { return y * mat.Log(p) }))
		})),
	fault("log10",
		"the loss takes the decimal logarithm where the natural one is meant",
		"in CrossEntropy.forward use np.log",
		forms(log10With, 1e-7, 0, 1e-8, 1e-6, 1e-5, 1e-9, 1e-10, 1e-12, 1e-15)...),
	misleading("loss-mean-of-elements",
		"the loss is the mean over all N·C elements, 1/C of the mean over the N rows",
		"in CrossEntropy.forward divide by len(x): np.sum(out) / len(x); np.mean divides by the classes as well",
		forms(overElements, spec.Epsilon, 0, 1e-8, 1e-12)...),
	misleading("mean-loss-sum-gradient",
		"the loss is the mean over the batch but the gradient is that of the sum, so each step is N× what the loss suggests",
		"divide once more: in CrossEntropy.backward return (x - y) / len(x); or report the sum in CrossEntropy.forward",
		all(
			losses(func(t turn, p, y mat.Matrix) float64 { return spec.LossSum(p, y) / t.rows() }),
			gradients(func(p, y mat.Matrix) mat.Matrix { return spec.DLogits(p, y, false) }),
		)),
	misleading("sum-loss-mean-gradient",
		"the loss is the sum over the batch but the gradient is that of the mean, so each step is 1/N of what the loss suggests",
		"report the mean in CrossEntropy.forward, np.sum(out) / len(x); or leave the division out of the gradient",
		all(
			losses(func(_ turn, p, y mat.Matrix) float64 { return spec.LossSum(p, y) }),
			gradients(func(p, y mat.Matrix) mat.Matrix { return spec.DLogits(p, y, true) }),
		)),
	fault("dz-sign",
		"the gradient at the logits is y − p where p − y is meant",
		"in CrossEntropy.backward return x - y",
		logits(func(p, y, _ float64) float64 { return y - p })),
	fault("dz-plus-1e-7",
		"the guard of the logarithm, 1e-7, is added to the gradient as well",
		"in CrossEntropy.backward return x - y: the guard belongs to forward only",
		after("dzL", func(dz mat.Matrix) mat.Matrix { return each(dz, func(v float64) float64 { return v + spec.Epsilon }) }),
		logits(func(p, y, _ float64) float64 { return p + spec.Epsilon - y })),
	fault("jacobian-on-fused-gradient",
		"the softmax's Jacobian is applied to p − y, which has it in it already",
		"in SoftMax.backward return dout: CrossEntropy.backward has done both",
		logitRows(func(p, y, d []float64) func(j int) float64 {
			dot := 0.0
			for j := range p {
				dot = math.FMA(p[j], d[j], dot)
			}
			return func(j int) float64 { return p[j] * (d[j] - dot) }
		})),
	fault("dz-times-derivative",
		"p − y is multiplied by p·(1 − p), the derivative of a sigmoid, which it has in it already",
		"in SoftMax.backward return dout: CrossEntropy.backward has done both",
		logits(func(p, _, d float64) float64 { return d * p * (1 - p) })),
	fault("dz-without-softmax",
		"the gradient is −y/p, that at the probabilities, and the softmax's part is missing",
		"in CrossEntropy.backward return x - y, or apply the softmax's Jacobian in SoftMax.backward",
		logits(func(p, y, _ float64) float64 { return -y / (p + spec.Epsilon) }),
		logits(func(p, y, _ float64) float64 { return -y / p })),
	fault("dz-wrong-class",
		"at the wrong classes the gradient is p²/p_t where p is meant (p_t: the probability of the right one)",
		"in CrossEntropy.backward return x - y for all classes alike",
		logitRows(func(p, y, d []float64) func(j int) float64 {
			t := trueProbability(p, y)
			return func(j int) float64 {
				if y[j] != 0 {
					return d[j]
				}
				return p[j] * p[j] / t
			}
		})),
	misleading("epsilon-in-gradient",
		"the gradient is scaled by p_t/(p_t + ε): exact for the guarded loss, but it stalls samples whose p_t is near 0, those most wrong",
		"in CrossEntropy.backward return x - y",
		forms(Stalled, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12)...),
	fault("labels-not-used",
		"the gradient at the logits is p: the labels are not in it",
		"in CrossEntropy.backward return x - y",
		logits(func(p, _, _ float64) float64 { return p })),
	fault("labels-rolled",
		"the labels belong to the neighbouring rows: x and y were shuffled or cut differently",
		"index x and y with the same indices, batch by batch",
		forms(withLabels, 1, -1)...),
	fault("correct-samples-skipped",
		"samples that are classified right get no gradient",
		"in the training loop call backward for every sample: a right answer has a gradient too",
		on("dzL", func(t turn) mat.Matrix {
			d := t.unchanged().Clone()
			for i := range d.Rows {
				if mat.ArgMax(t.in[0].Row(i)) == mat.ArgMax(t.in[1].Row(i)) {
					clear(d.Row(i))
				}
			}
			return d
		})),
	fault("dz-divided-by-nc",
		"the gradient is divided by all elements, N·C, where the N rows are meant",
		"in CrossEntropy.backward divide by len(x), not by x.size (np.mean divides by that)",
		gradients(func(p, y mat.Matrix) mat.Matrix {
			d := spec.DLogits(p, y, false)
			return divide(d, float64(d.Rows*d.Cols))
		})),
}

// logits makes each element of the gradient at the logits of p, of y and of
// d = p − y. The division by N for the mean comes last.
func logits(f func(p, y, d float64) float64) Change {
	return logitRows(func(p, y, d []float64) func(j int) float64 {
		return func(j int) float64 { return f(p[j], y[j], d[j]) }
	})
}

// logitRows is logits for what looks at a row as a whole first.
func logitRows(f func(p, y, d []float64) func(j int) float64) Change {
	return instead("dzL", func(t turn) mat.Matrix {
		p, y := t.in[0], t.in[1]
		dz, d := mat.New(p.Rows, p.Cols), spec.DLogits(p, y, false)
		for i := range dz.Rows {
			of := f(p.Row(i), y.Row(i), d.Row(i))
			for j := range dz.Cols {
				dz.Set(i, j, of(j))
			}
		}
		if t.Mean {
			dz = divide(dz, float64(dz.Rows))
		}
		return dz
	})
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
	return logitRows(func(p, y, d []float64) func(j int) float64 {
		t := trueProbability(p, y)
		t /= t + eps
		return func(j int) float64 { return d[j] * t }
	})
}

// gradients makes the gradient at the logits of p and y.
func gradients(of func(p, y mat.Matrix) mat.Matrix) Change {
	return instead("dzL", func(t turn) mat.Matrix { return of(t.in[0], t.in[1]) })
}

// losses makes the loss of p and y.
func losses(of func(t turn, p, y mat.Matrix) float64) Change {
	return instead("loss", func(t turn) mat.Matrix { return mat.Of(1, 1, of(t, t.in[0], t.in[1])) })
}

// withLabels makes the loss and its gradient against labels by rows away.
func withLabels(by float64) Change {
	return on("loss dzL", func(t turn) mat.Matrix {
		y := t.in[1]
		other := mat.New(y.Rows, y.Cols)
		for i := range y.Rows {
			copy(other.Row((i+int(by)+y.Rows)%y.Rows), y.Row(i))
		}
		t.in = []mat.Matrix{t.in[0], other}
		return t.unchanged()
	})
}

func log10With(eps float64) Change {
	loss := guarded(eps)
	return losses(func(t turn, p, y mat.Matrix) float64 { return loss(t, p, y) / math.Ln10 })
}

// guarded is the loss with another ε.
func guarded(eps float64) func(t turn, p, y mat.Matrix) float64 {
	return func(t turn, p, y mat.Matrix) float64 {
		loss := guardedSum(p, y, eps)
		if t.Mean {
			loss /= float64(p.Rows)
		}
		return loss
	}
}

// guardedSum is the sum over the batch of the loss with another ε.
func guardedSum(p, y mat.Matrix, eps float64) float64 {
	sum := 0.0
	for i := range p.Rows {
		for j, v := range p.Row(i) {
			if t := y.At(i, j); t != 0 || v != v {
				sum += float64(t * mat.Log(v+eps))
			}
		}
	}
	return -sum
}

// overElements is the loss as np.mean gives it.
func overElements(eps float64) Change {
	return losses(func(_ turn, p, y mat.Matrix) float64 { return guardedSum(p, y, eps) / float64(len(p.Data)) })
}
