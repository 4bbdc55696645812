package graph

import (
	"math"
	"slices"
	"strings"

	"glassbox/mat"
)

// All products are one: sums of a[…]·b[…] over indices, as einsum writes them.
// Which indices each operand and the result have is all that differs.

// A contraction says what a product of two operands sums. Indices are numbered;
// shapes are those in which operands and result are read, of as many elements as
// they have.
type contraction struct {
	shape  [3][]int // of a, b and the result
	labels [3][]int // the index of each of their axes
	out    []int    // the shape of the result
	size   []int    // of each index
	views  [3]view  // without data
}

// of completes k with the sizes of the operands' indices.
func (k contraction) of() contraction {
	for n, labels := range k.labels[:2] {
		for axis, l := range labels {
			for len(k.size) <= l {
				k.size = append(k.size, 1)
			}
			size := k.shape[n][axis]
			if size != 1 && k.size[l] != 1 && k.size[l] != size {
				fail("the shapes %s and %s do not fit", ShapeText(k.shape[0]), ShapeText(k.shape[1]))
			}
			if size != 1 {
				k.size[l] = size
			}
		}
	}
	return k
}

// work returns how many multiplications k is.
func (k *contraction) work() float64 {
	n := 1.0
	for _, size := range k.size {
		n *= float64(size)
	}
	return n
}

// A view is an array read by indices: how far the neighbours along each are
// apart, and which indices it has at all.
type view struct {
	data []float64
	step []int
	has  []bool
}

func (k *contraction) view(n int, data []float64) view {
	v := k.views[n]
	v.data = data
	return v
}

// prepare finds the views.
func (k *contraction) prepare() {
	for n, shape := range k.shape {
		v := view{step: make([]int, len(k.size)), has: make([]bool, len(k.size))}
		s := 1
		for axis := len(shape) - 1; axis >= 0; axis-- {
			if l := k.labels[n][axis]; shape[axis] != 1 || k.size[l] == 0 {
				v.step[l] += s // an index that comes twice runs along the diagonal
				v.has[l] = true
			}
			s *= shape[axis]
		}
		k.views[n] = v
	}
}

// count returns how many elements the indices have together.
func (k *contraction) count(labels []int) int {
	n := 1
	for _, l := range labels {
		n *= k.size[l]
	}
	return n
}

// shapeOf returns the sizes of the indices.
func (k *contraction) shapeOf(labels []int) []int {
	shape := make([]int, len(labels))
	for i, l := range labels {
		shape[i] = k.size[l]
	}
	return shape
}

// lies reports whether x's numbers stand in the order of these indices.
func (k *contraction) lies(x view, order ...[]int) bool {
	n := 1
	for g := len(order) - 1; g >= 0; g-- {
		for i := len(order[g]) - 1; i >= 0; i-- {
			l := order[g][i]
			if x.step[l] != n && k.size[l] != 1 {
				return false
			}
			n *= k.size[l]
		}
	}
	return n == len(x.data)
}

// packed returns x's numbers with the indices in that order, summed over the
// ones in sum; x's own where they stand so already.
func (k *contraction) packed(x view, sum []int, order ...[]int) []float64 {
	if len(sum) == 0 && k.lies(x, order...) {
		return x.data
	}
	kept := slices.Concat(order...)
	all := slices.Concat(kept, sum)
	to := append(strides(k.shapeOf(kept)), make([]int, len(sum))...)
	from := make([]int, len(all))
	for i, l := range all {
		from[i] = x.step[l]
	}
	p := make([]float64, k.count(kept))
	walk(k.shapeOf(all), [3][]int{to, from}, func(_, n int, at, step steps) {
		i, j := at[0], at[1]
		for range n {
			p[i] += x.data[j]
			i, j = i+step[0], j+step[1]
		}
	})
	return p
}

// add adds to z the sums of x·y over the indices that z does not have.
func (k *contraction) add(x, y, z view) {
	var room [7][8]int
	batch, rows, cols, inner, sumX, sumY, spread := room[0][:0], room[1][:0], room[2][:0], room[3][:0], room[4][:0], room[5][:0], room[6][:0]
	for l := range k.size {
		switch {
		case x.has[l] && y.has[l] && z.has[l]:
			batch = append(batch, l)
		case x.has[l] && y.has[l]:
			inner = append(inner, l)
		case x.has[l] && z.has[l]:
			rows = append(rows, l)
		case y.has[l] && z.has[l]:
			cols = append(cols, l)
		case x.has[l]:
			sumX = append(sumX, l)
		case y.has[l]:
			sumY = append(sumY, l)
		case z.has[l]:
			spread = append(spread, l)
		}
	}
	b, m, n, d := k.count(batch), k.count(rows), k.count(cols), k.count(inner)
	if b == 0 || m == 0 || n == 0 || d == 0 || k.count(sumX) == 0 || k.count(sumY) == 0 {
		return
	}
	direct := len(spread) == 0 && k.lies(z, batch, rows, cols)
	r := make([]float64, b*m*n)
	switch {
	case b == 1 && len(sumX) == 0 && k.lies(x, inner, rows):
		q := k.packed(y, sumY, inner, cols)
		mat.MulTA(mat.Of(m, n, r...), mat.Of(d, m, x.data...), mat.Of(d, n, q...))
	case b == 1 && len(sumY) == 0 && k.lies(y, cols, inner):
		p := k.packed(x, sumX, rows, inner)
		mat.MulBT(mat.Of(m, n, r...), mat.Of(m, d, p...), mat.Of(n, d, y.data...))
	default:
		p := k.packed(x, sumX, batch, rows, inner)
		q := k.packed(y, sumY, batch, inner, cols)
		for i := range b {
			product(r[i*m*n:(i+1)*m*n], p[i*m*d:(i+1)*m*d], q[i*d*n:(i+1)*d*n], m, d, n)
		}
	}
	if direct {
		for i, v := range r {
			z.data[i] += v
		}
		return
	}
	order := slices.Concat(batch, rows, cols)
	from := append(strides(k.shapeOf(order)), make([]int, len(spread))...)
	all := append(order, spread...)
	to := make([]int, len(all))
	for i, l := range all {
		to[i] = z.step[l]
	}
	walk(k.shapeOf(all), [3][]int{from, to}, func(_, n int, at, step steps) {
		i, j := at[0], at[1]
		for range n {
			z.data[j] += r[i]
			i, j = i+step[0], j+step[1]
		}
	})
}

// product sets r, m×n, to p·q, m×d times d×n.
func product(r, p, q []float64, m, d, n int) {
	switch {
	case m == 1 && n == 1:
		r[0] = dot(p, q)
	case m == 1 && d == 1:
		for i, v := range q {
			r[i] = p[0] * v
		}
	default:
		mat.Mul(mat.Of(m, n, r...), mat.Of(m, d, p...), mat.Of(d, n, q...))
	}
}

// dot is the chain that mat.Mul makes an element of.
func dot(a, b []float64) float64 {
	s := 0.0
	for i, v := range a {
		s = mat.FMA(v, b[i], s)
	}
	return s
}

// productOp is the product that plan describes.
func productOp(name string, plan func(c *Call) contraction) *Op {
	planned := func(c *Call) *contraction {
		if c.plan == nil {
			k := plan(c)
			c.plan = &k
		}
		return c.plan
	}
	op := &Op{Name: name, min: 2, max: 3, terms: tellProduct(plan)}
	op.value = func(c *Call) *Array {
		if a, b := c.In[0], c.In[1]; len(a.Shape) == 2 && len(b.Shape) == 2 && (name == "dot" || name == "matmul") && a.Shape[1] == b.Shape[0] {
			y := c.zeros([]int{a.Shape[0], b.Shape[1]})
			product(y.Data, a.Data, b.Data, a.Shape[0], a.Shape[1], b.Shape[1])
			return y
		}
		k := planned(c)
		y := c.zeros(k.out)
		k.add(k.view(0, c.In[0].Data), k.view(1, c.In[1].Data), k.view(2, y.Data))
		return y
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		k := planned(c)
		if len(g.Data) != Size(k.out) {
			fail("its result has the shape %s and its inputs give %s", ShapeText(g.Shape), ShapeText(k.out))
		}
		if a := into[0]; a != nil {
			k.add(k.view(2, g.Data), k.view(1, c.In[1].Data), k.view(0, a.Data))
		}
		if a := into[1]; a != nil {
			k.add(k.view(0, c.In[0].Data), k.view(2, g.Data), k.view(1, a.Data))
		}
	}
	return bilinear(op, func(c *Call) float64 { return planned(c).work() })
}

// bilinear completes an operation that is linear in each of two inputs; work is
// how many products it adds up in all.
func bilinear(op *Op, work func(c *Call) float64) *Op {
	op.bound = func(c *Call) *Array {
		d := *c
		d.Kind = 0
		a, b := magnitude(c.In[0]), magnitude(c.In[1])
		d.In = []*Array{a, b}
		e := op.value(&d)
		u := (2 + work(c)/float64(max(1, len(e.Data)))) * c.unit()
		for i := range e.Data {
			e.Data[i] *= u
		}
		more := func(a, b *Array) {
			d.In = []*Array{a, b}
			for i, v := range op.value(&d).Data {
				e.Data[i] = plus(e.Data[i], v)
			}
		}
		if c.inexact(0) {
			more(c.Err[0], b)
		}
		if c.inexact(1) {
			more(a, c.Err[1])
			if c.inexact(0) {
				more(c.Err[0], c.Err[1])
			}
		}
		return e
	}
	op.adjointBound = func(c *Call, g, e *Array, into []*Array) {
		d := *c
		most := math.MaxInt
		for k, a := range into[:2] {
			if a != nil {
				most = min(most, len(c.In[k].Data))
			}
		}
		u := (2 + float64(c.Adds) + work(c)/float64(max(1, most))) * c.unit()
		all, size := c.zeros(g.Shape), c.zeros(g.Shape)
		for i, v := range g.Data {
			v = math.Abs(v)
			all.Data[i], size.Data[i] = e.Data[i]+u*v, v+e.Data[i]
		}
		d.In = []*Array{magnitude(c.In[0]), magnitude(c.In[1])}
		op.adjoint(&d, all, into)
		// Input 0 receives g times input 1, and the other way round.
		if c.inexact(0) || c.inexact(1) {
			d.In = []*Array{c.errOf(0), c.errOf(1)}
			op.adjoint(&d, size, into)
		}
	}
	return op
}

// count returns the numbers from, from+1, … of n.
func count(from, n int) []int {
	l := make([]int, n)
	for i := range l {
		l[i] = from + i
	}
	return l
}

// result completes k with the sizes of its indices and with a result that has
// these.
func (k contraction) result(labels ...int) contraction {
	k = k.of()
	k.labels[2], k.shape[2] = labels, k.shapeOf(labels)
	k.out = k.shape[2]
	k.prepare()
	return k
}

// matmulPlan is a @ b: the last axis with the last but one, batches before them.
func matmulPlan(c *Call) contraction {
	a, b := c.In[0].Shape, c.In[1].Shape
	if len(a) == 0 || len(b) == 0 {
		fail("a number is no operand of a matrix product; * would be right")
	}
	inner, other := a[len(a)-1], b[max(0, len(b)-2)]
	if inner != other {
		fail("the shapes %s and %s do not fit: %d and %d are to be equal", ShapeText(a), ShapeText(b), inner, other)
	}
	// Indices: 0 is summed, 1 the row, 2 the column, the batches count from the
	// last.
	batches := func(n int) (l []int) {
		for i := n - 1; i >= 0; i-- {
			l = append(l, 3+i)
		}
		return l
	}
	var la, lb, lo []int
	outer := batches(max(len(a), len(b)) - 2)
	lo = append(lo, outer...)
	if len(a) == 1 {
		la = []int{0}
	} else {
		la = append(batches(len(a)-2), 1, 0)
		lo = append(lo, 1)
	}
	if len(b) == 1 {
		lb = []int{0}
	} else {
		lb = append(batches(len(b)-2), 0, 2)
		lo = append(lo, 2)
	}
	return contraction{shape: [3][]int{a, b}, labels: [3][]int{la, lb}}.result(lo...)
}

// sumOver is the contraction of the axes of a with those of b, in pairs; the
// result has the other axes of a, then those of b.
func sumOver(a, b []int, axesA, axesB []int) contraction {
	if len(axesA) != len(axesB) {
		fail("%d axes are summed with %d", len(axesA), len(axesB))
	}
	la, lb := count(0, len(a)), count(len(a), len(b))
	for i, axis := range axesA {
		if a[axis] != b[axesB[i]] {
			fail("the shapes %s and %s do not fit: %d and %d are to be equal", ShapeText(a), ShapeText(b), a[axis], b[axesB[i]])
		}
		lb[axesB[i]] = la[axis]
	}
	var out []int
	for i, l := range la {
		if !slices.Contains(axesA, i) {
			out = append(out, l)
		}
	}
	for i, l := range lb {
		if !slices.Contains(axesB, i) {
			out = append(out, l)
		}
	}
	return contraction{shape: [3][]int{a, b}, labels: [3][]int{la, lb}}.result(out...)
}

// dotPlan is np.dot: a's last axis with b's last but one.
func dotPlan(c *Call) contraction {
	a, b := c.In[0].Shape, c.In[1].Shape
	if len(a) == 0 || len(b) == 0 {
		return sumOver(a, b, nil, nil)
	}
	return sumOver(a, b, []int{len(a) - 1}, []int{max(0, len(b)-2)})
}

// innerPlan is np.inner: the last axes of both.
func innerPlan(c *Call) contraction {
	a, b := c.In[0].Shape, c.In[1].Shape
	if len(a) == 0 || len(b) == 0 {
		return sumOver(a, b, nil, nil)
	}
	return sumOver(a, b, []int{len(a) - 1}, []int{len(b) - 1})
}

// flat is both operands in one row each.
func flat(c *Call) (a, b []int) { return []int{len(c.In[0].Data)}, []int{len(c.In[1].Data)} }

func outerPlan(c *Call) contraction {
	a, b := flat(c)
	return sumOver(a, b, nil, nil)
}

// outer0Plan is np.multiply.outer: every element of a with every one of b.
func outer0Plan(c *Call) contraction { return sumOver(c.In[0].Shape, c.In[1].Shape, nil, nil) }

func vdotPlan(c *Call) contraction {
	a, b := flat(c)
	return sumOver(a, b, []int{0}, []int{0})
}

func tensordotPlan(c *Call) contraction {
	a, b := c.In[0].Shape, c.In[1].Shape
	var axes [2][]int
	switch t := c.Attr.Axes; {
	case t.Pairs != nil:
		for k, shape := range [][]int{a, b} {
			for _, axis := range t.Pairs[k] {
				axes[k] = append(axes[k], c.axis(axis, len(shape)))
			}
		}
	default:
		n := t.Last
		if n < 0 || n > len(a) || n > len(b) {
			fail("there are no %d axes to sum over in %s and %s", n, ShapeText(a), ShapeText(b))
		}
		axes = [2][]int{count(len(a)-n, n), count(0, n)}
	}
	return sumOver(a, b, axes[0], axes[1])
}

// kronPlan is np.kron: the axes of a and b in turn, joined in pairs.
func kronPlan(c *Call) contraction {
	n := max(len(c.In[0].Shape), len(c.In[1].Shape))
	pad := func(shape []int) []int { return append(slices.Repeat([]int{1}, n-len(shape)), shape...) }
	a, b := pad(c.In[0].Shape), pad(c.In[1].Shape)
	var labels, out []int
	for i := range n {
		labels = append(labels, i, n+i)
		out = append(out, a[i]*b[i])
	}
	k := contraction{shape: [3][]int{a, b}, labels: [3][]int{count(0, n), count(n, n)}}.result(labels...)
	k.out = out
	return k
}

// einsumPlan is einsum of two operands, or of one and the number 1.
func einsumPlan(c *Call) contraction {
	shapes := make([][]int, len(c.In))
	for i, x := range c.In {
		shapes[i] = x.Shape
	}
	labels, out := einsumLabels(c.Attr.Eq, shapes)
	return contraction{shape: [3][]int{shapes[0], shapes[1]}, labels: [3][]int{labels[0], labels[1]}}.result(out...)
}

// einsumLabels numbers the letters of an equation, "ij,jk->ik", for operands of
// these shapes. The axes of "..." have numbers too, counted from the last.
func einsumLabels(eq string, shapes [][]int) (labels [][]int, out []int) {
	left, right, explicit := strings.Cut(strings.ReplaceAll(eq, " ", ""), "->")
	terms := strings.Split(left, ",")
	if len(terms) != len(shapes) {
		fail("the equation %q has %d operands for %d", eq, len(terms), len(shapes))
	}
	number := map[string]int{}
	var names []string
	label := func(name string) int {
		l, ok := number[name]
		if !ok {
			l = len(names)
			number[name] = l
			names = append(names, name)
		}
		return l
	}
	ellipsis := 0
	split := func(term string, rank int) (l []int) {
		before, after, dots := strings.Cut(term, "...")
		for _, r := range before {
			l = append(l, label(string(r)))
		}
		if dots {
			n := rank
			if rank >= 0 {
				n = rank - len(before) - len(after)
				if n < 0 {
					fail("the equation %q has too many indices for its operands", eq)
				}
				ellipsis = max(ellipsis, n)
			} else {
				n = ellipsis
			}
			for i := n - 1; i >= 0; i-- {
				l = append(l, label("..."+string(rune('0'+i))))
			}
			for _, r := range after {
				l = append(l, label(string(r)))
			}
		}
		if rank >= 0 && len(l) != rank {
			fail("the equation %q has %d indices for an operand of %d axes", eq, len(l), rank)
		}
		return l
	}
	for i, term := range terms {
		labels = append(labels, split(term, len(shapes[i])))
	}
	if explicit {
		known := len(names)
		out = split(right, -1)
		if len(names) > known {
			fail("the equation %q has an index in its result that no operand has", eq)
		}
		return labels, out
	}
	// Without "->" the result has the indices that come once, in the order of the
	// alphabet, after those of "...".
	times := make([]int, len(names))
	for _, l := range labels {
		for _, n := range l {
			times[n]++
		}
	}
	for i := ellipsis - 1; i >= 0; i-- {
		out = append(out, number["..."+string(rune('0'+i))])
	}
	var once []string
	for l, name := range names {
		if times[l] == 1 && !strings.HasPrefix(name, "...") {
			once = append(once, name)
		}
	}
	slices.Sort(once)
	for _, name := range once {
		out = append(out, number[name])
	}
	return labels, out
}
