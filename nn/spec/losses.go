package spec

import "glassbox/mat"

// A Loss is how a network ends where it does not in a softmax and its
// cross-entropy: p = Output.Of(z), the loss of p and y, and its gradient at z.
// Both are the sum over all elements times Factor, and divided by N where the
// loss is the mean over the batch.
type Loss struct {
	Name   string
	Output *Activation
	Binary bool // −y·log(p + ε) − (1 − y)·log(1 − p + ε), which has a single output; else (p − y)²
	// What the sum over all elements is multiplied by: ½, 1/C, both or neither.
	Half, PerClass bool
}

// CrossEntropy is the name of the loss that Settings without one have, behind a
// softmax.
const CrossEntropy = "cross_entropy"

// Losses are those beside it. NumPy's np.mean((p - y)**2), and PyTorch's MSELoss,
// are mean_squared_error as the mean over the batch.
var Losses = []*Loss{
	{Name: "binary_cross_entropy", Output: FindActivation("sigmoid"), Binary: true},
	{Name: "squared_error", Output: FindActivation("identity")},
	{Name: "half_squared_error", Output: FindActivation("identity"), Half: true},
	{Name: "mean_squared_error", Output: FindActivation("identity"), PerClass: true},
	{Name: "half_mean_squared_error", Output: FindActivation("identity"), Half: true, PerClass: true},
}

// FindLoss returns the loss of that name; nil where there is none, and for the
// cross-entropy.
func FindLoss(name string) *Loss {
	for _, l := range Losses {
		if l.Name == name {
			return l
		}
	}
	return nil
}

// Factor is what the sum over all elements of N×C is multiplied by beside 1/N.
func (l *Loss) Factor(C int) float64 {
	f := 1.0
	if l.Half {
		f /= 2
	}
	if l.PerClass {
		f /= float64(C)
	}
	return f
}

// Term is an element's share of the sum, with eps added to what a logarithm is
// taken of.
func (l *Loss) Term(p, y, eps float64) float64 {
	if !l.Binary {
		return float64((p - y) * (p - y))
	}
	s := 0.0
	if y != 0 {
		s -= float64(y * mat.Log(p+eps))
	}
	if y != 1 {
		s -= float64((1 - y) * mat.Log(1-p+eps))
	}
	return s
}

// Slope is the derivative of Term by z. That of the binary cross-entropy is the
// one behind a sigmoid, p − y; as everywhere ε is left out of it.
func (l *Loss) Slope(p, y float64) float64 {
	if l.Binary {
		return p - y
	}
	return float64(2 * (p - y) * l.Output.Back(p))
}

// Sum adds the terms of a batch up in ascending order (p and y are N×C).
func (l *Loss) Sum(p, y mat.Matrix) float64 {
	s := 0.0
	for i := range p.Rows {
		yi := y.Row(i)
		for j, v := range p.Row(i) {
			s += l.Term(v, yi[j], Epsilon)
		}
	}
	return s
}

// Of returns the loss of a batch.
func (l *Loss) Of(p, y mat.Matrix, mean bool) float64 {
	loss := float64(l.Sum(p, y) * l.Factor(p.Cols))
	if mean {
		loss /= float64(p.Rows)
	}
	return loss
}

// Gradient sets dz to the gradient at the last z (all N×C).
func (l *Loss) Gradient(dz, p, y mat.Matrix, mean bool) {
	factor := l.Factor(p.Cols)
	for i := range p.Rows {
		yi, dzi := y.Row(i), dz.Row(i)
		for j, v := range p.Row(i) {
			d := float64(l.Slope(v, yi[j]) * factor)
			if mean {
				d /= float64(p.Rows)
			}
			dzi[j] = d
		}
	}
}

// Squares adds the squares of W's numbers up, row after row.
func Squares(W mat.Matrix) float64 {
	s := 0.0
	for i := range W.Rows {
		for _, v := range W.Row(i) {
			s += float64(v * v)
		}
	}
	return s
}

// Penalty is λ/2·ΣW² over all weights, one layer's squares after the other's.
func Penalty(lambda float64, weights []mat.Matrix) float64 {
	s := 0.0
	for _, W := range weights {
		s += Squares(W)
	}
	return float64(lambda / 2 * s)
}

// AddDecay adds λ·W to the gradient dW, the product rounded first.
func AddDecay(dW, W mat.Matrix, lambda float64) {
	for i := range W.Rows {
		d := dW.Row(i)
		for j, w := range W.Row(i) {
			d[j] += float64(lambda * w)
		}
	}
}
