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
	kind  kind
	term  bool    // to is a term that is left out
	minus bool    // with its sign turned
	dated bool    // the text names what is meant by when it was made alone
	class float64 // how far fetched: 0 one operation, 1 a variable, 3 something left out
	node  int     // where
	text  message.Text
	body  message.Text // the text for the function's body, where an argument of the call may be meant
	from  int          // the value read, where another is meant; -1
	to    int          // the value meant, or that is missing; -1
	slot  int          // of node; -1 where from is replaced wherever the expression reads it
	flips int          // the value whose sign it turns or that is another multiple of what it should be; 0 for none
	alias bool

	given, meant string // the parameter of the function that is another value than meant
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
	// scaled marks a whole that is another multiple of what it should be: any of its
	// numbers could be another, then.
	scaled bool

	probes map[spot]*probe
}

// express takes the expression of node, which should be want: c times the
// derivative by the forward value about. Wide goes on through forward values
// and derivatives that the same statement makes, what the function makes of data
// alone, and derivatives with another factor.
func (s *step) express(node int, want *array, about int, c float64, m *matches, wide bool, budget int) *expression {
	e := &expression{step: s, top: node, want: want, about: about, c: c, m: m, in: map[int]bool{}, tol: 1e-7, limit: s.work + budget}
	if s.prec == single {
		e.tol = 1e-3
	}
	e.scaled = factor(s.value(node), want, e.tol) != 0
	e.nodes = s.grown(e.in, []int{node}, func(q int) bool {
		if len(e.in) >= 40 || made(s.op[q]) || s.isCur[q] || s.value(q) == nil || !s.canReplay(q) {
			return false
		}
		same := s.sameStatement(q, node)
		if !s.isBack[q] {
			return wide && (same || !s.forward[q] && s.frame(q) == s.frame(node)) && node-q < 30 && s.update[q]
		}
		return len(m.of(q)) == 0 || alike(m.c(q), -c, 1e-6) || wide && (same && s.call[q] == s.call[node] || !alike(m.c(q), c, 1e-6))
	})
	return e
}

// change is what an edit does to the expression.
type change struct {
	node int                               // whose operation is fn, at all executions of its line; -1
	fn   func([]*array) *array             // what it computes instead
	each func(n int) func([]*array) *array // or what each of them does
	slot int                               // or the operand of node alone that is value; -1
	from int                               // or the value that is replaced wherever it is read; -1
	with *array
}

// run computes the top of the expression with a change, nil where it does not
// compute.
func (e *expression) run(ch change) *array {
	put := map[int]*array{}
	if ch.from >= 0 {
		put[ch.from] = ch.with
	}
	changed, work := e.rerun(e.nodes, put, nil, e.value, func(n int) func([]*array) *array {
		switch {
		case ch.fn != nil && e.likeExecution(n, ch.node):
			return ch.fn
		case ch.each != nil && e.likeExecution(n, ch.node):
			return ch.each(n)
		case ch.fn == nil && ch.each == nil && n == ch.node:
			return func(ins []*array) *array {
				ins[ch.slot] = ch.with
				r, _ := e.evaluate(n, ins)
				return r
			}
		}
		return nil
	})
	e.work += work
	if changed == nil {
		return nil
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
	if e.cannot(ch) {
		return false
	}
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
// first, and such as makes nothing else wrong.
func (e *expression) search() *edit {
	var pool []int
	var breaking []edit
	for _, find := range []func() []edit{
		e.operations,
		func() []edit { pool = e.pool(); return e.variables(pool) },
		e.indices,
		e.formsMeant,
		func() []edit { return e.missing(pool) },
	} {
		out := find()
		if alone := slices.DeleteFunc(slices.Clone(out), func(x edit) bool { return e.breaks(x.node) }); len(alone) > 0 {
			return e.pick(alone)
		}
		if breaking == nil {
			breaking = out
		}
	}
	return e.pick(breaking)
}

func (e *expression) spent() bool { return e.work > e.limit }

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
	// What is added up is in its first round what is added, and more in the others.
	summed := func(q int) int { return b2i(e.op[q] == "add" && e.inplace[q]) }
	slices.SortStableFunc(list, func(a, b int) int {
		return cmp.Or(b2i(e.lossOf[b])-b2i(e.lossOf[a]), summed(a)-summed(b), b-a)
	})
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
			if e.size[q] > 1 && e.value(q) != nil && !(e.alias[n] && (e.returned(n) || e.g.Site(n) != nil && e.g.Site(n).Target == "")) {
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
		try := func(w int, v *array, turned bool) {
			if v == nil || e.spent() {
				return
			}
			if e.obj[w] >= 0 && e.obj[w] == e.obj[q] { // a statement may well write over what it reads itself
				first := e.firstWrite(q, w)
				if first >= 0 && slices.ContainsFunc(uses, func(u usage) bool { return e.sameStatement(first, u.user) }) {
					return
				}
			}
			if !e.in[q] && len(uses) > 1 && e.good(change{node: -1, slot: -1, from: q, with: v}) {
				x := e.otherValue(1, uses[0].user, uses[0].slot, w, turned)
				x.slot = -1
				out = append(out, x)
			}
			for _, u := range uses {
				if e.good(change{node: u.user, slot: u.slot, from: -1, with: v}) && (w < u.user || !e.before([]int{w}, nil)[u.user]) { // not what is made of it
					class := 2.0
					if e.in[q] {
						class = 2.5
					}
					out = append(out, e.otherValue(class, u.user, u.slot, w, turned))
				}
			}
		}
		for _, w := range e.versions(q) {
			try(w, e.val(w), false)
		}
		shape := e.shapes[q]
		for _, w := range pool {
			switch {
			case w == q:
			case slices.Equal(e.shapes[w], shape):
				try(w, e.value(w), false)
			case len(shape) == 2 && len(e.shapes[w]) == 2 && e.shapes[w][0] == shape[1] && e.shapes[w][1] == shape[0]:
				try(w, e.value(w).Transposed(), true)
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
					out = append(out, e.otherValue(2, n, j, w, false))
				}
			}
		}
	}
	return out
}

// otherValue is the edit that puts value w, turned or not, in the place of operand
// j of node n.
func (e *expression) otherValue(class float64, n, j, w int, turned bool) edit {
	text, dated := e.meant(w, turned, n, j)
	return edit{class: class, dated: dated, node: n, text: text, from: e.step.in[n][j], to: w, slot: j}
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

// breaks reports that a right gradient is made of value n by a way past the
// expression: a change of n would make it wrong.
func (e *expression) breaks(n int) bool {
	var past []int
	for _, c := range e.cons[n] {
		if n != e.top && !e.in[c] && e.update[c] {
			past = append(past, c)
		}
	}
	if past == nil {
		return false
	}
	made := e.after(past, nil)
	return slices.ContainsFunc(e.live, func(p int) bool {
		l := e.rightOf(p, nil)
		return len(l) > 0 && !e.trivial[p] && made[l[0].node]
	})
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
	named := func(q int) bool {
		return q < 0 || e.isCur[q] || slices.ContainsFunc(e.kept, func(k keptAt) bool { return k.node == q }) || e.g.Site(q) != nil && e.g.Site(q).Target != ""
	}
	// Of a function called twice over the outer call is too many.
	deeper := func(a, b edit) int {
		if a.text.String() != b.text.String() {
			return 0
		}
		return len(e.callsTo(a.node)) - len(e.callsTo(b.node))
	}
	slices.SortStableFunc(out, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.class, b.class), b2i(a.to != e.about && a.to >= 0)-b2i(b.to != e.about && b.to >= 0), b2i(named(b.to))-b2i(named(a.to)), b2i(e.inForward(b.node))-b2i(e.inForward(a.node)), deeper(a, b), b.node-a.node)
	})
	return &out[0]
}
