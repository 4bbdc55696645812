package mat

import "glassbox/mat/internal/kernel"

// The products are one: C = op(A)·op(B), where op reads a matrix as it
// stands or transposed. Element (i, j) is the chain
//
//	s = 0; for k ascending: s = fma(op(A)[i,k], op(B)[k,j], s)
//
// with one rounding a term. Package kernel runs the chains, many at a time but
// each in this order.

// Mul sets dst = a·b: M×N = M×K · K×N. dst must not overlap a or b.
func Mul(dst, a, b Matrix) {
	if a.Cols != b.Rows || dst.Rows != a.Rows || dst.Cols != b.Cols || !disjoint(&dst, &a, &b) {
		refuse("mat.Mul: dst %s = a %s · b %s", &dst, &a, &b)
	}
	kernel.Product(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Cols,
		kernel.Operand{Data: a.Data, Row: a.Stride, Col: 1}, kernel.Operand{Data: b.Data, Row: b.Stride, Col: 1}, false)
}

// MulTA sets dst = aᵀ·b: M×N = (K×M)ᵀ · K×N, the weight gradient dW = hᵀ·dz.
// dst must not overlap a or b.
func MulTA(dst, a, b Matrix) {
	if a.Rows != b.Rows || dst.Rows != a.Cols || dst.Cols != b.Cols || !disjoint(&dst, &a, &b) {
		refuse("mat.MulTA: dst %s = (a %s)ᵀ · b %s", &dst, &a, &b)
	}
	kernel.Product(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Rows,
		kernel.Operand{Data: a.Data, Row: 1, Col: a.Stride}, kernel.Operand{Data: b.Data, Row: b.Stride, Col: 1}, false)
}

// MulBT sets dst = a·bᵀ: M×N = M×K · (N×K)ᵀ, the gradient dh = dz·Wᵀ.
// dst must not overlap a or b.
func MulBT(dst, a, b Matrix) {
	if a.Cols != b.Cols || dst.Rows != a.Rows || dst.Cols != b.Rows || !disjoint(&dst, &a, &b) {
		refuse("mat.MulBT: dst %s = a %s · (b %s)ᵀ", &dst, &a, &b)
	}
	kernel.Product(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Cols,
		kernel.Operand{Data: a.Data, Row: a.Stride, Col: 1}, kernel.Operand{Data: b.Data, Row: 1, Col: b.Stride}, false)
}

// disjoint reports whether all three have their numbers and dst overlaps neither
// input.
func disjoint(dst, a, b *Matrix) bool {
	return dst.valid() && a.valid() && b.valid() && !kernel.Overlap(dst.Data, a.Data) && !kernel.Overlap(dst.Data, b.Data)
}

// refuse says what is wrong with a product.
func refuse(op string, dst, a, b *Matrix) {
	validate(op, *dst, *a, *b)
	panicOverlap(op, *dst, *a, *b)
	panic(describe(op, []Matrix{*dst, *a, *b}))
}

// SetThreads says on how many threads a large product may run: 1 keeps it on
// the caller's, 0, as at the start, takes as many as GOMAXPROCS where that
// pays. The bits of a result do not depend on it. It returns the setting until
// now.
func SetThreads(n int) (before int) { return kernel.SetThreads(n) }

// Threads returns on how many threads a large product may run.
func Threads() int { return kernel.Threads() }

// Kernel names the instructions that products and other operations use on this
// CPU: avx512, avx2, neon, or go for plain Go.
func Kernel() string { return kernel.Active().String() }
