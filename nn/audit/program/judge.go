package program

import (
	"slices"
	"strings"

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
	apart   []chain // of another network, stepped at another pace; the last of params
	names   []string
	steps   [][]version
	states  map[int]bool
	verdict *Verdict
	told    map[placeKey]bool
	instead map[int]message.Text // by new version: what it is made of that is no derivative
	// unsteady are parameters of one element that cannot be judged; steady says of
	// each the lines at which it is one multiple of its derivative in all steps.
	unsteady map[int]bool
	steady   map[int]map[int]bool
	// given are, where a gradient is wrong, the lines on its way into the update at
	// which it would be right, with its factor there: by parameter and site.
	given map[int]map[int]float64
	// changed are other values than were recorded, where it is asked what an update
	// would be with them.
	changed map[int]*array
	lost    map[int]bool // parameters that updates write over
	// changes are those that updates need, by the site of the new parameter and
	// whether a fault of it was known: what was found for one parameter after the other.
	changes  map[slot][]*mending
	least    int    // nodes that are looked at in any case
	overflow int    // the first value that is not finite though its operands are; 0 for none
	data     string // how far samples and labels are known: a state of an area
	assumed  bool   // no loss is computed that the gradients were held against
	scored   bool   // judged as a perceptron
	spent    int    // operations on elements that the search for faults has cost
}

// val is a node's value, nil where it is not known.
func (j *judge) val(i int) *array {
	if x := j.changed[i]; x != nil {
		return x
	}
	return j.view.val(i)
}

// scalar is the value of a node of one element.
func (j *judge) scalar(i int) float64 {
	if x := j.changed[i]; x != nil && len(x.Data) == 1 {
		return x.Data[0]
	}
	return j.view.scalar(i)
}

type placeKey struct{ file, line int }

// Judge holds a recorded program against itself: its gradients against the
// derivatives of its own loss, its updates against the known optimisers.
func Judge(g *graph.Graph) *Verdict {
	g = g.Unperturbed().WholeUpdates()
	w := newView(g)
	if list := w.trainings(); len(list) > 1 {
		if v := w.judgeEach(list); v != nil {
			return v
		}
	}
	v := judgeTraining(w).verdict
	v.settle()
	return v
}

// judgeTraining judges the training of a recording that has one.
func judgeTraining(w *view) *judge {
	end := w.g.End.Behind
	w.cut(end)
	j := newJudge(w, 0)
	j.run()
	// What moves while data are made is no parameter: there is no loss of it.
	for j.n < end && !j.foundSomething() {
		again := newView(w.g)
		again.cut(end)
		longer := newJudge(again, j.n+1)
		if longer.run(); len(longer.params) == 0 {
			break
		}
		j = longer
	}
	for i := range j.verdict.Parameters {
		p := &j.verdict.Parameters[i]
		if p.Gradient == "" {
			p.Gradient = "not judged"
		}
		if p.Update == "" {
			p.Update = "not judged"
		}
	}
	j.verdict.Steps, j.verdict.Trainings = len(j.steps), b2i(len(j.params) > 0)
	j.cover()
	j.verdict.Areas, j.verdict.Looked = j.areas(), j.looked()
	return j
}

func newJudge(w *view, least int) *judge {
	v := &Verdict{File: w.g.File, Findings: []Finding{}, Notes: []message.Text{}, Parameters: []Parameter{}, Unjudged: []message.Text{}}
	return &judge{view: w, verdict: v, told: map[placeKey]bool{}, instead: map[int]message.Text{}, least: least}
}

// prefix finds the parameters in the shortest part of the recording in which
// each has more than six updates; the rest of a long recording is not needed.
// What is carried on in the first step of a long sequence looks like a parameter
// until there is a second: parameters still are in a longer part.
func (j *judge) prefix() (others []chain) {
	full := j.n
	limits := []int{1200, 3000, 8000, 20000, full}
	for n, limit := range limits {
		if limit = min(limit, full); limit < min(j.least, full) {
			continue
		}
		params, apart, rest := j.parameters(limit)
		least := 0
		for i, c := range params {
			if i == 0 || len(c) < least {
				least = len(c)
			}
		}
		if least > 7 && limit < full && !j.lasting(params, min(limits[n+1], full)) {
			continue
		}
		if len(params) > 0 {
			j.params, j.apart, others = params, apart, rest
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

// lasting reports that some of params are parameters of the recording up to limit
// too.
func (j *judge) lasting(params []chain, limit int) bool {
	longer, apart, _ := j.parameters(limit)
	return slices.ContainsFunc(slices.Concat(longer, apart), func(c chain) bool {
		return slices.ContainsFunc(params, func(d chain) bool { return d[0] == c[0] })
	})
}

// versions marks all versions of all parameters.
func (j *judge) versions() []bool {
	is := make([]bool, j.n)
	for _, c := range j.params {
		for _, q := range c {
			is[q] = true
		}
	}
	return is
}

func (j *judge) run() {
	if j.scored = j.perceptron(); j.scored {
		return
	}
	others := j.prefix()
	j.addRewritten(others)
	j.tellKept()
	v := j.verdict
	if len(j.params) == 0 {
		j.forward()()
		j.tellUnread()
		v.Unjudged = append(v.Unjudged, message.New("no parameter was found: no value that the program reads is made again from itself and another in the recorded part"))
		return
	}
	j.steps = j.align(j.params)
	j.params = slices.Concat(j.params, j.apart)
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
	for _, pl := range j.players() {
		j.gradients(pl)
	}
	if !slices.ContainsFunc(v.Findings, func(f Finding) bool { return f.Severity != "note" }) {
		j.tellSnapshots()
		j.tellIdleRate()
		j.tellRateWritten()
		j.tellIdleBest()
	}
	remarks()
}

// gradients judges the gradients of a few steps of one player; the first in
// which one is wrong is looked into. The second comes first: at the very first
// zero biases make many values look alike.
func (j *judge) gradients(pl player) {
	var judged *step
	seen := map[int]*step{}
	without := false  // a step without a loss was met
	var assumed *step // one for whose assumed loss little speaks
	for _, k := range []int{1, 2, 0} {
		if k >= len(pl.steps) {
			continue
		}
		s := j.newStep(pl.steps, k, len(j.params), j.states, pl.fixed)
		var best *loss
		if judged != nil && judged.loss.computed { // by which all gradients of the other are right
			if best = s.sameLoss(judged.loss); best != nil {
				if s.measure(best); best.right < best.reach {
					if other := s.chooseLoss(); other != nil && other.right > best.right {
						best = other
					}
				}
			}
		}
		if best == nil {
			best = s.chooseLoss()
		}
		if best == nil {
			without = true
			continue
		}
		if s.setLoss(best); pl.apart && best.right == 0 {
			without = true
			continue
		}
		best.sure = best.weak() && best.right > 0 && j.right(pl, s)
		if weak := best.weak(); weak || without && best.right == 0 && !s.proper(best, s.forward) {
			without = true
			if weak && assumed == nil {
				assumed = s
			}
			continue // computed now and then, to be looked at
		}
		if s.beyondBound() {
			continue // its margin is large enough: the rule leaves it alone
		}
		if judged == nil && j.besides(pl, s) {
			return
		}
		right := s.right(nil)
		live := 0
		seen[k] = s
		wrong := s.wrong(right)
		wrong = slices.DeleteFunc(wrong, func(p int) bool { return !j.underived(s, p).IsZero() })
		var from, to int // findings of parameters that step without their gradient
		for _, p := range s.live {
			live += b2i(!s.trivial[p])
		}
		if live == 0 {
			continue
		}
		if j.verdict.Loss == "" {
			j.assumed = !best.computed
			j.verdict.Loss = j.where(best.node).String() + " " + j.text(best.node).String()
		}
		if judged == nil {
			judged = s
			j.status(s, right)
			j.tellHeld(s)
		}
		if n := len(wrong); n > 0 {
			wrong = j.tellCleared(s, j.tellExchanged(s, wrong))
			from = len(j.verdict.Findings)
			wrong = j.tellDropped(s, wrong)
			to = len(j.verdict.Findings)
			wrong = j.tellUncleared(s, j.tellTotals(s, wrong))
			wrong = j.tellOverwritten(pl, k, s, j.tellCountedOnce(s, wrong))
			if len(wrong) < n && len(wrong) == 0 {
				break
			}
		}
		if len(wrong) == 0 || judged != s && j.explains(pl, judged, s) {
			s.letGo()
			continue
		}
		if j.onlyHere(pl, s, wrong) && !j.provable(s) {
			j.verdict.Notes = append(j.verdict.Notes, message.New("in step %d the gradient of %s is not the derivative of the loss, in the other steps it is", s.k, j.listed(wrong)))
			continue
		}
		j.status(s, right)
		if j.tellUnpenalised(s, wrong) {
			return
		}
		told := len(j.verdict.Findings)
		meant := j.faults(s, len(wrong), live)
		if len(wrong) == live && len(j.verdict.Findings) == told {
			j.judgeGiven(pl, s)
			return
		}
		if l := j.verdict.Findings; to > from && len(l) > told && !l[told].Fix.IsZero() {
			// What makes others wrong comes before what gets no gradient from it.
			j.verdict.Findings = slices.Concat(l[:from], l[to:], l[from:to])
		}
		if meant {
			j.report(s, j.oddFactors(s), "another factor")
		}
		j.afterFaults(pl, s)
		for p := range wrong {
			if meant {
				j.verdict.Parameters[wrong[p]].Gradient = "right"
			}
		}
		return
	}
	if judged == nil && assumed != nil && !j.once(pl, assumed) {
		right := assumed.right(nil)
		wrong := assumed.wrong(right)
		j.status(assumed, right)
		j.faults(assumed, len(wrong), len(assumed.live))
		return
	}
	if judged == nil && j.onlyAssumed(pl) {
		return
	}
	if judged == nil {
		if why := j.estimated(pl); !why.IsZero() {
			j.verdict.Unjudged = append(j.verdict.Unjudged, why)
		} else if len(pl.fixed) == 0 {
			j.verdict.Unjudged = append(j.verdict.Unjudged, message.New("no loss was found that depends on the parameters"))
		} else {
			j.verdict.Unjudged = append(j.verdict.Unjudged, message.New("no loss was found that depends on %s", j.listed(pl.params())))
		}
		return
	}
	if judged.loss.cut > 0 {
		j.verdict.Notes = append(j.verdict.Notes, message.New("the derivative goes back through %s in time at most: backpropagation is truncated", countedSteps(judged.loss.cut)))
		j.tellUnreadPast(judged)
	}
	if judged.kink == graph.KinkAll {
		j.verdict.Notes = append(j.verdict.Notes, message.New("where several values are the largest alike, each of them is given the whole derivative, not a share"))
	}
	j.afterGradients(pl, judged, seen)
}

// listed names parameters.
func (j *judge) listed(params []int) string {
	var l []string
	for _, p := range params {
		l = append(l, "`"+j.names[p]+"`")
	}
	if len(l) > 4 {
		l = append(l[:3:3], "…")
	}
	return strings.Join(l, ", ")
}

// onlyAssumed looks at programs that compute no loss and of whose gradients none
// is a derivative of the one that p - y looks like: only where one simple change
// makes every gradient right that change is told.
func (j *judge) onlyAssumed(pl player) bool {
	if len(pl.steps) < 2 || len(pl.fixed) > 0 {
		return false
	}
	s := j.newStep(pl.steps, 1, len(j.params), j.states, pl.fixed)
	if len(s.lossCandidates()) > 0 {
		return false
	}
	for i, l := range s.assumedLosses() {
		if i >= 4 {
			break
		}
		if s.measure(l); l.right > 0 || l.reach < 2 {
			continue
		}
		found, left := s.locate(budget / 4)
		if len(found) != 1 || len(left) > 0 {
			continue
		}
		s.blame(found[0])
		if e := found[0].edit; e != nil && e.class <= 2 {
			j.status(s, s.right(nil))
			j.tellIntervention(s, found[0])
			return true
		}
	}
	return false
}

// report tells faults that lie behind the gradients.
func (j *judge) report(s *step, list []updateFault, relation string) {
	for _, f := range list {
		p := at(f.node)
		if f.site > 0 {
			p.file, p.line = j.file(f.site), j.lineOfSite(f.site)
		}
		if f.line > 0 {
			p.file, p.line = j.line(f.node).file, f.line
		}
		x := Finding{Severity: "error", Step: s.k, Relation: relation, Text: f.text, Cause: f.cause, Fix: f.fix}
		if f.unknown {
			x.Severity = "warning" // it may be a rule of its own
		}
		if x.Cause != "" {
			x.Text = message.New("%s; %s", x.Text, cause(x.Cause))
		}
		j.tell(x, p)
	}
}

// afterGradients judges, where all gradients are right, what is made of them.
func (j *judge) afterGradients(pl player, s *step, seen map[int]*step) {
	j.tellRewritten(s)
	j.tellUnmoved(s, j.unmoved(s))
	j.tellUnadded(s)
	rebound := j.tellRebound(s)
	j.tellUnpenalised(s, nil)
	j.tellGathered(s)
	all := j.updatedSteps(pl, s, seen)
	confirmed := func(find func(*step) []updateFault) []updateFault { return j.confirmed(s, all, find) }
	j.findUnsteady(all)
	j.report(s, confirmed(j.shiftedNumber), "shifted")
	j.report(s, j.margins(all), "the sign")
	divided := j.divided(s)
	for i := 0; i < len(all) && len(divided) == 0; i++ { // what is divided by it soon leaves no derivative
		divided = j.divided(all[i])
	}
	j.report(s, divided, "the update")
	if len(divided) == 0 {
		j.report(s, j.notFinite(all), "not finite")
	}
	j.report(s, j.sharedNames(s), "a copy is missing")
	odd := confirmed(j.oddFactors)
	var updates []updateFault
	if len(all) >= 2 {
		updates = j.checkUpdates(all)
		if len(odd) > 0 {
			updates = slices.DeleteFunc(updates, func(f updateFault) bool { return f.weight == 1 })
		}
		if len(updates) == 0 && !rebound {
			updates = j.idle(all)
		}
		j.report(s, updates, "the update")
	}
	if len(updates) == 0 {
		j.tellStrangeTerms(s, all)
		j.tellUnsteady(s, all)
	}
	j.report(s, confirmed(j.transposed), "transposed")
	j.report(s, confirmed(j.onlyLast), "only the last part")
	if len(updates) == 0 && len(divided) == 0 {
		j.report(s, odd, "another factor")
	}
	if len(j.verdict.Findings) == 0 {
		j.tellPartial(all)
	}
	if len(j.verdict.Findings) == 0 {
		j.tellScale(s, all)
	}
	if l := s.loss.instead; l != nil {
		j.tell(Finding{Severity: "warning", Step: s.k, Relation: "another loss", Text: message.New("the gradients are the derivative of the %s (%s), not of the loss that is computed here", s.loss.kind, j.where(s.loss.node))}, at(l.node))
	} else if s.loss.kind == givenDerivative {
		j.tellGiven(s)
	} else if !s.loss.computed && !j.tellLookedAt(s) {
		j.verdict.Notes = append(j.verdict.Notes, message.New("no loss is computed that the gradients are the derivative of: they are judged as those of the %s whose derivative is at %s", s.loss.kind, j.where(s.loss.node)))
	}
}

// afterFaults judges the updates behind wrong gradients: by the gradients that
// the program computed, taken where the true ones would have come in.
func (j *judge) afterFaults(pl player, s *step) {
	if j.given = map[int]map[int]float64{}; len(s.mended) == 0 {
		return
	}
	for _, p := range s.live {
		if j.verdict.Parameters[p].Gradient != "wrong" {
			continue
		}
		sites := map[int]float64{}
		for _, h := range s.rightOf(p, nil) {
			sites[j.site[h.node]] = h.c
		}
		j.given[p] = sites
	}
	s.unmend()
	all := j.stepsLike(pl, s, nil)
	if j.findUnsteady(all); len(all) >= 2 {
		list := j.checkUpdates(all)
		// Which way a step goes cannot be told by a gradient that is wrong.
		j.report(s, slices.DeleteFunc(list, func(f updateFault) bool { return f.weight < 4 || f.cause == "update-sign" }), "the update")
	}
	j.given = nil
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
			if why := j.underived(s, p); !why.IsZero() {
				x.Gradient, x.Why = "not judged", why
			}
		}
	}
}

// tell puts a finding at its place, once.
func (j *judge) tell(f Finding, p place) {
	file, line := p.file, p.line
	if line == 0 {
		l := j.line(p.node)
		file, line = l.file, l.line
	}
	k := placeKey{file, line}
	f.File, f.Line, f.Statement = j.fileName(file), line, j.source(file, line)
	if j.told[k] {
		// Of two that need the same line the one with a correction.
		i := slices.IndexFunc(j.verdict.Findings, func(o Finding) bool { return o.File == f.File && o.Line == line })
		if i >= 0 && !f.Fix.IsZero() && j.verdict.Findings[i].Fix.IsZero() && j.verdict.Findings[i].Relation == "not the derivative" && f.Severity == "error" {
			j.verdict.Findings[i] = f.named()
		}
		return
	}
	j.told[k] = true
	j.verdict.Findings = append(j.verdict.Findings, f.named())
}
