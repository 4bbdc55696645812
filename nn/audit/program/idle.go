package program

import (
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// idle finds what updates make of the gradient in each step, a velocity say or the
// gradient with a decay, that nothing reads: where the step would be of a known
// form with it in the place of what is read.
func (j *judge) idle(all []*step) []updateFault {
	done := map[int]bool{}
	var out []updateFault
	for _, h := range j.histories(all) {
		if len(h.value[0].Data) < 3 {
			continue
		}
		for _, r := range j.unreadValues(h) {
			last := r.nodes[len(r.nodes)-1]
			if done[j.site[last]] {
				continue
			}
			e := j.expressUpdate(h, all)
			n, k := e.insteadOf(r, true)
			if n < 0 {
				n, k = e.insteadOf(r, false)
			}
			if n >= 0 {
				done[j.site[last]] = true
				out = append(out, updateFault{weight: 5, node: n, text: message.New("nothing reads `%s` (%s), which is made of the gradient in each step", r.text, j.where(last)), fix: message.New("`%s` is meant, not `%s`", r.text, j.operand(n, k))})
			}
		}
	}
	return out
}

// insteadOf is the node and its operand in whose place a reading makes the update
// one of a known form, one that is the gradient or another; -1 where there is none.
func (e *updateExpression) insteadOf(r reading, gradient bool) (node, operand int) {
	last, step := r.nodes[len(r.nodes)-1], e.h.steps[len(e.h.steps)-1]
	for _, n := range slices.Backward(e.lasts()) {
		for k, q := range e.view.in[n] {
			is := slices.ContainsFunc(e.h.grads, func(g *gradientSite) bool { return e.root(g.nodes[len(g.nodes)-1]) == e.root(q) })
			if n <= last || e.sameStatement(n, last) || e.param[q] || e.size[q] != e.size[last] || is != gradient || e.spent() {
				continue
			}
			if !is && (e.idle(q) || step.ownTerm(e.h.p, q)) {
				continue
			}
			changed := e.exchange(n, k, r, func(_, other *array) *array { return other })
			if e.known(changed) || e.knownWith(changed, r) {
				return n, k
			}
		}
	}
	return -1, -1
}

// knownWith reports that the update, with some of its values replaced, is of a known
// form that takes what is read now for a state of its own.
func (e *updateExpression) knownWith(changed map[int]*array, r reading) bool {
	h := *e.h
	st := &stateHistory{}
	h.moved, h.states = nil, nil
	for i := range r.nodes {
		n := changed[h.news[i]]
		if n == nil || !finite(n) {
			return false
		}
		h.moved = append(h.moved, plus(layout(n, h.value[i].Shape), -1, e.view.val(h.steps[i].cur[h.p])))
		before, v := -1, h.value[i].Scaled(0)
		if i > 0 {
			before, v = r.nodes[i-1], layout(e.val(r.nodes[i-1]), v.Shape)
		}
		st.nodes, st.values = append(st.nodes, before), append(st.values, v)
	}
	for _, o := range append(slices.Clone(e.h.states), st) {
		h.states = append(h.states, &stateHistory{nodes: o.nodes, values: o.values})
	}
	f, wrong, _ := e.judge.fitUpdate(&h)
	if f == nil || wrong != nil || f.rate >= 0 {
		return false
	}
	own := func(o *stateHistory) bool { return o != nil && slices.Equal(o.nodes, st.nodes) }
	return own(f.velocity) || own(f.squares)
}

// unreadValues are the values that the steps of a history give to names, made of the
// gradient, and that nothing but their own statement reads.
func (j *judge) unreadValues(h *history) (out []reading) {
	by := map[int][]int{}
	for i, s := range h.steps {
		todo := []int{h.grads[0].nodes[i]}
		seen := map[int]bool{}
		for len(todo) > 0 {
			x := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, c := range j.cons[x] {
				if seen[c] || !updateOps[j.op[c]] || j.size[c] != j.size[x] || s.isNew[c] || i+1 < len(h.steps) && c >= h.steps[i+1].begin {
					continue
				}
				seen[c] = true
				todo = append(todo, c)
				if s.inRegion[h.p][c] {
					continue
				}
				if t := j.g.Site(c); t != nil && isReference(t.Target) && len(by[j.site[c]]) == i && j.onlyRenewed(c) {
					by[j.site[c]] = append(by[j.site[c]], c)
				}
			}
		}
	}
	for _, site := range keys(by) {
		if t := &j.g.Sites[site]; len(by[site]) == len(h.steps) && !mentioned(&j.g.Files[t.File], t) {
			out = append(out, reading{by[site], message.Plain(t.Target)})
		}
	}
	return out
}

// onlyRenewed reports that all that is made of a value is assigned to what it is
// assigned to itself: a state that is renewed, and that nothing reads.
func (j *judge) onlyRenewed(q int) bool {
	type statement struct {
		file int
		at   [2]int
	}
	own := held(j.g.Site(q).Target)
	of := map[statement]string{}
	for i := range j.g.Sites {
		if t := &j.g.Sites[i]; t.Target != "" {
			of[statement{t.File, t.Stmt}] = held(t.Target)
		}
	}
	todo, seen := []int{q}, map[int]bool{}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, c := range j.cons[x] {
			if seen[c] {
				continue
			}
			if t := j.g.Site(c); t == nil || of[statement{t.File, t.Stmt}] != own || len(seen) > 400 {
				return false
			}
			seen[c] = true
			todo = append(todo, c)
		}
	}
	return true
}

// held is what holds the value of a reference: the name without its indices, the
// attribute with its point, a key with its quotation marks.
func held(code string) string {
	for strings.HasSuffix(code, "]") {
		open := strings.LastIndexByte(code, '[')
		if open < 0 {
			return code
		}
		if key := code[open+1 : len(code)-1]; strings.HasPrefix(key, `"`) || strings.HasPrefix(key, "'") {
			return key
		}
		code = code[:open]
	}
	if point := strings.LastIndexByte(code, '.'); point >= 0 {
		return code[point:]
	}
	return code
}

// mentioned reports that a file reads what a statement assigns to, in another
// statement: a name in the function of that statement alone, and no further than
// loops go that give it another value.
func mentioned(f *graph.File, t *graph.Site) bool {
	name := held(t.Target)
	from, to := 1, f.Lines()
	if isName(name) && t.Func != "" {
		from, to = functionAround(f, t.Line)
	}
	word := regexp.MustCompile(`(^|[^\w."'])` + regexp.QuoteMeta(name) + `($|[^\w"'])`)
	given := regexp.MustCompile(`^\s*for\b[^=:]*\b` + regexp.QuoteMeta(name) + `\b[^=:]* in `)
	inside := regexp.MustCompile(`[(\[{].*\bfor\b[^=:]*\b` + regexp.QuoteMeta(name) + `\b[^=:]* in `) // a name of the brackets' own
	for n, at := t.Stmt[0]-1, f.Indent(t.Stmt[0]); isName(name) && n > from; n-- {
		if d := f.Indent(n); d < at {
			if at = d; given.MatchString(f.Line(n)) {
				from = n
			}
		}
	}
	if strings.HasPrefix(name, ".") {
		word = regexp.MustCompile(`\w` + regexp.QuoteMeta(name) + `($|\W)`)
	} else if !isName(name) {
		word = regexp.MustCompile(regexp.QuoteMeta(name))
	}
	for n := from; n <= to; n++ {
		if n >= t.Stmt[0] && n <= t.Stmt[1] || definition.MatchString(f.Line(n)) {
			continue
		}
		code, _, _ := strings.Cut(f.Line(n), "#")
		// What is left of `=`, or of `in`, is given a value there, not read.
		if _, right, ok := strings.Cut(strings.Replace(code, "==", "  ", 1), "="); ok && !strings.Contains(code[:strings.IndexByte(code, '=')], "(") {
			code = right
		} else if trimmed := strings.TrimSpace(code); strings.HasPrefix(trimmed, "for ") {
			_, code, _ = strings.Cut(code, " in ")
		}
		if word.MatchString(code) && !(isName(name) && inside.MatchString(code)) {
			return true
		}
		if n > t.Stmt[1] && isName(name) && given.MatchString(f.Line(n)) {
			break
		}
	}
	return false
}
