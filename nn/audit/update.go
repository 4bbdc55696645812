package audit

import (
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// move is how one parameter went from a step to the next.
type move struct {
	name string // "W1"
	to   string // "W1_new", or "W1_next" where the former is not recorded
	w    value
	d    value // its gradient
	got  mat.Matrix
}

// after returns a parameter as it was recorded after the update, and by which name.
func (j *judge) after(param string) (to string, m mat.Matrix, ok bool) {
	for _, suffix := range []string{spec.SuffixNew, spec.SuffixNext} {
		if m, ok := j.s.T[param+suffix]; ok {
			return param + suffix, m, true
		}
	}
	return "", m, false
}

// moves are the parameters whose update can be judged.
func (j *judge) moves() []move {
	var list []move
	for _, name := range spec.ParamNames(j.L) {
		to, got, ok := j.after(name)
		if !ok {
			continue
		}
		in, ok := j.values(name, "d"+name)
		if !ok {
			j.unjudged(to, message.New("the parameter before the step or its gradient is not recorded and cannot be computed"))
			continue
		}
		list = append(list, move{name, to, in[0], in[1], got})
	}
	return list
}

// updates judges the step from the gradients to the new parameters.
func (j *judge) updates() {
	list := j.moves()
	if len(list) == 0 {
		return
	}
	if rule := j.t.declaredRule(); rule != nil {
		j.declaredOptimizer(list, rule)
		return
	}
	if _, recordedDZ := j.s.T[spec.Name("dz", j.L)]; !recordedDZ && j.dzBy == 0 && j.gradBy == 0 && j.N > 1 {
		j.judgeEndToEnd()
		return
	}
	if mu := j.t.Meta.Momentum; mu != nil && *mu > 0 {
		j.declaredMomentum(list, *mu)
		return
	}
	j.judgeMoves(list, false)
}

// declaredMomentum judges the update of a network that says it has momentum:
// v = μ·v + dW, W_new = W − rate·v, where the step before tells rate·v.
func (j *judge) declaredMomentum(list []move, mu float64) {
	if j.s.Number == 0 {
		stands := !slices.ContainsFunc(list, func(m move) bool { return !slices.Equal(m.w.V.Data, m.got.Data) })
		if stands && j.otherRule(j.t.settings()) != "" {
			for _, m := range list {
				j.checkMomentum(m, j.stepped(m, j.t.Rate, 0))
			}
			return
		}
		j.judgeMoves(list, false) // v = 0
		return
	}
	c, ec := j.t.Rate, 0.0
	if c == 0 {
		c, ec = j.mem.seen, j.mem.seenError
	}
	if j.rate = c; c == 0 {
		j.unjudged(list[0].to, message.New("no learning rate is declared, and with momentum one step does not tell it"))
		return
	}
	for _, m := range list {
		v, ok := j.movedBefore(m)
		if !ok {
			j.unjudged(m.to, message.New("its velocity comes from the step before, which is not recorded"))
			continue
		}
		plain := j.stepped(m, c, ec)
		j.checkMomentum(m, elementwise(v, func(k int) (float64, float64) {
			x := v.Data[k]
			// It is read off parameters, so it has their rounding.
			return plain.V.Data[k] - mu*x, plain.E.Data[k] + 64*j.u*(math.Abs(m.w.V.Data[k])+math.Abs(x))
		}))
	}
}

// checkMomentum holds a parameter against its step with momentum.
func (j *judge) checkMomentum(m move, want value) {
	if c := compareTo(m.got, want); c.ratio > 1 && j.t.Rate != 0 && j.otherRule(j.t.settings()) != "" {
		j.out.Judged++
		j.report("error", m.to, c, *j.mem.otherRule, faultText(*j.mem.otherRule))
		return
	}
	j.check(m.to, want)
}

// movedBefore returns how far the last step that moved a parameter did so, where the
// steps since then are known to have left it as it was.
func (j *judge) movedBefore(m move) (mat.Matrix, bool) {
	for at := slices.IndexFunc(j.t.Steps, func(s Step) bool { return s.Number == j.s.Number }) - 1; at >= 0 && j.prev != nil; at-- {
		T := j.t.Steps[at].T
		before, ok := T[m.name]
		after, has := T[m.name+"_new"]
		if !has {
			after = j.t.Steps[at+1].T[m.name]
		}
		if !ok || !sameShape(before, after) {
			return mat.Matrix{}, false
		}
		if mat.EqualBits(before, after) && at > 0 && j.t.Steps[at-1].Number == j.t.Steps[at].Number-1 {
			continue
		}
		v := mat.New(before.Rows, before.Cols)
		for k, x := range before.Data {
			v.Data[k] = x - after.Data[k]
		}
		return v, true
	}
	return mat.Matrix{}, false
}

// stepped is where a step down the gradient by c, which may be off by ec, takes a
// parameter.
func (j *judge) stepped(m move, c, ec float64) value { return updated(m.w, m.d, c, ec, j.u) }

// follows reports whether that is where the parameter went.
func (j *judge) follows(m move, c, ec float64) bool {
	return compareTo(m.got, j.stepped(m, c, ec)).ratio <= 1
}

// judgeMoves judges every parameter with the factor that fits them best.
func (j *judge) judgeMoves(list []move, quiet bool) bool {
	c, ec, how := j.factor(list)
	j.rate = c
	if r := j.t.Rate; r != 0 && c != r/float64(j.N) {
		j.rate = r
	}
	if !slices.ContainsFunc(list, func(m move) bool { return !j.follows(m, c, ec) }) {
		if !quiet && !j.standsOrClimbs(list, c) {
			how()
			j.mem.seen, j.mem.seenError, j.stepRate = c, ec, c
			j.out.Judged += len(list)
		}
		return true
	}
	if j.withMomentum(list, quiet) {
		return true
	}
	if j.t.Rate == 0 && j.mem.seen != 0 {
		j.rate = j.mem.seen
	}
	if quiet {
		return false
	}
	if j.mem.momentum && j.prev == nil {
		for _, m := range list {
			j.unjudged(m.to, message.New("its velocity comes from the step before, which is not recorded"))
		}
		return false
	}
	if j.prev == nil && evenMoves(list) {
		j.mem.even = true
	}
	lambda, decays := j.decay(list)
	if decays && j.t.Meta.Decay != 0 && math.Abs(j.t.Meta.Decay/lambda-1) < 1e-6 {
		j.note(message.New("the update has the declared weight decay of %.4g", lambda))
		for i, m := range list {
			w := m.w.V
			if m.name[0] != 'W' && j.follows(m, c, ec) {
				continue
			}
			list[i].d = elementwise(m.d.V, func(k int) (float64, float64) {
				return m.d.V.Data[k] + j.t.Meta.Decay*w.Data[k], m.d.E.Data[k] + 64*j.u*math.Abs(w.Data[k])
			})
		}
		decays = false
	}
	for _, m := range list {
		want := j.stepped(m, c, ec)
		if !decays || m.name[0] != 'W' {
			j.check(m.to, want)
			continue
		}
		j.out.Judged++
		if cmp := compareTo(m.got, want); cmp.ratio > 1 {
			j.report("error", m.to, cmp, "weight-decay", message.New("%s (the decay is %.4g)", faultText("weight-decay"), lambda))
		}
	}
	return false
}

// evenMoves reports whether every number moved by the same length, whatever
// its gradient: the first step of RMSprop, Adam and their like.
func evenMoves(list []move) bool {
	length, n := 0.0, 0
	for _, m := range list {
		top := 0.0
		for _, d := range m.d.V.Data {
			top = max(top, math.Abs(d))
		}
		for k, g := range m.got.Data {
			if math.Abs(m.d.V.Data[k]) < 1e-3*top {
				continue
			}
			moved := math.Abs(g - m.w.V.Data[k])
			if n++; n == 1 {
				length = moved
			}
			if !(math.Abs(moved-length) <= 0.01*length) {
				return false
			}
		}
	}
	return n > 3 && length > 0
}

// decay looks whether W_new = W − c·(dW + λ·W) explains the weights, with one
// λ for all of them that is not 0.
func (j *judge) decay(list []move) (lambda float64, ok bool) {
	c := j.rate
	if c == 0 {
		return 0, false
	}
	weights := slices.DeleteFunc(slices.Clone(list), func(m move) bool { return m.name[0] != 'W' })
	if !slices.ContainsFunc(weights, func(m move) bool { return !j.follows(m, c, 0) }) {
		return 0, false
	}
	var ww, wr float64
	for _, m := range weights {
		for k, g := range m.got.Data {
			w := m.w.V.Data[k]
			ww, wr = ww+w*w, wr+w*(w-c*m.d.V.Data[k]-g)
		}
	}
	lambda = wr / ww / c
	if !(lambda > 0 && lambda*c < 0.5) {
		return 0, false
	}
	for _, m := range weights {
		plain := m.d
		m.d = elementwise(plain.V, func(k int) (float64, float64) {
			w := m.w.V.Data[k]
			// λ was fitted to numbers with the parameters' rounding.
			return plain.V.Data[k] + lambda*w, plain.E.Data[k] + 64*j.u*math.Abs(w)/c
		})
		if !j.follows(m, c, 0) {
			return 0, false
		}
	}
	return lambda, true
}

// standsOrClimbs reports a step that leaves everything as it was, or goes up
// the gradient: without a declared rate the factors 0 and below fit as well.
func (j *judge) standsOrClimbs(list []move, c float64) bool {
	cause := "update-sign"
	switch {
	case c < 0:
	case c == 0 && slices.ContainsFunc(list, func(m move) bool { return !isZero(m.d.V) }):
		cause = "parameters-not-updated"
	default:
		return false
	}
	j.out.Judged += len(list)
	for _, m := range list {
		if !isZero(m.d.V) {
			down := j.stepped(m, max(math.Abs(c), j.mem.seen, 1e-3), 0)
			if text := j.lateVelocity(m.name, m.w.V, m.got); c == 0 && !text.IsZero() {
				j.report("error", m.to, compareTo(m.got, down), "velocity-renewed-late", text)
				continue
			}
			j.report("error", m.to, compareTo(m.got, down), cause, faultText(cause))
		}
	}
	return true
}

// factor finds c in W_new = W − c·dW: the declared rate, that rate over N, or
// what the step itself shows. It returns how far off c may be and a function
// that says what there is to say of it.
func (j *judge) factor(list []move) (c, ec float64, how func()) {
	nothing := func() {}
	passes := func(c, ec float64) int {
		n := 0
		for _, m := range list {
			if j.follows(m, c, ec) {
				n++
			}
		}
		return n
	}
	r, n := j.t.Rate, float64(j.N)
	if r != 0 && passes(r, 0) == len(list) {
		return r, 0, nothing
	}
	undivided := j.dzBy != n && j.gradBy != n
	if r != 0 && undivided && j.N > 1 && j.t.Reduction != "sum" && passes(r/n, 2*u64*r/n) == len(list) {
		return r / n, 2 * u64 * r / n, func() {
			j.mem.dividesAtUpdate = true
			j.note(message.New("1/N stands at the update"))
		}
	}
	// The factor that most parameters agree on.
	best, most := 0.0, 0
	bestE := 0.0
	for _, m := range list {
		f, e := fitted(m, j.u)
		if f == 0 || math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		if k := passes(f, e); k > most || best == 0 {
			best, bestE, most = f, e, k
		}
	}
	if r != 0 && undivided && j.N > 1 && j.t.Reduction != "sum" && passes(r/n, 2*u64*r/n) > passes(r, 0) {
		// 1/N stands at the update, but some parameters do not follow.
		j.rate = r / n
		return r / n, 2 * u64 * r / n, nothing
	}
	switch {
	case best == 0 && r != 0:
		return r, 0, nothing
	case best == 0:
		return 0, 0, nothing
	case r == 0:
		return best, bestE, func() { j.note(message.New("no learning rate is declared; the update fits %.6g", best)) }
	case most < len(list):
		return r, 0, nothing // nothing fits them all: hold them against what is declared
	}
	return best, bestE, func() { j.otherRate(best, list) }
}

// fitted is the least-squares factor of one parameter and how far rounding may
// have moved it.
func fitted(m move, u float64) (c, e float64) {
	var dd, dw, err float64
	for k, g := range m.got.Data {
		d, w := m.d.V.Data[k], m.w.V.Data[k]
		dd += d * d
		dw += d * (w - g)
		err += math.Abs(d) * (u * (2*math.Abs(w) + 2*math.Abs(g)))
	}
	if dd == 0 {
		return 0, 0
	}
	c = dw / dd
	for k, d := range m.d.V.Data {
		err += math.Abs(d) * math.Abs(c) * (m.d.E.Data[k] + 4*u*math.Abs(d))
	}
	return c, err / dd
}

// otherRate reports an update that fits another rate than the declared one.
func (j *judge) otherRate(c float64, list []move) {
	ratio, n := c/j.t.Rate, float64(j.N)
	near := func(v float64) bool { return math.Abs(ratio/v-1) < 1e-6 }
	cause, level := "", "warning"
	said := message.New("the update uses %.6g, %.6g× the declared rate %.6g", c, ratio, j.t.Rate)
	switch {
	case near(-1):
		cause, level = "update-sign", "error"
	case near(2):
		cause, level = "update-twice", "error"
	case j.N > 1 && near(1/n):
		cause = "rate-divided-by-n"
	case j.N > 1 && near(n):
		cause = "rate-times-n"
	case ratio > 0 && ratio < 1:
		j.mem.rates = append(j.mem.rates, otherRate{tensorOf{j.s.Number, list[0].to}, ratio})
		return
	}
	if cause != "" {
		said = message.New("%s (%s)", faultText(cause), said)
	}
	m := list[0]
	j.report(level, m.to, compareTo(m.got, j.stepped(m, j.t.Rate, 0)), cause, said)
}

// withMomentum looks whether a velocity explains the update: the step before
// moved the parameters by c·v, and this one by c·(μ·v + dW). It is right unless
// the trace declares that there is none.
func (j *judge) withMomentum(list []move, quiet bool) bool {
	if j.prev == nil || j.t.Meta.Momentum != nil && *j.t.Meta.Momentum == 0 {
		return false
	}
	var sdd, sdv, svv, sdm, svm float64
	var before []mat.Matrix // how far the step before moved them
	for _, m := range list {
		v, ok := j.movedBefore(m)
		if !ok {
			return false
		}
		before = append(before, v)
		for k, v := range v.Data {
			d, move := m.d.V.Data[k], m.w.V.Data[k]-m.got.Data[k]
			sdd, sdv, svv = sdd+d*d, sdv+d*v, svv+v*v
			sdm, svm = sdm+d*move, svm+v*move
		}
	}
	det := sdd*svv - sdv*sdv
	if det <= 0 {
		return false
	}
	c, mu := (sdm*svv-svm*sdv)/det, (svm*sdd-sdm*sdv)/det
	if !(mu > 0.01 && mu < 1 && c > 0) {
		return false
	}
	for i, m := range list {
		want := elementwise(before[i], func(k int) (float64, float64) {
			w, d, v := m.w.V.Data[k], m.d.V.Data[k], before[i].Data[k]
			// v was read off parameters, so it has their rounding.
			return w - (c*d + mu*v), 64*j.u*(math.Abs(w)+math.Abs(c*d)+math.Abs(v)) + c*m.d.E.Data[k]
		})
		if compareTo(m.got, want).ratio > 1 {
			return false
		}
	}
	if !quiet {
		j.mem.momentum = true
		j.out.Judged += len(list)
		j.note(message.New("the update has momentum %.4g (with rate %.4g)", mu, c))
	}
	return true
}
