package program

import (
	"cmp"
	"slices"
	"strings"

	"glassbox/nn/audit"
	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// mostTrainings bounds how many trainings of one recording are judged.
const mostTrainings = 6

// A training is a part of a recording in which one set of parameters is stepped,
// as each of several models has it that are trained one after another.
type training struct {
	chains     []chain
	begin, end int  // where the parameters are first read, and the last version
	state      bool // it may be one of an evaluation, of what was trained before
	goesOn     bool // the same parameters as before, stepped on by the same lines
}

// trainings are the parts of a recording that no array lives through which is made
// again from itself and of which others are made. A hidden state, a sum over a batch
// or the like is no training of its own: it lies between the updates of parameters.
func (v *view) trainings() (list []training) {
	for _, t := range v.stretches() {
		if len(list) == 0 {
			t.begin = 0
			list = append(list, t)
			continue
		}
		of := v.after(versionsOf(list), nil)
		again := v.steppedLike(list, t)
		t.goesOn = again && slices.ContainsFunc(t.chains, func(c chain) bool { return of[c[0]] })
		t.state = !again && len(t.chains) == 1 && of[t.chains[0][1]]
		list = append(list, t)
	}
	return list
}

// stretches are the times in which arrays are made again from themselves, with the
// chains of these; those that overlap are one.
func (v *view) stretches() []training {
	all := v.chains(v.n)
	own := map[int]bool{}
	for _, c := range all {
		for _, x := range c {
			own[x] = true
		}
	}
	var list []training
	for _, c := range all {
		if len(c) > 2 && (v.influences(c[0], v.n, own) || v.influences(c[len(c)/2], v.n, own)) {
			list = append(list, training{chains: []chain{c}, begin: v.firstRead(c), end: c[len(c)-1]})
		}
	}
	slices.SortStableFunc(list, func(a, b training) int { return cmp.Compare(a.begin, b.begin) })
	list = v.withoutStates(list)
	parts := list[:0]
	for _, t := range list {
		if n := len(parts); n > 0 && t.begin <= parts[n-1].end {
			parts[n-1].chains = append(parts[n-1].chains, t.chains...)
			parts[n-1].end = max(parts[n-1].end, t.end)
		} else {
			parts = append(parts, t)
		}
	}
	return slices.DeleteFunc(parts, func(t training) bool {
		return !slices.ContainsFunc(t.chains, func(c chain) bool { return len(c) > 4 })
	})
}

// firstRead is where a chain's first version is first read by more than what is made
// in its shape, as the states of an optimiser are.
func (v *view) firstRead(c chain) int {
	for _, q := range v.cons[c[0]] {
		if q < c[1] && v.op[q] != "copy" && !strings.HasPrefix(v.op[q], "create:") {
			return q
		}
	}
	return c[1]
}

// withoutStates leaves out what is carried on within a step and begins again in the
// next: arrays made by one expression, one after the other, while another lives. The
// list is in order.
func (v *view) withoutStates(list []training) []training {
	type place struct{ site, size int }
	of := func(t training) place { return place{v.site[t.end], v.size[t.end]} }
	states := map[place]bool{}
	for i, t := range list {
		over := map[place]int{} // where the last ended
		for _, u := range list[i+1:] {
			k := of(u)
			if u.end >= t.end || k == of(t) {
				continue
			}
			if end, met := over[k]; met && end < u.begin {
				states[k] = true
			}
			over[k] = u.end
		}
	}
	return slices.DeleteFunc(list, func(t training) bool { return states[of(t)] })
}

// versionsOf are the values that updates made in some trainings.
func versionsOf(list []training) (made []int) {
	for _, t := range list {
		for _, c := range t.chains {
			made = append(made, c[1:]...)
		}
	}
	return made
}

// steppedLike reports that an expression that steps a parameter of one of some
// trainings, one that lives through most of it, steps one of t.
func (v *view) steppedLike(list []training, t training) bool {
	sites := map[int]bool{}
	for _, o := range list {
		for _, c := range o.chains {
			if 2*(c[len(c)-1]-c[1]) >= o.end-o.begin {
				sites[v.site[v.root(c[len(c)-1])]] = true
			}
		}
	}
	return slices.ContainsFunc(t.chains, func(c chain) bool { return sites[v.site[v.root(c[len(c)-1])]] })
}

// madeFrom reports that a training's parameters are made of what earlier ones came to.
func (v *view) madeFrom(earlier []training, t training) bool {
	of := v.after(versionsOf(earlier), nil)
	return slices.ContainsFunc(t.chains, func(c chain) bool { return of[c[1]] })
}

// part is the first of the trainings of a list as if it alone had been recorded, from
// where the one before it is over to where the next one begins, the evaluation behind it
// with it; known are values of earlier ones. The second result says which node of g each
// of its nodes is, the third how many of the list it has.
func part(g *graph.Graph, list []training, known []int) (*graph.Graph, []int, int) {
	k, end := 1, len(g.Nodes)
	for k < len(list) && list[k].state {
		k++
	}
	if k < len(list) {
		end = list[k].begin
	}
	p, of := g.Part(list[0].begin, end, known)
	return p, of, k
}

// runsLike reports that training b runs no expression that a does not.
func runsLike(g *graph.Graph, a, b training) bool {
	sites := map[int]bool{}
	for _, n := range g.Nodes[a.begin : a.end+1] {
		sites[n.Site] = true
	}
	return !slices.ContainsFunc(g.Nodes[b.begin:b.end+1], func(n graph.Node) bool { return !sites[n.Site] })
}

// several are the trainings of a recording, judged one after another.
type several struct {
	*view
	verdict  *Verdict   // of those so far, nil before the first
	done     []training // of which something was found
	wrong    []training // those of them with an error
	unknown  []training // of which nothing was
	versions []int      // what updates made so far
	spent    int        // operations that searches for faults have cost
	same     int        // how many were left alone
	notes    []message.Text
}

// judgeEach judges trainings that follow one another, and says in one verdict what was
// found in any. It is nil where no loss was found of any.
func (v *view) judgeEach(list []training) *Verdict {
	s := several{view: v}
	for len(list) > 0 {
		if len(s.done) == mostTrainings || s.spent > budget {
			s.notes = append(s.notes, message.New("%d more trainings follow, which are not judged", len(list)))
			break
		}
		list = s.judge(list)
	}
	if len(s.done) == 0 {
		return nil
	}
	if s.same > 0 {
		s.notes = append(s.notes, message.New("%d more trainings run the lines of one that is wrong: they are not judged by themselves", s.same))
	}
	all := s.verdict
	all.Notes = append(all.Notes, s.notes...)
	if all.Trainings > 1 {
		all.Looked = message.New("the first steps of each of %d trainings (%s), and nothing of what the program does between them or after", all.Trainings, countedSteps(all.Steps))
	}
	all.settle()
	return all
}

// judge judges the first of a list of trainings, and returns those that are left then.
func (s *several) judge(list []training) (rest []training) {
	t := list[0]
	if slices.ContainsFunc(s.wrong, func(o training) bool { return runsLike(s.g, o, t) }) {
		s.same++
		return list[1:]
	}
	if t.goesOn || s.steppedLike(s.unknown, t) {
		return list[1:]
	}
	p, _, k := part(s.g, list, s.versions)
	j := judgeTraining(newView(p.WholeUpdates()))
	s.spent += j.spent
	if !j.foundSomething() {
		k = 1
	}
	s.versions = append(s.versions, versionsOf(list[:k])...)
	rest = list[k:]
	if j.foundSomething() {
		s.done = append(s.done, t)
	} else if s.unknown = append(s.unknown, t); !s.tellUnknown(j, t, rest) {
		return rest
	}
	if slices.ContainsFunc(j.verdict.Findings, func(f Finding) bool { return f.Severity == "error" }) {
		s.wrong = append(s.wrong, t)
	}
	s.verdict = s.verdict.with(j.verdict)
	return rest
}

// tellUnknown reports that a training of which no loss was found is one all the same:
// of several parameters, or of one that is stepped as others are. Data that are made for
// later ones are none, nor is what is computed with the parameters of earlier ones.
func (s *several) tellUnknown(j *judge, t training, rest []training) bool {
	data := func(later training) bool { return s.madeFrom([]training{t}, later) }
	switch again := s.steppedLike(s.done, t); {
	case len(j.params) == 0, slices.ContainsFunc(rest, data), !again && s.madeFrom(s.done, t):
		return false
	case !again && len(j.params) == 1:
		s.notes = append(s.notes, message.New("no loss was found that depends on `%s`, which is made again from itself too (%s): it is not judged", j.names[0], j.where(j.params[0][1])))
		return false
	}
	return true
}

// foundSomething reports that a loss was found, or something without one.
func (j *judge) foundSomething() bool {
	return j.verdict.Loss != "" || len(j.verdict.Findings) > 0 || j.scored
}

// with is the verdict with what is said of a later training: of a line once.
func (v *Verdict) with(o *Verdict) *Verdict {
	if v == nil {
		return o
	}
	for _, f := range o.Findings {
		if !slices.ContainsFunc(v.Findings, func(x Finding) bool { return x.File == f.File && x.Line == f.Line }) {
			f.Step += v.Steps
			v.Findings = append(v.Findings, f)
		}
	}
	v.Notes, v.Unjudged = addTexts(v.Notes, o.Notes), addTexts(v.Unjudged, o.Unjudged)
	v.Parameters = append(v.Parameters, o.Parameters...)
	v.Steps += o.Steps
	v.Trainings += o.Trainings
	v.Loss = cmp.Or(v.Loss, o.Loss)
	for i := range v.Areas {
		if v.Areas[i].State != o.Areas[i].State {
			v.Areas[i].State = audit.InPart
		}
	}
	return v
}

// addTexts adds the texts that are not there yet.
func addTexts(list, more []message.Text) []message.Text {
	for _, t := range more {
		if !slices.ContainsFunc(list, func(x message.Text) bool { return x.String() == t.String() }) {
			list = append(list, t)
		}
	}
	return list
}
