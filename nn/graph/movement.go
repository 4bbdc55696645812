package graph

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// An Index tells where elements come from or go to: 1 + the flat index of each,
// in C order; 0 for none. It is read when it is first needed.
type Index struct {
	Shape []int
	data  []int32
	load  func() ([]int32, error)
}

// NewIndex returns the index that is data, of that shape.
func NewIndex(data []int32, shape ...int) *Index { return &Index{Shape: shape, data: data} }

// Elements returns the index's numbers. They must not be changed.
func (x *Index) Elements() ([]int32, error) {
	if x == nil {
		return nil, fmt.Errorf("%w: there is no idx", ErrOpaque)
	}
	if x.data == nil && x.load != nil {
		return x.load()
	}
	return x.data, nil
}

// index returns the numbers of the call's index, of which there are n if that
// is not negative, each at most limit.
func (c *Call) index(n, limit int) []int32 {
	idx, err := c.Attr.Index.Elements()
	if err != nil {
		panic(failure{err})
	}
	if n >= 0 && len(idx) != n {
		fail("idx has %d elements for %d", len(idx), n)
	}
	for _, i := range idx {
		if i < 0 || int(i) > limit {
			fail("idx has a %d, beyond the %d elements of the inputs", i, limit)
		}
	}
	return idx
}

// gatherOp is all movement of data: the result has the shape of the index, and
// its element o is element idx[o]−1 of the inputs one after the other, or
// Attr.Fill where that is −1.
func gatherOp() *Op {
	op := &Op{Name: "gather", min: 1, max: math.MaxInt, moves: true}
	// each calls f for each element of the result that comes from an input.
	each := func(c *Call, shape []int, f func(o, k, i int)) {
		ends, total := make([]int, len(c.In)), 0
		for k, x := range c.In {
			total += len(x.Data)
			ends[k] = total
		}
		idx := c.index(Size(shape), total)
		if len(c.In) == 1 {
			for o, i := range idx {
				if i > 0 {
					f(o, 0, int(i)-1)
				}
			}
			return
		}
		k := 0
		for o, i := range idx {
			if i == 0 {
				continue
			}
			p := int(i) - 1
			if p >= ends[k] || k > 0 && p < ends[k-1] {
				k, _ = slices.BinarySearch(ends, p+1)
			}
			if k > 0 {
				p -= ends[k-1]
			}
			f(o, k, p)
		}
	}
	op.terms = tellGather(each)
	op.value = func(c *Call) *Array {
		if c.Attr.Index == nil {
			fail("%w: there is no idx", ErrOpaque)
		}
		shape := c.Attr.Index.Shape
		y := c.zeros(shape)
		if c.Attr.Fill != 0 {
			for o := range y.Data {
				y.Data[o] = c.Attr.Fill
			}
		}
		each(c, shape, func(o, k, i int) { y.Data[o] = c.In[k].Data[i] })
		return y
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		each(c, g.Shape, func(o, k, i int) {
			if into[k] != nil {
				into[k].Data[i] += g.Data[o]
			}
		})
	}
	linear(op, func(*Call) int { return 0 }, func(c *Call) int { return multiplicity(c) })
	return op
}

// multiplicity returns how often an index names one element at most.
func multiplicity(c *Call) int {
	idx, _ := c.Attr.Index.Elements()
	top := int32(0)
	for _, i := range idx {
		top = max(top, i)
	}
	times := make([]int32, top+1)
	most := int32(0)
	for _, i := range idx {
		if i > 0 {
			times[i]++
			most = max(most, times[i])
		}
	}
	return int(most)
}

// writeOp is setitem, or add_at: the first input with the second, stretched to
// the shape of the index, written or added to the elements that it names.
func writeOp(name string, add bool) *Op {
	op := &Op{Name: name, min: 2, max: 2, writes: true, moves: true}
	// each calls f for the elements written, in order, with the base's and the
	// value's places.
	each := func(c *Call, f func(i, j int)) {
		v := c.In[1]
		idx := c.index(-1, len(c.In[0].Data))
		n := len(v.Data)
		if n == len(idx) {
			for j, i := range idx {
				if i > 0 {
					f(int(i)-1, j)
				}
			}
			return
		}
		if n == 1 {
			for _, i := range idx {
				if i > 0 {
					f(int(i)-1, 0)
				}
			}
			return
		}
		shape := c.Attr.Index.Shape
		if more := len(v.Shape) - len(shape); more > 0 && Size(v.Shape[:more]) == 1 { // leading axes of size 1
			v = v.Reshaped(v.Shape[len(v.Shape)-len(shape):]...)
		}
		if !slices.Equal(broadcast(v.Shape, shape), shape) || Size(shape) != len(idx) {
			fail("a value of shape %s is written to %d elements", ShapeText(c.In[1].Shape), len(idx))
		}
		walk(shape, [3][]int{stretched(v.Shape, shape)}, func(o, n int, at, step steps) {
			for t := range n {
				if i := idx[o+t]; i > 0 {
					f(int(i)-1, at[0]+t*step[0])
				}
			}
		})
	}
	op.terms = tellWrite(add, each)
	op.value = func(c *Call) *Array {
		v := c.In[1].Data
		y := c.In[0]
		if !c.spent {
			y = y.Clone()
		}
		each(c, func(i, j int) {
			if add {
				y.Data[i] += v[j]
			} else {
				y.Data[i] = v[j]
			}
		})
		return y
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		if add {
			if a := into[0]; a != nil {
				for i, v := range g.Data {
					a.Data[i] += v
				}
			}
			if a := into[1]; a != nil {
				each(c, func(i, j int) { a.Data[j] += g.Data[i] })
			}
			return
		}
		// Of several writes to one element the last one counts.
		var order [][2]int
		written := make([]bool, len(g.Data))
		each(c, func(i, j int) {
			order = append(order, [2]int{i, j})
			written[i] = true
		})
		if a := into[0]; a != nil {
			for i, v := range g.Data {
				if !written[i] {
					a.Data[i] += v
				}
			}
		}
		if a := into[1]; a != nil {
			for n := len(order) - 1; n >= 0; n-- {
				if i, j := order[n][0], order[n][1]; written[i] {
					a.Data[j] += g.Data[i]
					written[i] = false
				}
			}
		}
	}
	adds := func(c *Call) int {
		if add {
			return 1 + multiplicity(c)
		}
		return 0
	}
	return linear(op, adds, func(c *Call) int {
		if len(c.In[1].Data) == 0 {
			return 1
		}
		idx, _ := c.Attr.Index.Elements()
		return 1 + len(idx)/len(c.In[1].Data)
	})
}

// sortOp is sort along an axis, the last if none is named.
func sortOp() *Op {
	op := &Op{Name: "sort", min: 1, max: 3}
	op.value = func(c *Call) *Array {
		y := c.In[0].Clone()
		eachSorted(c, func(to, from int) { y.Data[to] = c.In[0].Data[from] })
		return y
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		if a := into[0]; a != nil {
			eachSorted(c, func(to, from int) { a.Data[from] += g.Data[to] })
		}
	}
	linear(op, nil, one)
	op.bound = func(c *Call) *Array {
		e := c.zeros(c.Out.Shape)
		if c.inexact(0) {
			eachSorted(c, func(to, from int) { e.Data[to] = c.Err[0].Data[from] })
		}
		return e
	}
	return op
}

// argsortOp is the order that sort takes.
func argsortOp() *Op {
	op := &Op{Name: "argsort", min: 1, max: 3, constant: true}
	op.value = func(c *Call) *Array {
		y := c.zeros(c.In[0].Shape)
		axis := len(y.Shape) - 1
		if c.Attr.Axis != nil {
			axis = c.axis(c.Attr.Axis[0], len(y.Shape))
		}
		step := 1
		if axis >= 0 {
			step = strides(y.Shape)[axis]
		}
		eachSorted(c, func(to, from int) {
			if axis >= 0 {
				y.Data[to] = float64(from / step % y.Shape[axis])
			}
		})
		return y
	}
	return op
}

// eachSorted calls f for each element with its place when its line is sorted,
// NaNs last, equal ones in their order.
func eachSorted(c *Call, f func(to, from int)) {
	x := c.In[0]
	if len(x.Shape) == 0 {
		f(0, 0)
		return
	}
	axis := len(x.Shape) - 1
	if c.Attr.Axis != nil {
		axis = c.axis(c.Attr.Axis[0], len(x.Shape))
	}
	eachLine(x.Shape, axis, func(at, n, step int) {
		order := make([]int, n)
		for t := range order {
			order[t] = at + t*step
		}
		slices.SortStableFunc(order, func(i, j int) int {
			a, b := x.Data[i], x.Data[j]
			if a != a || b != b {
				return cmp.Compare(truth(a != a), truth(b != b))
			}
			return cmp.Compare(a, b)
		})
		for t, from := range order {
			f(at+t*step, from)
		}
	})
}

// whereOp is where(condition, a, b).
func whereOp() *Op {
	op := &Op{Name: "where", min: 3, max: 3}
	each := func(c *Call, shape []int, f func(o, k, i int)) {
		var operands [3][]int
		for k, x := range c.In {
			operands[k] = stretched(x.Shape, shape)
		}
		walk(shape, operands, func(o, n int, at, step steps) {
			for t := range n {
				k := 2
				if c.In[0].Data[at[0]+t*step[0]] != 0 {
					k = 1
				}
				f(o+t, k, at[k]+t*step[k])
			}
		})
	}
	op.terms = tellWhere(each)
	op.value = func(c *Call) *Array {
		y := c.zeros(broadcast(c.In[0].Shape, c.In[1].Shape, c.In[2].Shape))
		each(c, y.Shape, func(o, k, i int) { y.Data[o] = c.In[k].Data[i] })
		return y
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		each(c, g.Shape, func(o, k, i int) {
			if into[k] != nil {
				into[k].Data[i] += g.Data[o]
			}
		})
	}
	op.bound = func(c *Call) *Array {
		e := c.zeros(c.Out.Shape)
		each(c, e.Shape, func(o, k, i int) {
			if c.inexact(k) {
				e.Data[o] = c.Err[k].Data[i]
			}
		})
		return e
	}
	op.adjointBound = func(c *Call, g, e *Array, into []*Array) {
		u := float64(c.Adds+len(g.Data)) * c.unit()
		each(c, g.Shape, func(o, k, i int) {
			if into[k] != nil {
				into[k].Data[i] += e.Data[o] + u*math.Abs(g.Data[o])
			}
		})
	}
	return op
}
