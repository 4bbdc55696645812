package program

import (
	"math"
	"slices"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// usual reports that a factor is a whole number, one over one, or a number with a
// name: between two single numbers there is always some factor.
func (e *expression) usual(c float64) bool {
	whole := func(x float64) bool { return math.Abs(x) < 1e4 && alike(x, math.Round(x), 1e-6) }
	_, numbers := e.words(e.top)
	return whole(c) || whole(1/c) || slices.ContainsFunc(numbers, func(w word) bool {
		return alike(c, w.value.Data[0], 1e-7) || alike(c*w.value.Data[0], 1, 1e-7)
	})
}

// returned reports that a value is what a function returns: nothing that came
// before can be added up in it.
func (v *view) returned(q int) bool {
	t := v.g.Site(q)
	return t != nil && t.Target == "return"
}

// addsUp reports that value x is a multiple of that of node n, or of a derivative that it
// adds up.
func (e *expression) addsUp(n int, x *array) bool {
	is := func(u int) bool { return factor(e.value(u), x, e.tol) != 0 && e.fromTruth(u, e.m) }
	return is(n) || e.op[n] == "add" && slices.ContainsFunc(e.step.in[n], is)
}

// lacksTerm adds that value w, or minus it, is not added up in node n.
func (e *expression) lacksTerm(out *[]edit, class float64, n, w int, minus bool) {
	x := edit{kind: termMissing, class: class, node: n, from: -1, to: w, slot: -1, term: n == e.top, minus: minus}
	e.nameTerm(&x, e.top)
	*out = append(*out, x)
}

// nameTerm calls a term that is missing as the function of a node calls it.
func (e *expression) nameTerm(x *edit, at int) {
	x.text = message.New("the term `%s` (%s) is missing", e.called(x.to, at), e.where(x.to))
	if x.minus {
		x.text = message.New("the term `-%s` (%s) is missing", e.called(x.to, at), e.where(x.to))
	}
}

// misses reports, from the largest number of what is meant alone, that an
// operation of the top's value with another is not that. Most are not.
func (e *expression) misses(name string, v, x *array) bool {
	if !slices.Equal(v.Shape, e.want.Shape) || len(x.Shape) > len(v.Shape) || len(v.Data) == 0 {
		return false
	}
	e.work += 50
	at := 0
	for i, w := range e.want.Data {
		if math.Abs(w) > math.Abs(e.want.Data[at]) {
			at = i
		}
	}
	j, stride, rest := 0, 1, at // of x, broadcast
	for i := range v.Shape {
		n := v.Shape[len(v.Shape)-1-i]
		if i < len(x.Shape) {
			if m := x.Shape[len(x.Shape)-1-i]; m == n {
				j += rest % n * stride
				stride *= n
			} else if m != 1 {
				return false
			}
		}
		rest /= n
	}
	a, b, w := v.Data[at], x.Data[j], e.want.Data[at]
	switch name {
	case "mul":
		a *= b
	case "div":
		a /= b
	case "add":
		a += b
	case "sub":
		a -= b
	}
	return !(math.Abs(a-w) <= e.tol*math.Abs(w))
}

// multiple reads c times value w, which is missing, as that w, one of the two sides of
// the sum, is another multiple of what it should be.
func (e *expression) multiple(c float64, w int) (edit, bool) {
	in := e.step.in[e.top]
	slot := slices.Index(in, w)
	if slot < 0 || len(in) != 2 || in[0] == in[1] || e.op[e.top] != "add" && (e.op[e.top] != "sub" || slot > 0) {
		return edit{}, false
	}
	k := 1 / (1 + c)
	if math.IsInf(k, 0) || !e.usual(k) {
		return edit{}, false
	}
	class := 3.2 // to be put into the words of the statement
	if e.ownStatement(w, e.top) {
		class = 3.1
	}
	return edit{class: class, node: e.top, text: message.New("%s times what it should be: `%s`", number(k), e.operand(e.top, slot)), from: -1, to: -1, slot: slot, flips: w}, true
}

// unmasked finds a side of a sum that is what it should be but for elements that should
// be 0, as where a penalty of the gradient is on biases too.
func (e *expression) unmasked() (out []edit) {
	in := e.step.in[e.top]
	if e.op[e.top] != "add" || len(in) != 2 || in[0] == in[1] {
		return nil
	}
	for slot, w := range in {
		v, other := e.value(w), e.value(in[1-slot])
		if !slices.Equal(e.shapes[w], e.want.Shape) || !slices.Equal(e.shapes[in[1-slot]], e.want.Shape) || v == nil || other == nil {
			continue
		}
		meant := plus(e.want, -1, other)
		slack, zero, same := e.tol*max(e.want.MaxAbs(), other.MaxAbs()), 0, 0
		for i, x := range meant.Data {
			switch {
			case math.Abs(x-v.Data[i]) <= slack:
				same += b2i(math.Abs(x) > slack)
			case math.Abs(x) <= slack:
				zero++
			default:
				same = math.MinInt
			}
		}
		if zero > 0 && same > 2 {
			out = append(out, edit{class: 3.1, node: e.top, text: message.New("%d of the %d elements of `%s` should be 0", zero, len(v.Data), e.operand(e.top, slot)), from: -1, to: -1, slot: slot, flips: w})
		}
	}
	return out
}

// missing tries a factor, a divisor or a term that is left out.
func (e *expression) missing(pool []int) []edit {
	var out []edit
	top := e.value(e.top)
	if c := factor(top, e.want, e.tol); c != 0 && !alike(c, 1, 1e-6) && (len(e.want.Data) > 1 || e.usual(c)) {
		for i := len(e.nodes) - 1; i >= 0; i-- {
			n := e.nodes[i]
			for j, q := range e.step.in[n] {
				if e.size[q] != 1 || e.in[q] || e.op[n] != "mul" && e.op[n] != "div" {
					continue
				}
				for _, k := range []float64{c, 1 / c} {
					if e.good(change{node: n, slot: j, from: -1, with: e.value(q).Scaled(k)}) {
						out = append(out, edit{class: 3.5, node: n, text: message.New("%s times what it should be: `%s`", number(1/k), e.operand(n, j)), from: -1, to: -1, slot: j})
					}
				}
			}
		}
		text := message.New("%s times what it should be", number(c))
		if code := e.wholeCode(e.top); code != "" {
			text = message.New("%s times what it should be: `%s`", number(c), message.Plain(code))
		}
		return append(out, edit{class: 4, node: e.top, text: text, from: -1, to: -1, slot: -1})
	}
	// Earlier executions of the same line, which = loses and += keeps: of a name of a
	// function's own those of the same call.
	sum, local := top, e.call[e.top] >= 0 && isName(e.g.Site(e.top).Target)
	for q := e.top - 1; q >= e.begin && !e.spent() && !e.returned(e.top); q-- {
		if e.site[q] == e.site[e.top] && (e.call[q] == e.call[e.top] || !local) && e.op[q] == e.op[e.top] && slices.Equal(e.shapes[q], e.shapes[e.top]) && e.value(q) != nil {
			sum = plus(sum, 1, e.value(q))
			e.work += len(sum.Data)
			if len(sum.Data) > 1 && len(sum.Data) == len(e.want.Data) && factor(sum, e.want, e.tol) != 0 {
				return append(out, edit{kind: overwritten, class: 3, node: e.top, text: message.New("`+=` is meant, not `=`: what came before is lost"), from: -1, to: -1, slot: -1})
			}
		}
	}
	fits := func(x, v *array) bool {
		if len(x.Shape) > len(v.Shape) {
			return false
		}
		for i := range x.Shape {
			if a, b := x.Shape[len(x.Shape)-1-i], v.Shape[len(v.Shape)-1-i]; a != b && a != 1 {
				return false
			}
		}
		return true
	}
	bin := func(name string, a, b *array) *array { return e.apply(name, nil, a, b) }
	for i := len(e.nodes) - 1; i >= 0 && !e.spent(); i-- {
		n := e.nodes[i]
		if e.op[n] == "cmp" {
			continue
		}
		v := e.value(n)
		class := 4.0
		if n == e.top {
			class = 3
		}
		put := func(name string, b *array) bool {
			if n == e.top && e.misses(name, v, b) {
				return false
			}
			x := bin(name, v, b)
			if x != nil && n == e.top {
				e.work += len(x.Data) + 300
				return len(x.Data) == len(e.want.Data) && near(x, e.want, e.tol)
			}
			return x != nil && e.good(change{node: n, fn: func([]*array) *array { return x }, with: x, slot: -1, from: -1})
		}
		of := e.after([]int{n}, nil)
		for _, w := range pool {
			if e.spent() {
				break
			}
			if w > n && of[w] {
				continue // it is not there yet
			}
			x := e.value(w)
			if !fits(x, v) && !(fits(v, x) && slices.Equal(x.Shape, e.want.Shape)) {
				continue
			}
			e.work += 1000
			say := func(k kind, class float64, format string, name any) {
				out = append(out, edit{kind: k, class: class, node: n, text: message.New(format, name, e.where(w)), from: -1, to: w, slot: -1})
			}
			name := func() message.Text { return e.called(w, e.top) }
			switch {
			case put("mul", x):
				say(factorMissing, class, "the factor `%s` (%s) is missing", name())
			case put("div", x):
				say(divisionMissing, class, "the division by `%s` (%s) is missing", name())
			case e.addsUp(n, x): // more of it is another factor
			case put("add", x):
				e.lacksTerm(&out, class, n, w, false)
			case put("sub", x):
				e.lacksTerm(&out, class, n, w, true)
			case n == e.top:
				for _, f := range slopes {
					if put("mul", f.apply(x)) {
						say(factorMissing, 3.6, "the factor `%s` (%s) is missing", f.write(name().String()))
						break
					}
				}
			}
		}
		if e.op[n] == "add" || e.op[n] == "sub" {
			for _, k := range []float64{1, -1} {
				if put("add", graph.Scalar(k)) {
					out = append(out, edit{kind: termMissing, class: 4, node: n, text: message.New("the term %g is missing", k), from: -1, to: -1, slot: -1})
				}
			}
		}
	}
	// A variable that lacks a factor wherever it is read.
	order, reads := e.reads()
	for _, q := range order {
		uses := reads[q]
		if e.in[q] || len(uses) < 2 || e.spent() {
			continue
		}
		v := e.value(q)
		for _, w := range pool {
			x := e.value(w)
			if e.spent() || !fits(x, v) {
				continue
			}
			for _, name := range []string{"mul", "div"} {
				if y := bin(name, v, x); y != nil && e.good(change{node: -1, slot: -1, from: q, with: y}) {
					k, t := factorMissing, message.New("`%s` lacks the factor `%s` (%s)", e.operand(uses[0].user, uses[0].slot), e.called(w, e.top), e.where(w))
					if name == "div" {
						k, t = divisionMissing, message.New("`%s` is not divided by `%s` (%s)", e.operand(uses[0].user, uses[0].slot), e.called(w, e.top), e.where(w))
					}
					out = append(out, edit{kind: k, class: 3.1, node: uses[0].user, text: t, from: q, to: -1, slot: -1, alias: true})
				}
			}
		}
	}
	out = append(out, e.unmasked()...)
	// A term with any constant.
	if len(top.Data) == len(e.want.Data) {
		d := plus(e.want, -1, top)
		if dm, wm := d.MaxAbs(), e.want.MaxAbs(); dm > 0 {
			for _, w := range pool {
				if x := layout(e.value(w), d.Shape); x != nil && len(x.Data) > 2 && !lone(x) { // of one element any number is some multiple
					if c := factor(d, x, min(1e-3, e.tol*wm/dm)); c != 0 && !(alike(c, 1, 1e-6) && e.addsUp(e.top, x)) {
						if x, ok := e.multiple(c, w); ok {
							out = append(out, x)
							continue
						}
						k := termMissing
						if c < 0 {
							k = termTooMany
						}
						out = append(out, edit{kind: k, class: 3.2, node: e.top, text: e.lacks(c, w), from: -1, to: w, slot: -1})
					}
				}
			}
		}
	}
	return out
}
