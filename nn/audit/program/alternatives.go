package program

import (
	"fmt"
	"slices"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// once says what becomes of elements that a write names twice.
const once = "the index names an element more than once, and only the last counts: np.add.at or np.subtract.at is meant"

// An alternative is another operation for a node.
type alternative struct {
	kind kind
	text message.Text
	fn   func([]*array) *array
	flip int     // the operand whose sign it changes, -1 for none
	slot int     // the operand that is another, -1 where the operation is
	to   float64 // the number that it becomes
}

// turned reports that a value is a derivative with the other sign, in a
// statement of its own.
func (e *expression) turned(q int) bool {
	for range 4 {
		if c := e.m.c(q); c != 0 {
			return c*e.c < 0 && !e.sameStatement(q, e.top)
		}
		next := -1
		for _, u := range e.step.in[q] {
			if e.isBack[u] && e.size[u] > 1 {
				next = u
			}
		}
		if next < 0 || e.op[q] != "div" && e.op[q] != "mul" && e.op[q] != "gather" && e.op[q] != "copy" {
			return false
		}
		q = next
	}
	return false
}

// operations tries small changes of each operation.
func (e *expression) operations() []edit {
	var out, signs []edit
	type operation struct {
		site int
		op   string
	}
	done := map[operation]bool{} // `d[i] -= 1` is three at one place
	for i := len(e.nodes) - 1; i >= 0 && !e.spent(); i-- {
		n := e.nodes[i]
		if o := (operation{e.site[n], e.op[n]}); !done[o] {
			done[o] = true
		} else {
			continue
		}
		for _, a := range e.alternatives(n) {
			if e.good(change{node: n, fn: a.fn, slot: -1, from: -1}) {
				if a.flip >= 0 && e.turned(e.step.in[n][a.flip]) {
					continue // the operand itself is the other way round
				}
				x := edit{kind: a.kind, node: n, text: a.text, from: -1, to: -1, slot: -1}
				if a.flip == 0 {
					x.flips = e.step.in[n][0]
				}
				if a.kind == itsSign {
					signs = append(signs, x)
				} else {
					out = append(out, x)
				}
			}
		}
	}
	if len(out) == 0 {
		return signs
	}
	return out
}

func (e *expression) alternatives(n int) []alternative {
	ins, at := e.step.in[n], e.attr(n)
	var out []alternative
	add := func(k kind, fn func([]*array) *array, format string, args ...any) {
		out = append(out, alternative{kind: k, text: message.New(format, args...), fn: fn, flip: -1, slot: -1})
	}
	flips := func(slot int) { out[len(out)-1].flip = slot }
	instead := func(slot int, to float64) { out[len(out)-1].slot, out[len(out)-1].to = slot, to }
	op := func(name string) func(v ...*array) *array {
		return func(v ...*array) *array { return e.apply(name, nil, v...) }
	}
	same := func(v []*array) *array { return e.apply(e.op[n], at, v...) }
	neg := func(a *array) *array {
		if a == nil {
			return nil
		}
		return a.Scaled(-1)
	}
	shape := e.shapes[n]
	switch o := e.op[n]; o {
	case "add", "sub", "mul", "div":
		if len(ins) != 2 {
			return nil
		}
		for j := range 2 {
			if e.in[ins[1-j]] || e.size[ins[1-j]] == e.size[n] || o == "mul" || o == "div" && j == 0 {
				k := factorTooMany
				if o == "add" || o == "sub" {
					k = termTooMany
				}
				add(k, func(v []*array) *array { return e.stretch(v[1-j], shape) }, "`%s` is too many", e.operand(n, j))
				instead(j, 0)
			}
		}
		for j, u := range ins {
			if o != "mul" || e.op[u] != "mul" || !e.sameStatement(u, n) || len(e.step.in[u]) != 2 {
				continue
			}
			for k, w := range e.step.in[u] { // two of three factors, as of a derivative
				if v := e.value(w); v != nil {
					two := []string{factorText(e.operand(u, 1-k).String()), factorText(e.operand(n, 1-j).String())}
					if j == 1 {
						slices.Reverse(two)
					}
					add(factorTooMany, func([]*array) *array { return e.stretch(v, shape) }, "`%s` is too many", two[0]+" * "+two[1])
				}
			}
		}
		switch o {
		case "add":
			add(otherSign, func(v []*array) *array { return op("sub")(v...) }, "`+` should be `-`")
			flips(1)
			add(otherSign, func(v []*array) *array { return op("sub")(v[1], v[0]) }, "the sign of `%s` should be the other", e.operand(n, 0))
			flips(0)
			instead(0, 0)
		case "sub":
			add(otherSign, func(v []*array) *array { return op("add")(v...) }, "`-` should be `+`")
			flips(1)
			add(otherSign, func(v []*array) *array { return op("sub")(v[1], v[0]) }, "the two sides of `-` are exchanged")
		case "mul":
			add(notDivided, func(v []*array) *array { return op("div")(v...) }, "`*` should be `/`")
			add(notDivided, func(v []*array) *array { return op("div")(v[1], v[0]) }, "`%s` should be under the fraction line", e.operand(n, 0))
			instead(0, 0)
		case "div":
			add(notDivided, func(v []*array) *array { return op("mul")(v...) }, "`/` should be `*`")
			add(notDivided, func(v []*array) *array { return op("div")(v[1], v[0]) }, "the two sides of `/` are exchanged")
		}
		for j := range 2 {
			if o == "mul" && e.size[ins[j]] == 1 && made(e.op[ins[j]]) && !e.scaled {
				for _, k := range []float64{2, 3, 4, 1. / 2, 1. / 3} {
					meant := fmt.Sprintf("%g * %s", k, e.operand(n, j))
					if k < 1 {
						meant = fmt.Sprintf("%s / %g", e.operand(n, j), 1/k)
					}
					add(factorMissing, func(v []*array) *array { return same([]*array{v[0], v[1].Scaled(k)}) }, "`%s` is meant, not `%s`", message.Plain(meant), e.operand(n, j))
				}
			}
			if e.size[ins[j]] == 1 {
				for _, k := range []float64{0, 1, -1, 2, 0.5} {
					if e.scalar(ins[j]) != k {
						add(otherNumber, func(v []*array) *array {
							w := slices.Clone(v)
							w[j] = graph.Scalar(k)
							return same(w)
						}, "`%s` should be %g", e.operand(n, j), k)
						instead(j, k)
					}
				}
			}
		}
		add(itsSign, func(v []*array) *array { return neg(same(v)) }, "its sign should be the other")
	case "neg":
		add(itsSign, func(v []*array) *array { return v[0] }, "its sign should be the other")
	case "sum", "mean", "max", "min":
		if len(ins) == 0 {
			return nil
		}
		axes := axisSets(len(e.shapes[ins[0]]))
		for _, name := range []string{"sum", "mean"} {
			k := oneChange
			switch {
			case o == name:
				k = otherAxis
			case o == "sum" || o == "mean":
				k = meanOrSum
			}
			for _, ax := range axes {
				for _, keep := range []bool{false, true} {
					add(k, func(v []*array) *array { return e.apply(name, axisAttr(ax, keep), v[0]) }, "%s%s is meant", name, axisText(ax, keep))
				}
			}
		}
	case "dot", "matmul":
		if len(ins) != 2 {
			return nil
		}
		t := func(a *array) *array {
			if len(a.Shape) == 2 {
				return a.Transposed()
			}
			return a
		}
		mm := op("matmul")
		add(transposition, func(v []*array) *array { return mm(v[0], t(v[1])) }, "`%s` should be transposed", e.operand(n, 1))
		add(transposition, func(v []*array) *array { return mm(t(v[0]), v[1]) }, "`%s` should be transposed", e.operand(n, 0))
		add(exchanged, func(v []*array) *array { return mm(v[1], v[0]) }, "the two sides of the product are exchanged")
		add(exchanged, func(v []*array) *array { return mm(t(v[1]), v[0]) }, "the two sides of the product are exchanged, and `%s` should be transposed", e.operand(n, 1))
		add(exchanged, func(v []*array) *array { return mm(v[1], t(v[0])) }, "the two sides of the product are exchanged, and `%s` should be transposed", e.operand(n, 0))
		add(transposition, func(v []*array) *array {
			if r := mm(v[0], v[1]); r != nil {
				return t(r)
			}
			return nil
		}, "the product should be transposed")
	case "outer":
		add(exchanged, func(v []*array) *array { return op("outer")(v[1], v[0]) }, "the two operands are exchanged")
	case "gather":
		// A transposition that is too many.
		if len(ins) == 1 && len(shape) == 2 && len(e.shapes[ins[0]]) == 2 && shape[0] == e.shapes[ins[0]][1] && shape[1] == e.shapes[ins[0]][0] {
			add(transposition, func(v []*array) *array { return v[0] }, "the transposition is too many")
		}
	case "setitem":
		if len(ins) < 2 {
			return nil
		}
		accumulated := func(v []*array) *array { return e.apply("add_at", at, v...) }
		if e.repeats(n) {
			add(overwritten, accumulated, once)
			if what := e.addedByHand(n); what != nil {
				add(overwritten, func(v []*array) *array { return e.apply("add_at", at, v[0], what) }, once)
			}
		} else {
			add(overwritten, accumulated, "the value should be added (`+=`), not written (`=`)")
		}
		add(itsSign, func(v []*array) *array { return e.apply("setitem", at, v[0], neg(v[1])) }, "its sign should be the other")
		add(lineTooMany, func(v []*array) *array { return v[0] }, "the line is too many")
		if e.size[ins[1]] == 1 {
			idx := e.index(n)
			add(maskTurned, func(v []*array) *array {
				if len(v[0].Data) != e.size[n] { // another change has given it
					return nil
				}
				r := graph.Filled(v[1].Data[0], v[0].Shape...)
				for _, k := range idx {
					r.Data[k-1] = v[0].Data[k-1]
				}
				return r
			}, "the mask is the other way round")
		}
	case "add_at":
		add(addedUp, func(v []*array) *array { return e.apply("setitem", at, v...) }, "the value should be written (`=`), not added")
	case "cmp":
		for _, c := range []string{"Lt", "LtE", "Gt", "GtE", "Eq", "NotEq"} {
			if c != at.Cmp {
				add(otherMask, func(v []*array) *array { return e.apply("cmp", &graph.Attr{Cmp: c}, v...) }, "the comparison should be `%s`", comparison(c))
			}
		}
	case "where":
		if len(ins) != 3 {
			return nil
		}
		wh := op("where")
		add(otherMask, func(v []*array) *array { return wh(v[0], v[2], v[1]) }, "the two choices are exchanged")
		for j := 1; j <= 2; j++ {
			for _, k := range []float64{0, 1} {
				add(otherNumber, func(v []*array) *array {
					w := slices.Clone(v)
					w[j] = graph.Scalar(k)
					return wh(w...)
				}, "`%s` should be %g", e.operand(n, j), k)
				instead(j, k)
			}
			add(otherOperand, func(v []*array) *array {
				w := slices.Clone(v)
				w[j] = op("add")(v[j], graph.Scalar(1))
				return wh(w...)
			}, "`%s + 1` is meant, not `%s`", e.operand(n, j), e.operand(n, j))
			instead(j, 0)
		}
	case "exp", "log", "sqrt", "square", "tanh", "expit", "abs", "sign":
		add(functionTooMany, func(v []*array) *array { return v[0] }, "`%s` is too many", o)
		instead(0, 0)
		add(notDivided, func(v []*array) *array { return op("div")(graph.Scalar(1), same(v)) }, "one over it is meant")
		add(otherSign, func(v []*array) *array { return same([]*array{neg(v[0])}) }, "of the negative value")
		add(oneChange, func(v []*array) *array { r := same(v); return op("mul")(r, r) }, "its square is meant")
	case "pow":
		if len(ins) == 2 && e.size[ins[1]] == 1 {
			for _, k := range []float64{1, 2, 3, 4, 0.5, 1.5, -1, -2, -3, -4, -0.5, -1.5, -2.5} {
				if e.scalar(ins[1]) != k {
					add(otherExponent, func(v []*array) *array { return op("pow")(v[0], graph.Scalar(k)) }, "the exponent should be %g", k)
					instead(1, k)
				}
			}
		}
	}
	return out
}

// formsMeant tries, in the place of each operand, the functions of it that it may
// be meant to be: an exponent that is left out, a derivative written down as far
// as its first factor.
func (e *expression) formsMeant() (out []edit) {
	for _, n := range e.nodes {
		for j, q := range e.step.in[n] {
			v := e.value(q)
			if v == nil || !e.float[q] && e.dtype[q] != "int64" || e.size[q] == 1 && made(e.op[q]) {
				continue
			}
			for _, f := range forms {
				if e.spent() || e.size[q] == 1 && !f.scalar {
					continue
				}
				if e.good(change{node: n, slot: j, from: -1, with: f.apply(v)}) {
					text := e.operand(n, j).String()
					out = append(out, edit{kind: functionMissing, class: 2.8, node: n, text: message.New("`%s` is meant, not `%s`", f.write(text), text), from: -1, to: -1, slot: j})
					break
				}
			}
		}
	}
	return out
}

func comparison(c string) string {
	return map[string]string{"Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Eq": "==", "NotEq": "!="}[c]
}

// axisSets are all choices of some of n axes, those of the fewest first, after all
// of them.
func axisSets(n int) [][]int {
	out := [][]int{nil}
	for k := range 1 << min(n, 5) {
		var axes []int
		for i := range n {
			if k>>i&1 == 1 {
				axes = append(axes, i)
			}
		}
		if len(axes) > 0 && len(axes) < min(n, 4) {
			out = append(out, axes)
		}
	}
	slices.SortStableFunc(out[1:], func(a, b []int) int { return len(a) - len(b) })
	return out
}
