package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// withDecay collects the values of the update that are the gradient and a
// multiple of the parameter, or of its sign, together: a penalty's derivative that
// the loss does not have.
func (h *history) withDecay() {
	if len(h.value[0].Data) < 3 {
		return
	}
	g := h.grads[len(h.grads)-1]
	value := joined(h.value)
	signs := signed(h.value)
	grads := joined(g.values)
	last := len(h.value) - 1
	for _, w := range h.ways {
		if len(h.value[last].Data) >= 1000 { // one step of many numbers says of most that they are something else
			columns := [][]float64{g.values[last].Data, h.value[last].Data, signs[last].Data}
			if _, off, ok := leastSquares(columns, w.value(last).Data); !ok || off > 1e-3 {
				continue
			}
		}
		own, made := h.value, joined(w.values())
		x, off, ok := leastSquares([][]float64{grads, value}, made)
		if ok && off > 1e-9 {
			own = signs
			x, off, ok = leastSquares([][]float64{grads, joined(own)}, made)
		}
		if ok && off > 1e-9 && len(value) > 5 { // an elastic net's
			own = h.value
			x, off, ok = leastSquares([][]float64{grads, value, joined(signs)}, made)
			if ok && x[0]*x[2] < 0 {
				x[1], own = x[2], signs
			}
		}
		if !ok || off > 1e-9 || x[0] == 0 || alike(x[1], 1, 1e-9) /* the parameter with its step */ || !noticed(x[1], own, x[0], g.values) {
			continue
		}
		c := make([]float64, len(g.c))
		for k := range c {
			c[k] = g.c[k] * x[0]
		}
		g := &gradientSite{site: w.site, nodes: w.nodes, values: w.values(), c: c, own: x[1]}
		h.decayed = append(append(h.decayed, g), h.scaled(g)...)
	}
}

// scaled are a gradient's multiples by numbers in some steps or all, as where its norm is
// bounded; in the other steps they are the gradient itself.
func (h *history) scaled(g *gradientSite) (out []*gradientSite) {
	by := map[int]*gradientSite{}
	for k, s := range h.steps {
		for _, q := range s.cons[g.nodes[k]] {
			i := slices.Index(s.in[q], g.nodes[k])
			if !s.inRegion[h.p][q] || s.op[q] != "mul" && (s.op[q] != "div" || i != 0) || len(s.in[q]) != 2 || s.size[s.in[q][1-i]] != 1 || s.size[q] == 1 {
				continue
			}
			x, v := by[s.site[q]], layout(s.val(q), h.truth[k].Shape)
			if x == nil {
				x = &gradientSite{site: s.site[q], nodes: slices.Clone(g.nodes), values: slices.Clone(g.values), c: slices.Clone(g.c), own: g.own}
				by[s.site[q]], out = x, append(out, x)
			}
			if by := s.scalar(s.in[q][1-i]); v != nil {
				if s.op[q] == "div" {
					by = 1 / by
				}
				x.nodes[k], x.values[k], x.c[k], x.own = q, v, g.c[k]*by, g.own*by
			}
		}
	}
	return out
}

// signed are the signs of values: the derivative of their sizes' sum.
func signed(list []*array) []*array {
	var out []*array
	for _, a := range list {
		b := a.Clone()
		for i, x := range b.Data {
			b.Data[i] = b2f(x > 0) - b2f(x < 0)
		}
		out = append(out, b)
	}
	return out
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
		if factor(m.values[k+1], g.values[k], 1e-9) != 0 {
			continue // in the very first step the moment is the gradient's
		}
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
	if len(rates) == 0 {
		return false, nil
	}
	if _, w := j.correction(h, f.squares, m, "second", n); w != nil {
		return true, w
	}
	if f.known, f.rates = true, rates; same || next {
		return true, nil
	}
	if math.Abs(ratio*b) < 1e-9 {
		return false, nil // there is no gradient beside the moment
	}
	return true, &updateFault{weight: 4, node: j.combined(h, m, g, n), text: message.New("the first moment and the gradient are combined as %s to %s: Nadam takes %s to %s, both corrected for their beginning at zero", number(b), number(ratio*b), number(b), number(gain))}
}

// combined is where a moment and the gradient are added, at most times a number;
// the step where that is not found.
func (j *judge) combined(h *history, m *stateHistory, g *gradientSite, n int) int {
	for _, w := range h.ways {
		if o := j.op[w.nodes[n-1]]; o != "add" && o != "sub" || m.nodes[n] == w.nodes[n-1] {
			continue
		}
		x, off, ok := leastSquares([][]float64{m.values[n].Data, g.values[n-1].Data}, w.value(n-1).Data)
		if ok && off < exactFit && x[0] != 0 && x[1] != 0 {
			return w.nodes[n-1]
		}
	}
	return h.made[n-1]
}

// fitSign recognises a step by a sign: of the gradient, or of the first moment
// and the gradient together (Chen et al., Symbolic Discovery of Optimization
// Algorithms, 2023, where it is called Lion), perhaps with a decay.
func (j *judge) fitSign(f *updateFit, n int) (done bool, wrong *updateFault) {
	h := f.h
	if n*len(h.value[0].Data) < 6 {
		return false, nil
	}
	for _, w := range h.ways {
		if j.op[w.nodes[0]] != "sign" {
			continue
		}
		signs := w.values()[:n]
		x, off, ok := leastSquares([][]float64{joined(signs), joined(h.value[:n])}, joined(h.moved[:n]))
		for k := 0; k < n && (!ok || off > exactFit); k++ { // a rate that changes
			y, far, good := leastSquares([][]float64{signs[k].Data, h.value[k].Data}, h.moved[k].Data)
			if !good || far > exactFit || len(signs[k].Data) < 4 {
				break
			}
			x, off, ok = y, 0, k == n-1
		}
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
			if v == nil {
				continue
			}
			k := factor(v, h.truth[0], 1e-6)
			for _, g := range h.decayed {
				if g.nodes[0] == q && k == 0 {
					k = g.c[0]
				}
			}
			if k == 0 {
				continue
			}
			f.rate = x[0] * math.Copysign(1, k)
			f.decay, f.decays = x[1], true
			return true, nil
		}
		if of < 0 {
			continue
		}
		m := f.velocity
		old, now := joined(m.values[:n]), joined(m.values[1:n+1])
		inside := joined(h.ways[of].values()[:n])
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
// momentum, centred perhaps.
func (j *judge) fitOfSteps(f *updateFit, odd *stateHistory, n int) (done bool, wrong *updateFault) {
	h := f.h
	lists := [][]*array{f.squares.values[1 : n+1]}
	if f.velocity != nil {
		lists = append(lists, centred(lists[0], f.velocity.values[1:n+1]))
	}
	old, next := joined(odd.values[:n]), joined(odd.values[1:n+1])
	g := f.squares.fit.grad
	for _, w := range h.ways {
		steps := w.values()[:n]
		x, off, ok := leastSquares([][]float64{old, joined(steps)}, next)
		if !ok || off > exactFit || x[0] == 0 || math.Abs(x[0]) > 1 || x[1] == 0 {
			continue
		}
		for _, squares := range lists {
			fit := adaptive(g.values[:n], steps, squares)
			if fit == nil {
				continue
			}
			y, off, ok := leastSquares([][]float64{next}, joined(h.moved[:n]))
			if !ok || off > exactFit || y[0] == 0 {
				continue
			}
			if x[0] < 0 {
				return true, &updateFault{weight: 5, node: odd.nodes[n], coarse: true, text: message.New("the old velocity enters with the factor %s: its sign should be the other", number(x[0]))}
			}
			f.rate = y[0] * x[1] / fit[n-1].b * g.c[n-1]
			return true, nil
		}
	}
	return false, nil
}

// centralised reports that a gradient is left without its mean, along one axis at
// least (Yong et al., Gradient Centralization, 2020).
func centralised(g, rest *array) bool {
	if g == nil || rest == nil || len(squeezed(g.Shape)) < 2 {
		return false
	}
	gone := plus(g, -1, rest)
	top, most := g.MaxAbs(), gone.MaxAbs()
	for axis, n := range g.Shape {
		if n < 2 {
			continue
		}
		after := 1
		for _, d := range g.Shape[axis+1:] {
			after *= d
		}
		fits := true
		for i := range g.Data {
			if i/after%n > 0 {
				continue
			}
			sum := 0.0
			for k := range n {
				at := i + k*after
				sum += rest.Data[at]
				fits = fits && math.Abs(gone.Data[at]-gone.Data[i]) <= 1e-9*most
			}
			fits = fits && math.Abs(sum) <= 1e-9*float64(n)*top
		}
		if fits {
			return true
		}
	}
	return false
}

// fitPast recognises a step by the gradient and by the step before, which is taken
// from where the parameter was (Polyak, Some methods of speeding up the convergence
// of iteration methods, 1964).
func (j *judge) fitPast(f *updateFit, past *stateHistory, n int) (*updateFault, message.Text) {
	h := f.h
	g := h.grads[len(h.grads)-1]
	from := b2i(n > 2) // before the very first step there is none
	var before []*array
	for k := from; k < n; k++ {
		before = append(before, plus(h.value[k], -1, past.values[k]))
	}
	cols := [][]float64{joined(g.values[from:n]), joined(before), joined(h.value[from:n])}
	moved := joined(h.moved[from:n])
	x, off, ok := leastSquares(cols[:2], moved)
	if !ok || off > exactFit {
		if x, off, ok = leastSquares(cols, moved); !ok || off > exactFit || len(moved) < 6 {
			return nil, message.New("its step is no multiple of its gradient, with or without a decay, and no state of an optimiser was recognised")
		}
		f.decay, f.decays = x[2], true
	}
	if f.decay > 0.5 || f.decay < -0.5 {
		return &updateFault{weight: 5, node: h.made[n-1], text: message.New("the parameter enters its own step with the factor %s, its value a step before with %s: the difference of the two is meant", number(x[1]+x[2]), number(-x[1]))}, message.Text{}
	}
	if x[1] < -1e-9 {
		return &updateFault{weight: 5, node: h.made[n-1], coarse: true, text: message.New("the step before enters with the factor %s: its sign should be the other", number(x[1]))}, message.Text{}
	}
	f.rate, f.known = x[0]*g.c[n-1], true
	return nil, message.Text{}
}
