package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// compareRates: all parameters of an adaptive optimiser step at one rate, in a
// step that all were fitted in.
func (j *judge) compareRates(fits []*updateFit) []updateFault {
	var large []*updateFit
	for _, f := range fits {
		if f.squares == nil || !f.known {
			return nil
		}
		if len(f.h.value[0].Data) > 3 { // of fewer elements the rate cannot be told from a constant beside the root
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
	if h := up[0].h; h.steps[0].loss.kind == givenDerivative { // which may be that of a gain
		return j.againstOthers(up, slices.DeleteFunc(slices.Clone(fits), func(f *updateFit) bool { return f.rate >= 0 }))
	}
	if len(up) == signed {
		if up[0].h.gains() {
			loss := up[0].h.steps[0].loss.node
			j.verdict.Notes = append(j.verdict.Notes, message.New("every step goes up `%s` (%s), which is below zero in each: it is taken for a gain, as a log-likelihood is", j.text(loss), j.where(loss)))
			return nil
		}
		return []updateFault{{weight: 6, node: j.signLine(up[0], fits), coarse: true, cause: "update-sign", text: message.New("every step goes up the loss, not down")}}
	}
	var out []updateFault
	for _, f := range up {
		if f.squares != nil && len(f.h.value[0].Data) < 3 {
			continue // too few elements for a root to be told from others
		}
		out = append(out, updateFault{weight: 6, node: j.signLine(f, fits), cause: "update-sign", text: message.New("the step of `%s` goes up the loss, not down", j.names[f.h.p])})
	}
	return out
}

// gains reports that the loss is below zero in every step, as a log-likelihood is and what
// bounds it: that is to go up.
func (h *history) gains() bool {
	return !slices.ContainsFunc(h.steps, func(s *step) bool { return !s.loss.computed || !(s.scalar(s.loss.node) < 0) })
}

// againstOthers tells of the fewer of steps that go up and of such that go down, where both
// are by one derivative; of as many those that are made last.
func (j *judge) againstOthers(up, down []*updateFit) (out []updateFault) {
	last := func(fits []*updateFit) int {
		n := -1
		for _, f := range fits {
			n = max(n, f.h.made[len(f.h.made)-1])
		}
		return n
	}
	if len(down) < len(up) || len(down) == len(up) && last(down) > last(up) {
		up, down = down, up
	}
	for _, f := range up {
		out = append(out, updateFault{weight: 6, node: f.h.made[len(f.h.made)-1], text: message.New("the step of `%s` goes up what that of `%s` goes down, or the other way round", j.names[f.h.p], j.names[down[0].h.p])})
	}
	return out
}

// signLine is where the sign of an ascending step comes from: the update, where
// the gradient has the sign that it has for those that descend, else the
// gradient.
func (j *judge) signLine(f *updateFit, fits []*updateFit) int {
	h := f.h
	s := h.steps[len(h.steps)-1]
	made := h.made[len(h.made)-1]
	at, c := j.handed(h)
	turned, statements := c < 0, map[position]bool{}
	for _, o := range fits {
		statements[j.line(o.h.made[len(o.h.made)-1])] = true
		if _, d := j.handed(o.h); o.rate < 0 && d != 0 {
			turned = c*d < 0
			statements = nil
			break
		}
	}
	if l := s.rightOf(h.p, nil); at < 0 && len(statements) > 1 && len(l) > 0 {
		at, c = l[0].node, l[0].c
	}
	if at >= 0 && (turned || len(statements) > 1) {
		s.makeTargets()
		m := s.match()
		var down []int // gradients of parameters that descend: what they are made of is right
		for _, o := range fits {
			if o.rate < 0 {
				for _, h := range s.rightOf(o.h.p, nil) {
					down = append(down, h.node)
				}
			}
		}
		stop := slices.Clone(s.isCur) // a norm is made of all gradients
		for q := range s.n {
			stop[q] = stop[q] || s.size[q] == 1
		}
		right := s.before(down, stop)
		if right[at] {
			return made
		}
		for range 40 {
			before := s.derivativeBefore(at, c, m)
			if before < 0 || right[before] {
				return at
			}
			at = before
		}
		return at
	}
	if q := j.ownGradient(f, fits); q >= 0 {
		return q
	}
	if v := f.velocity; v != nil {
		fit := v.fit
		c := fit.grad.c[len(fit.grad.c)-1]
		k := math.Abs(c * fit.gain)
		same := alike(fit.grad.c[0], c, 1e-6) // not clipped
		inside := c != 0 && (alike(math.Abs(f.rate), k, 1e-6) || same && !alike(k, 1, 1e-6) && !alike(k, 1-fit.decay, 1e-6))
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

// ownGradient is where the gradient of an ascending parameter is made, if the lines of
// its update are those of parameters that descend too; -1 if they are not.
func (j *judge) ownGradient(f *updateFit, fits []*updateFit) int {
	h, shared := f.h, map[int]bool{}
	for _, o := range fits {
		if o.rate < 0 {
			for _, s := range o.h.steps {
				for _, q := range s.region[o.h.p] {
					shared[j.site[q]] = true
				}
			}
		}
	}
	s := h.steps[len(h.steps)-1]
	if !shared[j.site[h.made[len(h.made)-1]]] {
		return -1
	}
	for _, q := range slices.Backward(s.region[h.p]) {
		if s.isBack[q] && !shared[j.site[q]] && !s.zone[h.p][q] {
			return q
		}
	}
	return -1
}

// derivativeBefore is a derivative with the sign of c that the statement of value
// at is made of; -1 where there is none.
func (s *step) derivativeBefore(at int, c float64, m *matches) int {
	todo := slices.Clone(s.in[at])
	for n := 0; n < len(todo) && n < 60; n++ {
		u := todo[n]
		switch {
		case !s.isBack[u]:
		case len(m.whole[u]) > 0 && m.c(u)*c > 0:
			return u
		case len(m.whole[u]) == 0 && s.sameStatement(u, at):
			todo = append(todo, s.in[u]...)
		}
	}
	return -1
}

// handed is the gradient as the last step hands it to its update, and its factor
// to the derivative; -1 and 0 where that is not known.
func (j *judge) handed(h *history) (node int, c float64) {
	l := h.steps[len(h.steps)-1].rightOf(h.p, nil)
	made := h.made[len(h.made)-1]
	for _, x := range slices.Backward(l) {
		if !j.sameStatement(x.node, made) {
			return x.node, x.c
		}
	}
	return -1, 0
}

// checkDecays: weights that grow, and vectors that decay where matrices do not.
func (j *judge) checkDecays(fits []*updateFit) []updateFault {
	matrix := func(f *updateFit) bool { return len(squeezed(f.h.value[0].Shape)) > 1 }
	rounding := func(f *updateFit) bool { return math.Abs(f.decay) <= exactOf(f.h.steps[0].prec == single, 1e-9, 1e-6) }
	var out []updateFault
	plain := false
	for _, f := range fits {
		if s := f.h.steps[0]; s.loss.computed {
			if k, _ := s.penalised(f.h.p); k != 0 {
				return nil // by the loss or by the update, as one likes
			}
		}
		plain = plain || f.decays && rounding(f) && matrix(f)
	}
	for _, f := range fits {
		if !f.decays || rounding(f) || len(f.h.value[0].Data) < 3 {
			continue
		}
		made := f.h.made[len(f.h.made)-1]
		if f.decay > 0 {
			if len(f.h.decayed) > 0 { // where the decay joins the gradient
				l := f.h.decayed[0].nodes
				made = l[len(l)-1]
			}
			out = append(out, updateFault{weight: 5, node: made, text: message.New("`%s` grows by %s of itself in each step: a decay takes it away", j.names[f.h.p], number(f.decay))})
		}
		if !matrix(f) && plain {
			out = append(out, updateFault{weight: 4, node: made, text: message.New("`%s` decays by %s of itself in each step where the weight matrices do not", j.names[f.h.p], number(-f.decay))})
			plain = false
		}
	}
	return out
}

// appliedTwice finds a number that multiplies the gradient by one name in two
// statements on its way into the parameter, as a rate does that goes into the velocity
// and into the step. That of a mean, whose old value is multiplied by one less it, may
// well come twice.
func (j *judge) appliedTwice(h *history) *updateFault {
	k := len(h.steps) - 1
	region := h.steps[k].region[h.p]
	mean := func(c float64) bool {
		return slices.ContainsFunc(region, func(q int) bool {
			return slices.ContainsFunc(j.in[q], func(u int) bool { return j.size[u] == 1 && j.size[q] > 1 && alike(1-j.scalar(u), c, 1e-5) })
		})
	}
	from := map[int]map[string]int{} // by node of the way: where a name multiplied it
	for _, q := range region {
		names := map[string]int{}
		gradient := slices.ContainsFunc(h.grads, func(g *gradientSite) bool { return g.nodes[k] == q })
		for i, u := range j.in[q] {
			gradient = gradient || from[u] != nil
			for name, at := range from[u] {
				names[name] = at
			}
			if from[u] == nil || j.op[q] != "mul" || len(j.in[q]) != 2 {
				continue
			}
			o, code := j.in[q][1-i], j.operandCode(q, 1-i)
			if j.size[o] != 1 || from[o] != nil || !isReference(code) || j.scalar(o) == 1 {
				continue
			}
			if at, ok := names[code]; ok && !j.sameStatement(at, q) && j.site[at] != j.site[q] && !mean(j.scalar(o)) {
				return &updateFault{weight: 5, node: q, sure: true, coarse: true, text: message.New("`%s` is applied twice: here and at %s", code, j.where(at))}
			}
			names[code] = q
		}
		if gradient {
			from[q] = names
		}
	}
	return nil
}
