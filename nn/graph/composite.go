package graph

import (
	"strings"

	"glassbox/mat/npy"
)

// Operations made of others. Their value, bounds and adjoint are those of the
// steps that they are made of.

// A tape is the steps of a composite operation. Its values are numbered: the
// inputs, then what the steps make.
type tape struct {
	c     *Call
	val   []*Array
	err   []*Array
	steps []step
	fixed map[int]bool // values that count as constants
}

type step struct {
	call Call
	in   []int
	out  int
}

// composed is a call's tape, kept while its bound and adjoint are computed.
type composed struct {
	t    *tape
	last int
}

// compositeOp is the operation that build makes of steps.
func compositeOp(name string, least, most int, build func(t *tape) int) *Op {
	op := &Op{Name: name, min: least, max: most}
	run := func(c *Call) *composed {
		if c.memo == nil {
			t := &tape{c: c, val: append([]*Array(nil), c.In...), fixed: map[int]bool{}}
			t.err = make([]*Array, len(c.In))
			copy(t.err, c.Err)
			c.memo = &composed{t, build(t)}
		}
		return c.memo
	}
	op.terms = tellComposite(run)
	op.value = func(c *Call) *Array {
		d := *c
		d.memo = nil
		m := run(&d)
		if m.last < len(c.In) {
			return c.In[m.last].Clone()
		}
		return m.t.val[m.last]
	}
	op.bound = func(c *Call) *Array {
		m := run(c)
		m.t.bounds()
		return m.t.err[m.last].Clone()
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		m := run(c)
		m.t.reverse(m.last, g, nil, into)
	}
	op.adjointBound = func(c *Call, g, e *Array, into []*Array) {
		m := run(c)
		m.t.bounds()
		m.t.reverse(m.last, g, e, into)
	}
	op.ties = func(c *Call) []int {
		m := run(c)
		for i := range m.t.steps {
			if s := &m.t.steps[i]; len(s.call.Out.Data) == len(c.Out.Data) {
				if at := s.call.TiesAt(); at != nil {
					return at
				}
			}
		}
		return nil
	}
	return op
}

// do adds a step and returns the number of its value.
func (t *tape) do(name string, attr *Attr, in ...int) int {
	op := ops[name]
	if attr == nil {
		attr = &Attr{}
	}
	kind := t.c.Kind
	if !kind.Float() {
		kind = npy.Float64
	}
	s := step{call: Call{Op: op, Attr: attr, Kind: kind, Max: t.c.Max}, in: in, out: len(t.val)}
	for _, i := range in {
		s.call.In = append(s.call.In, t.val[i])
	}
	out, err := s.call.Value()
	if err != nil {
		panic(failure{err})
	}
	s.call.Out = out
	t.val, t.err, t.steps = append(t.val, out), append(t.err, nil), append(t.steps, s)
	return s.out
}

// number returns the number of a constant.
func (t *tape) number(v float64) int {
	t.val, t.err = append(t.val, Scalar(v)), append(t.err, nil)
	return len(t.val) - 1
}

// constant makes the derivative end at a value.
func (t *tape) constant(i int) int {
	t.fixed[i] = true
	return i
}

// bounds finds how far each value may be from the exact.
func (t *tape) bounds() {
	for k := range t.steps {
		s := &t.steps[k]
		if t.err[s.out] != nil {
			continue
		}
		s.call.Err = make([]*Array, len(s.in))
		for j, i := range s.in {
			if !t.fixed[i] { // what cancels may be anything
				s.call.Err[j] = t.err[i]
			}
		}
		e, err := s.call.Bound()
		if err != nil {
			panic(failure{err})
		}
		t.err[s.out] = e
	}
}

// reverse adds to into what the inputs receive of g, or, with e, how far that
// may be off.
func (t *tape) reverse(last int, g, e *Array, into []*Array) {
	needs := make([]bool, len(t.val)) // some wanted input is behind it
	uses := make([]int, len(t.val))
	for i, a := range into {
		needs[i] = a != nil
	}
	for k := range t.steps {
		s := &t.steps[k]
		for _, i := range s.in {
			uses[i]++
			needs[s.out] = needs[s.out] || needs[i] && !t.fixed[i]
		}
	}
	grad, off := make([]*Array, len(t.val)), make([]*Array, len(t.val))
	grad[last], off[last] = g, e
	for k := len(t.steps) - 1; k >= 0; k-- {
		s := &t.steps[k]
		if !needs[s.out] || grad[s.out] == nil {
			continue
		}
		s.call.Kink, s.call.Ties, s.call.Adds = t.c.Kink, t.c.Ties, t.c.Adds
		to, offTo := make([]*Array, len(s.in)), make([]*Array, len(s.in))
		for j, i := range s.in {
			if !needs[i] || t.fixed[i] {
				continue
			}
			s.call.Adds = max(s.call.Adds, uses[i])
			if grad[i] == nil {
				grad[i] = like(t.val[i].Shape)
				off[i] = like(t.val[i].Shape)
			}
			to[j], offTo[j] = grad[i], off[i]
		}
		err := s.call.Adjoint(grad[s.out], to)
		if err == nil && e != nil {
			err = s.call.AdjointBound(grad[s.out], off[s.out], offTo)
		}
		if err != nil {
			panic(failure{err})
		}
	}
	for i, a := range into {
		from := grad[i]
		if e != nil {
			from = off[i]
		}
		if i == last {
			from = g
			if e != nil {
				from = e
			}
		}
		if a == nil || from == nil {
			continue
		}
		for j, v := range from.Data {
			a.Data[j] += v
		}
	}
}

// along returns the attribute for a step over the axes of the call, that are
// kept with size 1.
func (t *tape) along() *Attr { return &Attr{Axis: t.c.Attr.Axis, Keepdims: true} }

// own returns the attribute for the last step over the axes of the call.
func (t *tape) own() *Attr { return &Attr{Axis: t.c.Attr.Axis, Keepdims: t.c.Attr.Keepdims} }

// size returns how many elements are reduced to one.
func (t *tape) size() float64 {
	_, _, n := reduction(t.c, t.c.In[0].Shape)
	return float64(n)
}

// shifted is x minus its maximum, and the maximum: the shift changes rounding
// and no derivative.
func (t *tape) shifted() (x, m int) {
	m = t.constant(t.do("max", t.along(), 0))
	for i, v := range t.val[m].Data { // as scipy's logsumexp takes an infinite one
		if v-v != 0 {
			t.val[m].Data[i] = 0
		}
	}
	return t.do("sub", nil, 0, m), m
}

func (t *tape) softmax() int {
	x, _ := t.shifted()
	e := t.do("exp", nil, x)
	return t.do("div", nil, e, t.do("sum", t.along(), e))
}

func (t *tape) logSoftmax() int {
	x, _ := t.shifted()
	s := t.do("sum", t.along(), t.do("exp", nil, x))
	return t.do("sub", nil, x, t.do("log", nil, s))
}

func (t *tape) logSumExp() int {
	m := t.constant(t.do("max", t.along(), 0))
	low := t.do("sub", nil, 0, m)
	s := t.do("log", nil, t.do("sum", t.own(), t.do("exp", nil, low)))
	m = t.constant(t.do("max", t.own(), 0))
	return t.do("add", nil, s, m)
}

func (t *tape) variance() int {
	d := t.do("sub", nil, 0, t.do("mean", t.along(), 0))
	s := t.do("sum", t.own(), t.do("square", nil, d))
	return t.do("div", nil, s, t.number(max(0, t.size()-t.c.Attr.DDof)))
}

// norm is np.linalg.norm: 2 and the Frobenius norm, 1 and ∞ of vectors.
func (t *tape) norm() int {
	matrix := len(t.c.Attr.Axis) == 2 || t.c.Attr.Axis == nil && len(t.c.In[0].Shape) == 2
	switch ord := t.c.Attr.Ord; {
	case ord == "" || ord == "fro" || ord == "2" && !matrix:
		return t.do("sqrt", nil, t.do("sum", t.own(), t.do("square", nil, 0)))
	case ord == "1" && !matrix:
		return t.do("sum", t.own(), t.do("abs", nil, 0))
	case ord == "inf" && !matrix:
		return t.do("max", t.own(), t.do("abs", nil, 0))
	default:
		fail("%w: the norm of order %s is not known", ErrOpaque, ord)
	}
	return 0
}

func (t *tape) clip() int {
	return t.do("minimum", nil, t.do("maximum", nil, 0, 1), 2)
}

func (t *tape) ptp() int {
	return t.do("sub", nil, t.do("max", t.own(), 0), t.do("min", t.own(), 0))
}

// chain is multi_dot: from the left.
func (t *tape) chain() int {
	last := 0
	for i := 1; i < len(t.c.In); i++ {
		last = t.do("dot", nil, last, i)
	}
	return last
}

// einsum is any number of operands, two at a time from the left. What no later
// operand and not the result has is summed as soon as it can be.
func (t *tape) einsum() int {
	n := len(t.c.In)
	shapes := make([][]int, n)
	for i, x := range t.c.In {
		shapes[i] = x.Shape
	}
	labels, out := einsumLabels(t.c.Attr.Eq, shapes)
	text := func(l []int) string {
		var b strings.Builder
		for _, n := range l {
			b.WriteRune(rune('A' + n)) // any letter does
		}
		return b.String()
	}
	if n == 1 {
		one := t.number(1)
		return t.do("einsum2", &Attr{Eq: text(labels[0]) + ",->" + text(out)}, 0, one)
	}
	last, have := 0, labels[0]
	for i := 1; i < n; i++ {
		next := out
		if i < n-1 {
			next = nil
			later := make(map[int]bool)
			for _, l := range append([][]int{out}, labels[i+1:]...) {
				for _, x := range l {
					later[x] = true
				}
			}
			for _, l := range append(append([]int(nil), have...), labels[i]...) {
				if later[l] {
					next, later[l] = append(next, l), false
				}
			}
		}
		last = t.do("einsum2", &Attr{Eq: text(have) + "," + text(labels[i]) + "->" + text(next)}, last, i)
		have = next
	}
	return last
}

// trace is the sum of a matrix's diagonal.
func (t *tape) trace() int {
	shape := t.c.In[0].Shape
	if len(shape) != 2 {
		fail("%w: the trace of %d axes is not known", ErrOpaque, len(shape))
	}
	var idx []int32
	for i := range shape[0] {
		if j := i + t.c.Attr.Offset; j >= 0 && j < shape[1] {
			idx = append(idx, int32(i*shape[1]+j+1))
		}
	}
	return t.do("sum", nil, t.do("gather", &Attr{Index: NewIndex(idx, len(idx))}, 0))
}

// median is the mean of the middle one or two of each sorted line.
func (t *tape) median() int {
	x := t.c.In[0]
	axes := t.c.axes(len(x.Shape))
	if len(axes) != 1 && len(axes) != len(x.Shape) {
		fail("%w: the median over %d of %d axes is not known", ErrOpaque, len(axes), len(x.Shape))
	}
	shape, axis := x.Shape, 0
	in := 0
	if len(axes) == 1 {
		axis = axes[0]
	} else {
		shape = []int{len(x.Data)}
		idx := make([]int32, len(x.Data))
		for i := range idx {
			idx[i] = int32(i + 1)
		}
		in = t.do("gather", &Attr{Index: NewIndex(idx, len(idx))}, 0)
	}
	sorted := t.do("sort", &Attr{Axis: []int{axis}}, in)
	n := shape[axis]
	if n == 0 {
		fail("has no elements")
	}
	pick := func(k int) int {
		var idx []int32
		eachLine(shape, axis, func(at, n, step int) { idx = append(idx, int32(at+k*step+1)) })
		left, _, _ := reduction(t.c, x.Shape)
		return t.do("gather", &Attr{Index: NewIndex(idx, left...)}, sorted)
	}
	if n%2 == 1 {
		return pick(n / 2)
	}
	return t.do("mul", nil, t.do("add", nil, pick(n/2-1), pick(n/2)), t.number(0.5))
}
