package graph

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// An Account is how one element of a node came about from elements of its
// inputs.
type Account struct {
	Name     string  // "dW1[0,3]"
	Formula  string  // "Σ h.T[0,k]·dz[k,3]"
	Terms    []Term  // in their order, but for those skipped
	Skipped  int     // how many terms lie between the first half of Terms and the second
	Before   float64 // the last skipped term's running value
	Result   float64 // the last term's running value, rounded to the result's type
	Recorded float64 // what the program had
}

// A Term is one operation of an account.
type Term struct {
	Text    string  // "h.T[0,7]·dz[7,3]"
	Numbers string  // "0.5·0.25"
	Value   float64 // what it brings, rounded on its own
	Running float64 // the result so far
	Inputs  []Element
}

// An Element is one of a node's.
type Element struct{ Node, Index int }

// Account tells how element index (flat, in C order) of node n came about, with
// the first and the last keep terms of a sum that has more than 2·keep + 2; all
// if keep is 0.
func (g *Graph) Account(n, index, keep int) (*Account, error) {
	c, err := g.CallOf(n)
	if err != nil {
		return nil, err
	}
	if index < 0 || index >= len(c.Out.Data) {
		return nil, fmt.Errorf("node %d has no element %d; its shape is %s", n, index, ShapeText(c.Out.Shape))
	}
	node := &g.Nodes[n]
	if node.Op.source || node.Op.value == nil {
		return nil, g.at(n, fmt.Errorf("%w: nothing is known of how it came about", ErrOpaque))
	}
	if keep <= 0 {
		keep = math.MaxInt / 4
	}
	t := &teller{c: c, keep: keep, name: func(k int) string { return g.operand(n, k) }, node: func(k int) int { return node.In[k] }}
	err = c.guard(func() { node.Op.tell(t, index) })
	if err != nil {
		return nil, g.at(n, err)
	}
	a := t.done()
	a.Name = element(g.nameOf(n), c.Out.Shape, index)
	a.Recorded = c.Out.Data[index]
	result := []float64{a.Result}
	toKind(result, c.Kind)
	a.Result = result[0]
	return a, nil
}

// nameOf is what the program calls node n: what it is assigned to, else its
// expression.
func (g *Graph) nameOf(n int) string {
	s := g.Site(n)
	switch {
	case s == nil:
		return "node" + strconv.Itoa(n)
	case s.Target != "" && s.Target != "return":
		return s.Target
	}
	return bracketed(g.Text(g.Nodes[n].Site))
}

// operand is the text of input k of node n.
func (g *Graph) operand(n, k int) string {
	if s := g.Site(n); s != nil && len(s.Args) >= len(g.Nodes[n].In) {
		return bracketed(s.Args[k])
	}
	return g.nameOf(g.Nodes[n].In[k])
}

// bracketed puts brackets around a text that is more than a name with its parts.
func bracketed(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if strings.ContainsAny(text, " +-*/@<>=−·") && !strings.HasPrefix(text, "(") {
		return "(" + text + ")"
	}
	return text
}

// element names an element, "dW1[0,3]"; a number has no index.
func element(name string, shape []int, index int) string {
	if len(shape) == 0 {
		return name
	}
	at := make([]string, len(shape))
	for i := len(shape) - 1; i >= 0; i-- {
		at[i] = strconv.Itoa(index % max(1, shape[i]))
		index /= max(1, shape[i])
	}
	return name + "[" + strings.Join(at, ",") + "]"
}

// A teller gathers the terms of an account.
type teller struct {
	c       *Call
	keep    int
	name    func(k int) string // of an input
	node    func(k int) int    // of an input, −1 if it is none
	formula string
	running float64
	first   []Term  // the first keep terms, or all
	last    []Term  // the last keep terms
	before  float64 // the running value before these
	total   int
}

// of names element i of input k.
func (t *teller) of(k, i int) string { return element(t.name(k), t.c.In[k].Shape, i) }

func digits(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// inputs are the elements that a term is made of: pairs of an input and an
// element of it.
func (t *teller) inputs(pairs ...int) []Element {
	var list []Element
	for p := 0; p < len(pairs); p += 2 {
		if n := t.node(pairs[p]); n >= 0 {
			list = append(list, Element{n, pairs[p+1]})
		}
	}
	return list
}

// wanted reports whether the next term would be kept of so many.
func (t *teller) wanted(of int) bool {
	return of <= 2*t.keep+2 || t.total < t.keep || t.total >= of-t.keep
}

// add takes the next term of so many, made by text only if it is kept; running
// is the result with it.
func (t *teller) add(of int, running float64, term func() Term) {
	if t.wanted(of) {
		next := term()
		next.Running = running
		if of > 2*t.keep+2 && t.total >= of-t.keep {
			if len(t.last) == 0 {
				t.before = t.running
			}
			t.last = append(t.last, next)
		} else {
			t.first = append(t.first, next)
		}
	}
	t.running = running
	t.total++
}

// only takes the one term of an operation on elements.
func (t *teller) only(text, numbers string, value float64, pairs ...int) {
	t.add(1, value, func() Term { return Term{Text: text, Numbers: numbers, Value: value, Inputs: t.inputs(pairs...)} })
	t.formula = text
}

func (t *teller) done() *Account {
	a := &Account{Formula: t.formula, Terms: append(t.first, t.last...), Result: t.running}
	if len(t.last) > 0 {
		a.Skipped, a.Before = t.total-len(a.Terms), t.before
	}
	return a
}

var symbols = map[string]string{"add": " + ", "sub": " − ", "mul": "·", "div": " / ", "pow": "^", "mod": " % ", "floordiv": " // ",
	"Lt": " < ", "LtE": " ≤ ", "Gt": " > ", "GtE": " ≥ ", "Eq": " = ", "NotEq": " ≠ "}

// tell gives the terms of element o of the result.
func (op *Op) tell(t *teller, o int) {
	switch {
	case op.terms != nil:
		op.terms(t, o)
	case unaryRows[op.Name].f != nil || unaryRows[op.Name].choose != nil:
		x, y := t.c.In[0].Data[o], t.c.Out.Data[o]
		text := func(s string) string {
			switch op.Name {
			case "neg":
				return "−" + s
			case "copy", "positive", "real":
				return s
			}
			return op.Name + "(" + s + ")"
		}
		t.only(text(t.of(0, o)), text(digits(x)), y, 0, o)
	case binaryRows[op.Name].f != nil || binaryRows[op.Name].choose != nil:
		tellBinary(t, op, o)
	default:
		// The result as a whole: what is known is its value and its operands.
		var names []string
		for k := range t.c.In {
			names = append(names, t.name(k))
		}
		t.only(op.Name+"("+strings.Join(names, ", ")+")", "", t.c.Out.Data[o])
	}
}

func tellBinary(t *teller, op *Op, o int) {
	var i, j int
	walkPair(t.c.Out.Shape, t.c.In[0].Shape, t.c.In[1].Shape, func(at, n int, from, step steps) {
		if o >= at && o < at+n {
			i, j = from[0]+(o-at)*step[0], from[1]+(o-at)*step[1]
		}
	})
	join := func(a, b string) string {
		if s := symbols[op.Name] + symbols[t.c.Attr.Cmp]; s != "" {
			return a + s + b
		}
		return op.Name + "(" + a + ", " + b + ")"
	}
	t.only(join(t.of(0, i), t.of(1, j)), join(digits(t.c.In[0].Data[i]), digits(t.c.In[1].Data[j])), t.c.Out.Data[o], 0, i, 1, j)
}

// tellSum gives a sum's or mean's elements.
func tellSum(mean, skip bool) func(t *teller, o int) {
	return func(t *teller, o int) {
		var parts []int
		eachReduced(t.c, func(i, at int) {
			if v := t.c.In[0].Data[i]; at == o && (!skip || v == v) {
				parts = append(parts, i)
			}
		})
		n := len(parts)
		if mean {
			n++
		}
		s := 0.0
		for _, i := range parts {
			v := t.c.In[0].Data[i]
			s += v
			t.add(n, s, func() Term { return Term{Text: t.of(0, i), Numbers: digits(v), Value: v, Inputs: t.inputs(0, i)} })
		}
		t.formula = fmt.Sprintf("Σ of %d elements of %s", len(parts), t.name(0))
		if mean {
			d := float64(len(parts))
			t.add(n, s/d, func() Term {
				return Term{Text: "divided by " + digits(d), Numbers: digits(s) + " / " + digits(d), Value: s / d}
			})
			t.formula += ", divided by their number"
		}
	}
}

// tellExtreme gives the element that max or min took.
func tellExtreme(name string) func(t *teller, o int) {
	return func(t *teller, o int) {
		y, at, n := t.c.Out.Data[o], -1, 0
		eachReduced(t.c, func(i, p int) {
			if p != o {
				return
			}
			if v := t.c.In[0].Data[i]; at < 0 && (v == y || v != v && y != y) {
				at = i
			}
			n++
		})
		if at < 0 {
			at = 0
		}
		t.only(t.of(0, at), digits(y), y, 0, at)
		t.formula = fmt.Sprintf("%s of %d elements of %s", name, n, t.name(0))
	}
}

// tellProduct gives the products of a contraction's element.
func tellProduct(plan func(c *Call) contraction) func(t *teller, o int) {
	return func(t *teller, o int) {
		k := plan(t.c)
		// The indices of the element, and those that are summed.
		place := make([]int, len(k.size))
		rest := o
		shape := k.shape[2]
		for axis := len(shape) - 1; axis >= 0; axis-- {
			if shape[axis] == 0 {
				return
			}
			place[k.labels[2][axis]] = rest % shape[axis]
			rest /= shape[axis]
		}
		var summed []int
		for l := range k.size {
			if !k.views[2].has[l] {
				summed = append(summed, l)
			}
		}
		base := steps{}
		for l, p := range place {
			for v := range 2 {
				base[v] += k.views[v].step[l] * p
			}
		}
		var step [3][]int
		for v := range 2 {
			step[v] = []int{}
			for _, l := range summed {
				step[v] = append(step[v], k.views[v].step[l])
			}
		}
		n, s := k.count(summed), 0.0
		walk(k.shapeOf(summed), step, func(_, run int, at, step steps) {
			for r := range run {
				i, j := base[0]+at[0]+r*step[0], base[1]+at[1]+r*step[1]
				x, y := t.c.In[0].Data[i], t.c.In[1].Data[j]
				s = math.FMA(x, y, s)
				t.add(n, s, func() Term {
					return Term{Text: t.of(0, i) + "·" + t.of(1, j), Numbers: digits(x) + "·" + digits(y), Value: x * y, Inputs: t.inputs(0, i, 1, j)}
				})
			}
		})
		t.formula = fmt.Sprintf("Σ of %d products of %s and %s", n, t.name(0), t.name(1))
	}
}

// tellConvolution gives the products of a convolution's element.
func tellConvolution(flip, scipy bool) func(t *teller, o int) {
	return func(t *teller, o int) {
		var pairs [][2]int
		t.c.planConv(flip, scipy).each(func(at, i, j int) {
			if at == o {
				pairs = append(pairs, [2]int{i, j})
			}
		})
		s := 0.0
		for _, p := range pairs {
			i, j := p[0], p[1]
			x, y := t.c.In[0].Data[i], t.c.In[1].Data[j]
			s = math.FMA(x, y, s)
			t.add(len(pairs), s, func() Term {
				return Term{Text: t.of(0, i) + "·" + t.of(1, j), Numbers: digits(x) + "·" + digits(y), Value: x * y, Inputs: t.inputs(0, i, 1, j)}
			})
		}
		t.formula = fmt.Sprintf("Σ of %d products of %s and %s", len(pairs), t.name(0), t.name(1))
	}
}

// tellComposite gives the steps: what each makes of the element is called t1,
// t2, …; steps that make other elements too stand in the expressions of those
// that use them.
func tellComposite(run func(c *Call) *composed) func(t *teller, o int) {
	return func(t *teller, o int) {
		m := run(t.c)
		// What stands for a value in an expression: its element that belongs to o,
		// and all of it, which is what is summed.
		texts, whole := make([]string, len(m.t.val)), make([]string, len(m.t.val))
		for v, x := range m.t.val {
			if v < len(t.c.In) {
				texts[v], whole[v] = t.name(v), t.name(v)
				if at := elementOf(x.Shape, t.c.Out.Shape, o); at >= 0 {
					texts[v] = t.of(v, at)
				}
			} else if len(x.Data) == 1 {
				texts[v], whole[v] = digits(x.Data[0]), digits(x.Data[0])
			}
		}
		var lines []Term
		for i := range m.t.steps {
			s := &m.t.steps[i]
			express := func(names []string) string {
				a, name := names[s.in[0]], s.call.Op.Name
				switch {
				case symbols[name] != "":
					return bracketed(a) + symbols[name] + bracketed(names[s.in[1]])
				case name == "sum":
					return "Σ " + a
				}
				for _, v := range s.in[1:] {
					a += ", " + names[v]
				}
				return name + "(" + a + ")"
			}
			at := elementOf(s.call.Out.Shape, t.c.Out.Shape, o)
			whole[s.out] = express(whole)
			text := whole[s.out]
			if len(s.call.Out.Data) >= len(s.call.In[0].Data) {
				text = express(texts)
			}
			if at < 0 {
				texts[s.out] = whole[s.out]
				continue
			}
			value := s.call.Out.Data[at]
			if s.out == m.last {
				t.formula = text
			} else {
				texts[s.out] = fmt.Sprintf("t%d", len(lines)+1)
				text = texts[s.out] + " = " + text
			}
			lines = append(lines, Term{Text: text, Numbers: digits(value), Value: value})
		}
		for i := range lines {
			t.add(len(lines), lines[i].Value, func() Term { return lines[i] })
		}
	}
}

// elementOf returns which element of an array of that shape belongs to element o
// of one of the shape out that it can be stretched to; −1 if it cannot.
func elementOf(shape, out []int, o int) int {
	if len(shape) > len(out) {
		return -1
	}
	lead := len(out) - len(shape)
	for i, n := range shape {
		if n != 1 && n != out[lead+i] {
			return -1
		}
	}
	at := 0
	for axis, step := range stretched(shape, out) {
		rest := Size(out[axis+1:])
		if rest > 0 && out[axis] > 0 {
			at += step * (o / rest % out[axis])
		}
	}
	return at
}

// tellGather gives the element that was moved.
func tellGather(each func(c *Call, shape []int, f func(o, k, i int))) func(t *teller, o int) {
	return func(t *teller, o int) {
		text, pairs := digits(t.c.Attr.Fill), []int(nil)
		each(t.c, t.c.Out.Shape, func(at, k, i int) {
			if at == o {
				text, pairs = t.of(k, i), []int{k, i}
			}
		})
		t.only(text, digits(t.c.Out.Data[o]), t.c.Out.Data[o], pairs...)
	}
}

// tellWrite gives the element of the base and what was written or added to it.
func tellWrite(add bool, each func(c *Call, f func(i, j int))) func(t *teller, o int) {
	return func(t *teller, o int) {
		var from []int
		each(t.c, func(i, j int) {
			if i == o {
				from = append(from, j)
			}
		})
		base := t.c.In[0].Data[o]
		if !add {
			if len(from) > 0 {
				j := from[len(from)-1]
				t.only(t.of(1, j), digits(t.c.In[1].Data[j]), t.c.In[1].Data[j], 1, j)
				return
			}
			t.only(t.of(0, o), digits(base), base, 0, o)
			return
		}
		s := base
		t.add(1+len(from), s, func() Term {
			return Term{Text: t.of(0, o), Numbers: digits(base), Value: base, Inputs: t.inputs(0, o)}
		})
		for _, j := range from {
			v := t.c.In[1].Data[j]
			s += v
			t.add(1+len(from), s, func() Term {
				return Term{Text: t.of(1, j), Numbers: digits(v), Value: v, Inputs: t.inputs(1, j)}
			})
		}
		t.formula = fmt.Sprintf("%s plus %d elements of %s", t.of(0, o), len(from), t.name(1))
	}
}

// tellWhere gives the element that was chosen.
func tellWhere(each func(c *Call, shape []int, f func(o, k, i int))) func(t *teller, o int) {
	return func(t *teller, o int) {
		each(t.c, t.c.Out.Shape, func(at, k, i int) {
			if at == o {
				t.only(t.of(k, i), digits(t.c.Out.Data[o]), t.c.Out.Data[o], k, i)
			}
		})
	}
}
