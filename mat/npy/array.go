package npy

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/mat"
)

// An Array is an array of a file.
type Array struct {
	Shape []int // sizes of the axes; none for a single number or text
	Kind  Kind  // of the elements in the file

	// Data has the numbers in C order (the last index runs fastest); nil for
	// Text. Bool is 0 or 1.
	Data []float64

	// Text has the elements of a Text array, without the NULs that NumPy pads
	// them with.
	Text []string

	// Inexact counts the 64-bit integers beyond 2⁵³ that no float64 equals.
	// Data has the nearest ones.
	Inexact int
}

// FromMatrix returns the float64 array of m's numbers: two axes, Rows×Cols. It
// copies them.
func FromMatrix(m mat.Matrix) Array {
	data := make([]float64, 0, m.Rows*m.Cols)
	for i := range m.Rows {
		data = append(data, m.Row(i)...)
	}
	return Array{Shape: []int{m.Rows, m.Cols}, Data: data}
}

// FromFloat returns the float64 array without axes that is v.
func FromFloat(v float64) Array { return Array{Data: []float64{v}} }

// FromInts returns the int64 array of v: one axis. The numbers have to be in
// float64, as all up to 2⁵³ are, or Write will refuse the array.
func FromInts(v []int) Array {
	a := Array{Shape: []int{len(v)}, Kind: Int64, Data: make([]float64, len(v))}
	for i, n := range v {
		a.Data[i] = float64(n)
		if !exact(uint64(max(int64(n), -int64(n)))) {
			a.Inexact++
		}
	}
	return a
}

// FromText returns the array without axes that is s.
func FromText(s string) Array { return Array{Kind: Text, Text: []string{s}} }

// Matrix returns the numbers as a matrix: one without axes as 1×1, one axis of
// n as 1×n, two as they are. It shares Data. Text and arrays of more axes are an
// error.
func (a Array) Matrix() (mat.Matrix, error) {
	if a.Kind == Text {
		return mat.Matrix{}, fmt.Errorf("text (%s) is no matrix of numbers", shapeText(a.Shape))
	}
	rows, cols := 1, 1
	switch len(a.Shape) {
	case 0:
	case 1:
		cols = a.Shape[0]
	case 2:
		rows, cols = a.Shape[0], a.Shape[1]
	default:
		return mat.Matrix{}, fmt.Errorf("%s has %d axes; a matrix has two", shapeText(a.Shape), len(a.Shape))
	}
	return mat.Of(rows, cols, a.Data...), nil
}

// ShapeText returns the shape as messages write it: 800×20, (800,) for one
// axis, () for none.
func (a Array) ShapeText() string { return shapeText(a.Shape) }

func shapeText[T int | int64](shape []T) string {
	var sizes []string
	for _, n := range shape {
		sizes = append(sizes, strconv.FormatInt(int64(n), 10))
	}
	switch len(sizes) {
	case 0:
		return "()"
	case 1:
		return "(" + sizes[0] + ",)"
	}
	return strings.Join(sizes, "×")
}

// elements returns how many elements an array of the shape has.
func elements(shape []int) int {
	n := 1
	for _, size := range shape {
		n *= size
	}
	return n
}

// fromFortran returns in C order what data has in Fortran order (the first
// index runs fastest).
func fromFortran(shape []int, data []float64) []float64 {
	if len(shape) < 2 || len(data) == 0 {
		return data
	}
	step := make([]int, len(shape)) // from an index of an axis to the next
	n := 1
	for axis, size := range shape {
		step[axis] = n
		n *= size
	}
	c := make([]float64, len(data))
	at, from := make([]int, len(shape)), 0
	for i := range c {
		c[i] = data[from]
		for axis := len(shape) - 1; axis >= 0; axis-- {
			at[axis]++
			from += step[axis]
			if at[axis] < shape[axis] {
				break
			}
			from -= step[axis] * shape[axis]
			at[axis] = 0
		}
	}
	return c
}

// index returns the index of element n in file order as messages write it:
// [3,0].
func index(shape []int, fortran bool, n int) string {
	at := make([]string, len(shape))
	axes := slices.Clone(shape)
	if !fortran {
		slices.Reverse(axes)
	}
	for i, size := range axes {
		at[i] = strconv.Itoa(n % size)
		n /= size
	}
	if !fortran {
		slices.Reverse(at)
	}
	return "[" + strings.Join(at, ",") + "]"
}

// EqualBits reports whether a and b have the same shape, kind, text and
// numbers, bit for bit, except that any NaN equals any other.
func EqualBits(a, b Array) bool {
	same := func(x, y float64) bool {
		return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
	}
	return a.Kind == b.Kind && a.Inexact == b.Inexact && slices.Equal(a.Shape, b.Shape) &&
		slices.Equal(a.Text, b.Text) && slices.EqualFunc(a.Data, b.Data, same)
}
