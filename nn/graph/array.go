package graph

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// An Array is an n-dimensional array of numbers in C order (the last index runs
// fastest). Whatever a program computed in, its numbers are held as float64:
// float32, the integers up to 2⁵³ and bool (0 and 1) are so exactly. Arrays are
// shared and must not be changed.
type Array struct {
	Shape []int // sizes of the axes; none for a single number
	Data  []float64
}

// NewArray returns an array of zeros.
func NewArray(shape ...int) *Array {
	return &Array{slices.Clone(shape), make([]float64, Size(shape))}
}

// Scalar returns the array without axes that is v.
func Scalar(v float64) *Array { return &Array{nil, []float64{v}} }

// Of returns the array of that shape with the numbers of data. It copies
// nothing, and panics if there are not as many as the shape has.
func Of(data []float64, shape ...int) *Array {
	if len(data) != Size(shape) {
		panic(fmt.Sprintf("graph.Of: %d numbers for %s", len(data), ShapeText(shape)))
	}
	return &Array{shape, data}
}

// Filled returns an array with v everywhere.
func Filled(v float64, shape ...int) *Array {
	a := NewArray(shape...)
	for i := range a.Data {
		a.Data[i] = v
	}
	return a
}

// Clone returns a copy that may be changed.
func (a *Array) Clone() *Array { return &Array{a.Shape, slices.Clone(a.Data)} }

// Reshaped returns the same numbers in another shape of as many elements. It
// shares them.
func (a *Array) Reshaped(shape ...int) *Array { return Of(a.Data, shape...) }

// Transposed returns the array with its axes in reverse order.
func (a *Array) Transposed() *Array {
	n := len(a.Shape)
	if n < 2 {
		return a
	}
	shape, step := make([]int, n), make([]int, n)
	for i, s := range strides(a.Shape) {
		shape[n-1-i], step[n-1-i] = a.Shape[i], s
	}
	t := NewArray(shape...)
	walk(shape, [3][]int{step}, func(o, n int, at, step steps) {
		for i := range n {
			t.Data[o+i] = a.Data[at[0]+i*step[0]]
		}
	})
	return t
}

// Scaled returns c·a.
func (a *Array) Scaled(c float64) *Array {
	b := NewArray(a.Shape...)
	for i, v := range a.Data {
		b.Data[i] = c * v
	}
	return b
}

// MaxAbs returns the largest magnitude, NaN if there is a NaN, 0 if there is no
// element.
func (a *Array) MaxAbs() float64 {
	m := 0.0
	for _, v := range a.Data {
		if v != v {
			return v
		}
		m = max(m, math.Abs(v))
	}
	return m
}

// Size returns how many elements an array of the shape has.
func Size(shape []int) int {
	n := 1
	for _, size := range shape {
		n *= size
	}
	return n
}

// ShapeText returns the shape as messages write it, as NumPy does: (800, 20),
// (800,), ().
func ShapeText(shape []int) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, n := range shape {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(n))
	}
	if len(shape) == 1 {
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return b.String()
}

// strides returns for each axis how far its neighbours are apart in C order.
func strides(shape []int) []int {
	step := make([]int, len(shape))
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		step[i] = n
		n *= shape[i]
	}
	return step
}

// broadcast returns the shape that arrays of these shapes are stretched to
// together, by NumPy's rule: axes are matched from the last, sizes are equal or
// one of them is 1. It fails where they do not fit.
func broadcast(shapes ...[]int) []int {
	if len(shapes) == 2 && (len(shapes[1]) == 0 || slices.Equal(shapes[0], shapes[1])) {
		return shapes[0]
	}
	axes := 0
	for _, s := range shapes {
		axes = max(axes, len(s))
	}
	out := make([]int, axes)
	for i := range out {
		out[i] = 1
	}
	for _, s := range shapes {
		for i, n := range s {
			o := &out[axes-len(s)+i]
			if *o == 1 {
				*o = n
			} else if n != 1 && n != *o {
				fail("the shapes %s do not fit together", shapeList(shapes))
			}
		}
	}
	return out
}

func shapeList(shapes [][]int) string {
	var text []string
	for _, s := range shapes {
		text = append(text, ShapeText(s))
	}
	return strings.Join(text, " and ")
}

// stretched returns the strides with which an array of shape is read as one of
// the shape out that it is broadcast to: 0 along axes that it is repeated on.
func stretched(shape, out []int) []int {
	step := make([]int, len(out))
	lead := len(out) - len(shape)
	n := 1
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] != 1 {
			step[lead+i] = n
		}
		n *= shape[i]
	}
	return step
}

// Steps are places in, or steps of, up to three operands.
type steps [3]int

// walk goes through all elements of an array of that shape in C order, in runs
// along which operands with these strides advance evenly: f gets where the run
// begins in the array and in each operand, its length, and each operand's step.
func walk(shape []int, operands [3][]int, f func(o, n int, at, step steps)) {
	// Axes along which everything advances as one are taken together.
	var sizesRoom, indexRoom [8]int
	var strideRoom [8]steps
	sizes, stride, index := sizesRoom[:0], strideRoom[:0], indexRoom[:]
	if len(shape) > len(index) {
		index = make([]int, len(shape))
	}
	for axis, size := range shape {
		if size == 0 {
			return
		}
		if size == 1 {
			continue
		}
		var here steps
		for k, s := range operands {
			if s != nil {
				here[k] = s[axis]
			}
		}
		if last := len(sizes) - 1; last >= 0 {
			joined := true
			for k, s := range here {
				joined = joined && stride[last][k] == s*size
			}
			if joined {
				sizes[last] *= size
				stride[last] = here
				continue
			}
		}
		sizes, stride = append(sizes, size), append(stride, here)
	}
	var at steps
	if len(sizes) == 0 {
		f(0, 1, at, at)
		return
	}
	last := len(sizes) - 1
	for o := 0; ; o += sizes[last] {
		f(o, sizes[last], at, stride[last])
		axis := last - 1
		for ; axis >= 0; axis-- {
			index[axis]++
			for k := range at {
				at[k] += stride[axis][k]
			}
			if index[axis] < sizes[axis] {
				break
			}
			for k := range at {
				at[k] -= stride[axis][k] * sizes[axis]
			}
			index[axis] = 0
		}
		if axis < 0 {
			return
		}
	}
}

// walkPair is walk for operands of the shapes a and b that are stretched to
// shape.
func walkPair(shape, a, b []int, f func(o, n int, at, step steps)) {
	n, na, nb := Size(shape), Size(a), Size(b)
	if (na == n || na == 1) && (nb == n || nb == 1) { // what is as large is of the same shape but for sizes 1
		if n > 0 {
			f(0, n, steps{}, steps{int(truth(na == n)), int(truth(nb == n))})
		}
		return
	}
	walk(shape, [3][]int{stretched(a, shape), stretched(b, shape)}, f)
}

// like returns an array of zeros that shares the shape. One of few numbers is a
// single allocation.
func like(shape []int) *Array {
	n := Size(shape)
	if n <= 4 {
		s := &struct {
			Array
			room [4]float64
		}{}
		s.Array = Array{shape, s.room[:n:n]}
		return &s.Array
	}
	return &Array{shape, make([]float64, n)}
}
