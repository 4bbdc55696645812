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

// panicOverlap says which input the first matrix overlaps: an operation reads its
// inputs after it has begun to write.
func panicOverlap(op string, list ...Matrix) {
	for n, m := range list[1:] {
		if kernel.Overlap(list[0].Data, m.Data) {
			panic(fmt.Sprintf("%s: dst overlaps input %d, %s", describe(op, list), n+1, m.Shape()))
		}
	}
}
