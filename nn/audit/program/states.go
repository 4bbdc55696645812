package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// exactFit is how well a known form fits, in units of the largest element.
const exactFit = 2e-6

func exactOf(single bool, double, rough float64) float64 {
	if single {
		return rough
	}
	return double
}

// fitState recognises how a state is renewed, nil where it is of no known form.
func (h *history) fitState(j *judge, st *stateHistory) *stateFit {
	from := 0
	if len(st.values) > 2 {
		from = 1
	}
	to := len(st.values) - 1
	old, next := joined(st.values[from:to]), joined(st.values[from+1:])
	if f := h.fitLargest(j, st); f != nil {
		return f
	}
	if slices.Equal(next, joined(h.value[from:to])) && slices.ContainsFunc(h.moved[from:to], func(d *array) bool { return d.MaxAbs() > 0 }) {
		return &stateFit{past: true, grad: h.grads[0]}
	}
	var own *stateFit
	exactFit := exactOf(h.steps[0].prec == single, exactFit, 2e-4)
	for _, g := range slices.Backward(slices.Concat(h.decayed, h.grads)) {
		e := joined(g.values[from:to])
		for _, square := range []bool{false, true} {
			col := slices.Clone(e)
			if square {
				for k := range col {
					col[k] *= col[k]
				}
			}
			if square {
				grown := slices.Clone(next)
				for k := range grown {
					grown[k] -= old[k]
				}
				if x, off, ok := leastSquares([][]float64{col}, grown); ok && off < exactFit && x[0] > 0 {
					return &stateFit{square: true, decay: 1, gain: x[0], grad: g}
				}
			}
			if x, off, ok := leastSquares([][]float64{old, col}, next); ok && off < exactFit && math.Abs(x[1])*largest(col) > 1e-6*largest(next) {
				return &stateFit{square: square, decay: x[0], gain: x[1], grad: g}
			}
		}
		if x, off, ok := leastSquares([][]float64{old, e, joined(h.value[from:to])}, next); ok && off < exactFit && len(old) > 5 && own == nil && math.Abs(x[2]) < 0.5 {
			if math.Abs(x[1])*largest(e) < 1e-6*largest(next) {
				return &stateFit{decay: x[0], gain: x[2], grad: g, mean: true}
			}
			own = &stateFit{decay: x[0], gain: x[1], grad: g, own: x[2]}
		}
		if x, off, ok := leastSquares([][]float64{old, joined(h.value[from+1 : to+1])}, next); ok && off < exactFit {
			return &stateFit{decay: x[0], gain: x[1], grad: g, mean: true}
		}
	}
	// A rate inside the velocity that changes from step to step.
	for _, g := range slices.Backward(slices.Concat(h.decayed, h.grads)) {
		if len(st.values[0].Data) <= 3 {
			break
		}
		var first *stateFit
		for k := from; k < to; k++ {
			x, off, ok := leastSquares([][]float64{st.values[k].Data, g.values[k].Data}, st.values[k+1].Data)
			if !ok || off > exactFit || first != nil && math.Abs(x[0]-first.decay) > 1e-5 {
				first = nil
				break
			}
			first = &stateFit{decay: x[0], gain: x[1], grad: g, varies: first != nil && (first.varies || !alike(first.gain, x[1], 1e-6))}
		}
		if first != nil && math.Abs(first.gain) > 1e-14 {
			return first
		}
	}
	if own == nil {
		own = h.fitSpread(st, from, to)
	}
	if own == nil {
		own = h.fitOdd(st, old, next, from, to)
	}
	return own
}

func largest(l []float64) (m float64) {
	for _, x := range l {
		m = max(m, math.Abs(x))
	}
	return m
}

// fitLargest recognises a state that is the largest of itself, perhaps after a
// decay, and another value (AMSGrad, Adamax).
func (h *history) fitLargest(j *judge, st *stateHistory) *stateFit {
	for _, w := range slices.Backward(h.ways) {
		if len(st.values[0].Data)*len(st.values) < 6 {
			break
		}
		decay, fits, equal, either := 0.0, true, 0, 0
		for k := 1; k+1 < len(st.values) && fits; k++ {
			if st.nodes[k] < 0 || h.reads(j, k, st.nodes[k])[w.nodes[k]] {
				fits = false
				break
			}
			old, next := st.values[k].Data, st.values[k+1].Data
			for i, x := range next {
				switch v := w.value(k).Data[i]; {
				case x == v:
					equal++
				case x == old[i] && x > v && (decay == 0 || decay == 1):
					decay = 1
					either++
				case old[i] > 0 && x > v && (decay == 0 || alike(x/old[i], decay, 1e-9)):
					decay = x / old[i]
					either++
				default:
					fits = false
				}
			}
		}
		if sure := j.takesLargest(st.nodes[len(st.nodes)-1], w.nodes[len(w.nodes)-2]); !fits || !sure && (either < 3 || equal == 0) || decay > 1+1e-9 {
			continue
		}
		// The gradient's size, perhaps with a constant beside it, or its square.
		g, size := h.grads[len(h.grads)-1], false
		for _, x := range slices.Concat(h.decayed, h.grads) {
			each, ones := joined(x.values), []float64{}
			for i, y := range each {
				each[i] = math.Abs(y)
				ones = append(ones, 1)
			}
			if _, off, ok := leastSquares([][]float64{each, ones}, joined(w.values())); ok && off < 1e-6 {
				g, size = x, true
			}
		}
		return &stateFit{square: true, largest: true, of: &w, size: size, decay: decay, gain: 1, grad: g}
	}
	return nil
}

// takesLargest reports that a state is kept as the larger of what it was and of value w.
func (j *judge) takesLargest(q, w int) bool {
	for j.op[q] != "maximum" && j.op[q] != "fmax" {
		switch {
		case (j.alias[q] || j.op[q] == "copy") && len(j.in[q]) > 0:
			q = j.in[q][0]
		case j.overwrites(q):
			q = j.in[q][1]
		default:
			return false
		}
	}
	return slices.Contains(j.in[q], w)
}

// fitOdd says what a state of no known form is made of: the gradient's size,
// its product with something, another state. Only what fits to the last digits
// in several steps is said.
func (h *history) fitOdd(st *stateHistory, old, next []float64, from, to int) *stateFit {
	if len(next) < 8 || h.steps[0].prec == single {
		return nil
	}
	g := h.grads[0]
	e, w := joined(g.values[from:to]), joined(h.value[from:to])
	each := func(f func(i int) float64) []float64 {
		out := make([]float64, len(e))
		for i := range out {
			out[i] = f(i)
		}
		return out
	}
	type candidate struct {
		col  []float64
		what message.Text
		with *stateHistory
	}
	list := []candidate{
		{each(func(i int) float64 { return math.Abs(e[i]) }), message.New("the gradient's absolute value"), nil},
		{each(func(i int) float64 { return e[i] * w[i] }), message.New("the gradient times the parameter"), nil},
		{each(func(i int) float64 { return w[i] * w[i] }), message.New("the parameter's square"), nil},
		{each(func(i int) float64 { return e[i] * e[i] * e[i] }), message.New("the gradient's third power"), nil},
	}
	for _, o := range h.states {
		if o == st {
			continue
		}
		u := joined(o.values[from+1 : to+1])
		list = append(list,
			candidate{each(func(i int) float64 { return u[i] * u[i] }), message.New("the square of another state"), nil},
			candidate{each(func(i int) float64 { return u[i] * e[i] }), message.New("the gradient times another state"), o})
	}
	for _, c := range list {
		if x, off, ok := leastSquares([][]float64{old, c.col}, next); ok && off < exactFit && math.Abs(x[1]) > 1e-14 {
			return &stateFit{odd: c.what, with: c.with, decay: x[0], gain: x[1], grad: g}
		}
	}
	return nil
}

// findWays collects the expressions of the update that each step has once.
func (h *history) findWays(j *judge) {
	by := map[int]*way{}
	var order []int
	for k, s := range h.steps {
		twice := map[int]bool{}
		for _, q := range s.region[h.p] {
			site := j.site[q]
			if twice[site] || !fits(j.shapes[q], h.truth[k].Shape) || j.val(q) == nil {
				continue
			}
			twice[site] = true
			w := by[site]
			if w == nil {
				w = &way{judge: j, like: h.truth[0].Shape, site: site}
				by[site] = w
				order = append(order, site)
			}
			if len(w.nodes) == k {
				w.nodes = append(w.nodes, q)
			}
		}
	}
	for _, site := range order {
		if w := by[site]; len(w.nodes) == len(h.steps) {
			h.ways = append(h.ways, *w)
		}
	}
	slices.SortStableFunc(h.ways, func(a, b way) int { return a.nodes[len(a.nodes)-1] - b.nodes[len(b.nodes)-1] })
}

// reads is what step k of the update makes of a value.
func (h *history) reads(j *judge, k, from int) map[int]bool {
	s := h.steps[k]
	out, todo := map[int]bool{}, []int{from}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, c := range j.cons[x] {
			if s.inRegion[h.p][c] && !out[c] {
				out[c] = true
				todo = append(todo, c)
			}
		}
	}
	return out
}

// isRoot reports a square root.
func (j *judge) isRoot(q int) bool {
	return j.op[q] == "sqrt" || j.op[q] == "pow" && len(j.in[q]) == 2 && j.size[j.in[q][1]] == 1 && math.Abs(j.scalar(j.in[q][1])) == 0.5
}

// rooted reports that the update takes a state's root.
func (h *history) rooted(j *judge, st *stateHistory) bool {
	k := len(h.steps) - 1
	for q := range h.reads(j, k, st.nodes[k]) {
		if j.isRoot(q) {
			return true
		}
	}
	return false
}

// memoryless finds, in place of a second moment, the square of the gradient of
// this step alone: kept as a state is, though nothing of the state before is in
// it. It returns that square in each step.
func (h *history) memoryless(j *judge) *way {
	for x := range h.ways {
		root := &h.ways[x]
		if !j.isRoot(root.nodes[0]) {
			continue
		}
		for y := range h.ways {
			w := &h.ways[y]
			n := len(w.nodes) - 1
			if !h.reads(j, n, w.nodes[n])[root.nodes[n]] || !j.stored(w.nodes[n]) {
				continue
			}
			fits := true
			for k, v := range w.values() {
				sq := h.truth[k].Clone()
				for i, t := range sq.Data {
					sq.Data[i] = t * t
				}
				fits = fits && len(sq.Data) > 2 && factor(v, sq, exactOf(h.steps[k].prec == single, 1e-6, 1e-3)) > 0
			}
			if fits {
				return w
			}
		}
	}
	return nil
}

// stored reports that a value outlives its statement: in a list, a dictionary,
// an object or an array that was there before.
func (j *judge) stored(q int) bool {
	for _, k := range j.kept {
		if k.node == q && k.kind == "store" {
			return true
		}
	}
	return j.inplace[q] || j.op[q] == "setitem"
}
