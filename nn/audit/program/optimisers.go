package program

import (
	"math"
	"slices"

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
	var unknown []*history
	for _, h := range histories {
		found, wrong, why := j.fitParameter(h, histories, all)
		p := &j.verdict.Parameters[h.p]
		switch {
		case wrong != nil:
			p.Update = "wrong"
			wrong.made = j.site[h.made[0]]
			faults = append(faults, *wrong)
		case len(found) == 0:
			p.Why = why
			unknown = append(unknown, h)
		default:
			p.Update = "right"
			fits = append(fits, found...)
		}
	}
	for _, h := range unknown {
		if w := j.borrowed(h, fits); w != nil {
			j.verdict.Parameters[h.p].Update = "wrong"
			faults = append(faults, *w)
		}
	}
	// What is known of one parameter's update is none of no known form for another
	// that the same line steps.
	faults = slices.DeleteFunc(faults, func(f updateFault) bool {
		return f.unknown && slices.ContainsFunc(fits, func(o *updateFit) bool {
			return o.rate != 0 && j.site[o.h.made[0]] == f.made && len(o.h.value[0].Data) > 5
		})
	})
	if slices.ContainsFunc(all, func(s *step) bool { return s.prec == single }) {
		// In single precision constants are too rough to be judged: only signs are.
		faults = slices.DeleteFunc(faults, func(f updateFault) bool { return f.weight < 5 || !f.coarse })
	}
	if len(faults) == 0 {
		faults = append(faults, j.compareRates(fits)...)
	}
	if !all[0].climbs() {
		faults = append(faults, j.checkSigns(fits)...)
	}
	faults = append(faults, j.checkDecays(fits)...)
	faults = append(faults, j.checkKeeps(fits)...)
	if len(faults) == 0 {
		faults = j.forgotten(fits)
	}
	j.tellDecayInMoments(fits)
	slices.SortStableFunc(faults, func(a, b updateFault) int { return b.weight - a.weight })
	return faults
}

// tellDecayInMoments notes a decay that goes through moments which are divided by, where
// the loss has no penalty whose derivative it would be.
func (j *judge) tellDecayInMoments(fits []*updateFit) {
	for _, f := range fits {
		if f.squares == nil || f.squares.fit.grad.own == 0 || len(f.h.decayed) == 0 {
			continue
		}
		g := f.h.decayed[0] // where it is added
		j.tell(Finding{Severity: "note", Step: f.h.steps[0].k, Relation: "a decay in the moments", Cause: "decay-in-moments",
			Text: message.New("%s times the parameter is added to the gradient that the moments are made of; %s", figure(g.own), cause("decay-in-moments")),
			Fix:  message.New("take the decay from the weights beside the step, or have the penalty in the loss")}, at(g.nodes[0]))
		return
	}
}

// fitParameter fits the update of one parameter: as a whole, or else up to what
// becomes of it after its steps, or by the lines that make it in turn.
func (j *judge) fitParameter(h *history, histories []*history, all []*step) (fits []*updateFit, wrong *updateFault, why message.Text) {
	if h.constant() {
		return nil, nil, message.New("its gradient enters with one size in every step, as where all of it is clipped: the update cannot be told from others")
	}
	f, wrong, why := j.fitUpdate(h)
	if wrong == nil {
		wrong = j.growing(h, histories)
	}
	if wrong == nil {
		wrong = j.appliedTwice(h)
	}
	if f != nil && wrong == nil {
		if f.rate > 0 && len(h.value[0].Data) > 2 && len(h.steps) > 2 && h.steps[0].prec != single {
			if m := j.expressUpdate(h, all).replaced(); m != nil {
				return nil, &updateFault{weight: 5, node: m.node, text: message.New("the step is written over `%s`", j.names[h.p]), fix: m.text}, why
			}
		}
		if w := j.trust(h); w != nil {
			return nil, w, why
		}
		if w := j.begunAsWeights(f); w != nil {
			return nil, w, why
		}
		return []*updateFit{f}, nil, why
	}
	if o := h.besideDecay(); wrong == nil && o != nil {
		if f, w, y := j.fitUpdate(o); f != nil && w == nil {
			f.decays = false // of it nothing is known but that it is there
			return []*updateFit{f}, nil, y
		}
	}
	if l := j.history(h.p, all, true); wrong == nil && l != nil && !slices.Equal(l.news, h.news) {
		h = l
		if f, wrong, why = j.fitUpdate(h); f != nil {
			if wrong, why = j.settled(f); wrong != nil || !why.IsZero() {
				return nil, wrong, why
			}
			return []*updateFit{f}, nil, why
		}
	}
	if wrong == nil {
		if found, w, ok := j.fitBranches(h, all); ok {
			return found, w, message.Text{}
		}
	}
	return nil, j.mended(h, all, wrong), why
}

// besideDecay is the history of the steps without the share of the parameter itself, or of
// some of its elements, that is taken away with them, the same in all; nil where there is
// none.
func (h *history) besideDecay() *history {
	for _, w := range slices.Backward(h.ways) {
		o := *h
		o.moved = nil
		share := 0.0
		for i, v := range w.values() {
			d := h.steps[i].decayOf(h.p, h.value[i])
			x, off, ok := leastSquares([][]float64{v.Data, d.Data}, h.moved[i].Data)
			of := x[1] * d.MaxAbs() / h.value[i].MaxAbs()
			if !ok || off > exactFit || len(v.Data) < 4 || x[0] == 0 || !(of < -1e-9 && of > -0.5) || i > 0 && !alike(x[1], share, 1e-3) {
				break
			}
			share = x[1]
			o.moved = append(o.moved, v.Scaled(x[0]))
		}
		if len(o.moved) == len(h.moved) {
			return &o
		}
	}
	return nil
}

// decayOf is what an update adds that is made of the parameter alone, of some of its
// elements perhaps; its value where it adds nothing like that.
func (s *step) decayOf(p int, value *array) *array {
	for _, q := range s.region[p] {
		if s.op[q] != "add" && s.op[q] != "sub" {
			continue
		}
		for _, x := range s.in[q] {
			if v := s.val(x); s.ownShare(p, x) && v != nil && len(v.Data) == len(value.Data) {
				return v
			}
		}
	}
	return value
}

// fitBranches fits updates that one line makes for some steps and another for the
// rest, as while an optimiser warms up; ok is false where it is not so, or where
// one of them follows no known rule.
func (j *judge) fitBranches(h *history, all []*step) (fits []*updateFit, wrong *updateFault, ok bool) {
	var list [][]*step
	for i, s := range h.steps {
		if i == 0 || j.site[h.made[i]] != j.site[h.made[i-1]] {
			list = append(list, nil)
		}
		list[len(list)-1] = append(list[len(list)-1], s)
	}
	if len(list) != 2 {
		return nil, nil, false
	}
	for _, steps := range list {
		if len(steps) < 3 {
			continue
		}
		b := j.history(h.p, steps, h.lands)
		if b == nil {
			return nil, nil, false
		}
		f, wrong, _ := j.fitUpdate(b)
		if wrong != nil {
			return nil, wrong, true
		}
		if f == nil {
			return nil, nil, false
		}
		fits = append(fits, f)
	}
	return fits, nil, len(fits) > 0
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
	n := len(h.steps) - 1
	if done, w := j.fitSizes(fit, n); w != nil {
		return nil, w, why
	} else if done {
		return fit, nil, why
	}
	if w := j.unfed(h); w != nil {
		return nil, w, why
	}
	if w := j.leftAtZero(h); w != nil {
		return nil, w, why
	}
	var odd, largest, past *stateHistory
	for _, st := range h.states {
		st.fit = h.fitState(j, st)
	}
	if wrong := j.uncleared(h); wrong != nil {
		return nil, wrong, why
	}
	for _, st := range h.states {
		switch {
		case st.fit == nil:
			if w := j.oneArray(h, st); w != nil {
				return nil, w, why
			}
			if odd == nil {
				odd = st
			}
		case !st.fit.odd.IsZero():
			if o := st.fit.with; o != nil && (o.fit == nil || !o.fit.odd.IsZero()) {
				odd = st // with gains of a rule of their own, perhaps
				continue
			}
			if h.rooted(j, st) {
				fault(5, st.nodes[len(st.nodes)-1], "the second moment is made of %s: the gradient's square is meant", st.fit.odd)
				return nil, wrong, why
			}
			if h.follows(st) {
				fault(5, st.nodes[len(st.nodes)-1], "the velocity is made of %s: the gradient itself is meant", st.fit.odd)
				return nil, wrong, why
			}
			odd = st
		case st.fit.past:
			past = st
		case st.fit.mean:
		case st.fit.largest:
			largest = st
		case st.fit.square && fit.squares == nil:
			fit.squares = st
		case st.fit.square && len(h.value[0].Data) > 2 && !h.reads(j, n-1, fit.squares.nodes[n-1])[st.nodes[n]] && slices.Equal(joined(st.values), joined(fit.squares.values)):
			fault(5, st.nodes[len(st.nodes)-1], "this mean square is the same as that at %s, of the gradients: that of the steps is meant", j.where(fit.squares.nodes[len(st.nodes)-1]))
			wrong.sure = true
			return nil, wrong, why
		case !st.fit.square && fit.velocity == nil:
			fit.velocity = st
		}
	}
	if fit.squares != nil {
		if w := h.undecayed(j, fit.squares); w != nil {
			return nil, w, why
		}
	}
	if largest != nil {
		if v := fit.velocity; v != nil && slices.Equal(largest.fit.of.nodes[:n], v.nodes[1:]) {
			fault(5, largest.nodes[n], "the largest of the first moments is kept: AMSGrad's rule takes that of the second")
			wrong.sure = true
			return nil, wrong, why
		}
		fit.squares = largest
	}
	if odd != nil && j.op[odd.nodes[n]] == "minimum" && fit.squares != nil && h.rooted(j, odd) {
		fault(5, odd.nodes[n], "the least of the second moments is kept: AMSGrad's rule takes the largest")
		return nil, wrong, why
	}
	if odd != nil && fit.squares != nil {
		if done, w := j.fitOfSteps(fit, odd, n); w != nil {
			return nil, w, why
		} else if done {
			return fit, nil, why
		}
		if fit.velocity == nil {
			if done, w := fit.fitMoves(odd, n); w != nil {
				return nil, w, why
			} else if done {
				return fit, nil, why
			}
		}
	}
	if odd != nil {
		if w := h.numberAdded(); w != nil {
			return nil, w, why
		}
		if w := j.clearedInPart(h); w != nil {
			return nil, w, why
		}
		return nil, nil, message.New("a state of its optimiser (%s) follows no known rule", j.where(odd.nodes[len(odd.nodes)-1]))
	}
	if v := fit.velocity; v != nil {
		f, node := v.fit, v.nodes[len(v.nodes)-1]
		last := f.grad.c[len(f.grad.c)-1]
		switch {
		case math.Abs(f.decay-0.5) > 0.5 && (len(h.value[0].Data) < 3 || !h.sameInParts(v)):
			return nil, nil, message.New("its gradient takes few sizes in the steps that were recorded: the update cannot be told from others")
		case f.decay < -exactOf(single, 1e-6, 0.05):
			fault(5, node, "the old velocity enters with the factor %s: its sign should be the other", number(f.decay))
			wrong.coarse = true
		case f.decay > 1+exactOf(single, 1e-6, 0.05):
			fault(4, node, "the old velocity grows by the factor %s in each step", number(f.decay))
		case f.own != 0 && last != 0 && f.own*f.gain*last < 0 && noticed(f.own, h.value, f.gain, f.grad.values), f.grad.against():
			if f.grad.against() {
				node = h.decayed[0].nodes[n]
			}
			fault(5, node, "the weights' decay enters the velocity with the sign against the gradient's")
			wrong.coarse = true
		case fit.squares != nil && !f.varies && !h.gainFits(f) && j.given[h.p] == nil: // what bounds a wrong gradient is not known
			fault(5, node, "the first moment decays by %s, but the gradient enters it with %s, not %s", number(f.decay), number(h.rawGain(f)), number(1-f.decay))
			wrong.fix = otherDecay(h.rawGain(f))
		}
		if wrong != nil {
			return nil, wrong, why
		}
	}
	if q := fit.squares; q != nil {
		f, node := q.fit, q.nodes[len(q.nodes)-1]
		if f.grad.against() {
			fault(5, h.decayed[0].nodes[n], "the weights' decay enters the gradient with the sign against it")
			return nil, wrong, why
		}
		if !(f.largest || alike(f.decay, 1, 1e-6) && f.gain > 0 || h.gainFits(f) || j.given[h.p] != nil) {
			fault(5, node, "the second moment decays by %s, but the gradient's square enters it with %s, not %s", number(f.decay), number(h.rawGain(f)), number(1-f.decay))
			wrong.fix = otherDecay(h.rawGain(f))
			return nil, wrong, why
		}
	}
	if fit.squares == nil {
		if w := h.memoryless(j); w != nil {
			fault(5, w.nodes[n], "the second moment is the gradient's square of this step alone: nothing of the moment before is in it")
			wrong.fix = j.momentBefore(h, w)
			wrong.coarse, wrong.sure = true, true
			return nil, wrong, why
		}
	}
	if q := j.emptied(h); q >= 0 {
		fault(5, q, "the velocity begins at zero in every step: nothing of the step before is in it")
		wrong.cause = "momentum-reset"
		return nil, wrong, why
	}
	signed, w := false, (*updateFault)(nil)
	if fit.squares == nil && !single {
		if signed, w = j.fitSign(fit, n); w != nil {
			return nil, w, why
		}
	}
	switch {
	case signed:
	case past != nil && fit.velocity == nil && fit.squares == nil:
		wrong, why = j.fitPast(fit, past, n)
	case fit.velocity == nil && fit.squares == nil:
		why = j.fitPlain(fit, small, single)
	case fit.squares == nil:
		wrong, why = j.fitVelocity(fit, n, small)
	default:
		wrong, why = j.fitAdaptive(fit, n, small)
	}
	if wrong == nil && !why.IsZero() && !single {
		if w := h.numberAdded(); w != nil {
			return nil, w, why
		}
		if w := j.clearedInPart(h); w != nil {
			return nil, w, why
		}
		if what := h.oddMultiple(); !what.IsZero() {
			fault(5, h.made[n], "the step is a multiple of %s", what)
		}
	}
	if wrong != nil || !why.IsZero() {
		return nil, wrong, why
	}
	return fit, nil, why
}

// constant reports that a gradient of the history is of one size in all steps and
// places, as where each element is clipped.
func (h *history) constant() bool {
	sites := h.grads
	if len(h.value[0].Data) == 1 && len(sites) > 0 {
		sites = sites[len(sites)-1:] // any number is a multiple of one that stands before the gradient
	}
	return len(h.steps) > 2 && slices.ContainsFunc(sites, func(g *gradientSite) bool {
		return !slices.ContainsFunc(joined(g.values), func(x float64) bool { return math.Abs(x) != math.Abs(g.values[0].Data[0]) })
	})
}

// sameInParts reports that a state's decay is the same in the earlier and the later half
// of the steps: it is none where a gradient that hardly changes fits anything.
func (h *history) sameInParts(st *stateHistory) bool {
	n := len(st.values) - 1
	for _, part := range [][2]int{{0, (n + 1) / 2}, {n / 2, n}} {
		from, to := part[0], part[1]
		x, off, ok := leastSquares([][]float64{joined(st.values[from:to]), joined(st.fit.grad.values[from:to])}, joined(st.values[from+1:to+1]))
		if !ok || off > 1e-4 || math.Abs(x[0]-st.fit.decay) > 1e-3 {
			return false
		}
	}
	return true
}

// gainFits reports that a moment's gain is one minus its decay, or that the first
// moment is a mere sum.
func (h *history) gainFits(f *stateFit) bool {
	return h.weighted(f) || !f.square && math.Abs(math.Abs(h.rawGain(f))-1) < 1e-5
}

// weighted reports that a moment's gain is one minus its decay, for some scale
// that the gradient has on its way.
func (h *history) weighted(f *stateFit) bool {
	want := 1 - f.decay
	near := func(g float64) bool { return math.Abs(g-want) < 1e-5 || !f.square && math.Abs(-g-want) < 1e-5 }
	if near(f.gain) {
		return true
	}
	i := max(0, len(f.grad.c)-2) // the last step's state is not seen to be renewed
	mine := f.grad.c[i]
	if k := mine; f.square && near(f.gain*k*k) || !f.square && near(f.gain*k) {
		return true
	}
	for _, g := range h.grads {
		if c := g.c[i]; c != 0 {
			k := mine / c
			if f.square {
				k *= k
			}
			if near(f.gain * k) {
				return true
			}
		}
	}
	return false
}

// rawGain is a moment's gain of the gradient as it enters the update, before
// any factor.
func (h *history) rawGain(f *stateFit) float64 {
	i := max(0, len(f.grad.c)-2)
	k := f.grad.c[i] / h.grads[0].c[i]
	if f.square {
		k *= k
	}
	return f.gain * k
}
