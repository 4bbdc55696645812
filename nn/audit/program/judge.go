package program

import (
	"fmt"
	"slices"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// budget bounds the search for a fault: operations on elements that replays may
// cost. It is counted, not timed, so that a verdict does not hang on the
// machine.
const budget = 800_000_000

// A judge goes through the checks of one recording.
type judge struct {
	*view
	params  []chain
	names   []string
	steps   [][]version
	states  map[int]bool
	verdict *Verdict
	told    map[placeKey]bool
	// unsteady are parameters of one element that cannot be judged.
	unsteady map[int]bool
	overflow int // the first value that is not finite though its operands are; 0 for none
}

type placeKey struct{ file, line int }

// Judge holds a recorded program against itself: its gradients against the
// derivatives of its own loss, its updates against the known optimisers.
func Judge(g *graph.Graph) *Verdict {
	j := &judge{view: newView(g), verdict: &Verdict{File: g.File, Findings: []Finding{}, Notes: []message.Text{}, Parameters: []Parameter{}, Unjudged: []message.Text{}}, told: map[placeKey]bool{}}
	j.run()
	for i := range j.verdict.Parameters {
		p := &j.verdict.Parameters[i]
		if p.Gradient == "" {
			p.Gradient = "not judged"
		}
		if p.Update == "" {
			p.Update = "not judged"
		}
	}
	j.verdict.Steps = len(j.steps)
	j.cover()
	j.verdict.settle()
	return j.verdict
}

// prefix finds the parameters in the shortest part of the recording in which
// each has more than six updates; the rest of a long recording is not needed.
func (j *judge) prefix() (others []chain) {
	full := j.n
	for _, limit := range []int{1200, 3000, 8000, 20000, full} {
		limit = min(limit, full)
		params, rest := j.parameters(limit)
		least := 0
		for i, c := range params {
			if i == 0 || len(c) < least {
				least = len(c)
			}
		}
		if len(params) > 0 {
			j.params, others = params, rest
		}
		if least > 7 || limit == full {
			if len(params) > 0 && limit < full {
				j.cut(limit)
			}
			break
		}
	}
	return others
}

func (j *judge) run() {
	others := j.prefix()
	v := j.verdict
	if len(j.params) == 0 {
		j.forward()()
		v.Unjudged = append(v.Unjudged, message.New("no parameter was found: no value that the program reads is made again from itself and another in the recorded part"))
		return
	}
	j.steps = align(j.params)
	for _, c := range j.params {
		j.names = append(j.names, j.bestName(c[0]))
	}
	j.tellApart()
	for i, c := range j.params {
		v.Parameters = append(v.Parameters, Parameter{Name: j.names[i], Shape: j.shapes[c[len(c)-1]], Steps: len(c) - 1})
	}
	j.states = map[int]bool{}
	for _, c := range others {
		if d := len(c) - 1 - len(j.steps); d >= -1 && d <= 1 {
			for _, x := range c {
				j.states[x] = true
			}
		}
	}
	remarks := j.forward()
	j.gradients()
	remarks()
}

// gradients judges the gradients of a few steps; the first in which one is
// wrong is looked into. The second comes first: at the very first zero biases
// make many values look alike.
func (j *judge) gradients() {
	var judged *step
	seen := map[int]*step{}
	for _, k := range []int{1, 2, 0} {
		if k >= len(j.steps) {
			continue
		}
		s := j.newStep(j.steps, k, len(j.params), j.states)
		best, other := s.chooseLoss()
		if best == nil {
			continue
		}
		s.setLoss(best)
		right := s.right(nil)
		live, wrong := 0, 0
		seen[k] = s
		for _, p := range s.live {
			if s.trivial[p] {
				continue
			}
			live++
			if len(right[p]) == 0 {
				wrong++
			}
		}
		if live == 0 {
			continue
		}
		if j.verdict.Loss == "" {
			j.verdict.Loss = j.where(best.node).String() + " " + j.text(best.node).String()
		}
		if judged == nil {
			judged = s
			j.status(s, right)
		}
		if wrong == 0 {
			continue
		}
		j.status(s, right)
		j.faults(s, best, other, wrong, live)
		return
	}
	if judged == nil {
		j.verdict.Unjudged = append(j.verdict.Unjudged, message.New("no loss was found that depends on the parameters"))
		return
	}
	j.afterGradients(judged, seen)
}

// afterGradients judges, where all gradients are right, what is made of them.
func (j *judge) afterGradients(s *step, seen map[int]*step) {
	j.tellUnmoved(s, j.unmoved(s))
	var all []*step
	for k := range j.steps {
		if len(j.steps[k])*10 < len(s.live)*6 {
			continue
		}
		x := seen[k]
		if x == nil {
			x = j.newStep(j.steps, k, len(j.params), j.states)
		}
		if x != s {
			l := x.sameLoss(s.loss)
			if l == nil {
				continue
			}
			x.setLoss(l)
		}
		all = append(all, x)
	}
	report := func(list []updateFault, relation string) {
		for _, f := range list {
			p := at(f.node)
			if f.site > 0 {
				p.file, p.line = j.file(f.site), j.lineOfSite(f.site)
			}
			if f.line > 0 {
				p.file, p.line = j.line(f.node).file, f.line
			}
			j.tell(Finding{Severity: "error", Step: s.k, Relation: relation, Text: f.text}, p)
		}
	}
	j.findUnsteady(all)
	report(j.notFinite(all), "not finite")
	report(j.sharedNames(s), "a copy is missing")
	odd := j.oddFactors(s)
	var updates []updateFault
	if len(all) >= 2 {
		updates = j.checkUpdates(all)
		if len(odd) > 0 {
			updates = slices.DeleteFunc(updates, func(f updateFault) bool { return f.weight == 1 })
		}
		report(updates, "the update")
	}
	report(j.transposed(s), "transposed")
	report(j.onlyLast(s), "only the last part")
	if len(updates) == 0 {
		report(odd, "another factor")
	}
	if len(j.verdict.Findings) == 0 {
		if c := j.commonFactor(s); c != 0 {
			if q := j.firstScaling(s); q >= 0 {
				j.tell(Finding{Severity: "note", Step: s.k, Relation: "a constant", Text: message.New("every gradient is %s times the derivative of the loss at %s: as far as the audit can tell the rate takes it up", number(c), j.where(s.loss.node))}, at(q))
			}
		}
	}
	if !s.loss.computed {
		j.verdict.Notes = append(j.verdict.Notes, message.New("no loss is computed that the gradients are the derivative of: they are judged as those of the %s whose derivative is at %s", s.loss.kind, j.where(s.loss.node)))
	}
}

// notFinite finds the first value of an update that is not finite though what
// it is made of is.
func (j *judge) notFinite(all []*step) []updateFault {
	for _, s := range all {
		for _, p := range s.live {
			n, c := j.val(s.new[p]), j.val(s.cur[p])
			if n == nil || c == nil || finite(n) || !finite(c) || s.trivial[p] {
				continue
			}
			at := s.new[p]
			for _, q := range s.region[p] {
				v := j.val(q)
				if v == nil || finite(v) {
					continue
				}
				from := true
				for _, u := range s.in[q] {
					w := j.val(u)
					from = from && (w == nil || finite(w))
				}
				if from {
					at = q
					break
				}
			}
			switch j.op[at] {
			case "sqrt", "log", "pow", "div":
				// The running value that became negative.
				for {
					next := -1
					for _, u := range s.in[at] {
						if s.inRegion[p][u] && slices.ContainsFunc(j.val(u).Data, func(x float64) bool { return x < 0 }) && (next < 0 || u < next) {
							next = u
						}
					}
					if next < 0 {
						break
					}
					at = next
					if j.op[at] != "add" && j.op[at] != "copy" && j.op[at] != "div" {
						break
					}
				}
			}
			if q := j.overflow; q > 0 && q < at && !s.inRegion[p][q] {
				return nil // the forward pass came first
			}
			return []updateFault{{weight: 7, node: at, text: message.New("`%s` is not finite from here on", j.names[p])}}
		}
	}
	return nil
}

// status notes what is known of each parameter's gradient.
func (j *judge) status(s *step, right [][]hit) {
	for _, p := range s.live {
		x := &j.verdict.Parameters[p]
		_, reached := s.ad[s.cur[p]]
		switch {
		case !reached:
			x.Gradient, x.Why = "not judged", message.New("no derivative of the loss reaches it")
		case s.trivial[p]:
			x.Gradient = "zero"
		case len(right[p]) > 0:
			x.Gradient = "right"
		default:
			x.Gradient = "wrong"
		}
	}
}

// faults looks for what makes gradients wrong.
func (j *judge) faults(s *step, best, other *loss, wrong, live int) {
	v := j.verdict
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
		return
	}
	if best.right == 0 && !best.computed {
		unjudge(message.New("no loss is computed that the gradients could be held against"))
		return
	}
	found, left := s.locate(budget)
	if len(found) == 0 && wrong == live {
		unjudge(message.New("no gradient fits the loss at %s, and no single value of the backward pass mends one: perhaps the rule is no derivative of it", j.where(best.node)))
		return
	}
	for _, f := range found {
		j.tellIntervention(s, f)
	}
	if len(left) > 0 && len(found) == 0 {
		for _, p := range left {
			q := j.suspect(s, p)
			j.tell(Finding{Severity: "error", Step: s.k, Relation: "not the derivative",
				Text: message.New("the gradient of `%s` is not the derivative of the loss (%s)", j.names[p], j.where(best.node))}, at(q))
		}
	}
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
	x := Finding{Severity: "error", Step: s.k, Relation: "not the derivative", Text: text, Mended: f.mended, Wrong: f.of}
	if l := j.line(forward); l.line > 0 {
		x.Forward = fmt.Sprintf("%s:%d", j.fileName(l.file), l.line)
	}
	switch {
	case f.edit != nil:
		x.Relation = "one change"
		x.Fix = message.New("%s; %s", f.edit.text, mends(true, f.mended, f.of))
	case !f.why.IsZero():
		x.Fix = message.New("%s; %s", f.why, mends(true, f.mended, f.of))
	default:
		x.Text = message.New("%s; %s", text, mends(false, f.mended, f.of))
	}
	j.tell(x, f.place)
}

// tell puts a finding at its place, once.
func (j *judge) tell(f Finding, p place) {
	file, line := p.file, p.line
	if line == 0 {
		l := j.line(p.node)
		file, line = l.file, l.line
	}
	k := placeKey{file, line}
	if j.told[k] {
		return
	}
	j.told[k] = true
	f.File, f.Line, f.Statement = j.fileName(file), line, j.source(file, line)
	j.verdict.Findings = append(j.verdict.Findings, f)
}
