package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// Steps by the gradient alone, and by a velocity.

// follows reports that the step is a multiple of a state.
func (h *history) follows(st *stateHistory) bool {
	n := len(h.steps) - 1
	_, off, ok := leastSquares([][]float64{joined(st.values[1 : n+1])}, joined(h.moved[:n]))
	return ok && off < exactFit
}

// fitPlain: the step is a multiple of the gradient, perhaps with a decay.
func (j *judge) fitPlain(f *updateFit, small, single bool) message.Text {
	h := f.h
	g := h.grads[len(h.grads)-1]
	rate, decay, edge := 0.0, 0.0, -1
	for k, d := range h.moved {
		top := d.MaxAbs()
		tol := 1e-7 + 1e-14*h.value[k].MaxAbs()/(top+1e-300)
		if single {
			tol = 3e-3 + 2e-6*h.value[k].MaxAbs()/(top+1e-300)
		}
		x, off, ok := leastSquares([][]float64{g.values[k].Data}, d.Data)
		if ok && off < tol {
			rate, decay = x[0], 0
			continue
		}
		if len(d.Data) > 2 {
			if x, off, ok = leastSquares([][]float64{g.values[k].Data, h.value[k].Data}, d.Data); ok && off < tol {
				rate, decay = x[0], x[1]
				continue
			}
			signs := signed(h.value[k : k+1])[0].Data
			if x, off, ok = leastSquares([][]float64{g.values[k].Data, signs}, d.Data); ok && off < tol && len(d.Data) > 3 {
				rate, decay = x[0], x[1]
				continue
			}
			if x, off, ok = leastSquares([][]float64{g.values[k].Data, h.value[k].Data, signs}, d.Data); ok && off < tol && len(d.Data) > 5 {
				rate, decay = x[0], max(x[1], x[2])
				continue
			}
			spared := slices.IndexFunc(sparing(h.value[k]), func(v *array) bool {
				x, off, ok = leastSquares([][]float64{g.values[k].Data, v.Data}, d.Data)
				return ok && off < tol
			})
			if spared >= 0 && (edge < 0 || edge == spared) && len(d.Data) > 4 {
				rate, decay, edge = x[0], x[1], spared
				continue
			}
		}
		return message.New("its step is no multiple of its gradient, with or without a decay, and no state of an optimiser was recognised")
	}
	c := g.c[len(g.c)-1]
	f.rate, f.known, f.decay, f.decays = rate*c, true, decay, true
	return message.Text{}
}

// sparing are the parts of a parameter that decay where its first or last row or
// column is biases, which do not.
func sparing(v *array) (out []*array) {
	for axis, n := range v.Shape {
		inner := 1
		for _, m := range v.Shape[axis+1:] {
			inner *= m
		}
		for _, edge := range []int{0, n - 1} {
			part := v.Clone()
			for i := range part.Data {
				if i/inner%n == edge {
					part.Data[i] = 0
				}
			}
			out = append(out, part)
		}
	}
	return out
}

// combines reports that step k is made with a state as it was, too, and not only as
// it is renewed.
func (h *history) combines(j *judge, st *stateHistory, k int) bool {
	s, last := h.steps[k], h.made[k]
	todo, seen := []int{st.nodes[k]}, map[int]bool{}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, c := range j.cons[x] {
			if c == last {
				return true
			}
			if s.inRegion[h.p][c] && !seen[c] && j.root(c) != j.root(st.nodes[k+1]) {
				seen[c] = true
				todo = append(todo, c)
			}
		}
	}
	return false
}

// fitVelocity: the step is made of the velocity, or by Nesterov's rule of two.
func (j *judge) fitVelocity(f *updateFit, n int, small bool) (*updateFault, message.Text) {
	h, v := f.h, f.velocity
	fit, last := v.fit, h.made[n-1]
	c := fit.grad.c[len(fit.grad.c)-1]
	if c == 0 {
		c = 1
	}
	now, old := v.values[1:n+1], v.values[:n]
	grads, moved, values := fit.grad.values[:n], h.moved[:n], h.value[:n]
	mu := fit.decay
	solve := func(cols ...[]*array) ([]float64, bool) {
		var list [][]float64
		for _, col := range cols {
			list = append(list, joined(col))
		}
		x, off, ok := leastSquares(list, joined(moved))
		return x, ok && off < exactFit
	}
	if x, ok := solve(now); ok {
		if w := j.looksBack(h, v, x[0]*mu); w != nil {
			return w, message.Text{}
		}
		f.rate, f.known, f.decays = x[0]*fit.gain*c, true, true
		return nil, message.Text{}
	}
	// A mean of the velocity and of the gradient (Ma and Yarats, Quasi-hyperbolic
	// momentum, 2019).
	if x, ok := solve(now, grads); ok && h.weighted(fit) && x[0]*fit.gain*x[1] > 0 && n*len(now[0].Data) > 5 && !h.combines(j, v, n-1) {
		f.rate, f.known = (x[0]*fit.gain+x[1])*c, true
		return nil, message.Text{}
	}
	if x, ok := solve(now, grads); ok && !h.weighted(fit) && n*len(now[0].Data) > 5 && alike(x[1], x[0]*fit.gain*mu, 1e-6) {
		return wholeVelocity(last, mu), message.Text{}
	}
	if len(now[0].Data) > 2 {
		// A rate that changes from step to step.
		var rates []float64
		for k := range now {
			x, off, ok := leastSquares([][]float64{now[k].Data}, moved[k].Data)
			if !ok || off > exactFit {
				break
			}
			rates = append(rates, x[0])
		}
		if len(rates) == n {
			if n >= 3 && !h.weighted(fit) && mu > 0 && mu < 1 && correctedAs(rates, 1e-6, func(k int) float64 { return 1 / (1 - math.Pow(mu, h.time(k))) }) {
				return &updateFault{weight: 5, node: v.nodes[n], sure: true, text: message.New("the first moment decays by %s, but the gradient enters it with %s, not %s", number(mu), number(h.rawGain(fit)), number(1-mu))}, message.Text{}
			}
			f.rate, f.known = rates[n-1]*fit.gain*c, true
			return nil, message.Text{}
		}
	}
	if r, rate := inEachStep(now, grads, moved); r*fit.gain > 0 {
		if !h.weighted(fit) && alike(r, fit.gain*mu, 1e-5) && !alike(mu, 1, 1e-5) {
			return wholeVelocity(last, mu), message.Text{}
		}
		f.rate, f.known = rate*(fit.gain+r)*c, true
		return nil, message.Text{}
	}
	if small && n < 3 {
		return nil, message.New("one number and few steps: its update cannot be told from others")
	}
	if x, ok := solve(now, values); ok && math.Abs(x[1]) < 0.5 {
		f.rate, f.known, f.decay, f.decays = x[0]*fit.gain*c, true, x[1], true
		return nil, message.Text{}
	}
	// The velocity before: where it was not renewed yet. The first step of a
	// velocity that begins at zero then does not move.
	if x, ok := solve(old); ok {
		if n >= 2 && x[0] != 0 {
			return &updateFault{weight: 5, node: last, cause: "velocity-renewed-late", text: message.New("the step takes the velocity of the step before: it is renewed only afterwards")}, message.Text{}
		}
	}
	if x, ok := solve(now, old); ok && math.Abs(mu) < 1e-9 {
		// The gradients of this step and of the one before.
		if x[0]*x[1] < 0 {
			return &updateFault{weight: 5, node: last, text: message.New("the gradient of the step before enters with the factor %s against that of this step: its sign should be the other", number(x[1]/x[0]))}, message.Text{}
		}
		f.rate, f.known = x[0]*fit.gain*c, true
		return nil, message.Text{}
	} else if ok {
		// (1+µ)·v − µ·v′
		if math.Abs(x[1]+x[0]*mu/(1+mu)) < exactOf(h.steps[0].prec == single, 1e-5, 1e-2)*math.Abs(x[0]) {
			f.rate, f.known = x[0]*fit.gain*c, true
			return nil, message.Text{}
		}
		if b := x[1] * mu; math.Abs(b) > 0 {
			return &updateFault{weight: 5, coarse: x[0]*x[1] > 0, node: last, text: message.New("the new and the old velocity are combined as %s and %s: Nesterov's rule is (1 + µ) and -µ with µ = %s", number(x[0]), number(x[1]), number(mu))}, message.Text{}
		}
	}
	if x, ok := solve(now, grads); ok {
		// g + µ·v, with the signs that each has
		if math.Abs(x[1]*mu-x[0]*fit.gain) < 1e-4*math.Abs(x[1]) || math.Abs(x[1]-x[0]*fit.gain) < 1e-4*math.Abs(x[1]) || x[0]*fit.gain*x[1] > 0 {
			f.rate, f.known = (x[0]*fit.gain+x[1])*c, true
			return nil, message.Text{}
		}
		return &updateFault{weight: 5, node: last, text: message.New("the velocity and the gradient are combined as %s and %s: no form of Nesterov's rule", number(x[0]), number(x[1]))}, message.Text{}
	}
	return nil, message.New("its step is not made of its velocity in a known way")
}

// looksBack finds a gradient that is taken where the parameter less the velocity's
// share of the step would be, and not where that takes it, as Nesterov's rule does:
// carried is that share.
func (j *judge) looksBack(h *history, v *stateHistory, carried float64) *updateFault {
	at := -1
	for k := 1; k < len(h.steps); k++ {
		s := h.steps[k]
		back := slices.IndexFunc(j.cons[s.cur[h.p]], func(q int) bool {
			if o := j.op[q]; !s.forward[q] || o != "add" && o != "sub" || j.size[q] != j.size[s.cur[h.p]] || j.val(q) == nil || len(h.value[k].Data) < 3 {
				return false
			}
			c := factor(plus(layout(j.val(q), h.value[k].Shape), -1, h.value[k]), v.values[k], 1e-6)
			return c != 0 && alike(c, -carried, 1e-2) // which penalties may be in
		})
		if back < 0 {
			return nil
		}
		at = j.cons[s.cur[h.p]][back]
	}
	if at < 0 {
		return nil
	}
	return &updateFault{weight: 5, node: at, sure: true, coarse: true, text: message.New("the gradient is taken behind `%s`, where the velocity comes from: Nesterov's rule takes it ahead, where the velocity leads to", j.names[h.p])}
}

func wholeVelocity(node int, mu float64) *updateFault {
	return &updateFault{weight: 5, node: node, sure: true, text: message.New("the velocity enters whole and the gradient with %s: Nesterov's rule takes the gradient whole and %s of the velocity", number(mu), number(mu))}
}

// inEachStep is what the gradient enters with beside a velocity, the same in all steps
// but the first, in which both are one, and the velocity's last rate; 0 where it is not so.
func inEachStep(now, grads, moved []*array) (ratio, rate float64) {
	if len(now) < 3 || len(now[0].Data) < 4 {
		return 0, 0
	}
	for k := 1; k < len(now); k++ {
		x, off, ok := leastSquares([][]float64{now[k].Data, grads[k].Data}, moved[k].Data)
		if !ok || off > exactFit || x[0] == 0 || k > 1 && !alike(x[1]/x[0], ratio, 1e-5) {
			return 0, 0
		}
		ratio, rate = x[1]/x[0], x[0]
	}
	return ratio, rate
}
