package audit

import (
	"maps"
	"math"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// What a gradient check allows for: the rounding of the loss, and ε in it.

// lossError bounds what rounding moves the loss of a step by, to first order:
// the logits' errors, carried from layer to layer, each of which moves its
// row's loss by at most the loss's slope times it, for the cross-entropy the sum
// of |p − y|, which is at most 2; the softmax or what else makes p, and the
// logarithm of each row; the sum over N·C terms; and the penalty.
func lossError(s *spec.Step) float64 {
	h := recorded(s.T["x"])
	var z value
	for k := 1; k <= s.L; k++ {
		z = linear(h, recorded(s.T[spec.Name("W", k)]), recorded(s.T[spec.Name("b", k)]), u64)
		if s.Activation == nil {
			h = relu(z, 0, u64)
		} else {
			h = activate(s.Activation, z, u64)
		}
	}
	p, y := s.T["p"], s.T["y"]
	total, rows := 0.0, 0.0
	for i := range p.Rows {
		dz := 0.0
		for j := range p.Cols {
			dz = max(dz, z.E.At(i, j))
		}
		term := 0.0
		if l := s.Loss; l != nil {
			for j := range p.Cols {
				v, w := p.At(i, j), y.At(i, j)
				term += l.Term(v, w, spec.Epsilon)
				rows += math.Abs(l.Slope(v, w)) * z.E.At(i, j)
				if l.Binary { // a rounding of 1 − p, or of p, below the logarithm
					rows += u64 * 8 / (min(v, 1-v) + spec.Epsilon) * math.Abs(v-w)
				}
			}
			rows += 8 * u64 * (term + 1)
		} else {
			for j := range p.Cols {
				if t := float64(y.At(i, j) * mat.Log(p.At(i, j)+spec.Epsilon)); !math.IsNaN(t) {
					term += math.Abs(t)
				}
			}
			rows += float64(2*dz) + float64(u64*(float64(p.Cols)+6+float64(3*term)))
		}
		total += term
	}
	sum := total
	if s.Loss == nil {
		sum = spec.LossSum(p, y)
	}
	e := rows + float64(float64(p.Rows*p.Cols)*u64*total)
	penalty, numbers := 0.0, 0.0
	for k := 1; k <= s.L && s.Decay != 0; k++ {
		W := s.T[spec.Name("W", k)]
		penalty, numbers = penalty+float64(s.Decay/2*spec.Squares(W)), numbers+float64(len(W.Data))
	}
	// The loss may be the sum, the mean, or whatever else a fault makes of it.
	by := math.Abs((s.T["loss"].At(0, 0) - penalty) / sum)
	if by > 0 && !math.IsInf(by, 0) {
		e *= by
	} else if s.Mean {
		e /= float64(p.Rows)
	}
	return e + u64*(numbers+4)*penalty
}

// epsilonShare returns what ε in the loss takes off the gradient: the gradient
// of −log(p_t + ε) at the logits is p_t/(p_t + ε)·(p − y), so the share is
// ε/(p_t + ε)·(p − y), taken back through the layers; squared errors have none.
// By name: dW1, db1, …. The class t is that of y; or if drawn the one to which the
// gradient draws the row, where p − y is below 0, which is y's unless the network
// has other labels than y.
func epsilonShare(ops spec.Ops, at *spec.Step, drawn bool) spec.Tensors {
	s := &spec.Step{Settings: at.Settings, L: at.L, T: maps.Clone(at.T)}
	s.Decay = 0
	right := ops.DZL.Run
	ops.DZL.Run = func(s *spec.Step, n spec.TensorName, in []mat.Matrix) mat.Matrix {
		d := right(s, n, in).Clone()
		p, y := s.T["p"], s.T["y"]
		for i := range d.Rows {
			row := d.Row(i)
			t := mat.ArgMax(y.Row(i))
			if drawn {
				t = lowest(row)
			}
			for j := range row {
				q := p.At(i, t)
				switch l := s.Loss; {
				case l != nil && !l.Binary:
					row[j] = 0
					continue
				case l != nil && (drawn && row[j] > 0 || !drawn && y.At(i, j) == 0):
					q = 1 - p.At(i, j)
				}
				row[j] *= spec.Epsilon / (max(q, 0) + spec.Epsilon)
			}
		}
		return d
	}
	ops.Backward(s)
	return s.T
}

// lowest is the column of the lowest number of a row.
func lowest(d []float64) int {
	t := 0
	for j, v := range d {
		if v < d[t] {
			t = j
		}
	}
	return t
}
