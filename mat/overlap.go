package mat

import (
	"fmt"
	"unsafe"
)

// checkOverlap panics when dst shares memory with an input that the operation
// reads after it has begun to write. Views of different columns of one matrix
// count as overlapping when their address ranges meet.
func checkOverlap(op string, dst Matrix, in ...Matrix) {
	for i, m := range in {
		if overlap(dst.Data, m.Data) {
			panic(fmt.Sprintf("%s: dst %s overlaps input %d, %s", op, dst.Shape(), i+1, m.Shape()))
		}
	}
}

func overlap(a, b []float64) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	a0, b0 := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return a0 < b0+uintptr(len(b))*8 && b0 < a0+uintptr(len(a))*8
}
