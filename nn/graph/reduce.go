package graph

import (
	"math"
	"slices"
)

// Operations along axes.

// reduction returns the shape that is left of in's without the axes reduced, and
// the strides of the result as one walks over in: 0 along those axes.
func reduction(c *Call, in []int) (shape, step []int, count int) {
	reduced := make([]bool, len(in))
	for _, axis := range c.axes(len(in)) {
		reduced[axis] = true
	}
	count = 1
	kept := make([]int, len(in))
	for i, n := range in {
		if kept[i] = n; reduced[i] {
			kept[i] = 1
			count *= n
		}
		if !reduced[i] || c.Attr.Keepdims {
			shape = append(shape, kept[i])
		}
	}
	step = strides(kept)
	for i := range step {
		if reduced[i] {
			step[i] = 0
		}
	}
	return shape, step, count
}

// axes returns the axes that the call names, or all, each at least 0.
func (c *Call) axes(n int) []int {
	if c.Attr.Axis == nil {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all
	}
	axes := make([]int, 0, len(c.Attr.Axis))
	for _, axis := range c.Attr.Axis {
		axes = append(axes, c.axis(axis, n))
	}
	return axes
}

// axis returns an axis of n counted from the first.
func (c *Call) axis(axis, n int) int {
	if axis < -n || axis >= n {
		fail("there is no axis %d of %d", axis, n)
	}
	if axis < 0 {
		axis += n
	}
	return axis
}

// eachReduced calls f for every element of the input with the element of the
// result that it goes to.
func eachReduced(c *Call, f func(i, o int)) {
	_, step, _ := reduction(c, c.In[0].Shape)
	walk(c.In[0].Shape, [3][]int{step}, func(i, n int, at, step steps) {
		for t := range n {
			f(i+t, at[0]+t*step[0])
		}
	})
}

// linear completes an operation that is linear in all inputs, with coefficients
// that are not negative: adds and takes bound how many additions make an element
// of the result, and of what an input receives.
func linear(op *Op, adds, takes func(c *Call) int) *Op {
	op.bound = func(c *Call) *Array {
		u := float64(adds(c)) * c.unit()
		if u == 0 && !slices.ContainsFunc(c.Err, func(e *Array) bool { return e != nil }) {
			return c.zeros(c.Out.Shape)
		}
		d := *c
		d.Kind, d.Attr = 0, c.Attr.withoutFill()
		d.In = make([]*Array, len(c.In))
		for i, x := range c.In {
			e := magnitude(x)
			for j := range e.Data {
				e.Data[j] *= u
			}
			if c.inexact(i) {
				for j, v := range c.Err[i].Data {
					e.Data[j] += v
				}
			}
			d.In[i] = e
		}
		return op.value(&d)
	}
	op.adjointBound = func(c *Call, g, e *Array, into []*Array) {
		u := float64(takes(c)+c.Adds+1) * c.unit()
		all := c.zeros(g.Shape)
		for i, v := range g.Data {
			all.Data[i] = e.Data[i] + u*math.Abs(v)
		}
		op.adjoint(c, all, into)
	}
	return op
}

func one(c *Call) int { return 1 }

// sumOp is sum, or mean, over axes; with skip NaNs count for nothing.
func sumOp(name string, mean, skip bool) *Op {
	// share is 1, or one over how many elements an element of the result is the
	// mean of.
	shares := func(c *Call) (n float64, counts []float64) {
		_, _, count := reduction(c, c.In[0].Shape)
		if !mean {
			return 1, nil
		}
		if !skip {
			return float64(count), nil
		}
		shape, _, _ := reduction(c, c.In[0].Shape)
		counts = make([]float64, Size(shape))
		eachReduced(c, func(i, o int) {
			if v := c.In[0].Data[i]; v == v {
				counts[o]++
			}
		})
		return 0, counts
	}
	op := &Op{Name: name, min: 1, max: 4, terms: tellSum(mean, skip)}
	op.value = func(c *Call) *Array {
		x := c.In[0]
		shape, step, _ := reduction(c, x.Shape)
		y := c.zeros(shape)
		walk(x.Shape, [3][]int{step}, func(i, n int, at, step steps) {
			src, o := x.Data[i:i+n], at[0]
			switch {
			case skip:
				for t, v := range src {
					if v == v {
						y.Data[o+t*step[0]] += v
					}
				}
			case step[0] == 0:
				s := y.Data[o]
				for _, v := range src {
					s += v
				}
				y.Data[o] = s
			default:
				dst := y.Data[o : o+n]
				for t, v := range src {
					dst[t] += v
				}
			}
		})
		if n, counts := shares(c); mean {
			for o := range y.Data {
				if counts != nil {
					n = counts[o]
				}
				y.Data[o] /= n
			}
		}
		return y
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		a := into[0]
		if a == nil {
			return
		}
		n, counts := shares(c)
		eachReduced(c, func(i, o int) {
			v := g.Data[o]
			if mean {
				if counts != nil {
					n = counts[o]
				}
				v /= n
			}
			if x := c.In[0].Data[i]; skip && x != x {
				return
			}
			a.Data[i] += v
		})
	}
	return linear(op, func(c *Call) int { return 2 + len(c.In[0].Data)/max(1, len(c.Out.Data)) }, one)
}

// extremeOp is max or min over axes. Equal ones share the derivative as
// Call.Kink says.
func extremeOp(name string, better func(a, b float64) bool) *Op {
	op := &Op{Name: name, min: 1, max: 4, terms: tellExtreme(name)}
	op.value = func(c *Call) *Array {
		x := c.In[0]
		shape, _, count := reduction(c, x.Shape)
		if y := Size(shape); count == 0 && y > 0 {
			fail("has no elements along the axes")
		}
		y, begun := c.zeros(shape), make([]bool, Size(shape))
		eachReduced(c, func(i, o int) {
			if v := x.Data[i]; !begun[o] || better(v, y.Data[o]) || v != v {
				y.Data[o], begun[o] = v, true
			}
		})
		return y
	}
	// winners counts the equal best elements, with the last one's place, and
	// calls f for each: which of how many it is.
	winners := func(c *Call, f func(i, o, nth, of int)) {
		of := make([]int, len(c.Out.Data))
		is := func(i, o int) bool {
			v, y := c.In[0].Data[i], c.Out.Data[o]
			return v == y || v != v && y != y
		}
		eachReduced(c, func(i, o int) {
			if is(i, o) {
				of[o]++
			}
		})
		nth := make([]int, len(of))
		eachReduced(c, func(i, o int) {
			if is(i, o) {
				f(i, o, nth[o], of[o])
				nth[o]++
			}
		})
	}
	weight := func(kink Kink, nth, of int) float64 {
		switch kink {
		case KinkFirst:
			return truth(nth == 0)
		case KinkLast:
			return truth(nth == of-1)
		case KinkAll:
			return 1
		}
		return 1 / float64(of)
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		if a := into[0]; a != nil {
			winners(c, func(i, o, nth, of int) { a.Data[i] += float64(g.Data[o] * weight(c.Kink, nth, of)) })
		}
	}
	op.adjointBound = func(c *Call, g, e *Array, into []*Array) {
		a := into[0]
		if a == nil {
			return
		}
		u := float64(c.Adds+2) * c.unit()
		winners(c, func(i, o, nth, of int) {
			w, uncertain := weight(c.Kink, nth, of), u
			if c.Ties && of > 1 {
				uncertain++
			}
			a.Data[i] += plus(e.Data[o]*w, math.Abs(g.Data[o])*uncertain)
		})
	}
	op.bound = func(c *Call) *Array {
		e := c.zeros(c.Out.Shape)
		if c.inexact(0) {
			eachReduced(c, func(i, o int) { e.Data[o] = max(e.Data[o], c.Err[0].Data[i]) })
		}
		return e
	}
	op.ties = func(c *Call) (at []int) {
		winners(c, func(i, o, nth, of int) {
			if nth == 1 {
				at = append(at, o)
			}
		})
		return at
	}
	return op
}

// argOp is argmax or argmin: the first best element along the axis, or of all.
func argOp(name string, better func(a, b float64) bool) *Op {
	op := &Op{Name: name, min: 1, max: 3, constant: true}
	op.value = func(c *Call) *Array {
		x := c.In[0]
		shape, _, count := reduction(c, x.Shape)
		if Size(shape) > 0 && count == 0 {
			fail("has no elements along the axis")
		}
		y := c.zeros(shape)
		best, seen := make([]float64, len(y.Data)), make([]float64, len(y.Data))
		eachReduced(c, func(i, o int) {
			if v := x.Data[i]; seen[o] == 0 || better(v, best[o]) || v != v && best[o] == best[o] {
				y.Data[o], best[o] = seen[o], v
			}
			seen[o]++
		})
		return y
	}
	return op
}

// countOp is all, any or count_nonzero.
func countOp(name string, result func(nonzero, of int) float64) *Op {
	op := &Op{Name: name, min: 1, max: 3, constant: true}
	op.value = func(c *Call) *Array {
		shape, _, count := reduction(c, c.In[0].Shape)
		y := c.zeros(shape)
		eachReduced(c, func(i, o int) { y.Data[o] += truth(c.In[0].Data[i] != 0) })
		for o, n := range y.Data {
			y.Data[o] = result(int(n), count)
		}
		return y
	}
	return op
}

// prodOp is the product over axes.
func prodOp() *Op {
	op := &Op{Name: "prod", min: 1, max: 4}
	op.value = func(c *Call) *Array {
		shape, _, _ := reduction(c, c.In[0].Shape)
		y := c.zeros(shape)
		for o := range y.Data {
			y.Data[o] = 1
		}
		eachReduced(c, func(i, o int) { y.Data[o] *= c.In[0].Data[i] })
		return y
	}
	// others returns for each element the product of the other elements of its
	// result, each by way of at: from the front times from the back.
	others := func(c *Call, at func(i int) float64) []float64 {
		front := make([]float64, len(c.Out.Data))
		back := make([]float64, len(c.Out.Data))
		for o := range front {
			front[o], back[o] = 1, 1
		}
		place := make([]int, len(c.In[0].Data))
		p := make([]float64, len(place))
		eachReduced(c, func(i, o int) {
			place[i], p[i] = o, front[o]
			front[o] *= at(i)
		})
		for i := len(p) - 1; i >= 0; i-- {
			p[i] *= back[place[i]]
			back[place[i]] *= at(i)
		}
		return p
	}
	count := func(c *Call) float64 { return float64(2 + len(c.In[0].Data)/max(1, len(c.Out.Data))) }
	exact := func(c *Call) func(i int) float64 { return func(i int) float64 { return c.In[0].Data[i] } }
	widest := func(c *Call) func(i int) float64 {
		e := c.errOf(0)
		return func(i int) float64 { return math.Abs(c.In[0].Data[i]) + e.Data[i] }
	}
	op.bound = func(c *Call) *Array {
		e := c.zeros(c.Out.Shape)
		for o := range e.Data {
			e.Data[o] = 1
		}
		at := widest(c)
		eachReduced(c, func(i, o int) { e.Data[o] *= at(i) })
		for o, y := range c.Out.Data {
			e.Data[o] += e.Data[o]*count(c)*c.unit() - math.Abs(y)
		}
		return e
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		if a := into[0]; a != nil {
			p := others(c, exact(c))
			eachReduced(c, func(i, o int) { a.Data[i] += float64(g.Data[o] * p[i]) })
		}
	}
	op.adjointBound = func(c *Call, g, e *Array, into []*Array) {
		if a := into[0]; a != nil {
			p, w := others(c, exact(c)), others(c, widest(c))
			u := (count(c) + float64(c.Adds)) * c.unit()
			eachReduced(c, func(i, o int) {
				d := math.Abs(p[i])
				a.Data[i] += plus(e.Data[o]*w[i], math.Abs(g.Data[o])*(w[i]-d+u*w[i]))
			})
		}
	}
	return op
}

// cumsumOp is cumsum along an axis, or of all elements in one row.
func cumsumOp() *Op {
	op := &Op{Name: "cumsum", min: 1, max: 3}
	// lines calls f for each line along the axis: where it begins, how many
	// elements it has and how far they are apart.
	lines := func(c *Call, f func(at, n, step int)) {
		x := c.In[0]
		if c.Attr.Axis == nil {
			f(0, len(x.Data), 1)
			return
		}
		eachLine(x.Shape, c.axis(c.Attr.Axis[0], len(x.Shape)), f)
	}
	op.value = func(c *Call) *Array {
		x := c.In[0]
		shape := x.Shape
		if c.Attr.Axis == nil {
			shape = []int{len(x.Data)}
		}
		y := c.zeros(shape)
		lines(c, func(at, n, step int) {
			s := 0.0
			for t := range n {
				s += x.Data[at+t*step]
				y.Data[at+t*step] = s
			}
		})
		return y
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		if a := into[0]; a != nil {
			lines(c, func(at, n, step int) {
				s := 0.0
				for t := n - 1; t >= 0; t-- {
					s += g.Data[at+t*step]
					a.Data[at+t*step] += s
				}
			})
		}
	}
	length := func(c *Call) int { return 1 + len(c.In[0].Data) }
	return linear(op, length, length)
}

// eachLine calls f for each line of an array along an axis.
func eachLine(shape []int, axis int, f func(at, n, step int)) {
	if Size(shape) == 0 {
		return
	}
	rest := slices.Clone(shape)
	rest[axis] = 1
	step := strides(shape)
	walk(rest, [3][]int{step}, func(_, n int, at, s steps) {
		for t := range n {
			f(at[0]+t*s[0], shape[axis], step[axis])
		}
	})
}
