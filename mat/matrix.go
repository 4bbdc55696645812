// Package mat holds row-major float64 matrices and the few operations that the
// coursework needs: what ndarray is to the assignment.
//
// Every element of every result has one definition, written in the comment of
// the operation that makes it, and every way of computing it gives the same
// bits: on any CPU, in any build. Destinations come first and inputs are never
// modified. A destination must not overlap an input unless the operation says
// that it may. A mistake of the programmer (shapes that do not fit, a matrix
// that has fewer numbers than its shape says) panics with the operation and the
// shapes, before anything is written.
//
// Operations run in the assembly of package kernel where the CPU allows it,
// and large products on several threads. That changes no bit.
package mat

import (
	"fmt"
	"math"

	"glassbox/mat/internal/kernel"
)

// A Matrix is a view of Rows×Cols numbers in row-major order: element (i, j)
// is Data[i*Stride+j]. It is passed by value; copies share their numbers.
// The zero Matrix is 0×0.
type Matrix struct {
	Rows, Cols int
	Stride     int // distance between the starts of two rows, at least Cols
	Data       []float64
}

// New returns a Rows×Cols matrix of zeros.
func New(rows, cols int) Matrix {
	if rows < 0 || cols < 0 {
		panic(fmt.Sprintf("mat.New: %d×%d: a size is negative", rows, cols))
	}
	return Matrix{rows, cols, cols, make([]float64, rows*cols)}
}

// Of returns a view of data as a rows×cols matrix. It copies nothing.
func Of(rows, cols int, data ...float64) Matrix {
	if rows < 0 || cols < 0 || len(data) != rows*cols {
		panic(fmt.Sprintf("mat.Of: %d numbers for %d×%d", len(data), rows, cols))
	}
	return Matrix{rows, cols, cols, data}
}

// At returns element (i, j).
func (m Matrix) At(i, j int) float64 {
	if uint(j) >= uint(m.Cols) {
		m.outside(i, j)
	}
	return m.Data[i*m.Stride+j]
}

// Set sets element (i, j) to v.
func (m Matrix) Set(i, j int, v float64) {
	if uint(j) >= uint(m.Cols) {
		m.outside(i, j)
	}
	m.Data[i*m.Stride+j] = v
}

// outside is a function of its own so that At and Set can be inlined.
func (m Matrix) outside(i, j int) { panic(fmt.Sprintf("mat: element (%d, %d) of %s", i, j, m.Shape())) }

// Row returns row i as a slice that shares m's numbers.
func (m Matrix) Row(i int) []float64 {
	o := i * m.Stride
	return m.Data[o : o+m.Cols : o+m.Cols]
}

// RowRange returns rows i up to, not including, j as a view.
func (m Matrix) RowRange(i, j int) Matrix {
	if i < 0 || j < i || j > m.Rows {
		panic(fmt.Sprintf("mat.RowRange: rows %d to %d of %s", i, j, m.Shape()))
	}
	if i == j {
		return Matrix{Cols: m.Cols, Stride: m.Stride}
	}
	return Matrix{j - i, m.Cols, m.Stride, m.Data[i*m.Stride : (j-1)*m.Stride+m.Cols]}
}

// Shape returns the shape as text, "3×4".
func (m Matrix) Shape() string { return fmt.Sprintf("%d×%d", m.Rows, m.Cols) }

// Clone returns a packed copy of m (its Stride is its Cols).
func (m Matrix) Clone() Matrix {
	c := New(m.Rows, m.Cols)
	c.CopyFrom(m)
	return c
}

// CopyFrom copies src, of the same shape, into m.
func (m Matrix) CopyFrom(src Matrix) {
	if m.Rows != src.Rows || m.Cols != src.Cols {
		panic(fmt.Sprintf("mat.CopyFrom: dst %s = src %s", m.Shape(), src.Shape()))
	}
	for i := range m.Rows {
		copy(m.Row(i), src.Row(i))
	}
}

// Transpose returns a packed copy of m with rows and columns exchanged.
func (m Matrix) Transpose() Matrix {
	t := New(m.Cols, m.Rows)
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			t.Data[j*t.Stride+i] = v
		}
	}
	return t
}

// NonFinite returns the first element, row by row, that is NaN or infinite,
// and whether there is one.
func (m Matrix) NonFinite() (i, j int, v float64, found bool) {
	const few = 64 // are looked at sooner than a kernel is called
	if m.Rows*m.Cols > few && Within(m, math.MaxFloat64) {
		return 0, 0, 0, false
	}
	for i := range m.Rows {
		for j, v := range m.Row(i) {
			if v-v != 0 { // which is NaN then
				return i, j, v, true
			}
		}
	}
	return 0, 0, 0, false
}

// EqualBits reports whether a and b have the same shape and the same bits in
// every element, except that any NaN equals any other: which payload a NaN
// carries is left open by the hardware.
func EqualBits(a, b Matrix) bool {
	if a.Rows != b.Rows || a.Cols != b.Cols {
		return false
	}
	for i := range a.Rows {
		x, y := a.Row(i), b.Row(i)
		for j := range x {
			if math.Float64bits(x[j]) != math.Float64bits(y[j]) && (x[j] == x[j] || y[j] == y[j]) {
				return false
			}
		}
	}
	return true
}

// What an operation checks before a kernel runs, besides that shapes fit: a
// kernel reads and writes wherever it is told to.

// valid reports whether m's numbers are there: Rows of Cols at distances of at
// least Cols.
func (m *Matrix) valid() bool { return kernel.Holds(len(m.Data), m.Rows, m.Cols, m.Stride) }

// validate panics unless all of them are valid and says which lacks numbers. op
// has a %s for each shape.
func validate(op string, list ...Matrix) {
	for n, m := range list {
		if !m.valid() {
			panic(fmt.Sprintf("%s: matrix %d, %s with stride %d, has %d numbers", describe(op, list), n+1, m.Shape(), m.Stride, len(m.Data)))
		}
	}
}

func describe(op string, list []Matrix) string {
	var shapes []any
	for _, m := range list {
		shapes = append(shapes, m.Shape())
	}
	return fmt.Sprintf(op, shapes...)
}

// panicOverlap says which input the first matrix overlaps: an operation reads its
// inputs after it has begun to write.
func panicOverlap(op string, list ...Matrix) {
	for n, m := range list[1:] {
		if kernel.Overlap(list[0].Data, m.Data) {
			panic(fmt.Sprintf("%s: dst overlaps input %d, %s", describe(op, list), n+1, m.Shape()))
		}
	}
}
