package program

import (
	"math"
	"slices"
	"strings"

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
	for i, col := range [][]float64{g, squares} {
		least := [2]float64{2e-6, 1e-2}[i] // a guard against zero is smaller beside the gradient, and may be so beside its square
		for _, w := range h.ways {
			last := len(w.nodes) - 1
			s := h.steps[last]
			if slices.ContainsFunc(s.in[w.nodes[last]], func(o int) bool { return s.ownShare(h.p, o) }) {
				continue // a penalty's share, of signs perhaps
			}
			x, off, ok := leastSquares([][]float64{col, ones}, joined(w.values()))
			if ok && off < 1e-9 && math.Abs(x[0])*largest(col) > 1e-3*math.Abs(x[1]) && math.Abs(x[1]) > math.Abs(x[0])*least*max(float64(1-i), largest(col)) && (i == 0 || math.Abs(x[1]) > 1e-3) {
				return w.nodes[len(w.nodes)-1], x[1]
			}
		}
	}
	return -1, 0
}

// numberAdded is the fault that shifted finds, nil where there is none.
func (h *history) numberAdded() *updateFault {
	if h.steps[0].prec == single {
		return nil
	}
	q, c := h.shifted()
	if q < 0 {
		return nil
	}
	return &updateFault{weight: 5, node: q, text: message.New("the number %s is added to the gradient: is something to be multiplied by it?", number(c))}
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
			all = all && j.op[q] == "mul" && len(j.in[q]) == 2 && isZero(w.value(k))
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
			all = z >= s.begin && (made(j.op[z]) || j.timesZero(z)) && j.size[other] == 1 && j.scalar(other) != 0 && j.scalar(other) != 1
			at = z
		}
		if all && len(w.nodes) >= 3 {
			return at
		}
	}
	return -1
}

// timesZero reports that a value is another one times a zero that is written there.
func (j *judge) timesZero(q int) bool {
	return j.op[q] == "mul" && slices.ContainsFunc(j.in[q], func(u int) bool { return j.size[u] == 1 && made(j.op[u]) && j.scalar(u) == 0 })
}

// renews reports that step k makes value q of what a state was.
func (h *history) renews(q, k int) bool {
	s := h.steps[k]
	return slices.ContainsFunc(h.states, func(st *stateHistory) bool {
		return st.nodes[k] == q || slices.Contains(s.in[q], st.nodes[k])
	})
}

// oneArray recognises a state that stands for both moments: a step makes a moment of
// what it was and of the gradient, keeps that, and reads it by another name for the
// second moment's old value.
func (j *judge) oneArray(h *history, st *stateHistory) *updateFault {
	n := len(h.steps) - 1
	if n < 3 || len(h.value[0].Data) < 3 || h.steps[0].prec == single || st.nodes[n] < 0 || st.nodes[n-1] < 0 {
		return nil
	}
	reads := func(of int) (name string) {
		for _, c := range j.cons[of] {
			for k, u := range j.in[c] {
				if code := j.operandCode(c, k); u == of && name == "" && h.steps[n-1].inRegion[h.p][c] && isReference(code) {
					name = code
				}
			}
		}
		return name
	}
	for _, w := range h.ways {
		at, next := w.nodes[n-1], j.root(st.nodes[n])
		if at == next || !j.stored(at) || !h.reads(j, n-1, at)[next] {
			continue
		}
		x, off, ok := leastSquares([][]float64{joined(st.values[1:n]), joined(h.truth[1:n])}, joined(w.values()[1:n]))
		first, second := reads(st.nodes[n-1]), reads(at)
		if !ok || off > exactFit || x[0] < 1e-3 || x[0] > 1-1e-6 || x[1] == 0 || first == second || first == "" || second == "" {
			continue
		}
		// The gradient comes in once more.
		past := map[int]bool{}
		for i, in := range j.before([]int{next}, h.steps[n-1].isCur) {
			past[i] = in && i != at
		}
		again := slices.ContainsFunc(h.grads, func(g *gradientSite) bool {
			return slices.ContainsFunc(j.cons[g.nodes[n-1]], func(c int) bool { return past[c] && c > at })
		})
		if !again {
			continue
		}
		f := &updateFault{weight: 5, sure: true, node: next, text: message.New("`%s` and `%s` are one array: each writes over what the other keeps", first, second)}
		f.line = j.givenAlike(next, first, second)
		return f
	}
	return nil
}

// givenAlike is the line of a node's file that gives what holds one of two values what
// holds the other, 0 where there is none.
func (j *judge) givenAlike(node int, first, second string) int {
	name := func(code string) string {
		code, _, _ = strings.Cut(code, "[")
		return strings.TrimPrefix(held(code), ".")
	}
	file := &j.g.Files[j.line(node).file]
	for a := range assigned(file) {
		if x, y := name(a.target), name(a.value); isReference(a.value) && (x == name(first) && y == name(second) || x == name(second) && y == name(first)) {
			return a.line
		}
	}
	return 0
}

// forgetful finds, in an adaptive step, what is made of the second moment where
// something that the program keeps for itself is meant: a first moment that goes on
// from the second, and a largest that has nothing of the largest before in it.
func (j *judge) forgetful(f *updateFit, n int) *updateFault {
	h := f.h
	if n < 3 || len(h.value[0].Data) < 3 {
		return nil
	}
	s, grads := f.squares, f.squares.fit.grad.values[:n]
	scale := f.squares.fit.grad.c[n-1] / h.grads[0].c[n-1] // since it entered the update
	for _, w := range h.ways {
		x, off, ok := leastSquares([][]float64{joined(s.values[:n]), joined(grads)}, joined(w.values()[:n]))
		if ok && off < exactFit && x[0] > 1e-3 && alike(math.Abs(x[1]*scale), 1-x[0], 1e-5) && x[0] < 1-1e-5 && n*len(h.value[0].Data) > 5 {
			return &updateFault{weight: 5, sure: true, node: w.nodes[n-1], text: message.New("the first moment goes on from the second, %s of which it takes: its own value of the step before is meant", number(x[0]))}
		}
	}
	squares := squared(grads)
	for _, w := range h.ways {
		forgets := j.op[w.nodes[0]] == "maximum"
		for k := 0; k < n && forgets; k++ {
			both := [2]bool{}
			for _, u := range j.in[w.nodes[k]] {
				if v := layout(j.val(u), squares[k].Shape); v != nil {
					both[0] = both[0] || near(v, s.values[k+1], 1e-9)
					both[1] = both[1] || factor(v, squares[k], 1e-9) > 0
				}
			}
			forgets = both[0] && both[1]
		}
		if forgets {
			return &updateFault{weight: 5, sure: true, node: w.nodes[n-1], text: message.New("the largest is that of the second moment and of this step's square: nothing of the largest before is in it")}
		}
	}
	return nil
}

// undecayed recognises a second moment that each step adds 1 - d of the gradient's
// square to, d being a number of the program's, and that does not decay by d.
func (h *history) undecayed(j *judge, st *stateHistory) *updateFault {
	n := len(h.steps) - 1
	if !alike(st.fit.decay, 1, 1e-9) || st.fit.largest {
		return nil
	}
	gain := h.rawGain(st.fit)
	for _, q := range h.steps[n-1].region[h.p] {
		for k, o := range j.in[q] {
			if d := 1 - j.scalar(o); j.op[q] == "mul" && j.size[o] == 1 && alike(1-d, gain, 1e-6) && d > 0.5 && d < 1 && j.lessThanOne(q, k) {
				return &updateFault{weight: 5, node: st.nodes[n], sure: true, text: message.New("the gradient's square enters the second moment with 1 - %s, and nothing makes the old one %s of what it was", number(d), number(d))}
			}
		}
	}
	return nil
}

// undecaying recognises a second moment that is divided by 1 - b**t, as one that decays
// by b, in rates that are right but for that, and does not decay.
func (j *judge) undecaying(f *updateFit, rates []float64) *updateFault {
	st := f.squares
	if len(rates) < 5 || st.fit.decay != 1 || st.fit.largest || steady(rates) {
		return nil
	}
	tol := exactOf(f.h.steps[0].prec == single, 1e-6, 1e-3)
	for _, b := range []float64{0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999} {
		if correctedAs(rates, tol, func(k int) float64 { return math.Sqrt(1 - math.Pow(b, f.h.time(k))) }) {
			return &updateFault{weight: 5, node: st.nodes[len(st.nodes)-1], sure: true, coarse: true, text: message.New("the second moment is divided by 1 - %s**t, and does not decay: nothing makes the old one %s of what it was", number(b), number(b))}
		}
	}
	return nil
}

// lessThanOne reports that the program writes an operand as one less a number.
func (j *judge) lessThanOne(q, k int) bool {
	o := j.in[q][k]
	if j.op[o] == "sub" {
		return made(j.op[j.in[o][0]]) && made(j.op[j.in[o][1]]) && j.scalar(j.in[o][0]) == 1
	}
	number, ok := strings.CutPrefix(strings.Trim(j.operandCode(q, k), "()"), "1 - ")
	return ok && isNumber(number)
}
