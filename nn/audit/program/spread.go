package program

import (
	"math"
	"slices"
)

// Second moments of other kinds than the running mean of the gradient's square,
// and steps that are divided by more than their root.

// fitSpread recognises the mean square of what the gradient is off its own mean
// by (Zhuang et al., AdaBelief Optimizer, 2020), and a second moment that moves
// towards the gradient's square by a share of that square (Zaheer et al.,
// Adaptive Methods for Nonconvex Optimization, 2018, where it is called Yogi).
func (h *history) fitSpread(st *stateHistory, from, to int) *stateFit {
	if len(st.values[0].Data) < 3 || h.steps[0].prec == single {
		return nil
	}
	old, next := joined(st.values[from:to]), joined(st.values[from+1:])
	col, ones := make([]float64, len(old)), make([]float64, len(old))
	for i := range ones {
		ones[i] = 1
	}
	for _, g := range slices.Backward(h.grads) {
		e := joined(g.values[from:to])
		for i, x := range e {
			if col[i] = x * x; old[i] < x*x {
				col[i] = -x * x
			}
		}
		if x, off, ok := leastSquares([][]float64{old, col}, next); ok && off < exactFit && alike(x[0], 1, 1e-6) && x[1] < 0 && x[1] > -1 {
			return &stateFit{square: true, decay: 1 + x[1], gain: -x[1], grad: g}
		}
		for _, o := range h.states {
			if o == st {
				continue
			}
			for i, m := range joined(o.values[from+1 : to+1]) {
				col[i] = (e[i] - m) * (e[i] - m)
			}
			if x, off, ok := leastSquares([][]float64{old, col, ones}, next); ok && off < exactFit && alike(x[0]+x[1], 1, 1e-5) && x[1] > 0 && math.Abs(x[2]) < 1e-2*largest(next) {
				return &stateFit{square: true, decay: x[0], gain: x[1], grad: g}
			}
		}
	}
	return nil
}

// centred is a second moment without the square of the first: what RMSprop
// divides by where it is centred (Graves, Generating Sequences With Recurrent
// Neural Networks, 2013).
func centred(squares, mean []*array) []*array {
	var out []*array
	for k, s := range squares {
		d := s.Clone()
		for i, m := range mean[k].Data {
			d.Data[i] -= m * m
		}
		out = append(out, d)
	}
	return out
}

// fitMoves recognises steps that are as large as the root mean square of the
// steps before, where moved is their running mean square (Zeiler, ADADELTA: An
// Adaptive Learning Rate Method, 2012).
func (f *updateFit) fitMoves(moves *stateHistory, n int) bool {
	h, g := f.h, f.squares.fit.grad
	if len(h.value[0].Data) < 3 {
		return false
	}
	step, e := joined(h.moved[:n]), joined(g.values[:n])
	moved, next, s := joined(moves.values[:n]), joined(moves.values[1:n+1]), joined(f.squares.values[1:n+1])
	square, cols, want := make([]float64, len(e)), [3][]float64{}, make([]float64, len(e))
	for i, d := range step {
		square[i] = d * d
		w := 1 / (d*d*s[i] + 1e-300)
		for k, x := range [3]float64{moved[i] * e[i] * e[i], e[i] * e[i], d * d} {
			cols[k] = append(cols[k], x*w)
		}
		want[i] = d * d * s[i] * w
	}
	x, off, ok := leastSquares([][]float64{moved, square}, next)
	if !ok || off > exactFit || !alike(x[0], f.squares.fit.decay, 1e-5) || x[1] <= 0 {
		return false
	}
	y, off, ok := leastSquares(cols[:], want)
	if !ok || off > 1e-5 || y[0] <= 0 || y[2] > 0 {
		return false
	}
	along := 0.0
	for i, d := range step {
		along += d * e[i]
	}
	f.rate = math.Copysign(math.Sqrt(y[0]), along*g.c[n-1])
	return true
}
