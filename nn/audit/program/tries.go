package program

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/graph"
)

// What a line could have had in the places of its operands and numbers, tried.

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

// numbered tries a number with a name as a factor or divisor of a goal's part, a small
// one of all of it, and another number in the place of one.
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
	if len(out) == 0 && g.slot < 0 && !isNumber(g.code) {
		switch k, n := math.Round(c), math.Round(1/c); {
		case alike(c, k, 1e-7) && k >= 2 && k <= 4:
			out = append(out, rewriting{goal: g, code: factorText(g.code) + " * " + number(k), kind: factorMissing, cost: 2})
		case alike(c*n, 1, 1e-7) && n >= 2 && n <= 4:
			out = append(out, rewriting{goal: g, code: factorText(g.code) + " / " + number(n), kind: factorMissing, cost: 2})
		}
	}
	return out
}

// slopes tries, where a goal's part has two values and should be 1 where a word is
// positive and another number elsewhere, those two: an activation's derivative
// that is a line's on either side of zero.
func (s *step) slopes(g goal, v *vocabulary, spent func(int) bool) (out []rewriting) {
	if g.was == nil || len(g.was.Data) < 2 {
		return nil
	}
	high, low := g.was.MaxAbs(), slices.Min(g.was.Data)
	if slices.ContainsFunc(g.was.Data, func(x float64) bool { return x != high && x != low }) {
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

// tryChosen tries, in the place of what np.where takes for some elements alone, where
// that is a number: words times numbers with a name; and beside it those numbers.
func (s *step) tryChosen(node int, want *array, words, numbers []word, spent func(int) bool) (out []rewriting) {
	e := s.statementOf(node, want)
	for _, n := range e.nodes {
		for j, q := range s.in[n] {
			v, code := s.value(q), s.operandCode(n, j)
			if s.op[n] != "where" || v == nil || code == "" {
				continue
			}
			g := goal{node: n, slot: j, code: code, depth: 1}
			good := func(x *array) bool {
				return !spent(s.size[n]) && e.good(change{node: n, slot: j, from: -1, with: x})
			}
			if len(v.Data) == 1 {
				for _, w := range append(slices.Clone(numbers), word{code: code, value: v}) {
					for _, x := range words {
						if len(x.value.Data) == s.size[n] && w.value.Data[0] != 0 && good(x.value.Scaled(w.value.Data[0])) {
							out = append(out, rewriting{goal: g, code: factorText(w.code) + " * " + factorText(x.code), kind: otherOperand, cost: w.cost + x.cost + 1})
						}
					}
				}
			}
			for _, w := range numbers {
				k := graph.Filled(w.value.Data[0], v.Shape...)
				if w.code == code {
					continue
				}
				if good(plus(v, 1, k)) {
					out = append(out, rewriting{goal: g, code: code + " + " + factorText(w.code), kind: termMissing, cost: w.cost + 1})
				}
				if good(plus(v, -1, k)) {
					out = append(out, rewriting{goal: g, code: code + " - " + factorText(w.code), kind: termMissing, cost: w.cost + 1})
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
