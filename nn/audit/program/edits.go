package program

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// An edit is one change of an expression of the program that gives exactly the
// right value.
type edit struct {
	term  bool    // to is a term that is left out
	class float64 // how far fetched: 0 one operation, 1 a variable, 3 something left out
	node  int     // where
	text  message.Text
	from  int // the value read, where another is meant; -1
	to    int // the value meant, or that is missing; -1
	slot  int // of node; -1 where from is replaced wherever the expression reads it
	alias bool
}

// An expression is what one value of the backward pass is made of, back to
// derivatives that are right and to values of the forward pass.
type expression struct {
	*step
	top   int
	want  *array
	about int // the forward value that want is the derivative by
	c     float64
	m     *matches
	nodes []int // ascending
	in    map[int]bool
	tol   float64
	limit int // of s.work
}

// express takes the expression of node, which should be want: c times the
// derivative by the forward value about. Wide goes on through forward values
// and derivatives that the same statement makes, and derivatives with another
// factor.
func (s *step) express(node int, want *array, about int, c float64, m *matches, wide bool, budget int) *expression {
	e := &expression{step: s, top: node, want: want, about: about, c: c, m: m, in: map[int]bool{}, tol: 1e-7, limit: s.work + budget}
	if s.prec == single {
		e.tol = 1e-3
	}
	todo := []int{node}
	e.in[node] = true
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		e.nodes = append(e.nodes, x)
		for _, q := range s.in[x] {
			if e.in[q] || len(e.in) >= 40 || made(s.op[q]) || s.isCur[q] || s.value(q) == nil || !s.canReplay(q) {
				continue
			}
			same := s.sameStatement(q, node) && s.call[q] == s.call[node]
			switch {
			case s.isBack[q] && (len(m.of(q)) == 0 || alike(m.c(q), -c, 1e-6)):
			case s.isBack[q] && wide && (same || !alike(m.c(q), c, 1e-6)):
			case !s.isBack[q] && wide && s.sameStatement(q, node) && node-q < 30 && s.update[q]:
			default:
				continue
			}
			e.in[q] = true
			todo = append(todo, q)
		}
	}
	slices.Sort(e.nodes)
	return e
}

// change is what an edit does to the expression.
type change struct {
	node int                   // whose operation is fn, at all executions of its line; -1
	fn   func([]*array) *array // what it computes instead
	slot int                   // or the operand of node alone that is value; -1
	from int                   // or the value that is replaced wherever it is read; -1
	with *array
}

// run computes the top of the expression with a change, nil where it does not
// compute.
func (e *expression) run(ch change) *array {
	changed := map[int]*array{}
	for _, n := range e.nodes {
		hit := n == ch.node || ch.node >= 0 && ch.fn != nil && e.site[n] == e.site[ch.node] && e.op[n] == e.op[ch.node] && len(e.step.in[n]) == len(e.step.in[ch.node])
		touched := hit
		for _, q := range e.step.in[n] {
			touched = touched || changed[q] != nil || q == ch.from
		}
		if !touched {
			continue
		}
		ins := make([]*array, len(e.step.in[n]))
		for j, q := range e.step.in[n] {
			switch {
			case changed[q] != nil:
				ins[j] = changed[q]
			case q == ch.from:
				ins[j] = ch.with
			default:
				ins[j] = e.value(q)
			}
			if ins[j] == nil {
				return nil
			}
			e.work += len(ins[j].Data)
		}
		var r *array
		switch {
		case hit && ch.fn != nil:
			r = ch.fn(ins)
		case hit:
			ins[ch.slot] = ch.with
			fallthrough
		default:
			r, _ = e.evaluate(n, ins)
		}
		if r == nil {
			return nil
		}
		e.work += len(r.Data) + 300
		changed[n] = r
	}
	r := changed[e.top]
	if r == nil || slices.Equal(r.Shape, e.want.Shape) {
		return r
	}
	if len(r.Data) == len(e.want.Data) {
		return graph.Of(r.Data, e.want.Shape...)
	}
	return e.stretch(r, e.want.Shape)
}

// good reports that a change gives the right value.
func (e *expression) good(ch change) bool {
	r := e.run(ch)
	return r != nil && near(r, e.want, e.tol)
}

// stretch broadcasts, nil where it does not fit.
func (v *view) stretch(a *array, shape []int) *array {
	z := graph.NewArray(shape...)
	r := v.apply("add", nil, a, z)
	if r == nil || !slices.Equal(r.Shape, shape) {
		return nil
	}
	return r
}

// search looks for the one change that makes the expression right, the simplest
// first.
func (e *expression) search() *edit {
	if out := e.operations(); len(out) > 0 {
		return e.pick(out)
	}
	pool := e.pool()
	if out := e.variables(pool); len(out) > 0 {
		return e.pick(out)
	}
	return e.pick(e.missing(pool))
}

func (e *expression) spent() bool { return e.work > e.limit }

// An alternative is another operation for a node.
type alternative struct {
	text message.Text
	fn   func([]*array) *array
	flip int // one more than the operand whose sign it changes
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
	done := map[int]bool{}
	for i := len(e.nodes) - 1; i >= 0 && !e.spent(); i-- {
		n := e.nodes[i]
		if done[e.site[n]] {
			continue
		}
		done[e.site[n]] = true
		for _, a := range e.alternatives(n) {
			if e.good(change{node: n, fn: a.fn, slot: -1, from: -1}) {
				if a.flip > 0 && e.turned(e.step.in[n][a.flip-1]) {
					continue // the operand itself is the other way round
				}
				x := edit{class: 0, node: n, text: a.text, from: -1, to: -1, slot: -1}
				if a.text.Format == signText {
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

const signText = "its sign should be the other"

func (e *expression) alternatives(n int) []alternative {
	ins, at := e.step.in[n], e.attr(n)
	var out []alternative
	add := func(fn func([]*array) *array, format string, args ...any) {
		out = append(out, alternative{text: message.New(format, args...), fn: fn})
	}
	flips := func(operand int) { out[len(out)-1].flip = operand + 1 }
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
				add(func(v []*array) *array { return e.stretch(v[1-j], shape) }, "`%s` is too many", e.operand(n, j))
			}
		}
		switch o {
		case "add":
			add(func(v []*array) *array { return op("sub")(v...) }, "`+` should be `-`")
			flips(1)
			add(func(v []*array) *array { return op("sub")(v[1], v[0]) }, "the sign of `%s` should be the other", e.operand(n, 0))
			flips(0)
		case "sub":
			add(func(v []*array) *array { return op("add")(v...) }, "`-` should be `+`")
			flips(1)
			add(func(v []*array) *array { return op("sub")(v[1], v[0]) }, "the two sides of `-` are exchanged")
		case "mul":
			add(func(v []*array) *array { return op("div")(v...) }, "`*` should be `/`")
			add(func(v []*array) *array { return op("div")(v[1], v[0]) }, "`%s` should be under the fraction line", e.operand(n, 0))
			for j := range 2 {
				add(func(v []*array) *array { return op("mul")(v[1-j], op("sub")(graph.Scalar(1), v[j])) }, "`1 - %s` is meant, not `%s`", e.operand(n, j), e.operand(n, j))
				add(func(v []*array) *array { return op("mul")(v[1-j], op("mul")(v[j], v[j])) }, "`%s` should be squared", e.operand(n, j))
				add(func(v []*array) *array {
					return op("mul")(v[1-j], op("sub")(graph.Scalar(1), op("mul")(v[j], v[j])))
				}, "`1 - %s**2` is meant, not `%s`", e.operand(n, j), e.operand(n, j))
				add(func(v []*array) *array {
					return op("mul")(v[1-j], op("mul")(v[j], op("sub")(graph.Scalar(1), v[j])))
				}, "`%s * (1 - %s)` is meant, not `%s`", e.operand(n, j), e.operand(n, j), e.operand(n, j))
			}
		case "div":
			add(func(v []*array) *array { return op("mul")(v...) }, "`/` should be `*`")
			add(func(v []*array) *array { return op("div")(v[1], v[0]) }, "the two sides of `/` are exchanged")
			add(func(v []*array) *array { return op("div")(v[0], op("sqrt")(v[1])) }, "the root of `%s` is meant", e.operand(n, 1))
			add(func(v []*array) *array { return op("div")(v[0], op("mul")(v[1], v[1])) }, "`%s` should be squared", e.operand(n, 1))
		}
		for j := range 2 {
			if e.size[ins[j]] == 1 {
				for _, k := range []float64{0, 1, -1, 2, 0.5} {
					if e.scalar(ins[j]) != k {
						add(func(v []*array) *array {
							w := slices.Clone(v)
							w[j] = graph.Scalar(k)
							return same(w)
						}, "`%s` should be %g", e.operand(n, j), k)
					}
				}
			}
		}
		add(func(v []*array) *array { return neg(same(v)) }, signText)
	case "neg":
		add(func(v []*array) *array { return v[0] }, signText)
	case "sum", "mean", "max", "min":
		if len(ins) == 0 {
			return nil
		}
		axes := axisSets(len(e.shapes[ins[0]]))
		for _, name := range []string{"sum", "mean"} {
			for _, ax := range axes {
				for _, keep := range []bool{false, true} {
					add(func(v []*array) *array { return e.apply(name, axisAttr(ax, keep), v[0]) }, "%s%s is meant", name, axisText(ax, keep))
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
		add(func(v []*array) *array { return mm(v[0], t(v[1])) }, "`%s` should be transposed", e.operand(n, 1))
		add(func(v []*array) *array { return mm(t(v[0]), v[1]) }, "`%s` should be transposed", e.operand(n, 0))
		add(func(v []*array) *array { return mm(v[1], v[0]) }, "the two sides of the product are exchanged")
		add(func(v []*array) *array { return mm(t(v[1]), v[0]) }, "the two sides of the product are exchanged, and `%s` should be transposed", e.operand(n, 1))
		add(func(v []*array) *array { return mm(v[1], t(v[0])) }, "the two sides of the product are exchanged, and `%s` should be transposed", e.operand(n, 0))
		add(func(v []*array) *array {
			if r := mm(v[0], v[1]); r != nil {
				return t(r)
			}
			return nil
		}, "the product should be transposed")
	case "outer":
		add(func(v []*array) *array { return op("outer")(v[1], v[0]) }, "the two operands are exchanged")
	case "gather":
		// A transposition that is too many.
		if len(ins) == 1 && len(shape) == 2 && len(e.shapes[ins[0]]) == 2 && shape[0] == e.shapes[ins[0]][1] && shape[1] == e.shapes[ins[0]][0] {
			add(func(v []*array) *array { return v[0] }, "the transposition is too many")
		}
	case "setitem":
		if len(ins) < 2 {
			return nil
		}
		add(func(v []*array) *array { return e.apply("add_at", at, v...) }, "the value should be added (`+=`), not written (`=`)")
		add(func(v []*array) *array { return e.apply("setitem", at, v[0], neg(v[1])) }, signText)
		add(func(v []*array) *array { return v[0] }, "the line is too many")
		if e.size[ins[1]] == 1 {
			idx := e.index(n)
			add(func(v []*array) *array {
				r := graph.Filled(v[1].Data[0], v[0].Shape...)
				for _, k := range idx {
					r.Data[k-1] = v[0].Data[k-1]
				}
				return r
			}, "the mask is the other way round")
		}
	case "add_at":
		add(func(v []*array) *array { return e.apply("setitem", at, v...) }, "the value should be written (`=`), not added")
	case "cmp":
		for _, c := range []string{"Lt", "LtE", "Gt", "GtE", "Eq", "NotEq"} {
			if c != at.Cmp {
				add(func(v []*array) *array { return e.apply("cmp", &graph.Attr{Cmp: c}, v...) }, "the comparison should be `%s`", comparison(c))
			}
		}
	case "where":
		if len(ins) != 3 {
			return nil
		}
		wh := op("where")
		add(func(v []*array) *array { return wh(v[0], v[2], v[1]) }, "the two choices are exchanged")
		for j := 1; j <= 2; j++ {
			for _, k := range []float64{0, 1} {
				add(func(v []*array) *array {
					w := slices.Clone(v)
					w[j] = graph.Scalar(k)
					return wh(w...)
				}, "`%s` should be %g", e.operand(n, j), k)
			}
			add(func(v []*array) *array {
				w := slices.Clone(v)
				w[j] = op("add")(v[j], graph.Scalar(1))
				return wh(w...)
			}, "`%s` lacks 1", e.operand(n, j))
		}
	case "exp", "log", "sqrt", "square", "tanh", "expit", "abs", "sign":
		add(func(v []*array) *array { return v[0] }, "`%s` is too many", o)
		add(func(v []*array) *array { return op("div")(graph.Scalar(1), same(v)) }, "one over it is meant")
		add(func(v []*array) *array { return same([]*array{neg(v[0])}) }, "of the negative value")
		add(func(v []*array) *array { r := same(v); return op("mul")(r, r) }, "its square is meant")
	case "pow":
		if len(ins) == 2 && e.size[ins[1]] == 1 {
			for _, k := range []float64{1, 2, 3, 4, 0.5, 1.5, -1, -2, -3, -4, -0.5, -1.5, -2.5} {
				if e.scalar(ins[1]) != k {
					add(func(v []*array) *array { return op("pow")(v[0], graph.Scalar(k)) }, "the exponent should be %g", k)
				}
			}
		}
	}
	return out
}

func comparison(c string) string {
	return map[string]string{"Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Eq": "==", "NotEq": "!="}[c]
}

// axisSets are all choices of one or two axes of n, and all of them.
func axisSets(n int) [][]int {
	out := [][]int{nil}
	for i := range n {
		out = append(out, []int{i})
		for j := i + 1; j < n; j++ {
			out = append(out, []int{i, j})
		}
	}
	return out
}

// pool lists the values that an operand may be meant to be: what the loss is
// made of, the latest first, then other values of the forward pass, parameters,
// data and labels. Of equal values the first counts.
func (e *expression) pool() []int {
	want := map[int]bool{}
	for q := range e.top {
		if e.forward[q] || e.isCur[q] {
			want[q] = true
			for _, u := range e.step.in[q] {
				want[u] = true
			}
		}
	}
	list := keys(want)
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Or(b2i(e.lossOf[b])-b2i(e.lossOf[a]), b-a) })
	seen := map[uint64]bool{}
	var out []int
	for _, q := range list {
		if e.size[q] < 2 || len(out) >= 1500 {
			continue
		}
		v := e.value(q)
		if v == nil {
			continue
		}
		if h := fingerprint(v); !seen[h] {
			seen[h] = true
			out = append(out, q)
		}
	}
	return out
}

func fingerprint(a *array) uint64 {
	h := fnv.New64a()
	b := make([]byte, 0, 8*len(a.Data)+8*len(a.Shape))
	put := func(u uint64) {
		for range 8 {
			b = append(b, byte(u))
			u >>= 8
		}
	}
	for _, d := range a.Shape {
		put(uint64(d))
	}
	for _, x := range a.Data {
		put(math.Float64bits(x))
	}
	h.Write(b)
	return h.Sum64()
}

// reads lists where the expression reads values of more than one element.
func (e *expression) reads() ([]int, map[int][]usage) {
	by := map[int][]usage{}
	for _, n := range e.nodes {
		for j, q := range e.step.in[n] {
			if e.size[q] > 1 && e.value(q) != nil {
				by[q] = append(by[q], usage{n, j})
			}
		}
	}
	return keys(by), by
}

// variables tries another value of the step in the place of each that the
// expression reads: everywhere, or at one place. Other versions of the same
// array come first.
func (e *expression) variables(pool []int) []edit {
	var out []edit
	order, reads := e.reads()
	for _, q := range order {
		if e.spent() {
			break
		}
		uses := reads[q]
		try := func(w int, v *array) {
			if v == nil || e.spent() {
				return
			}
			if !e.in[q] && len(uses) > 1 && e.good(change{node: -1, slot: -1, from: q, with: v}) {
				out = append(out, edit{class: 1, node: uses[0].user, text: e.meant(w, uses[0].user, uses[0].slot), from: q, to: w, slot: -1})
			}
			for _, u := range uses {
				if e.good(change{node: u.user, slot: u.slot, from: -1, with: v}) {
					class := 2.0
					if e.in[q] {
						class = 2.5
					}
					out = append(out, edit{class: class, node: u.user, text: e.meant(w, u.user, u.slot), from: q, to: w, slot: u.slot})
				}
			}
		}
		for _, w := range e.versions(q) {
			try(w, e.val(w))
		}
		shape := e.shapes[q]
		for _, w := range pool {
			switch {
			case w == q:
			case slices.Equal(e.shapes[w], shape):
				try(w, e.value(w))
			case len(shape) == 2 && len(e.shapes[w]) == 2 && e.shapes[w][0] == shape[1] && e.shapes[w][1] == shape[0]:
				try(w, e.value(w).Transposed())
			}
		}
	}
	// An operand of another size, where the operation takes one.
	for _, n := range e.nodes {
		switch e.op[n] {
		case "outer", "dot", "matmul", "mul", "gather":
		default:
			continue
		}
		for j, q := range e.step.in[n] {
			if e.size[q] < 2 {
				continue
			}
			for _, w := range pool {
				if !e.spent() && !slices.Equal(e.shapes[w], e.shapes[q]) && len(e.shapes[w]) == len(e.shapes[q]) && e.good(change{node: n, slot: j, from: -1, with: e.value(w)}) {
					out = append(out, edit{class: 2, node: n, text: e.meant(w, n, j), from: q, to: w, slot: j})
				}
			}
		}
	}
	return out
}

// versions are the other contents, before node q, of the array that q is a
// content of.
func (e *expression) versions(q int) []int {
	if e.obj[q] < 0 {
		return nil
	}
	var out []int
	for _, w := range e.versionsOf[e.obj[q]] {
		if w < q && slices.Equal(e.shapes[w], e.shapes[q]) {
			out = append(out, w)
		}
	}
	return out[max(0, len(out)-60):]
}

// missing tries a factor, a divisor or a term that is left out.
func (e *expression) missing(pool []int) []edit {
	var out []edit
	top := e.value(e.top)
	if c := factor(top, e.want, e.tol); c != 0 {
		for i := len(e.nodes) - 1; i >= 0; i-- {
			n := e.nodes[i]
			for j, q := range e.step.in[n] {
				if e.size[q] != 1 || e.in[q] || e.op[n] != "mul" && e.op[n] != "div" {
					continue
				}
				for _, k := range []float64{c, 1 / c} {
					if e.good(change{node: n, slot: j, from: -1, with: e.value(q).Scaled(k)}) {
						out = append(out, edit{class: 3.5, node: n, text: message.New("%s times what it should be: `%s`", number(c), e.operand(n, j)), from: -1, to: -1, slot: j})
					}
				}
			}
		}
		return append(out, edit{class: 4, node: e.top, text: message.New("%s times what it should be", number(c)), from: -1, to: -1, slot: -1})
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
	one := graph.Scalar(1)
	derivative := func(x *array) []*array {
		return []*array{bin("mul", x, bin("sub", one, x)), bin("sub", one, bin("mul", x, x)), e.apply("cmp", &graph.Attr{Cmp: "Gt"}, x, graph.Scalar(0))}
	}
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
		put := func(x *array) bool {
			if x != nil && n == e.top {
				e.work += len(x.Data) + 300
				return len(x.Data) == len(e.want.Data) && near(x, e.want, e.tol)
			}
			return x != nil && e.good(change{node: n, fn: func([]*array) *array { return x }, slot: -1, from: -1})
		}
		for _, w := range pool {
			if e.spent() {
				break
			}
			x := e.value(w)
			if !fits(x, v) {
				continue
			}
			e.work += 1000
			say := func(class float64, format string, args ...any) {
				out = append(out, edit{class: class, node: n, text: message.New(format, args...), from: -1, to: w, slot: -1})
			}
			name, at := e.called(w, e.top), e.where(w)
			switch {
			case put(bin("mul", v, x)):
				say(class, "the factor `%s` (%s) is missing", name, at)
			case put(bin("div", v, x)):
				say(class, "the division by `%s` (%s) is missing", name, at)
			case put(bin("add", v, x)):
				say(class, "the term `%s` (%s) is missing", name, at)
				out[len(out)-1].term = n == e.top
			case put(bin("sub", v, x)):
				say(class, "the term `-%s` (%s) is missing", name, at)
				out[len(out)-1].term = n == e.top
			case n == e.top:
				for _, d := range derivative(x) {
					if d != nil && put(bin("mul", v, d)) {
						say(3.6, "the derivative of the function that made `%s` (%s) is missing", name, at)
						break
					}
				}
			}
		}
		if e.op[n] == "add" || e.op[n] == "sub" {
			for _, k := range []float64{1, -1} {
				if put(bin("add", v, graph.Scalar(k))) {
					out = append(out, edit{class: 4, node: n, text: message.New("the term %g is missing", k), from: -1, to: -1, slot: -1})
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
					t := message.New("`%s` lacks the factor `%s` (%s)", e.operand(uses[0].user, uses[0].slot), e.called(w, e.top), e.where(w))
					if name == "div" {
						t = message.New("`%s` is not divided by `%s` (%s)", e.operand(uses[0].user, uses[0].slot), e.called(w, e.top), e.where(w))
					}
					out = append(out, edit{class: 3.1, node: uses[0].user, text: t, from: q, to: -1, slot: -1, alias: true})
				}
			}
		}
	}
	// A term with any constant.
	if len(top.Data) == len(e.want.Data) {
		d := plus(e.want, -1, top)
		if dm, wm := d.MaxAbs(), e.want.MaxAbs(); dm > 0 {
			for _, w := range pool {
				if x := layout(e.value(w), d.Shape); x != nil {
					if c := factor(d, x, min(1e-3, e.tol*wm/dm)); c != 0 {
						out = append(out, edit{class: 3.2, node: e.top, text: message.New("%s times `%s` (%s) is missing", number(c), e.called(w, e.top), e.where(w)), from: -1, to: w, slot: -1})
					}
				}
			}
			// Earlier executions of the same line, which = loses and += keeps.
			sum := graph.NewArray(d.Shape...)
			for i := len(e.back) - 1; i >= 0; i-- {
				if q := e.back[i]; q < e.top && e.site[q] == e.site[e.top] && slices.Equal(e.shapes[q], e.shapes[e.top]) {
					sum = plus(sum, 1, e.value(q))
					if plus(sum, -1, d).MaxAbs() <= e.tol*wm {
						out = append(out, edit{class: 3, node: e.top, text: message.New("`+=` is meant, not `=`: what came before is lost"), from: -1, to: -1, slot: -1})
						break
					}
				}
			}
		}
	}
	return out
}

// pick takes another version of the same array first, then the simplest, then
// the one that takes the forward value meant, then the latest.
func (e *expression) pick(out []edit) *edit {
	if len(out) == 0 {
		return nil
	}
	for i, x := range out {
		if x.from >= 0 && x.to >= 0 && x.from != x.to && e.obj[x.from] >= 0 && e.obj[x.from] == e.obj[x.to] {
			return &out[i]
		}
	}
	slices.SortStableFunc(out, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.class, b.class), b2i(a.to != e.about && a.to >= 0)-b2i(b.to != e.about && b.to >= 0), b.node-a.node)
	})
	return &out[0]
}
