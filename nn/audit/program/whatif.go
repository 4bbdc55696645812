package program

import (
	"cmp"
	"maps"
	"slices"

	"glassbox/nn/message"
)

// An updateExpression is what the new versions of one parameter are made of, in
// all steps: back to its gradient, to numbers, and to the parameters, which stay
// as they were recorded.
type updateExpression struct {
	*judge
	h     *history
	steps []*step
	nodes []int // ascending
	in    map[int]bool
	param map[int]bool // versions of parameters
	roots bool         // a state's root is taken
	// told: the update is known to be wrong. Else it may be of a rule that nobody
	// here knows, and only what no rule would have is said of it.
	told bool
	work int
}

// updateBudget bounds the search for one change of an update: operations on
// elements.
const updateBudget = 30_000_000

// expressUpdate takes the expression of a parameter's update.
func (j *judge) expressUpdate(h *history, all []*step) *updateExpression {
	e := &updateExpression{judge: j, h: h, steps: all, in: map[int]bool{}, param: map[int]bool{}}
	for _, c := range j.params {
		for _, x := range c {
			e.param[x] = true
		}
	}
	n := len(h.value[0].Data)
	first := map[int]bool{} // where the gradient comes in
	var todo []int
	for _, s := range all {
		if s.new[h.p] < 0 {
			continue
		}
		if hits := j.gradientsOf(s, h.p); len(hits) > 0 {
			first[hits[0].node] = true
		}
		last := s.new[h.p]
		if h.lands {
			last = j.landed(s, h.p)
		}
		todo = append(todo, last)
		for _, u := range s.slots[h.p] {
			todo = append(todo, u)
		}
	}
	own := func(q int) bool {
		return !first[q] && !made(j.op[q]) && updateOps[j.op[q]] && (j.size[q] == n || j.size[q] == 1) && j.val(q) != nil
	}
	todo = slices.DeleteFunc(todo, func(q int) bool { return !own(q) })
	e.nodes = j.grown(e.in, todo, func(q int) bool { return !e.param[q] && own(q) })
	for _, st := range h.states {
		e.roots = e.roots || h.rooted(j, st)
	}
	return e
}

// with runs the update with another operation at one site of the program: what
// changes, nil where that does not compute.
func (e *updateExpression) with(at int, fn func(n int, ins []*array) *array) map[int]*array {
	changed, work := e.rerun(e.nodes, map[int]*array{}, e.param, e.val, func(n int) func([]*array) *array {
		if !e.likeExecution(n, at) {
			return nil
		}
		return func(ins []*array) *array {
			if r := fn(n, ins); r != nil {
				return layout(r, e.shapes[n])
			}
			return nil
		}
	})
	e.work += work
	return changed
}

// known reports that the update, with some of its values replaced, is of a known
// form in all steps and goes down the loss.
func (e *updateExpression) known(changed map[int]*array) bool {
	if changed == nil {
		return false
	}
	if c := changed[e.h.made[len(e.h.made)-1]]; c != nil && !finite(c) {
		return false
	}
	other := *e.judge
	other.changed = changed
	h := other.history(e.h.p, e.steps, e.h.lands)
	e.work += len(e.h.steps) * (40*len(e.h.value[0].Data) + 2000)
	if h == nil || len(h.steps) < len(e.h.steps) {
		return false
	}
	f, wrong, _ := other.fitUpdate(h)
	if f == nil || wrong != nil || f.rate >= 0 || f.decay > 1e-9 || f.decay < -0.5 || len(h.states) < len(e.h.states) {
		return false
	}
	// What the program keeps from step to step and takes the root of is so still.
	for i, st := range h.states {
		if st.fit == nil || !slices.Equal(st.nodes, e.h.states[i].nodes) || st.fit.mean {
			return false
		}
	}
	return f.squares != nil || !e.roots
}

// A mending is one change of an update's expression.
type mending struct {
	class int
	node  int
	text  message.Text
}

// mendUpdate looks for the one change that makes an update one of a known form,
// the simplest first; told is where a fault was found already, -1 for nowhere.
func (j *judge) mendUpdate(h *history, all []*step, told int) *mending {
	if len(h.value[0].Data) < 3 || h.steps[0].prec == single || len(h.steps) < 3 {
		return nil
	}
	e := j.expressUpdate(h, all)
	e.told = told >= 0
	if m := e.replaced(); m != nil {
		return m
	}
	for _, find := range []func() []mending{e.operations, e.formsMeant, e.otherValues, e.factorsMissing} {
		list := slices.DeleteFunc(find(), func(m mending) bool {
			return told >= 0 && m.class > 0 && j.line(m.node) != j.line(told)
		})
		if len(list) == 0 {
			continue
		}
		slices.SortStableFunc(list, func(a, b mending) int {
			here := func(m mending) int { return b2i(told >= 0 && j.line(m.node) == j.line(told)) }
			return cmp.Or(here(b)-here(a), a.class-b.class)
		})
		return &list[0]
	}
	return nil
}

// replaced tries the new value as the step: where the update writes over the
// parameter, of which something is in it all the same, by a decay perhaps.
func (e *updateExpression) replaced() *mending {
	if s := e.h.steps[len(e.h.steps)-1]; len(e.h.value[0].Data) < 6 || s.movedOn(e.h.p)[s.root(s.new[e.h.p])] {
		return nil
	}
	for _, sign := range []float64{-1, 1} {
		changed := map[int]*array{}
		for i, s := range e.h.steps {
			n, cur := e.h.news[i], e.view.val(s.cur[e.h.p])
			v := layout(e.view.val(n), cur.Shape)
			if v == nil {
				return nil
			}
			if v = layout(plus(cur, sign, v), e.shapes[n]); v == nil {
				return nil
			}
			changed[n] = v
		}
		if e.known(changed) {
			return &mending{0, e.h.made[len(e.h.made)-1], lost(map[float64]string{-1: "-=", 1: "+="}[sign])}
		}
	}
	return nil
}

// lasts are the expression's nodes of the last step, one a site, the latest
// first; where nothing is known to be wrong no numbers, which rates may be made of as
// one likes.
func (e *updateExpression) lasts() (out []int) {
	seen := map[slot]bool{}
	for _, n := range slices.Backward(e.nodes) {
		if k := (slot{e.site[n], len(e.view.in[n])}); !seen[k] && e.site[n] >= 0 && (e.told || e.size[n] > 1) {
			seen[k] = true
			out = append(out, n)
		}
	}
	return out
}

func (e *updateExpression) spent() bool { return e.work > updateBudget }

// operations tries another operation at each site.
func (e *updateExpression) operations() (out []mending) {
	x := &expression{step: e.h.steps[len(e.h.steps)-1], in: e.in}
	for _, n := range e.lasts() {
		for _, a := range x.alternatives(n) {
			if e.spent() {
				return out
			}
			if e.loses(n, a) {
				continue
			}
			if e.known(e.with(n, func(_ int, ins []*array) *array { return a.fn(ins) })) {
				out = append(out, mending{b2i(a.slot >= 0), n, a.text})
			}
		}
	}
	return out
}

// loses reports that a change leaves out something that the update is made of: a
// factor may be too many where it is the parameter itself, or one of two alike.
func (e *updateExpression) loses(n int, a alternative) bool {
	if a.kind != otherSign && a.kind != itsSign && e.decays(n) {
		return true
	}
	switch a.kind {
	case lineTooMany, termTooMany, factorMissing, otherMask, maskTurned:
		return true
	case overwritten: // a number is put there, as for what has no penalty
		w := e.view.in[n][len(e.view.in[n])-1]
		return e.size[w] == 1 && made(e.op[w])
	case otherExponent: // a count, say, is no choice
		return !e.told || e.size[n] == 1 || a.to != 2 && a.to != 0.5
	case otherSign:
		return e.rooted(n)
	case otherNumber:
		// Another number, but not a rate, a constant against zero or a setting.
		return !isNumber(e.operandCode(n, a.slot)) || e.scalar(e.view.in[n][a.slot]) < 1e-2 || a.to == 0 || a.to == -1
	case notDivided: // a setting does not stand on the other side
		x, y := e.view.in[n][0], e.view.in[n][len(e.view.in[n])-1]
		return e.op[n] == "mul" && e.size[n] > 1 && (e.size[x] == 1 || e.size[y] == 1)
	case factorTooMany:
		x, y := e.view.in[n][0], e.view.in[n][1]
		return e.op[n] != "mul" || e.root(x) != e.root(y) && !e.madeFrom(x, y) && !e.param[x] && !e.param[y]
	}
	return false
}

// decays reports that a value is a share of the parameter itself, by which it decays:
// where it is small, whatever it is exchanged for may make the update a known one.
func (e *updateExpression) decays(q int) bool {
	return !e.param[q] && e.h.steps[len(e.h.steps)-1].ownShare(e.h.p, q)
}

// rooted reports that a node is a root, or what one is drawn from, perhaps with a
// constant beside it, which no change should make negative.
func (e *updateExpression) rooted(n int) bool {
	return e.isRoot(n) || slices.ContainsFunc(e.cons[n], func(c int) bool {
		return e.isRoot(c) || e.op[c] == "add" && e.in[c] && e.rooted(c)
	})
}

// formsMeant tries, in the place of each operand, a simple expression of it.
func (e *updateExpression) formsMeant() (out []mending) {
	for _, n := range e.lasts() {
		for k, q := range e.view.in[n] {
			if e.size[q] == 1 && made(e.op[q]) || e.decays(q) {
				continue
			}
			for _, f := range forms {
				if e.spent() {
					return out
				}
				if !e.told && (e.size[q] == 1 || f.scalar && f.inverse || f.falls) {
					continue
				}
				if f.falls && e.op[n] == "sub" && k == 1 && e.scalar(e.view.in[n][0]) == 1 {
					continue // it is there
				}
				if f.inverse && e.size[q] > 1 || e.size[q] == 1 && !f.scalar || f.layer || f.falls && (e.rooted(n) || e.size[q] > 1) {
					continue
				}
				changed := e.with(n, func(m int, ins []*array) *array {
					ins[k] = f.apply(ins[k])
					r, _ := e.evaluate(m, ins)
					return r
				})
				if e.known(changed) {
					text := e.operand(n, k).String()
					out = append(out, mending{2, n, message.New("`%s` is meant, not `%s`", f.write(text), text)})
				}
			}
		}
	}
	return out
}

// A reading is a value that one step's update may read: one node in each step.
type reading struct {
	nodes []int // by step
	text  message.Text
}

// readings are the gradient, the optimiser's states, before and after, the
// parameter and what the update makes on its way, of the parameter's size.
func (e *updateExpression) readings() (out []reading) {
	h, last := e.h, len(e.h.steps)-1
	add := func(nodes []int, text message.Text) {
		if len(nodes) == len(h.steps) && nodes[last] >= 0 {
			out = append(out, reading{nodes, text})
		}
	}
	name := func(q int) message.Text {
		for _, c := range e.cons[q] {
			for k, x := range e.view.in[c] {
				if t := e.operand(c, k); x == q && e.in[c] && factorText(t.String()) == t.String() {
					return t
				}
			}
		}
		return e.text(q)
	}
	for _, g := range h.grads {
		add(g.nodes, name(g.nodes[last]))
	}
	for _, st := range h.states {
		add(st.nodes, name(st.nodes[last]))
	}
	for _, w := range h.ways {
		add(w.nodes, name(w.nodes[last]))
	}
	var own []int
	for _, s := range h.steps {
		own = append(own, s.cur[h.p])
	}
	add(own, message.Plain(e.names[h.p]))
	return out
}

// exchange puts in the place of operand k of the site of node n what fn makes of
// it and of another value of the same step.
func (e *updateExpression) exchange(n, k int, r reading, fn func(was, other *array) *array) map[int]*array {
	at := map[int]int{} // by node: the step
	for i, s := range e.h.steps {
		for _, q := range s.region[e.h.p] {
			at[q] = i
		}
	}
	return e.with(n, func(m int, ins []*array) *array {
		i, ok := at[m]
		if !ok || r.nodes[i] >= m || r.nodes[i] < 0 {
			x, _ := e.evaluate(m, ins)
			return x
		}
		v := e.view.val(r.nodes[i])
		if v == nil {
			return nil
		}
		if v = layout(v, e.shapes[e.h.steps[i].cur[e.h.p]]); v == nil {
			return nil
		}
		if ins[k] = fn(ins[k], v); ins[k] == nil {
			return nil
		}
		x, _ := e.evaluate(m, ins)
		return x
	})
}

// madeFrom reports that the update makes value q of m.
func (e *updateExpression) madeFrom(q, m int) bool {
	if q == m {
		return true
	}
	return e.in[q] && slices.ContainsFunc(e.view.in[q], func(u int) bool { return !e.param[u] && e.madeFrom(u, m) })
}

// idle reports that a value would be computed for nothing if its one reader read
// another: an update that nothing is known of may mean it all the same.
func (e *updateExpression) idle(q int) bool {
	computed := len(e.view.in[q]) > 1
	if !e.in[q] { // noise, or what is made of more than the gradient, element by element
		computed = random(e.op[q]) || e.size[q] == 1 && !made(e.op[q])
	}
	return computed && len(slices.Compact(slices.Clone(e.cons[q]))) == 1
}

// otherValues tries another value in the place of each operand.
func (e *updateExpression) otherValues() (out []mending) {
	list := e.readings()
	for _, n := range e.lasts() {
		for k, q := range e.view.in[n] {
			for _, r := range list {
				if e.spent() {
					return out
				}
				if m := r.nodes[len(r.nodes)-1]; e.idle(q) || !e.told && !e.foreign(q) || e.madeFrom(q, m) || m == q || m >= n || e.size[q] > 1 && e.size[q] != e.size[m] || e.size[q] == 1 && made(e.op[q]) {
					continue
				}
				if e.known(e.exchange(n, k, r, func(_, other *array) *array { return other })) {
					out = append(out, mending{3, n, message.New("`%s` is meant, not `%s`", r.text, e.operand(n, k))})
				}
			}
		}
	}
	return out
}

// foreign reports that a value is made of another parameter's gradient, or of its
// state, and not of this one's.
func (e *updateExpression) foreign(q int) bool {
	s, other := e.h.steps[len(e.h.steps)-1], false
	for x, in := range s.before([]int{q}, s.isCur) {
		if !in || x < s.begin && !e.param[x] && (s.older == nil || !s.older[x]) {
			continue
		}
		for _, p := range s.live {
			is := s.inRegion[p][x] || slices.Contains(slices.Collect(maps.Values(s.slots[p])), x)
			if is && p == e.h.p {
				return false
			}
			other = other || is
		}
	}
	return other
}

// factorsMissing tries each operand times or over another value, and the sum of
// both.
func (e *updateExpression) factorsMissing() (out []mending) {
	if !e.told {
		return nil
	}
	list := e.readings()
	for _, n := range e.lasts() {
		for k := range e.view.in[n] {
			for _, r := range list {
				m := r.nodes[len(r.nodes)-1]
				if m >= n || e.op[n] == "div" && e.root(e.view.in[n][1]) == e.root(m) {
					continue
				}
				try := func(op string, text message.Text) {
					if !e.spent() && e.known(e.exchange(n, k, r, func(was, other *array) *array { return e.apply(op, nil, was, other) })) {
						out = append(out, mending{4, n, text})
					}
				}
				// A mere number lacks no array, and nothing what it is divided by.
				if q := e.view.in[n][k]; (e.size[q] > 1 || !made(e.op[q])) && !e.madeFrom(q, m) {
					try("mul", message.New("`%s` lacks the factor `%s`", e.operand(n, k), r.text))
				}
				try("add", message.New("`%s` lacks the term `%s`", e.operand(n, k), r.text))
			}
		}
	}
	return out
}

// mended adds to what is wrong with an update the one change that makes it right,
// and finds by such a change what nothing is known of yet.
func (j *judge) mended(h *history, all []*step, wrong *updateFault) *updateFault {
	told := -1
	if wrong != nil {
		if told = wrong.node; wrong.sure {
			return wrong
		}
	}
	// One expression serves several parameters.
	site := slot{j.site[h.made[len(h.made)-1]], b2i(told < 0)}
	if j.changes == nil {
		j.changes = map[slot][]*mending{}
	}
	var m *mending
	if l := j.changes[site]; len(l) > 0 {
		m = l[len(l)-1]
	}
	if m == nil && len(j.changes[site]) < 2 && len(h.value[0].Data) >= 3 {
		m = j.mendUpdate(h, all, told)
		j.changes[site] = append(j.changes[site], m)
	}
	switch {
	case m == nil:
		return wrong
	case wrong == nil && slices.ContainsFunc(h.ways, func(w way) bool { return j.op[w.nodes[0]] == "clip" }):
		return nil // of elements at a bound little can be told
	case wrong == nil:
		return &updateFault{weight: 5, node: m.node, text: message.New("the update of `%s` is of no known form", j.names[h.p]), fix: m.text, unknown: true}
	}
	wrong.node, wrong.line, wrong.fix = m.node, 0, m.text
	return wrong
}
