package mat

import (
	"fmt"
	"unsafe"
)

// overlap reports whether two slices share memory. Views of different columns
// of one matrix count as sharing when their address ranges meet.
func overlap(a, b []float64) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	a0, b0 := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return a0 < b0+uintptr(len(b))*8 && b0 < a0+uintptr(len(a))*8
}

// panicOverlap says which input dst overlaps: an operation reads its inputs
// after it has begun to write.
func panicOverlap(op string, dst, a, b Matrix) {
	n, in := 1, a
	if !overlap(dst.Data, a.Data) {
		n, in = 2, b
	}
	panic(fmt.Sprintf("%s: dst %s overlaps input %d, %s", op, dst.Shape(), n, in.Shape()))
}
