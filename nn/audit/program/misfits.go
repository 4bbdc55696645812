package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// What is wrong with updates that are of no known form.

// shifted finds the first value of the update that is a multiple of the gradient,
// or of its square, and a number more, the same in every step: -1 where there is none. No rule adds
// one.
func (h *history) shifted() (node int, by float64) {
	g := joined(h.grads[len(h.grads)-1].values)
	ones := make([]float64, len(g))
	for i := range ones {
		ones[i] = 1
	}
	if len(g) < 8 || len(h.value[0].Data) < 3 {
		return -1, 0
	}
	squares := make([]float64, len(g))
	for i, x := range g {
		squares[i] = x * x
	}
	for _, col := range [][]float64{g, squares} {
		for _, w := range h.ways {
			x, off, ok := leastSquares([][]float64{col, ones}, joined(w.values))
			if ok && off < 1e-9 && x[0] != 0 && math.Abs(x[1]) > max(1e-3, 1e-2*math.Abs(x[0])*largest(col)) { // no constant against zero
				return w.nodes[len(w.nodes)-1], x[1]
			}
		}
	}
	return -1, 0
}

// oddMultiple says what product a step is a multiple of, where that is none of
// the gradient or a moment.
func (h *history) oddMultiple() message.Text {
	n := len(h.steps) - 1
	moved, e, w := joined(h.moved[:n]), joined(h.grads[0].values[:n]), joined(h.value[:n])
	if len(moved) < 8 {
		return message.Text{}
	}
	multiple := func(f func(i int) float64) bool {
		col := make([]float64, len(moved))
		for i := range col {
			col[i] = f(i)
		}
		x, off, ok := leastSquares([][]float64{col}, moved)
		return ok && off < exactFit && x[0] != 0
	}
	for _, st := range h.states {
		v := joined(st.values[1 : n+1])
		if multiple(func(i int) float64 { return e[i] * v[i] }) {
			return message.New("the gradient times a state of the optimiser")
		}
		if multiple(func(i int) float64 { return v[i] * v[i] }) {
			return message.New("the square of a state of the optimiser")
		}
	}
	switch {
	case multiple(func(i int) float64 { return math.Abs(e[i]) }):
		return message.New("the gradient's absolute value")
	case multiple(func(i int) float64 { return e[i] * e[i] }):
		return message.New("the gradient's square")
	case multiple(func(i int) float64 { return e[i] * w[i] }):
		return message.New("the gradient times the parameter")
	}
	return message.Text{}
}

// emptied finds zeros made anew in each step that a momentum is multiplied
// with, or a velocity that is multiplied by zero; -1 where there are none.
func (j *judge) emptied(h *history) int {
	for _, w := range h.ways {
		all := true
		at := -1
		for k, q := range w.nodes {
			s := h.steps[k]
			all = all && j.op[q] == "mul" && len(j.in[q]) == 2 && isZero(w.values[k])
			if !all {
				break
			}
			z := j.in[q][0]
			if j.size[z] != j.size[q] {
				z = j.in[q][1]
			}
			other := j.in[q][0] + j.in[q][1] - z
			// A zero that is written there, not a setting.
			if at = q; j.size[q] > 1 && made(j.op[other]) && j.scalar(other) == 0 && isNumber(j.operand(q, slices.Index(j.in[q], other)).String()) {
				all = k == 0 || h.renews(z, k)
				continue
			}
			all = z >= s.begin && made(j.op[z]) && j.size[other] == 1 && j.scalar(other) != 0 && j.scalar(other) != 1
			at = z
		}
		if all && len(w.nodes) >= 3 {
			return at
		}
	}
	return -1
}

// renews reports that step k makes value q of what a state was.
func (h *history) renews(q, k int) bool {
	s := h.steps[k]
	return slices.ContainsFunc(h.states, func(st *stateHistory) bool {
		return st.nodes[k] == q || slices.Contains(s.in[q], st.nodes[k])
	})
}
