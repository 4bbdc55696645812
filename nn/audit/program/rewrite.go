package program

import (
	"cmp"
	"math"
	"slices"

	"glassbox/nn/message"
)

// A goal is a part of a statement and what it would have to be for the whole to
// be right.
type goal struct {
	node, slot int // the operand of node, or with -1 node itself
	code       string
	was, want  *array
	depth      int
}

// A rewriting is a part of a statement written otherwise.
type rewriting struct {
	goal goal
	code string // of the part
	term string // of what is added, where that is all
	sign string // "-" where the term is taken away
	kind kind
	cost int
	with *array // what is put in its place, where that was tried alone

	given, meant string // the parameter of the function that is another value than meant
}

// A vocabulary is what a line could be written with.
type vocabulary struct {
	words, simple, short []word
	numbers              []word
	long                 map[int][]word // products, by size
}

func (s *step) vocabularyAt(node int) *vocabulary {
	v := &vocabulary{long: map[int][]word{}}
	v.words, v.numbers = s.words(node)
	v.simple = functionsOf(v.words)
	v.short = slices.Concat(v.words, v.simple, s.reductionsOf(v.words))
	return v
}

// rewrite looks for what the program could have written in the place of node, or
// of one of its parts, to get the right value: another value at hand, a simple
// expression of one or a product of two, or a factor or term more. It is asked
// last, of the place that was found. Of several executions one in
// which what stands there is zero says nothing of what is meant instead.
func (s *step) rewrite(v *vocabulary, node int, want *array, m *matches, several bool, spent func(int) bool) *edit {
	found := s.rewritings(v, node, want, m, spent)
	found = slices.DeleteFunc(found, func(r rewriting) bool { return several && r.goal.was != nil && isZero(r.goal.was) })
	if len(found) == 0 {
		return nil
	}
	best := found[0]
	// A name for what a line of its own made, which nothing else reads.
	g, meant := best.goal, best.goal.want
	if meant == nil {
		meant = best.with
	}
	if g.slot >= 0 && meant != nil {
		if u := s.in[g.node][g.slot]; (g.want != nil && s.ownLine(u, node, m) || best.kind == otherOperand && s.helperMade(u, node)) && len(meant.Data) == s.size[u] {
			if e := s.rewrite(s.vocabularyAt(u), u, meant, m, several, spent); e != nil {
				return e
			}
		}
		// The line that made it, unless what it made is a derivative that lacks a function yet.
		if u := s.in[g.node][g.slot]; g.want != nil && isName(g.code) && s.ownStatement(u, node) && (len(m.of(u)) == 0 || factor(s.value(u), layout(g.want, s.shapes[u]), 1e-6) != 0 && !s.likeOthers(u, node, m)) {
			node = u
		}
	}
	return &edit{kind: best.kind, class: 2.9, node: node, text: best.text(), from: -1, to: -1, slot: -1, given: best.given, meant: best.meant}
}
func (r rewriting) text() message.Text {
	if r.term != "" && r.goal.depth == 0 {
		return message.New("the term `%s` is missing", message.Plain(r.sign+r.term))
	}
	return message.New("`%s` is meant, not `%s`", message.Plain(r.code), message.Plain(r.goal.code))
}

// likeOthers reports that a derivative has the factor of another that the statement of node
// reads.
func (s *step) likeOthers(u, node int, m *matches) bool {
	return slices.ContainsFunc(s.back, func(i int) bool {
		return s.frame(i) == s.frame(node) && s.sameStatement(i, node) && slices.ContainsFunc(s.in[i], func(w int) bool {
			return w != u && !s.sameStatement(w, node) && m.c(w) != 0 && alike(m.c(w), m.c(u), 1e-6)
		})
	})
}

// rewritings are all that would do in the place of node, the simplest first.
func (s *step) rewritings(v *vocabulary, node int, want *array, m *matches, spent func(int) bool) []rewriting {
	if want == nil || s.value(node) == nil || len(want.Data) < 3 || len(want.Data) > 100_000 {
		return nil
	}
	if want = layout(want, s.shapes[node]); want == nil {
		return nil
	}
	var found []rewriting
	goals := s.goals(node, want, m)
	for _, g := range goals {
		found = append(found, s.fill(g, v.short, spent)...)
		found = append(found, numbered(g, v.numbers)...)
		found = append(found, s.slopes(g, v, spent)...)
	}
	found = append(found, s.masks(v, node, want, spent)...)
	found = append(found, s.tryIn(node, want, v.short, spent)...)
	if len(found) == 0 {
		named := slices.DeleteFunc(s.numbersAt(node), func(w word) bool { return !isReference(w.code) })
		found = s.tryNumbers(node, want, named, spent)
		found = append(found, s.tryChosen(node, want, v.words, named, spent)...)
	}
	if len(found) == 0 {
		for _, g := range goals {
			n := len(g.want.Data)
			if v.long[n] == nil {
				v.long[n] = s.pairsOf(v.words, v.simple, n, s.allowance(40_000_000))
			}
			found = append(found, s.fill(g, v.long[n], spent)...)
		}
	}
	if n := len(want.Data); len(found) == 0 {
		if v.long[n] == nil {
			v.long[n] = s.pairsOf(v.words, v.simple, n, s.allowance(40_000_000))
		}
		found = s.tryIn(node, want, v.long[n], spent)
	}
	found = slices.DeleteFunc(found, func(r rewriting) bool { return r.code == r.goal.code })
	slices.SortStableFunc(found, func(a, b rewriting) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.code), len(b.code)))
	})
	return found
}

// ownLine reports that a value which is no derivative, or one that is there
// already, was made by a statement of its own, in the function of node, and that
// the statement of node alone reads it.
func (s *step) ownLine(u, node int, m *matches) bool {
	twice := func(q int) bool {
		return q != u && q <= node && !s.sameStatement(q, u) && len(m.whole[q]) > 0 && len(m.whole[u]) > 0 && m.whole[q][0].key == m.whole[u][0].key
	}
	if !s.isBack[u] || !s.fromTruth(u, m) || len(m.of(u)) > 0 && !slices.ContainsFunc(s.back, twice) || s.sameStatement(u, node) || s.frame(u) != s.frame(node) {
		return false
	}
	return !slices.ContainsFunc(s.cons[u], func(c int) bool { return s.update[c] && !s.sameStatement(c, node) })
}

// helperMade reports that a value was returned by a function of the program's own that
// node's statement calls and the forward pass does not: what is wrong with it is so there.
func (s *step) helperMade(u, node int) bool {
	own, callee := s.callsTo(node), s.callsTo(u)
	if s.lossOf[u] || len(callee) != len(own)+1 || !slices.Equal(callee[1:], own) || callee[0].Line != s.line(node).line {
		return false
	}
	for q, in := range s.lossOf {
		if in && s.site[q] == s.site[u] {
			return false
		}
	}
	return true
}

// goals are the parts of a node's statement whose right values follow from that
// of the whole.
func (s *step) goals(node int, want *array, m *matches) []goal {
	var out []goal
	var visit func(n int, want *array, depth int)
	visit = func(n int, want *array, depth int) {
		if depth > 5 || len(out) > 12 {
			return
		}
		if s.op[n] == "setitem" && len(s.in[n]) == 2 {
			slot, r := s.underWrite(n, want)
			u, code := s.in[n][1], s.operandCode(n, 1)
			switch {
			case slot == 0 || r == nil:
			case s.sameStatement(u, node) && updateOps[s.op[u]]:
				visit(u, r, depth+1)
			case code != "":
				out = append(out, goal{n, 1, code, s.stretch(s.value(u), r.Shape), r, depth + 1})
			}
			return
		}
		for j, u := range s.in[n] {
			code := s.operandCode(n, j)
			r := s.undo(n, j, want)
			if r == nil || s.value(u) == nil || !finite(r) {
				continue
			}
			was := s.stretch(s.value(u), r.Shape)
			if x := s.collapse(r, s.shapes[u]); x != nil {
				r, was = x, s.value(u)
			}
			if was == nil || near(was, r, 1e-9) {
				continue
			}
			if code != "" {
				out = append(out, goal{n, j, code, was, r, depth + 1})
			}
			if s.sameStatement(u, node) && s.call[u] == s.call[node] && !made(s.op[u]) && len(m.whole[u]) == 0 {
				visit(u, r, depth+1)
			}
		}
	}
	if code := s.wholeCode(node); code != "" {
		out = append(out, goal{node, -1, code, s.value(node), want, 0})
	}
	visit(node, want, 0)
	return out
}

// wholeCode is the source of a node's expression, "" where it is long or a
// statement.
func (s *step) wholeCode(n int) string {
	if s.site[n] < 0 || s.op[n] == "setitem" || s.op[n] == "add_at" {
		return ""
	}
	if s.alias[n] {
		return s.operandCode(n, 0)
	}
	return s.g.Text(s.site[n])
}

// vague reports that no correction was found for an intervention, or one that
// says little.
func (s *step) vague(f *intervention) bool {
	s.blame(f)
	return f.partWant != nil && (f.edit == nil || f.edit.class >= 3.2 && f.edit.class != 3.6 || f.place.line == 0 && s.updatedEarly(f.edit) < 0 && (f.edit.dated || s.unnamed(f)))
}

// unnamed reports that the value that is meant has no name where it is.
func (s *step) unnamed(f *intervention) bool {
	e := f.edit
	return e.class <= 2 && e.to >= 0 && e.slot >= 0 && !isReference(s.called(e.to, e.node).String())
}

// namedAt reports that a place merely names or returns the value of a node.
func (s *step) namedAt(p place, n int) bool {
	return p.line == 0 && p.node != n && s.alias[p.node] && s.root(p.node) == s.root(n)
}

// reword puts a correction that the program could write in the place of a vague
// one.
func (s *step) reword(f *intervention) {
	spent := s.allowance(80_000_000)
	if e := s.accumulated(f); e != nil {
		f.edit = e
		return
	}
	if e := s.forgotten(f); e != nil {
		f.edit = e
		return
	}
	if e := s.joined(f.part, f.partWant); e != nil {
		f.edit = e
		return
	}
	part := f.part
	v := s.vocabularyAt(part)
	if e := s.otherIndex(v, part, f.partWant); e != nil {
		f.edit = e
		return
	}
	for _, k := range s.scales(f) {
		if spent(0) {
			return
		}
		x := s.express(part, f.partWant.Scaled(k), f.about, f.c*k, f.m, true, 20_000_000)
		if out := append(x.operations(), x.formsMeant()...); f.edit == nil && len(out) > 0 {
			f.edit = x.pick(out)
			return
		}
		e, other := s.rewrite(v, part, f.partWant.Scaled(k), f.m, len(f.pairs) > 1, spent), false
		if e == nil && part != f.node {
			other = true
			e = s.rewrite(v, f.node, f.want.Scaled(k), f.m, len(f.pairs) > 1, spent)
		}
		if e != nil {
			if f.edit = e; s.line(e.node) != s.line(part) && (e.node != part && e.node != f.node || other) || s.namedAt(f.place, e.node) {
				f.place = at(e.node)
			}
			s.atCall(f)
			return
		}
	}
	if f.edit == nil {
		f.edit = s.everywhere(f, s.allowance(20_000_000))
	}
}

// atCall tells of a parameter that is another value than meant at the call.
func (s *step) atCall(f *intervention) {
	e := f.edit
	if e.given == "" || s.assigned(e.node, e.meant) {
		return
	}
	if file, line, ok := s.callerOf(e.node); ok {
		if code := s.argument(e.node, e.given, file, line); code != "" {
			text := message.New("`%s` is meant, not `%s`", message.Plain(e.meant), message.Plain(code))
			e.text = message.New("%s (an argument of the function at line %d)", text, s.line(e.node).line)
			f.place = place{node: e.node, file: file, line: line}
		}
	}
}

// scaledLater are the factors by which a value is scaled on its way into the
// updates, one number after another.
func (s *step) scaledLater(q int) (out []float64) {
	c := 1.0
	for range 6 {
		next, k := -1, 1.0
		for _, w := range s.cons[q] {
			if !s.update[w] || s.allZone[w] || s.size[w] != s.size[q] {
				continue
			}
			if next >= 0 {
				return out
			}
			next = w
			o := s.in[w][len(s.in[w])-1]
			if o == q {
				o = s.in[w][0]
			}
			switch {
			case s.op[w] == "neg":
				k = -1
			case s.op[w] == "mul" && s.size[o] == 1 && !s.forward[o]:
				k = s.scalar(o)
			case s.op[w] == "div" && s.size[o] == 1 && !s.forward[o] && s.in[w][0] == q:
				k = 1 / s.scalar(o)
			default:
				return out
			}
		}
		if next < 0 || k == 0 || math.IsInf(k, 0) {
			return out
		}
		q, c = next, c*k
		if !alike(c, 1, 1e-9) {
			out = append(out, c)
		}
	}
	return out
}

// allowance says after each piece of work whether what may be spent is spent.
func (s *step) allowance(budget int) func(int) bool {
	left := budget
	return func(n int) bool {
		s.work += n + 300
		left -= n + 300
		return left < 0
	}
}

// scales are the factors that the true value may have been put in without: 1,
// and where no gradient is right that could tell, the usual ones.
func (s *step) scales(f *intervention) []float64 {
	out := []float64{1}
	for _, k := range s.scaledLater(f.part) {
		out = append(out, 1/k)
	}
	if f.mended < f.of || f.of < len(s.live) {
		return out
	}
	for _, n := range append(slices.Clone(f.want.Shape), len(f.want.Data), 2) {
		for _, k := range []float64{float64(n), 1 / float64(n)} {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}
