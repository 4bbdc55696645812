package program

import (
	"math"
	"slices"
	"strings"

	"glassbox/nn/message"
)

// How a parameter steps: by the gradient, by a velocity, or by a moment divided
// by the root of a second.
type updateFit struct {
	h        *history
	velocity *stateHistory // whose fit is not of squares
	squares  *stateHistory
	rate     float64         // of the true derivative, negative where the step descends; 0 unknown
	known    bool            // rate is a number, not only a sign
	rates    map[int]float64 // by step, where they are known
	decay    float64         // of the parameter itself in a step
	decays   bool            // decay was fitted
}

// checkUpdates holds each parameter's update against the known optimisers. It
// returns what is wrong, and marks what is of no known form as not judged.
func (j *judge) checkUpdates(all []*step) []updateFault {
	var faults []updateFault
	var fits []*updateFit
	histories := j.histories(all)
	for _, h := range histories {
		f, wrong, why := j.fitUpdate(h)
		if wrong == nil {
			wrong = j.growing(h, histories)
		}
		p := &j.verdict.Parameters[h.p]
		switch {
		case wrong != nil:
			p.Update = "wrong"
			faults = append(faults, *wrong)
		case f == nil:
			p.Why = why
		default:
			p.Update = "right"
			fits = append(fits, f)
		}
	}
	if slices.ContainsFunc(all, func(s *step) bool { return s.prec == single }) {
		// In single precision constants are too rough to be judged: only signs are.
		faults = slices.DeleteFunc(faults, func(f updateFault) bool { return f.weight < 5 || !f.sign })
	}
	if len(faults) == 0 {
		faults = append(faults, j.compareRates(fits)...)
	}
	if !all[0].likelihood() {
		faults = append(faults, j.checkSigns(fits)...)
	}
	faults = append(faults, j.checkDecays(fits)...)
	slices.SortStableFunc(faults, func(a, b updateFault) int { return b.weight - a.weight })
	return faults
}

func (j *judge) fitUpdate(h *history) (fit *updateFit, wrong *updateFault, why message.Text) {
	fault := func(weight, node int, format string, args ...any) {
		wrong = &updateFault{weight: weight, node: node, text: message.New(format, args...)}
	}
	for i := range h.moved {
		if !finite(h.moved[i]) || !finite(h.truth[i]) {
			return nil, nil, message.New("its update is not finite")
		}
	}
	single := h.steps[0].prec == single
	small := len(h.value[0].Data) < 2
	fit = &updateFit{h: h}
	var odd, largest *stateHistory
	for _, st := range h.states {
		st.fit = h.fitState(j, st)
		switch {
		case st.fit == nil:
			if odd == nil {
				odd = st
			}
		case !st.fit.odd.IsZero():
			if h.rooted(j, st) {
				fault(5, st.nodes[len(st.nodes)-1], "the second moment is made of %s: the gradient's square is meant", st.fit.odd)
				return nil, wrong, why
			}
			if h.follows(st) {
				fault(5, st.nodes[len(st.nodes)-1], "the velocity is made of %s: the gradient itself is meant", st.fit.odd)
				return nil, wrong, why
			}
			odd = st
		case st.fit.mean:
		case st.fit.largest:
			largest = st
		case st.fit.square && fit.squares == nil:
			fit.squares = st
		case !st.fit.square && fit.velocity == nil:
			fit.velocity = st
		}
	}
	n := len(h.steps) - 1
	if largest != nil {
		fit.squares = largest
	}
	if odd != nil && j.op[odd.nodes[n]] == "minimum" && fit.squares != nil && h.rooted(j, odd) {
		fault(5, odd.nodes[n], "the least of the second moments is kept: AMSGrad's rule takes the largest")
		return nil, wrong, why
	}
	if odd != nil {
		return nil, nil, message.New("a state of its optimiser (%s) follows no known rule", j.where(odd.nodes[len(odd.nodes)-1]))
	}
	if v := fit.velocity; v != nil {
		f, node := v.fit, v.nodes[len(v.nodes)-1]
		last := f.grad.c[len(f.grad.c)-1]
		switch {
		case f.decay < -exactOf(single, 1e-6, 0.05):
			fault(5, node, "the old velocity enters with the factor %s: its sign should be the other", number(f.decay))
			wrong.sign = true
		case f.decay > 1+exactOf(single, 1e-6, 0.05):
			fault(4, node, "the old velocity grows by the factor %s in each step", number(f.decay))
		case f.own != 0 && last != 0 && f.own*f.gain*last < 0:
			fault(5, node, "the weights' decay enters the velocity with the sign against the gradient's")
			wrong.sign = true
		case fit.squares != nil && !h.gainFits(f):
			fault(5, node, "the first moment decays by %s, but the gradient enters it with %s, not %s", number(f.decay), number(h.rawGain(f)), number(1-f.decay))
		}
		if wrong != nil {
			return nil, wrong, why
		}
	}
	if q := fit.squares; q != nil {
		f, node := q.fit, q.nodes[len(q.nodes)-1]
		if !(f.largest || alike(f.decay, 1, 1e-6) && f.gain > 0 || h.gainFits(f)) {
			fault(5, node, "the second moment decays by %s, but the gradient's square enters it with %s, not %s", number(f.decay), number(h.rawGain(f)), number(1-f.decay))
			return nil, wrong, why
		}
	}
	if fit.squares == nil && !single {
		if w := h.memoryless(j); w != nil {
			fault(5, w.nodes[n], "the second moment is the gradient's square of this step alone: nothing of the moment before is in it")
			return nil, wrong, why
		}
	}
	if q := j.emptied(h); q >= 0 {
		fault(5, q, "the velocity begins at zero in every step: nothing of the step before is in it")
		return nil, wrong, why
	}
	switch {
	case fit.velocity == nil && fit.squares == nil:
		why = j.fitPlain(fit, small, single)
	case fit.squares == nil:
		wrong, why = j.fitVelocity(fit, n, small)
	default:
		wrong, why = j.fitAdaptive(fit, n, small)
	}
	if wrong == nil && !why.IsZero() && !single {
		if what := h.oddMultiple(); !what.IsZero() {
			fault(5, h.made[n], "the step is a multiple of %s", what)
		}
	}
	if wrong != nil || !why.IsZero() {
		return nil, wrong, why
	}
	return fit, nil, why
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
// with, -1 where there are none.
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
			all = z >= s.begin && made(j.op[z]) && j.size[other] == 1 && j.scalar(other) != 0 && j.scalar(other) != 1
			at = z
		}
		if all && len(w.nodes) >= 3 {
			return at
		}
	}
	return -1
}

// growing finds a factor of the gradient that grows with the gradients' norm: a
// clipping that multiplies by what it should divide by.
func (j *judge) growing(h *history, all []*history) *updateFault {
	norm := func(a *array, c float64) (sum float64) {
		for _, x := range a.Data {
			sum += c * c * x * x
		}
		return sum
	}
	n := len(h.steps)
	if len(h.value[0].Data) < 3 {
		return nil
	}
	for _, g := range h.grads[1:] {
		own, every := make([]float64, 0, n), make([]float64, 0, n)
		low, high := math.Inf(1), 0.0
		for k, s := range h.steps {
			r := math.Abs(g.c[k] / h.grads[0].c[k])
			if alike(r, 1, 1e-9) {
				continue
			}
			low, high = min(low, r), max(high, r)
			total := 0.0
			for _, o := range all {
				for i, x := range o.steps {
					if x == s {
						total += norm(o.truth[i], o.grads[0].c[i])
					}
				}
			}
			own, every = append(own, r/math.Sqrt(norm(h.truth[k], h.grads[0].c[k]))), append(every, r/math.Sqrt(total))
		}
		if len(own) < 4 || high < 1.001*low {
			continue
		}
		for _, l := range [][]float64{own, every} {
			if !slices.ContainsFunc(l, func(x float64) bool { return !alike(x, l[0], 1e-6) }) {
				return &updateFault{weight: 5, node: j.scale(h, g, n-1), text: message.New("the factor of the gradient grows with its norm: to bound the norm the gradient is divided by it")}
			}
		}
	}
	return nil
}

// scale is where the factor that makes a gradient in step k comes from.
func (j *judge) scale(h *history, g *gradientSite, k int) int {
	q := g.nodes[k]
	if j.op[q] != "mul" && j.op[q] != "div" || len(j.in[q]) != 2 {
		return q
	}
	for _, o := range j.in[q] {
		if j.size[o] == 1 && o >= h.steps[k].begin && !made(j.op[o]) {
			return o
		}
	}
	return q
}

// gainFits reports that a moment's gain is one minus its decay, for some scale
// that the gradient has on its way.
func (h *history) gainFits(f *stateFit) bool {
	want := 1 - f.decay
	near := func(g float64) bool { return math.Abs(g-want) < 1e-5 || !f.square && math.Abs(-g-want) < 1e-5 }
	if near(f.gain) {
		return true
	}
	mine := f.grad.c[len(f.grad.c)-1]
	if k := mine; f.square && near(f.gain*k*k) || !f.square && near(f.gain*k) {
		return true
	}
	for _, g := range h.grads {
		if c := g.c[len(g.c)-1]; c != 0 {
			k := mine / c
			if f.square {
				k *= k
			}
			if near(f.gain * k) {
				return true
			}
		}
	}
	return !f.square && math.Abs(math.Abs(h.rawGain(f))-1) < 1e-5
}

// rawGain is a moment's gain of the gradient as it enters the update, before
// any factor.
func (h *history) rawGain(f *stateFit) float64 {
	i := len(f.grad.c) - 1
	k := f.grad.c[i] / h.grads[0].c[i]
	if f.square {
		k *= k
	}
	return f.gain * k
}

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
	rate, decay := 0.0, 0.0
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
		}
		return message.New("its step is no multiple of its gradient, with or without a decay, and no state of an optimiser was recognised")
	}
	c := g.c[len(g.c)-1]
	f.rate, f.known, f.decay, f.decays = rate*c, true, decay, true
	return message.Text{}
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
	solve := func(cols ...[]*array) ([]float64, bool) {
		var list [][]float64
		for _, col := range cols {
			list = append(list, joined(col))
		}
		x, off, ok := leastSquares(list, joined(moved))
		return x, ok && off < exactFit
	}
	if x, ok := solve(now); ok {
		f.rate, f.known, f.decays = x[0]*fit.gain*c, true, true
		return nil, message.Text{}
	}
	if len(now[0].Data) > 2 {
		// A rate that changes from step to step.
		x0, all := 0.0, true
		for k := range now {
			x, off, ok := leastSquares([][]float64{now[k].Data}, moved[k].Data)
			if !ok || off > exactFit {
				all = false
				break
			}
			x0 = x[0]
		}
		if all {
			f.rate, f.known = x0*fit.gain*c, true
			return nil, message.Text{}
		}
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
			return &updateFault{weight: 5, node: last, text: message.New("the step takes the velocity of the step before: it is renewed only afterwards")}, message.Text{}
		}
	}
	mu := fit.decay
	if x, ok := solve(now, old); ok && math.Abs(mu) < 1e-9 && x[0]*x[1] > 0 {
		// The gradients of this step and of the one before.
		f.rate, f.known = x[0]*fit.gain*c, true
		return nil, message.Text{}
	} else if ok {
		// (1+µ)·v − µ·v′
		if math.Abs(x[1]+x[0]*mu/(1+mu)) < 1e-5*math.Abs(x[0]) {
			f.rate, f.known = x[0]*fit.gain*c, true
			return nil, message.Text{}
		}
		if b := x[1] * mu; math.Abs(b) > 0 {
			return &updateFault{weight: 5, node: last, text: message.New("the new and the old velocity are combined as %s and %s: Nesterov's rule is (1 + µ) and -µ with µ = %s", number(x[0]), number(x[1]), number(mu))}, message.Text{}
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

// A numerator is what an adaptive step divides: a moment or the gradient.
type numerator struct {
	values []*array
	moment bool
}

// An adaptiveFit is num/step = a + b·√s (form "sqrt") or its square (form "in").
type adaptiveFit struct {
	eps, b float64 // eps relative to √s's coefficient
	form   string
}

func adaptive(num, moved, squares []*array) []adaptiveFit {
	var out []adaptiveFit
	for k := range moved {
		dm, nm := moved[k].MaxAbs(), num[k].MaxAbs()
		var r, root []float64
		for i, d := range moved[k].Data {
			if x := num[k].Data[i]; math.Abs(d) > 1e-9*dm && math.Abs(x) > 1e-9*nm && squares[k].Data[i] > 0 {
				r, root = append(r, x/d), append(root, math.Sqrt(squares[k].Data[i]))
			}
		}
		if len(r) == 0 || len(r) < min(3, len(moved[k].Data)) {
			return nil
		}
		if len(r) < 4 { // too few to tell a constant beside the root
			out = append(out, adaptiveFit{0, r[0] / root[0], "few"})
			continue
		}
		var got *adaptiveFit
		for _, form := range []string{"sqrt", "in"} {
			ones, cols, want := make([]float64, len(r)), make([]float64, len(r)), make([]float64, len(r))
			for i := range r {
				y, b := r[i], root[i]
				if form == "in" {
					y, b = y*y, b*b
				}
				w := 1 / math.Abs(y)
				ones[i], cols[i], want[i] = w, b*w, y*w
			}
			x, off, ok := leastSquares([][]float64{ones, cols}, want)
			if !ok || off > 3e-6 {
				continue
			}
			f := adaptiveFit{form: form, eps: math.Inf(1), b: x[1]}
			if x[1] != 0 {
				f.eps = x[0] / x[1]
			}
			if form == "in" {
				sorted := slices.Clone(r)
				slices.Sort(sorted)
				f.b = math.Copysign(math.Sqrt(math.Abs(x[1])), sorted[len(sorted)/2])
			}
			got = &f
			break
		}
		if got == nil {
			return nil
		}
		out = append(out, *got)
	}
	return out
}

// fitAdaptive: the step is a moment, or the gradient, divided by the root of the
// second moment, with the corrections for their beginnings or without.
func (j *judge) fitAdaptive(f *updateFit, n int, small bool) (*updateFault, message.Text) {
	h, last := f.h, f.h.made[n-1]
	squares := f.squares.values[1 : n+1]
	if f.squares.fit.size {
		squares = squared(squares)
	}
	var nums []numerator
	if f.velocity != nil {
		nums = append(nums, numerator{f.velocity.values[1 : n+1], true})
	}
	nums = append(nums, numerator{f.squares.fit.grad.values[:n], false})
	moved := h.moved[:n]
	var fit []adaptiveFit
	var num numerator
	for _, x := range nums {
		if fit = adaptive(x.values, moved, squares); fit != nil {
			num = x
			break
		}
	}
	if fit == nil {
		// A decay beside the adaptive part: some value on the way is the step
		// without it.
		fit, num = j.behindDecay(f, n, nums, squares)
		if fit == nil {
			if w := j.oddStep(f, nums, n); w != nil && h.plainRoot(j, f.squares) {
				return w, message.Text{}
			}
			return nil, message.New("its step is no moment divided by the root of the second")
		}
		if f.decay > 1e-9 {
			return &updateFault{weight: 5, node: last, text: message.New("the decay adds %s of the weight to it in each step: its sign should be the other", number(f.decay))}, message.Text{}
		}
	}
	for _, x := range fit {
		if x.eps > 1e-2 && !small && len(squares[0].Data) > 3 {
			return &updateFault{weight: 4, node: last, text: message.New("the constant beside the root is %s", number(fit[len(fit)-1].eps))}, message.Text{}
		}
	}
	b2 := f.squares.fit.decay
	b1 := 0.0
	if num.moment {
		b1 = f.velocity.fit.decay
	}
	// The rate in each step with either correction or without.
	rates := func(first, second bool) []float64 {
		out := make([]float64, n)
		for k := range out {
			c1, c2 := 1.0, 1.0
			if first {
				c1 = 1 - math.Pow(b1, h.time(k))
			}
			if second {
				c2 = math.Sqrt(1 - math.Pow(b2, h.time(k)))
			}
			out[k] = c1 / (fit[k].b * c2)
		}
		return out
	}
	corrected := b2 < 1-1e-6 && !f.squares.fit.largest
	rate := rates(false, false)
	if n >= 2 {
		first, second := noCorrection, noCorrection
		var wrong1, wrong2 *updateFault
		if num.moment {
			first, wrong1 = j.correction(h, f.velocity, f.squares, "first", n)
		}
		if corrected {
			second, wrong2 = j.correction(h, f.squares, f.velocity, "second", n)
		}
		switch {
		case wrong1 != nil:
			return wrong1, message.Text{}
		case wrong2 != nil:
			return wrong2, message.Text{}
		case steady(rate):
		case steady(rates(num.moment, corrected)), first == rightCorrection && second == rightCorrection:
			rate = rates(num.moment, corrected)
		case first != rightCorrection && steady(rates(false, corrected)):
			return &updateFault{weight: 3, node: j.uncorrected(h, f.velocity, n, last), text: message.New("only the second of the two moments is corrected for its beginning at zero")}, message.Text{}
		case second != rightCorrection && steady(rates(num.moment, false)):
			return &updateFault{weight: 3, node: j.uncorrected(h, f.squares, n, last), text: message.New("only the first of the two moments is corrected for its beginning at zero")}, message.Text{}
		case num.moment && corrected && len(h.value[0].Data) > 2 && j.oddCorrection(h, rate, b1, b2, last) != nil:
			return j.oddCorrection(h, rate, b1, b2, last), message.Text{}
		case first == noCorrection && second == noCorrection: // a schedule
		default:
			return nil, message.New("its rate follows no known rule from step to step")
		}
	}
	gain, g := 1.0, f.squares.fit.grad
	if num.moment {
		gain, g = f.velocity.fit.gain, f.velocity.fit.grad
	}
	f.known, f.rates = true, map[int]float64{}
	for k, r := range rate {
		f.rate = r * gain * g.c[k]
		f.rates[h.steps[k].k] = f.rate
	}
	return nil, message.Text{}
}

func squared(list []*array) []*array {
	var out []*array
	for _, a := range list {
		b := a.Clone()
		for i, x := range a.Data {
			b.Data[i] = x * x
		}
		out = append(out, b)
	}
	return out
}

// steady reports that rates are one, or change by one factor or one amount from
// step to step.
func steady(r []float64) bool {
	same, factor, amount := true, len(r) >= 3, len(r) >= 4
	for i := range r {
		same = same && alike(r[i], r[0], 1e-4)
		if i > 0 && factor {
			factor = alike(r[i]/r[i-1], r[1]/r[0], 1e-5)
		}
		if i > 0 && amount {
			amount = alike(r[i]-r[i-1], r[1]-r[0], 1e-4)
		}
	}
	return same || factor && math.Abs(r[1]/r[0]) < 1+1e-9 || amount
}

// A correction is what becomes of a moment for its beginning at zero.
type correction int

const (
	noCorrection    correction = iota
	rightCorrection            // divided by 1 - decay**t
	otherFactor                // a multiple of it that is no correction: the rate, perhaps
)

// correction looks for a moment divided by 1 - decay**t, or by something that
// is meant to be that and is not: with a t that stands still or starts
// elsewhere, a product in place of the power, a plus in place of the minus, a
// product with it in place of the division.
func (j *judge) correction(h *history, st, other *stateHistory, name string, n int) (correction, *updateFault) {
	if len(h.value[0].Data) < 3 {
		return noCorrection, nil
	}
	b := st.fit.decay
	type seen struct {
		c    []float64
		node int
	}
	by := map[int]*seen{}
	for k := range n {
		base := st.values[k+1]
		for _, q := range h.steps[k].region[h.p] {
			v := layout(j.val(q), base.Shape)
			if v == nil {
				continue
			}
			if c := factor(v, base, 1e-9); c != 0 {
				s := by[j.site[q]]
				if s == nil {
					s = &seen{}
					by[j.site[q]] = s
				}
				if len(s.c) == k {
					s.c, s.node = append(s.c, c), q
				}
			}
		}
	}
	found := noCorrection
	var wrong *updateFault
	sites := keys(by)
	slices.SortStableFunc(sites, func(x, y int) int { return by[x].node - by[y].node })
	for _, site := range sites {
		s := by[site]
		if len(s.c) != n || alike(s.c[0], 1, 1e-9) && alike(s.c[n-1], 1, 1e-9) {
			continue
		}
		is := func(f func(t float64) float64) bool {
			for k, c := range s.c {
				if !alike(c, f(h.time(k)), 1e-7) {
					return false
				}
			}
			return true
		}
		same := true // up to a rate
		for k := range n {
			same = same && alike(s.c[k]*(1-math.Pow(b, h.time(k))), s.c[0]*(1-math.Pow(b, h.time(0))), 1e-6)
		}
		if same {
			return rightCorrection, nil
		}
		found = otherFactor
		if wrong != nil {
			continue
		}
		what, still, late := message.Text{}, false, false
		if other != nil && other.fit.decay < 1-1e-6 && other.fit.decay != b && is(func(t float64) float64 { return 1 / (1 - math.Pow(other.fit.decay, t)) }) {
			wrong = &updateFault{weight: 5, node: s.node, text: message.New("the %s moment decays by %s, so it should be divided by 1 - %s**t; it is divided by 1 - %s**t", name, number(b), number(b), number(other.fit.decay))}
			continue
		}
		t0 := math.Round(math.Log(1-1/s.c[0])/math.Log(b)) - h.time(0) + 1
		switch {
		case t0 >= 1 && h.time(0) == 1 && is(func(float64) float64 { return 1 / (1 - math.Pow(b, t0)) }):
			what, still = message.New("t stays %g", t0), true
		case t0 >= 2 && is(func(t float64) float64 { return 1 / (1 - math.Pow(b, t0+t-1)) }):
			what, late = message.New("t begins at %g", t0), true
		case is(func(t float64) float64 { return 1 / (1 - b*t) }):
			what = message.New("it is divided by 1 - %s*t", number(b))
		case is(func(t float64) float64 { return 1 / (1 + math.Pow(b, t)) }):
			what = message.New("it is divided by 1 + %s**t", number(b))
		case is(func(t float64) float64 { return 1 - math.Pow(b, t) }):
			what = message.New("it is multiplied by it")
		case is(func(t float64) float64 { return 1 / (1 - b) }):
			what = message.New("it is divided by 1 - %s", number(b))
		case is(func(t float64) float64 { return 1 / math.Pow(1-b, t) }):
			what = message.New("it is divided by (1 - %s)**t", number(b))
		case is(func(t float64) float64 { return 1 / (1 - math.Pow(b, 1/t)) }):
			what = message.New("it is divided by 1 - %s**(1/t)", number(b))
		default:
			continue
		}
		wrong = &updateFault{weight: 5, node: s.node, text: message.New("the %s moment should be divided by 1 - %s**t with t = 1, 2, …: %s", name, number(b), what)}
		if still || late {
			wrong.line = j.counted(s.node)
		}
	}
	return found, wrong
}

// counted is the line that sets the exponent of a correction, 0 where it is not
// found: the exponent is a name, and the last line that assigns it, deepest
// inside, is meant.
func (j *judge) counted(q int) int {
	todo, seen := slices.Clone(j.in[q]), map[int]bool{}
	for len(todo) > 0 && len(seen) < 30 {
		x := todo[0]
		todo = todo[1:]
		if seen[x] || j.size[x] != 1 {
			continue
		}
		seen[x] = true
		if j.op[x] != "pow" {
			todo = append(todo, j.in[x]...)
			continue
		}
		name, file := j.operand(x, 1).String(), j.line(x).file
		if file < 0 || name == "" || strings.ContainsAny(name, " ()+") {
			return 0
		}
		best, deepest := 0, -1
		for i, l := range strings.Split(j.g.Files[file].Text, "\n") {
			text := strings.TrimLeft(l, " \t")
			rest, ok := strings.CutPrefix(text, name)
			rest = strings.TrimLeft(rest, " ")
			if !ok || !strings.HasPrefix(rest, "+=") && (!strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "==")) {
				continue
			}
			if d := len(l) - len(text); d >= deepest {
				best, deepest = i+1, d
			}
		}
		return best
	}
	return 0
}

// uncorrected is where a moment goes on without its correction: another name
// that it gets, else the step.
func (j *judge) uncorrected(h *history, st *stateHistory, n, last int) int {
	for _, k := range j.kept {
		if k.node == st.nodes[n] && k.kind == "name" && k.site >= 0 && j.lineOfSite(k.site) != j.line(k.node).line {
			for q := range h.reads(j, n-1, st.nodes[n-1]) {
				if j.site[q] == k.site {
					return q
				}
			}
		}
	}
	// A line between the moment and the step that only hands it on.
	for _, q := range h.steps[n-1].region[h.p] {
		if j.alias[q] && j.root(q) == j.root(st.nodes[n]) {
			return q
		}
	}
	return last
}

// oddCorrection recognises, in the rates from step to step, both corrections in
// one factor (the rate times √(1-b2**t)/(1-b1**t)) with something in it that is
// off.
func (j *judge) oddCorrection(h *history, rate []float64, b1, b2 float64, last int) *updateFault {
	if len(rate) < 4 || alike(b1, b2, 1e-6) {
		return nil
	}
	c1 := func(t float64) float64 { return 1 - math.Pow(b1, t) }
	c2 := func(t float64) float64 { return 1 - math.Pow(b2, t) }
	for _, x := range []struct {
		f    func(t float64) float64
		what message.Text
	}{
		{func(t float64) float64 { return math.Sqrt(c1(t)) / c2(t) }, message.New("the two decays are exchanged")},
		{func(t float64) float64 { return c2(t) / c1(t) }, message.New("the root of the second one's is missing")},
		{func(t float64) float64 { return math.Sqrt(c2(t) / c1(t)) }, message.New("there is a root over the first one's too")},
		{func(t float64) float64 { return math.Sqrt(c2(t)) * c1(t) }, message.New("it is multiplied by the first one's")},
		{func(t float64) float64 { return 1 / math.Sqrt(c2(t)) / c1(t) }, message.New("it is divided by the second one's")},
		{func(t float64) float64 { return c1(t) / math.Sqrt(c2(t)) }, message.New("it is turned upside down")},
		{func(t float64) float64 { return math.Sqrt(c2(t)) / (1 - b1*t) }, message.New("it has a product in place of the power of the first one's decay")},
		{func(t float64) float64 { return math.Sqrt(c2(t)) / (1 + math.Pow(b1, t)) }, message.New("it has a plus in place of the minus of the first one's")},
		{func(t float64) float64 { return math.Sqrt(1-b2*t) / c1(t) }, message.New("it has a product in place of the power of the second one's decay")},
		{func(t float64) float64 { return math.Sqrt(c2(t+1)) / c1(t+1) }, message.New("t begins at 2")},
	} {
		fits := true
		for k := range rate {
			fits = fits && alike(rate[k]*x.f(h.time(0)), rate[0]*x.f(h.time(k)), 1e-6)
		}
		if !fits {
			continue
		}
		// The factor is a number that changes from step to step.
		at := last
		a := len(h.steps) - 1
		for _, q := range h.steps[a].region[h.p] {
			for _, o := range j.in[q] {
				if j.size[o] == 1 && !made(j.op[o]) && !h.steps[a].forward[o] && !j.sameStatement(o, q) {
					at = o
				}
			}
		}
		return &updateFault{weight: 5, node: at, text: message.New("the moments' corrections come to √(1 - %s**t) / (1 - %s**t): %s", number(b2), number(b1), x.what)}
	}
	return nil
}

// oddStep recognises what is wrong with a step of moments that are right: it is
// a moment divided by the root of the second, times or divided by something too
// many, or a decay is divided by the root as well.
func (j *judge) oddStep(f *updateFit, nums []numerator, n int) *updateFault {
	h, last := f.h, f.h.made[n-1]
	k := n - 1
	moved, s := h.moved[k], f.squares.values[k+1]
	if len(moved.Data) < 4 {
		return nil
	}
	root := s.Clone()
	for i, x := range root.Data {
		root.Data[i] = math.Sqrt(x)
	}
	// Where the root is large against any constant beside it.
	var at []int
	top := root.MaxAbs()
	for i, x := range root.Data {
		if x > 1e-2*top && moved.Data[i] != 0 {
			at = append(at, i)
		}
	}
	if len(at) < 4 {
		return nil
	}
	const rough = 1e-3 // for a constant beside the root
	for _, num := range nums {
		v := num.values[k]
		steady := func(g func(i int) float64) bool {
			first := 0.0
			for _, i := range at {
				x := g(i)
				if first == 0 {
					first = x
				}
				if !alike(x, first, rough) {
					return false
				}
			}
			return first != 0
		}
		ratio := func(i int) float64 { return moved.Data[i] / v.Data[i] }
		switch {
		case steady(func(i int) float64 { return ratio(i) * root.Data[i] * root.Data[i] }):
			return &updateFault{weight: 5, node: last, text: message.New("the step is divided by the second moment itself, not by its root")}
		case steady(func(i int) float64 { return ratio(i) / root.Data[i] }):
			return &updateFault{weight: 5, node: last, text: message.New("the step is multiplied by the root of the second moment, not divided by it")}
		case steady(func(i int) float64 { return ratio(i) }):
			return &updateFault{weight: 5, node: last, text: message.New("the step is not divided by the root of the second moment")}
		}
		cols, want := [][]float64{make([]float64, len(at)), make([]float64, len(at))}, make([]float64, len(at))
		for x, i := range at {
			w := 1 / math.Abs(moved.Data[i]*root.Data[i])
			cols[0][x], cols[1][x], want[x] = v.Data[i]*w, h.value[k].Data[i]*w, moved.Data[i]*root.Data[i]*w
		}
		if x, off, ok := leastSquares(cols, want); ok && off < rough && x[1] != 0 && len(at) > 4 {
			return &updateFault{weight: 4, node: last, text: message.New("the decay is divided by the root of the second moment as well: it should be taken from the weights themselves")}
		}
	}
	return nil
}

// plainRoot reports that the root is taken of the second moment, of a multiple
// or of its sum with a constant: not of a variance, say.
func (h *history) plainRoot(j *judge, st *stateHistory) bool {
	k := len(h.steps) - 2
	mine := h.reads(j, k, st.nodes[k])
	for _, w := range h.ways {
		q := w.nodes[k]
		if !mine[q] || !j.isRoot(q) {
			continue
		}
		v := layout(j.val(j.in[q][0]), st.values[k+1].Shape)
		if v == nil {
			return false
		}
		ones := make([]float64, len(v.Data))
		for i := range ones {
			ones[i] = 1
		}
		if _, off, ok := leastSquares([][]float64{st.values[k+1].Data, ones}, v.Data); !ok || off > exactFit {
			return false
		}
	}
	return true
}

// behindDecay finds the value on a parameter's way that is the adaptive step,
// where a multiple of the parameter is added to it.
func (j *judge) behindDecay(f *updateFit, n int, nums []numerator, squares []*array) ([]adaptiveFit, numerator) {
	h := f.h
	by := map[int][]*array{}
	last := map[int]int{}
	for k := range n {
		for _, q := range h.steps[k].region[h.p] {
			if v := layout(j.val(q), h.truth[k].Shape); v != nil && len(by[j.site[q]]) == k {
				by[j.site[q]] = append(by[j.site[q]], v)
				last[j.site[q]] = q
			}
		}
	}
	sites := keys(by)
	slices.SortStableFunc(sites, func(a, b int) int { return last[b] - last[a] })
	for _, site := range sites {
		u := by[site]
		if len(u) < n || len(u[0].Data) < 3 {
			continue
		}
		for _, num := range nums {
			r := adaptive(num.values, u, squares)
			if r == nil || math.Abs(r[len(r)-1].eps) > 1e-2 {
				continue
			}
			var x []float64
			ok := true
			for k := range n {
				var off float64
				var good bool
				x, off, good = leastSquares([][]float64{u[k].Data, h.value[k].Data}, h.moved[k].Data)
				ok = ok && good && off < 1e-5
			}
			if !ok || x[0] == 0 {
				continue
			}
			for k := range r {
				r[k].b /= x[0]
			}
			f.decay, f.decays = x[1], true
			return r, num
		}
	}
	return nil, numerator{}
}

// compareRates: all parameters of an adaptive optimiser step at one rate, in a
// step that all were fitted in.
func (j *judge) compareRates(fits []*updateFit) []updateFault {
	var large []*updateFit
	for _, f := range fits {
		if f.squares == nil || !f.known {
			return nil
		}
		if len(f.h.value[0].Data) > 2 {
			large = append(large, f)
		}
	}
	if len(large) < 3 {
		return nil
	}
	at := -1
	for k := range large[0].rates {
		if k > at && !slices.ContainsFunc(large, func(f *updateFit) bool { return f.rates[k] == 0 }) {
			at = k
		}
	}
	if at < 0 {
		return nil
	}
	var rates []float64
	for _, f := range large {
		rates = append(rates, math.Abs(f.rates[at]))
	}
	sorted := slices.Clone(rates)
	slices.Sort(sorted)
	usual := sorted[len(sorted)/2]
	n := 0
	for _, r := range rates {
		n += b2i(alike(r, usual, 1e-3))
	}
	if 2*n <= len(rates) {
		return nil
	}
	for i, f := range large {
		if r := rates[i]; !alike(r, usual, 2e-2) {
			return []updateFault{{weight: 1, node: f.h.made[len(f.h.made)-1], text: message.New("`%s` steps at the rate %s, the others at %s", j.names[f.h.p], number(r), number(usual))}}
		}
	}
	return nil
}

// checkSigns: a step that climbs the loss.
func (j *judge) checkSigns(fits []*updateFit) []updateFault {
	var up []*updateFit
	signed := 0
	for _, f := range fits {
		if f.rate != 0 {
			signed++
		}
		if f.rate > 0 {
			up = append(up, f)
		}
	}
	if len(up) == 0 {
		return nil
	}
	if len(up) == signed {
		return []updateFault{{weight: 6, node: j.signLine(up[0]), sign: true, text: message.New("every step goes up the loss, not down")}}
	}
	var out []updateFault
	for _, f := range up {
		out = append(out, updateFault{weight: 6, node: j.signLine(f), text: message.New("the step of `%s` goes up the loss, not down", j.names[f.h.p])})
	}
	return out
}

// signLine is where the sign of an ascending step comes from.
func (j *judge) signLine(f *updateFit) int {
	h := f.h
	s := h.steps[len(h.steps)-1]
	made := h.made[len(h.made)-1]
	if l := s.rightOf(h.p, nil); len(l) > 0 && l[0].c < 0 {
		// The gradient itself is the other way round: its first value.
		s.makeTargets()
		m := s.match()
		mine := s.before([]int{made}, s.isCur)
		for _, q := range s.back {
			if mine[q] && m.c(q) < 0 && len(m.whole[q]) > 0 {
				return q
			}
		}
	}
	if v := f.velocity; v != nil {
		fit := v.fit
		c := fit.grad.c[len(fit.grad.c)-1]
		k := math.Abs(c * fit.gain)
		inside := c != 0 && (alike(math.Abs(f.rate), k, 1e-6) || !alike(k, 1, 1e-6) && !alike(k, 1-fit.decay, 1e-6))
		g := fit.gain
		if c != 0 {
			g *= c
		}
		if inside && g > 0 && j.op[made] == "add" || !inside && g < 0 {
			return v.nodes[len(v.nodes)-1]
		}
	}
	return made
}

// checkDecays: weights that grow, and vectors that decay where matrices do not.
func (j *judge) checkDecays(fits []*updateFit) []updateFault {
	matrix := func(f *updateFit) bool { return len(squeezed(f.h.value[0].Shape)) > 1 }
	var out []updateFault
	plain := false
	for _, f := range fits {
		plain = plain || f.decays && math.Abs(f.decay) <= 1e-9 && matrix(f)
	}
	for _, f := range fits {
		if !f.decays || math.Abs(f.decay) <= 1e-9 {
			continue
		}
		made := f.h.made[len(f.h.made)-1]
		if f.decay > 0 {
			out = append(out, updateFault{weight: 5, node: made, text: message.New("`%s` grows by %s of itself in each step: a decay takes it away", j.names[f.h.p], number(f.decay))})
		}
		if !matrix(f) && plain {
			out = append(out, updateFault{weight: 4, node: made, text: message.New("`%s` decays by %s of itself in each step where the weight matrices do not", j.names[f.h.p], number(-f.decay))})
			plain = false
		}
	}
	return out
}
