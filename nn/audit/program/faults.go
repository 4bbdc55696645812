package program

import (
	"fmt"
	"math"
	"slices"

	"glassbox/nn/message"
)

// notFinite finds the first value of an update that is not finite though what
// it is made of is.
func (j *judge) notFinite(all []*step) []updateFault {
	for _, s := range all {
		for _, p := range s.live {
			n, c := j.val(s.new[p]), j.val(s.cur[p])
			if n == nil || c == nil || finite(n) || !finite(c) || s.trivial[p] {
				continue
			}
			at := j.spoilt(s.new[p])
			fix := message.Text{}
			switch j.op[at] {
			case "sqrt", "log", "pow":
				root := j.isRoot(at)
				gradient := j.gradientSites(all, p)
				if at = j.negative(s, at, gradient); root {
					fix = j.squareMeant(s, p, at)
				}
			}
			if q := j.overflow; q > 0 && q < at && !s.inRegion[p][q] {
				return nil // the forward pass came first
			}
			return []updateFault{{weight: 7, node: at, text: message.New("`%s` is not finite from here on", j.names[p]), fix: fix}}
		}
	}
	return nil
}

// spoilt is the value that value q, which is not finite, is not finite from.
func (j *judge) spoilt(q int) int {
	for next := q; next >= 0; {
		q, next = next, -1
		for _, u := range j.in[q] {
			if v := j.val(u); v != nil && j.float[u] && !finite(v) {
				next = u
			}
		}
	}
	return q
}

// gradientSites are the lines at which a parameter's gradient comes in. In the very
// first step moments that begin at zero are the gradient too: another is looked at
// where there is one.
func (j *judge) gradientSites(all []*step, p int) map[int]bool {
	sites := map[int]bool{}
	for i := len(all) - 1; i >= 0 && len(sites) == 0; i-- {
		s := all[i]
		moment := map[int]bool{}
		for _, q := range s.region[p] {
			moment[q] = s.k == 0 && slices.ContainsFunc(s.in[q], func(u int) bool {
				return moment[u] || (u < s.begin || made(s.op[u])) && s.size[u] == s.size[q]
			})
		}
		for _, x := range s.rightOf(p, nil) {
			if !moment[x.node] {
				sites[j.site[x.node]] = true
			}
		}
	}
	return sites
}

// squareMeant is the correction where what a root is drawn of is made of the
// gradient of parameter p itself: its square is meant.
func (j *judge) squareMeant(s *step, p, at int) message.Text {
	hits := s.rightOf(p, nil)
	if len(hits) == 0 {
		return message.Text{}
	}
	gradient := func(u int) bool {
		return slices.ContainsFunc(hits, func(x hit) bool { return x.node == u && alike(math.Abs(x.c), math.Abs(hits[0].c), 1e-6) })
	}
	for i, u := range j.in[at] {
		if j.size[u] != j.size[at] || j.op[at] == "mul" && !slices.ContainsFunc(j.in[at], func(o int) bool { return j.size[o] == 1 }) {
			continue
		}
		if j.sameStatement(u, at) && (j.op[u] == "add" || j.op[u] == "mul") {
			if t := j.squareMeant(s, p, u); !t.IsZero() {
				return t
			}
		}
		if gradient(u) {
			text := j.operand(at, i).String()
			return message.New("`%s` is meant, not `%s`", factorText(text)+" ** 2", text)
		}
	}
	return message.Text{}
}

// negative is where the value of which node at is not finite became negative: it
// goes back through what is added up, from step to step, but not into a gradient,
// which may well be negative.
func (j *judge) negative(s *step, at int, gradient map[int]bool) int {
	for range 60 {
		next := -1
		for i, u := range s.in[at] {
			if i > 0 && s.op[at] == "sub" || s.size[u] != s.size[at] || !updateOps[s.op[u]] || gradient[j.site[u]] || next >= 0 && u > next {
				continue
			}
			if v := j.val(u); v != nil && slices.ContainsFunc(v.Data, func(x float64) bool { return x < 0 }) {
				next = u
			}
		}
		if next < 0 {
			return at
		}
		switch at = next; s.op[at] {
		case "add", "copy", "div", "sub", "gather":
		default:
			return at
		}
	}
	return at
}

// faults looks for what makes gradients wrong, and reports whether it is but
// penalties that the loss has not.
func (j *judge) faults(s *step, wrong, live int) bool {
	penalties := 0
	v, best := j.verdict, s.loss
	unjudge := func(t message.Text) {
		for i := range v.Parameters {
			if v.Parameters[i].Gradient == "wrong" {
				v.Parameters[i].Gradient, v.Parameters[i].Why = "not judged", t
			}
		}
		v.Unjudged = append(v.Unjudged, t)
	}
	if wrong == live && len(s.opaque) > 0 {
		q := keys(s.opaque)[0]
		unjudge(message.New("`%s` (%s) is not known to the audit: what passes through it cannot be judged", j.text(q), j.where(q)))
		return false
	}
	unreached := func(p int) bool { _, is := s.ad[s.cur[p]]; return !is }
	if !best.computed && (best.right == 0 || s.oneOfSeveral(best) || slices.ContainsFunc(s.live, unreached)) {
		unjudge(message.New("no loss is computed that the gradients could be held against"))
		return false
	}
	weak := best.weak()
	rival := weak && s.explainedByAnother()
	defer func() { j.spent += s.work }()
	found, left := s.locate(budget)
	plain := j.plain(s, found, left)
	s.unmend()
	if !plain {
		if x := s.otherArgument(); x != nil {
			j.tellArgument(s, x, wrong)
			return false
		}
		if x := s.otherDirection(); x != nil {
			j.tellDirection(s, x, wrong)
			return false
		}
	}
	// Of two single changes that each make everything right, one that takes something
	// out of the backward pass is less likely than one that puts it into the forward pass.
	var f *intervention
	fits := func(*revision) bool { return true }
	if plain {
		f = found[0]
		fits = func(x *revision) bool {
			return x.idle || x.adds && (s.removes(f) || x.whole && f.edit.class > 2 && f.edit.kind != otherMask)
		}
	}
	if x := s.revised(s.wrong(s.right(nil)), budget/4, f, fits); x != nil {
		j.tellRevision(s, x, f)
		return false
	}
	s.mend(found)
	if len(found) == 0 && wrong == live {
		if j.staleVelocity(s) {
			return false
		}
		unjudge(message.New("no gradient fits the loss at %s, and no single value of the backward pass mends one: perhaps the rule is no derivative of it", j.where(best.node)))
		return false
	}
	if weak {
		// Little speaks for the assumed loss: an exact correction has to, or that one
		// value mends all that no other such loss explains. That errors are handed on
		// without the output's derivative, or through other weights, is a rule of its own;
		// where the loss and the output's function cancel there is none to be left out.
		for _, f := range found {
			s.blame(f)
			exact := f.edit != nil && f.edit.class <= 3
			cancels := best.kind != squaredError && exact && f.edit.kind == factorMissing && len(left) == 0
			if own := f.edit != nil && f.edit.from >= 0 && s.isSeed(f.edit.from) || !s.isCur[f.about] && !cancels && slices.ContainsFunc(s.in[f.node], s.isSeed); own || !exact && (best.kind == givenDerivative || len(found) > 1 || len(left) > 0 || rival) {
				unjudge(message.New("no loss is computed that the gradients could be held against"))
				return false
			}
		}
	}
	for _, f := range found {
		if term := s.penalty(f); term >= 0 {
			j.tellPenalty(s, f, term)
			penalties++
		} else {
			j.tellIntervention(s, f)
		}
	}
	if len(left) > 0 && len(found) == 0 {
		for _, p := range left {
			j.tell(Finding{Severity: "error", Step: s.k, Relation: "not the derivative", Text: j.wrongGradient(s, p)}, at(j.suspect(s, p)))
		}
	}
	return penalties > 0 && penalties == len(found) && len(left) == 0
}

// wrongGradient says that the gradient of a parameter is wrong, and no more.
func (j *judge) wrongGradient(s *step, p int) message.Text {
	return message.New("the gradient of `%s` is not the derivative of the loss (%s)", j.names[p], j.where(s.loss.node))
}

// oneOfSeveral reports that an assumed loss begins at one number alone, of several that
// a function gives for the update: of what is made of all of them it says nothing.
func (s *step) oneOfSeveral(l *loss) bool {
	q := l.node
	of := s.frame(q)
	return len(l.seeds) == 1 && s.size[q] == 1 && of.fn != "" && slices.ContainsFunc(s.between, func(x int) bool {
		f := s.frame(x)
		return s.size[x] == 1 && f.fn == of.fn && f.call != of.call && s.returned(x)
	})
}

// explainedByAnother reports that a gradient that the step's assumed loss does
// not explain is the derivative of another that might be assumed.
func (s *step) explainedByAnother() (is bool) {
	best, wrong := s.loss, s.wrong(s.right(nil))
	for i, l := range s.assumedLosses() {
		if i < 12 && l.place != best.place {
			s.measure(l)
			right := s.right(nil)
			is = is || slices.ContainsFunc(wrong, func(p int) bool { return len(right[p]) > 0 && !s.single(p) })
		}
	}
	s.setLoss(best)
	return is
}

// isSeed reports that a value is the difference that an assumed loss was read
// from.
func (s *step) isSeed(q int) bool {
	return s.op[q] == "sub" && slices.ContainsFunc(s.in[q], func(u int) bool {
		for x := range s.loss.seeds {
			if x == u || s.root(x) == s.root(u) || s.logits(u) == x {
				return true
			}
		}
		return false
	})
}

// suspect is where the gradient of a parameter that nothing mends is made.
func (j *judge) suspect(s *step, p int) int {
	m := s.match()
	mine := s.before([]int{s.new[p]}, s.isCur)
	others := make([]bool, s.n)
	for _, q := range s.live {
		if q != p {
			for i, in := range s.before([]int{s.new[q]}, s.isCur) {
				others[i] = others[i] || in
			}
		}
	}
	for _, q := range s.back {
		if mine[q] && !others[q] && !s.allZone[q] && !s.isNew[q] {
			return q
		}
	}
	for _, q := range s.back {
		if mine[q] && len(m.of(q)) == 0 && !s.allZone[q] && !s.isNew[q] && s.inRegion[p][q] {
			return q
		}
	}
	return s.new[p]
}

// tellIntervention writes a finding of what mends gradients.
func (j *judge) tellIntervention(s *step, f *intervention) {
	s.blame(f)
	name, forward := j.nameOf(f.about), f.about
	for _, p := range s.live {
		if s.cur[p] == f.about { // a parameter: where the forward pass reads it
			name = message.Plain(j.names[p])
			if c := slices.IndexFunc(j.cons[f.about], func(c int) bool { return s.lossOf[c] }); c >= 0 {
				forward = j.cons[f.about][c]
			}
		}
	}
	text := message.New("`%s` should be the derivative of the loss by `%s` (%s)", j.nameOf(f.node), name, j.where(forward))
	if far := farthest(f.was, f.want); !far.IsZero() {
		text = message.New("%s; %s", text, far)
	}
	kind := j.relationOf(s, f)
	if !kind.words.IsZero() {
		text = message.New("%s: %s", kind.words, text)
	}
	x := Finding{Severity: "error", Step: s.k, Relation: kind.name, Text: text, Mended: f.mended, Wrong: f.of}
	if s.loss.whole {
		x.Severity = "warning" // what is printed may be more than what is meant to be learnt
	}
	if l := j.line(forward); l.line > 0 {
		x.Forward = fmt.Sprintf("%s:%d", j.fileName(l.file), l.line)
	}
	switch {
	case f.edit != nil:
		x.Fix = message.New("%s; %s", f.edit.text, mends(true, f.mended, f.of))
	case !f.why.IsZero():
		x.Fix = message.New("%s; %s", f.why, mends(true, f.mended, f.of))
	default:
		x.Text = message.New("%s; %s", text, mends(false, f.mended, f.of))
	}
	if x.Cause = s.inCatalogue(f, kind); x.Cause != "" {
		x.Text = message.New("%s; %s", x.Text, cause(x.Cause))
	}
	p := f.place
	if kind.place.line > 0 {
		p = kind.place
	}
	j.tell(x, p)
}
