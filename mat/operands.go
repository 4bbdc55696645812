package mat

import (
	"fmt"
	"math"
	"unsafe"
)

// What an operation checks before a kernel runs, besides that shapes fit: a
// kernel reads and writes wherever it is told to.

// whole reports whether m's numbers are there: Rows of Cols at distances of at
// least Cols.
func (m *Matrix) whole() bool {
	if m.Rows <= 1 {
		return m.Rows == 0 || m.Rows == 1 && uint(m.Cols) <= uint(len(m.Data))
	}
	// The product cannot overflow where both factors are below 2³¹.
	last := (m.Rows-1)*m.Stride + m.Cols
	return m.Cols >= 0 && m.Stride >= m.Cols && m.Rows|m.Stride <= math.MaxInt32 && last <= len(m.Data)
}

// wholeAll panics unless all of them are whole. op has a %s for each shape.
func wholeAll(op string, list ...Matrix) {
	for _, m := range list {
		if !m.whole() {
			panicNotWhole(op, list...)
		}
	}
}

// panicNotWhole says which matrix lacks numbers.
func panicNotWhole(op string, list ...Matrix) {
	for n, m := range list {
		if !m.whole() {
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

// overlap reports whether two slices share memory. Views of different columns
// of one matrix count as sharing when their address ranges meet.
func overlap(a, b []float64) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	a0, b0 := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return a0 < b0+uintptr(len(b))*8 && b0 < a0+uintptr(len(a))*8
}

// inPlace panics where dst shares memory with an input and is not that input
// itself, of which an operation on elements reads each number before it writes
// it.
func inPlace(op string, dst Matrix, in ...Matrix) {
	for _, m := range in {
		if overlap(dst.Data, m.Data) && (&dst.Data[0] != &m.Data[0] || dst.Stride != m.Stride) {
			panicOverlap(op, dst, in...)
		}
	}
}

// panicOverlap says which input dst overlaps: an operation reads its inputs
// after it has begun to write.
func panicOverlap(op string, dst Matrix, in ...Matrix) {
	for n, m := range in {
		if overlap(dst.Data, m.Data) {
			panic(fmt.Sprintf("%s: dst overlaps input %d, %s", describe(op, append([]Matrix{dst}, in...)), n+1, m.Shape()))
		}
	}
}
