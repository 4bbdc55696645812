package program

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/graph"
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
	}
	return &edit{kind: best.kind, class: 2.9, node: node, text: best.text(), from: -1, to: -1, slot: -1, given: best.given, meant: best.meant}
}

func (r rewriting) text() message.Text {
	if r.term != "" && r.goal.depth == 0 {
		return message.New("the term `%s` is missing", message.Plain(r.sign+r.term))
	}
	return message.New("`%s` is meant, not `%s`", message.Plain(r.code), message.Plain(r.goal.code))
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
		return q != u && !s.sameStatement(q, u) && len(m.whole[q]) > 0 && len(m.whole[u]) > 0 && m.whole[q][0].key == m.whole[u][0].key
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

// fill tries words in the place of a goal's part, and beside it: no part beside
// itself, and rows the other way round in the place of those rows alone.
func (s *step) fill(g goal, words []word, spent func(int) bool) (out []rewriting) {
	if g.was == nil || len(g.was.Data) != len(g.want.Data) {
		return nil
	}
	diff := plus(g.want, -1, graph.Of(g.was.Data, g.want.Shape...))
	sum := plus(g.want, 1, graph.Of(g.was.Data, g.want.Shape...))
	top, far := g.want.MaxAbs(), diff.MaxAbs()
	if far == 0 || far < 1e-7*top {
		return nil
	}
	if k := diff.Data[0]; len(g.was.Data) > 1 && !isNumber(g.code) && k == math.Round(2*k)/2 && near(graph.Filled(k, diff.Shape...), diff, 1e-9*max(1, top/far)) {
		sign := " + "
		if k < 0 {
			sign = " - "
		}
		out = append(out, rewriting{goal: g, code: factorText(g.code) + sign + number(math.Abs(k)), kind: termMissing, cost: 1})
	}
	for _, w := range words {
		n := len(w.value.Data)
		if n > len(g.want.Data) || w.kind == rowsReversed && w.of != g.code || spent(n) {
			continue
		}
		x := w.value
		if len(x.Data) != len(g.want.Data) {
			if x = s.stretch(w.value, g.want.Shape); x == nil {
				continue
			}
		} else if !slices.Equal(squeezed(x.Shape), squeezed(g.want.Shape)) {
			continue
		}
		part := factorText(g.code)
		add := func(k kind, code, term, sign string, more int) {
			out = append(out, rewriting{goal: g, code: code, term: term, sign: sign, kind: k, cost: w.cost + more})
		}
		itself := w.code == g.code
		small, exact := w.cost <= 3 && !itself, !w.truth && !itself
		switch {
		case near(x, g.want, 1e-7):
			add(w.instead(g.code), w.code, "", "", 0)
		case near(x, g.want.Scaled(-1), 1e-7):
			k := otherOperand
			if itself {
				k = otherSign
			}
			add(k, "-"+factorText(w.code), "", "", 1)
		case exact && near(x, diff, 1e-6*min(1, top/far)):
			add(termMissing, part+" + "+factorText(w.code), w.code, "", 1)
		case exact && near(x, diff.Scaled(-1), 1e-6*min(1, top/far)):
			add(termMissing, part+" - "+factorText(w.code), factorText(w.code), "-", 1)
		case exact && near(x, sum, 1e-6*min(1, top/(1e-300+sum.MaxAbs()))):
			add(oneChange, factorText(w.code)+" - "+part, "", "", 1)
		case small && times(g.was, x, g.want):
			add(factorMissing, part+" * "+factorText(w.code), "", "", 1)
		case small && !w.truth && !slices.Contains(x.Data, 0) && times(g.want, x, g.was):
			add(factorMissing, part+" / "+factorText(w.code), "", "", 1)
		}
	}
	return out
}

// numbered tries a number with a name as a factor or divisor of a goal's part,
// and another number in the place of one.
func numbered(g goal, numbers []word) (out []rewriting) {
	if g.was == nil || len(g.was.Data) != len(g.want.Data) {
		return nil
	}
	if k := g.want.Data[0]; near(graph.Filled(k, g.want.Shape...), g.want, 1e-9) && near(graph.Filled(g.was.Data[0], g.was.Shape...), g.was, 1e-9) {
		most := 2.0
		if len(g.want.Data) < 2 {
			most = 1 // any number would do there
		}
		if n := math.Round(2*k) / 2; alike(k, n, 1e-9) && math.Abs(n) <= most && isNumber(g.code) {
			return []rewriting{{goal: g, code: figure(n), kind: otherOperand}}
		}
	}
	if k := g.want.Data[0]; isNumber(g.code) && near(graph.Filled(k, g.want.Shape...), g.want, 1e-9) {
		for _, w := range numbers {
			if alike(k, w.value.Data[0], 1e-9) {
				out = append(out, rewriting{goal: g, code: w.code, kind: otherOperand, cost: w.cost})
			}
		}
	}
	c := factor(g.want, g.was, 1e-7)
	if c == 0 || alike(c, 1, 1e-6) {
		return nil
	}
	for _, w := range numbers {
		switch k := w.value.Data[0]; {
		case w.code == g.code: // over itself it is but 1
		case alike(c, k, 1e-7):
			out = append(out, rewriting{goal: g, code: factorText(g.code) + " * " + factorText(w.code), kind: factorMissing, cost: w.cost + 1})
		case alike(c*k, 1, 1e-7):
			out = append(out, rewriting{goal: g, code: factorText(g.code) + " / " + factorText(w.code), kind: factorMissing, cost: w.cost + 1})
		}
	}
	return out
}

// slopes tries, where a goal's part has two values and should be 1 where a word is
// positive and another number elsewhere, those two: an activation's derivative
// that is a line's on either side of zero.
func (s *step) slopes(g goal, v *vocabulary, spent func(int) bool) (out []rewriting) {
	if g.was == nil || len(g.was.Data) < 2 || slices.ContainsFunc(g.was.Data, func(x float64) bool { return x != g.was.MaxAbs() && x != slices.Min(g.was.Data) }) {
		return nil
	}
	for _, w := range v.words {
		if w.truth || !slices.Equal(w.value.Shape, g.want.Shape) || spent(len(g.want.Data)) {
			continue
		}
		var slope [2]float64
		var met [2]bool
		even := true
		for i, x := range w.value.Data {
			side, k := b2i(x > 0), g.want.Data[i]
			even = even && (!met[side] || alike(k, slope[side], 1e-9))
			slope[side], met[side] = k, true
		}
		if !even || !met[0] || !met[1] || !alike(slope[1], 1, 1e-9) || slope[0] <= 0 || alike(slope[0], 1, 1e-9) {
			continue
		}
		if below := v.numberText(slope[0]); below != "" {
			out = append(out, rewriting{goal: g, code: "np.where(" + w.code + " > 0, 1, " + below + ")", kind: otherMask, cost: w.cost + 1})
		}
	}
	return out
}

// numberText is how a line would write a number: short, or by name; "" where it
// would do neither.
func (v *vocabulary) numberText(x float64) string {
	if i := slices.IndexFunc(v.numbers, func(w word) bool { return alike(x, w.value.Data[0], 1e-9) }); i >= 0 {
		return v.numbers[i].code
	}
	code := strconv.FormatFloat(x, 'g', 2, 64)
	if k, err := strconv.ParseFloat(code, 64); err == nil && alike(k, x, 1e-9) {
		return code
	}
	return ""
}

func isNumber(code string) bool {
	_, err := strconv.ParseFloat(strings.TrimPrefix(code, "-"), 64)
	return err == nil
}

// times reports a·b = c element by element.
func times(a, b, c *array) bool {
	top := c.MaxAbs()
	if top == 0 {
		return false
	}
	for i, x := range a.Data {
		d := x*b.Data[i] - c.Data[i]
		if !(d <= 1e-7*top && -d <= 1e-7*top) {
			return false
		}
	}
	return true
}

// statementOf is the expression of a node as far as its statement makes it.
func (s *step) statementOf(node int, want *array) *expression {
	e := &expression{step: s, top: node, want: want, m: &matches{}, in: map[int]bool{}, tol: 1e-7, limit: s.work}
	e.nodes = s.grown(e.in, []int{node}, func(q int) bool {
		return len(e.in) < 30 && !made(s.op[q]) && !s.isCur[q] && s.sameStatement(q, node) && s.call[q] == s.call[node] && node-q < 60 && s.value(q) != nil && s.canReplay(q)
	})
	return e
}

// tryNumbers tries numbers with a name as factors and divisors of each operand that
// the statement of a node reads, where it is more than the whole that is scaled.
func (s *step) tryNumbers(node int, want *array, numbers []word, spent func(int) bool) (out []rewriting) {
	if factor(s.value(node), want, 1e-7) != 0 {
		return nil
	}
	e := s.statementOf(node, want)
	for _, n := range e.nodes {
		for j, q := range s.in[n] {
			v, code := s.value(q), s.operandCode(n, j)
			if v == nil || code == "" || s.op[n] == "setitem" && j == 0 || s.op[n] == "gather" || s.op[n] == "cmp" || s.op[n] == "copy" {
				continue
			}
			for _, w := range numbers {
				k := w.value.Data[0]
				if w.code == code || spent(2*s.size[n]) {
					continue
				}
				g := goal{node: n, slot: j, code: code, depth: 1}
				if e.good(change{node: n, slot: j, from: -1, with: v.Scaled(k)}) {
					out = append(out, rewriting{goal: g, code: factorText(w.code) + " * " + factorText(code), kind: factorMissing, cost: w.cost + 1})
				}
				if e.good(change{node: n, slot: j, from: -1, with: v.Scaled(1 / k)}) {
					out = append(out, rewriting{goal: g, code: factorText(code) + " / " + factorText(w.code), kind: factorMissing, cost: w.cost + 1})
				}
			}
		}
	}
	return out
}

// tryIn tries words in the place of each operand that the statement of a node
// reads, and times it: where operations cannot be undone.
func (s *step) tryIn(node int, want *array, words []word, spent func(int) bool) (out []rewriting) {
	e := s.statementOf(node, want)
	for _, n := range e.nodes {
		switch s.op[n] {
		case "gather", "copy", "neg", "add":
			continue
		}
		for j, q := range s.in[n] {
			v, code := s.value(q), s.operandCode(n, j)
			if v == nil || code == "" || s.op[n] == "setitem" && j == 0 {
				continue
			}
			for _, w := range words {
				if s.op[n] == "cmp" && w.cost > 1 { // any of many would do
					continue
				}
				if len(w.value.Data) < len(v.Data) && len(v.Data) > 1 && len(v.Data)%len(w.value.Data) != 0 || spent(s.size[n]) {
					continue
				}
				g := goal{node: n, slot: j, code: code, depth: 1}
				if slices.Equal(w.value.Shape, v.Shape) || len(v.Data) == 1 || s.op[n] == "outer" || s.op[n] == "setitem" {
					if e.good(change{node: n, slot: j, from: -1, with: w.value}) {
						out = append(out, rewriting{goal: g, code: w.code, kind: w.instead(code), cost: w.cost, with: w.value})
					}
				}
				if len(v.Data) == 1 || s.op[n] == "cmp" || s.op[n] == "setitem" || s.op[n] == "mul" || s.op[n] == "div" {
					continue
				}
				if x := s.apply("mul", nil, v, w.value); x != nil && slices.Equal(x.Shape, v.Shape) && e.good(change{node: n, slot: j, from: -1, with: x}) {
					out = append(out, rewriting{goal: g, code: factorText(code) + " * " + factorText(w.code), kind: factorMissing, cost: w.cost + 1})
				}
				if x := s.apply("sub", nil, v, w.value); !w.truth && x != nil && slices.Equal(x.Shape, v.Shape) && e.good(change{node: n, slot: j, from: -1, with: x}) {
					out = append(out, rewriting{goal: g, code: factorText(code) + " - " + factorText(w.code), kind: termMissing, cost: w.cost + 1})
				}
			}
		}
	}
	return out
}

// vague reports that no correction was found for an intervention, or one that
// says little.
func (s *step) vague(f *intervention) bool {
	s.blame(f)
	return f.partWant != nil && (f.edit == nil || f.edit.class >= 3.2 && f.edit.class != 3.6 || f.place.line == 0 && (f.edit.dated || s.unnamed(f)))
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
