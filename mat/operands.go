package mat

import (
	"fmt"

	"glassbox/mat/internal/kernel"
)

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

// inPlace panics where dst shares memory with an input and is not that input
// itself, of which an operation on elements reads each number before it writes
// it.
func inPlace(op string, dst Matrix, in ...Matrix) {
	for _, m := range in {
		if kernel.Overlap(dst.Data, m.Data) && (&dst.Data[0] != &m.Data[0] || dst.Stride != m.Stride) {
			panicOverlap(op, dst, in...)
		}
	}
}

// panicOverlap says which input dst overlaps: an operation reads its inputs
// after it has begun to write.
func panicOverlap(op string, dst Matrix, in ...Matrix) {
	for n, m := range in {
		if kernel.Overlap(dst.Data, m.Data) {
			panic(fmt.Sprintf("%s: dst overlaps input %d, %s", describe(op, append([]Matrix{dst}, in...)), n+1, m.Shape()))
		}
	}
}
