package program

import (
	"math"

	"glassbox/nn/message"
)

// withDecay collects the values of the update that are the gradient and a
// multiple of the parameter together: a penalty's derivative that the loss
// does not have.
func (h *history) withDecay() {
	if len(h.value[0].Data) < 3 {
		return
	}
	g := h.grads[len(h.grads)-1]
	value := joined(h.value)
	for _, w := range h.ways {
		x, off, ok := leastSquares([][]float64{joined(g.values), value}, joined(w.values))
		if !ok || off > 1e-9 || x[0] == 0 || !noticed(x[1], h.value, x[0], g.values) {
			continue
		}
		c := make([]float64, len(g.c))
		for k := range c {
			c[k] = g.c[k] * x[0]
		}
		h.decayed = append(h.decayed, &gradientSite{site: w.site, nodes: w.nodes, values: w.values, c: c, own: x[1]})
	}
}

// noticed reports that a·x counts beside b·y: that it is not rounding.
func noticed(a float64, x []*array, b float64, y []*array) bool {
	top := func(l []*array) (m float64) {
		for _, v := range l {
			m = max(m, v.MaxAbs())
		}
		return m
	}
	return math.Abs(a)*top(x) > 1e-6*math.Abs(b)*top(y)
}

// against reports that a decay enters a gradient with the other sign.
func (g *gradientSite) against() bool { return g.own != 0 && g.own*g.c[len(g.c)-1] < 0 }

// fitMixture recognises an adaptive step whose numerator is made of the first
// moment and of the gradient, as Nadam's is (Dozat, Incorporating Nesterov
// Momentum into Adam, 2016).
func (j *judge) fitMixture(f *updateFit, n int, squares []*array) (done bool, wrong *updateFault) {
	h := f.h
	if f.velocity == nil || len(h.value[0].Data) < 6 {
		return false, nil
	}
	m, g := f.velocity, f.velocity.fit.grad
	b, gain := m.fit.decay, m.fit.gain
	same, next, ratio := true, true, 0.0
	rates := map[int]float64{}
	for k := range n {
		moved := h.moved[k].Data
		step := make([]float64, len(moved))
		for i, d := range moved {
			step[i] = d * math.Sqrt(squares[k].Data[i])
		}
		x, off, ok := leastSquares([][]float64{m.values[k+1].Data, g.values[k].Data, moved}, step)
		if !ok || off > 1e-6 || x[1] == 0 || x[0] == 0 {
			return false, nil
		}
		// With the moment corrected for the same step as the gradient, or for the
		// next.
		ratio = x[1] / x[0]
		t := h.time(k)
		same = same && alike(ratio, gain/b, 1e-3)
		next = next && alike(ratio, gain/b*(1-math.Pow(b, t+1))/(1-math.Pow(b, t)), 1e-3)
		rates[h.steps[k].k] = (x[0]*gain + x[1]) * g.c[k]
		f.rate = rates[h.steps[k].k]
	}
	if f.known, f.rates = true, rates; same || next {
		return true, nil
	}
	return true, &updateFault{weight: 4, node: h.made[n-1], text: message.New("the first moment and the gradient are combined as %s to %s: Nadam takes %s to %s, both corrected for their beginning at zero", number(b), number(ratio*b), number(b), number(gain))}
}

// fitSign recognises a step by a sign: of the gradient, or of the first moment
// and the gradient together (Chen et al., Symbolic Discovery of Optimization
// Algorithms, 2023, where it is called Lion), perhaps with a decay.
func (j *judge) fitSign(f *updateFit, n int) (done bool, wrong *updateFault) {
	h := f.h
	if len(h.value[0].Data) < 6 {
		return false, nil
	}
	for _, w := range h.ways {
		if j.op[w.nodes[0]] != "sign" {
			continue
		}
		x, off, ok := leastSquares([][]float64{joined(w.values[:n]), joined(h.value[:n])}, joined(h.moved[:n]))
		if !ok || off > exactFit || x[0] == 0 {
			continue
		}
		of := -1
		for i := range h.ways {
			if h.ways[i].nodes[0] == j.in[w.nodes[0]][0] {
				of = i
			}
		}
		g := h.grads[len(h.grads)-1]
		c := g.c[len(g.c)-1]
		if f.velocity == nil {
			// The gradient itself: its sign is in the operand's.
			q := j.in[w.nodes[0]][0]
			v := layout(j.val(q), h.truth[0].Shape)
			if v == nil || factor(v, h.truth[0], 1e-6) == 0 {
				continue
			}
			f.rate = x[0] * math.Copysign(1, factor(v, h.truth[0], 1e-6))
			f.decay, f.decays = x[1], true
			return true, nil
		}
		if of < 0 {
			continue
		}
		m := f.velocity
		old, now := joined(m.values[:n]), joined(m.values[1:n+1])
		inside := joined(h.ways[of].values[:n])
		for _, moment := range [][]float64{old, now} {
			y, off, ok := leastSquares([][]float64{moment, joined(m.fit.grad.values[:n])}, inside)
			if !ok || off > exactFit || y[0] == 0 {
				continue
			}
			if y[0]*m.fit.gain*y[1] < 0 {
				return true, &updateFault{weight: 5, node: h.ways[of].nodes[n-1], text: message.New("the first moment and the gradient are combined as %s and %s: one is taken the wrong way round", number(y[0]), number(y[1]))}
			}
			f.rate = x[0] * math.Copysign(1, y[0]*m.fit.gain*c)
			f.decay, f.decays = x[1], true
			return true, nil
		}
	}
	return false, nil
}

// fitOfSteps recognises a velocity that is made of adaptive steps: RMSprop with
// momentum.
func (j *judge) fitOfSteps(f *updateFit, odd *stateHistory, n int) bool {
	h := f.h
	squares := f.squares.values[1 : n+1]
	old, next := joined(odd.values[:n]), joined(odd.values[1:n+1])
	g := f.squares.fit.grad
	for _, w := range h.ways {
		steps := w.values[:n]
		fit := adaptive(g.values[:n], steps, squares)
		if fit == nil {
			continue
		}
		x, off, ok := leastSquares([][]float64{old, joined(steps)}, next)
		if !ok || off > exactFit || x[0] <= 0 || x[0] > 1 || x[1] == 0 {
			continue
		}
		y, off, ok := leastSquares([][]float64{next}, joined(h.moved[:n]))
		if !ok || off > exactFit || y[0] == 0 {
			continue
		}
		last := fit[len(fit)-1]
		f.rate = y[0] * x[1] / last.b * g.c[n-1]
		return true
	}
	return false
}
