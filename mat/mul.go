package mat

import (
	"fmt"

	"glassbox/mat/internal/kernel"
)

// The products are one: C = op(A)·op(B), where op reads a matrix as it
// stands or transposed. Element (i, j) is the chain
//
//	s = 0; for k ascending: s = fma(op(A)[i,k], op(B)[k,j], s)
//
// with one rounding a term. Package kernel runs the chains, many at a time but
// each in this order.

// Mul sets dst = a·b: M×N = M×K · K×N. dst must not overlap a or b.
func Mul(dst, a, b Matrix) { mul("mat.Mul: dst %s = a %s · b %s", &dst, &a, &b, false) }

// MulOn goes on with the chains that it finds in dst instead of starting at 0:
// with the columns of a and the rows of b in two parts, Mul of the first and
// MulOn of the second give the bits of Mul.
func MulOn(dst, a, b Matrix) { mul("mat.MulOn: dst %s += a %s · b %s", &dst, &a, &b, true) }

func mul(op string, dst, a, b *Matrix, on bool) {
	if a.Cols != b.Rows || dst.Rows != a.Rows || dst.Cols != b.Cols || !apart(dst, a, b) {
		refuse(op, dst, a, b)
	}
	kernel.Product(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Cols,
		kernel.Operand{Data: a.Data, Row: a.Stride, Col: 1}, kernel.Operand{Data: b.Data, Row: b.Stride, Col: 1}, on)
}

// MulTA sets dst = aᵀ·b: M×N = (K×M)ᵀ · K×N, the weight gradient dW = hᵀ·dz.
// dst must not overlap a or b.
func MulTA(dst, a, b Matrix) { mulTA("mat.MulTA: dst %s = (a %s)ᵀ · b %s", &dst, &a, &b, false) }

// MulTAOn is to MulTA what MulOn is to Mul.
func MulTAOn(dst, a, b Matrix) { mulTA("mat.MulTAOn: dst %s += (a %s)ᵀ · b %s", &dst, &a, &b, true) }

func mulTA(op string, dst, a, b *Matrix, on bool) {
	if a.Rows != b.Rows || dst.Rows != a.Cols || dst.Cols != b.Cols || !apart(dst, a, b) {
		refuse(op, dst, a, b)
	}
	kernel.Product(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Rows,
		kernel.Operand{Data: a.Data, Row: 1, Col: a.Stride}, kernel.Operand{Data: b.Data, Row: b.Stride, Col: 1}, on)
}

// MulBT sets dst = a·bᵀ: M×N = M×K · (N×K)ᵀ, the gradient dh = dz·Wᵀ.
// dst must not overlap a or b.
func MulBT(dst, a, b Matrix) {
	if a.Cols != b.Cols || dst.Rows != a.Rows || dst.Cols != b.Rows || !apart(&dst, &a, &b) {
		refuse("mat.MulBT: dst %s = a %s · (b %s)ᵀ", &dst, &a, &b)
	}
	kernel.Product(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Cols,
		kernel.Operand{Data: a.Data, Row: a.Stride, Col: 1}, kernel.Operand{Data: b.Data, Row: 1, Col: b.Stride}, false)
}

// MulTAReLU sets dst = relu(aᵀ·b), the same as MulTA and ReLU in one pass.
func MulTAReLU(dst, a, b Matrix) {
	if a.Rows != b.Rows || dst.Rows != a.Cols || dst.Cols != b.Cols || !apart(&dst, &a, &b) {
		refuse("mat.MulTAReLU: dst %s = relu((a %s)ᵀ · b %s)", &dst, &a, &b)
	}
	kernel.ProductReLU(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Rows,
		kernel.Operand{Data: a.Data, Row: 1, Col: a.Stride}, kernel.Operand{Data: b.Data, Row: b.Stride, Col: 1})
}

// MulReLU sets dst = relu(a·b), the same as Mul and ReLU in one pass.
func MulReLU(dst, a, b Matrix) {
	if a.Cols != b.Rows || dst.Rows != a.Rows || dst.Cols != b.Cols || !apart(&dst, &a, &b) {
		refuse("mat.MulReLU: dst %s = relu(a %s · b %s)", &dst, &a, &b)
	}
	kernel.ProductReLU(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Cols,
		kernel.Operand{Data: a.Data, Row: a.Stride, Col: 1}, kernel.Operand{Data: b.Data, Row: b.Stride, Col: 1})
}

// MulTAWhere sets dst = aᵀ·b where h > 0, else 0: the same as MulTA and
// ReLUGrad in one pass. dst may be h.
func MulTAWhere(dst, a, b, h Matrix) {
	if a.Rows != b.Rows || dst.Rows != a.Cols || dst.Cols != b.Cols || !apart(&dst, &a, &b) {
		refuse("mat.MulTAWhere: dst %s = (a %s)ᵀ · b %s", &dst, &a, &b)
	}
	mulWhere("mat.MulTAWhere", dst, a.Rows, kernel.Operand{Data: a.Data, Row: 1, Col: a.Stride}, b, h)
}

// MulWhere sets dst = a·b where h > 0, else 0: the same as Mul and ReLUGrad in
// one pass. dst may be h.
func MulWhere(dst, a, b, h Matrix) {
	if a.Cols != b.Rows || dst.Rows != a.Rows || dst.Cols != b.Cols || !apart(&dst, &a, &b) {
		refuse("mat.MulWhere: dst %s = a %s · b %s", &dst, &a, &b)
	}
	mulWhere("mat.MulWhere", dst, a.Cols, kernel.Operand{Data: a.Data, Row: a.Stride, Col: 1}, b, h)
}

func mulWhere(op string, dst Matrix, k int, a kernel.Operand, b, h Matrix) {
	if !alike(dst, h) || !h.whole() || overlap(dst.Data, h.Data) && (&dst.Data[0] != &h.Data[0] || dst.Stride != h.Stride) {
		panic(fmt.Sprintf("%s: dst %s where h %s > 0", op, dst.Shape(), h.Shape()))
	}
	kernel.ProductWhere(dst.Data, dst.Stride, dst.Rows, dst.Cols, k, a, kernel.Operand{Data: b.Data, Row: b.Stride, Col: 1}, h.Data, h.Stride)
}

// MulT sets dst = (a·b)ᵀ: N×M = (M×K · K×N)ᵀ, with a column a row of a.
// dst must not overlap a or b.
func MulT(dst, a, b Matrix) {
	if a.Cols != b.Rows || dst.Rows != b.Cols || dst.Cols != a.Rows || !apart(&dst, &a, &b) {
		refuse("mat.MulT: dst %s = (a %s · b %s)ᵀ", &dst, &a, &b)
	}
	kernel.Product(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Cols,
		kernel.Operand{Data: b.Data, Row: 1, Col: b.Stride}, kernel.Operand{Data: a.Data, Row: 1, Col: a.Stride}, false)
}

// apart reports whether all three are whole and dst overlaps neither input.
func apart(dst, a, b *Matrix) bool {
	return dst.whole() && a.whole() && b.whole() && !overlap(dst.Data, a.Data) && !overlap(dst.Data, b.Data)
}

// refuse says what is wrong with a product.
func refuse(op string, dst, a, b *Matrix) {
	wholeAll(op, *dst, *a, *b)
	panicOverlap(op, *dst, *a, *b)
	panic(describe(op, []Matrix{*dst, *a, *b}))
}
