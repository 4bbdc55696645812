package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
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
func (f *updateFit) fitMoves(moves *stateHistory, n int) (done bool, wrong *updateFault) {
	h, g := f.h, f.squares.fit.grad
	if len(h.value[0].Data) < 3 {
		return false, nil
	}
	step, e := joined(h.moved[:n]), joined(g.values[:n])
	moved, next, s := joined(moves.values[:n]), joined(moves.values[1:n+1]), joined(f.squares.values[1:n+1])
	square := make([]float64, len(e))
	for i, d := range step {
		square[i] = d * d
	}
	x, off, ok := leastSquares([][]float64{moved, square}, next)
	if !ok || off > exactFit || !alike(x[0], f.squares.fit.decay, 1e-5) || x[1] <= 0 {
		return false, nil
	}
	// The step's square times under is the gradient's times over, each with a
	// constant beside it.
	ratio := func(over, under []float64) (k float64, ok bool) {
		cols, want := [3][]float64{}, []float64{}
		for i := range step {
			if square[i]*under[i] == 0 {
				continue
			}
			w := 1 / (square[i] * under[i])
			for k, x := range [3]float64{over[i] * e[i] * e[i], e[i] * e[i], square[i]} {
				cols[k] = append(cols[k], x*w)
			}
			want = append(want, square[i]*under[i]*w)
		}
		y, off, ok := leastSquares(cols[:], want)
		return y[0], ok && len(want) > 3 && off < 1e-5 && y[0] > 0 && y[2] <= 0
	}
	along := 0.0
	for i, d := range step {
		along += d * e[i]
	}
	k, ok := ratio(moved, s)
	if !ok {
		if _, ok := ratio(s, moved); ok && moved[len(moved)-1] > 0 {
			return true, &updateFault{weight: 5, sure: true, node: h.firstStep(n - 1), text: message.New("the step is the gradient times the root of its mean square over that of the steps': the other way round is meant")}
		}
		return false, nil
	}
	f.rate = math.Copysign(math.Sqrt(k), along*g.c[n-1])
	return true, nil
}

// firstStep is the first value on the way of step k that is its move up to a
// factor; the new parameter where there is none.
func (h *history) firstStep(k int) int {
	for _, w := range h.ways {
		if factor(w.value(k), h.moved[k], 1e-9) != 0 {
			return w.nodes[k]
		}
	}
	return h.made[k]
}
