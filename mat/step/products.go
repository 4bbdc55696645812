package step

import (
	"glassbox/mat"
	"glassbox/mat/internal/kernel"
)

// Products as package mat defines them, with what only a step asks for: to go
// on with the chains that stand in dst, to end in ReLU or in its gradient, to
// lie transposed. Shapes fit and nothing overlaps: New and fits have seen to it.

// stands and turned are the two ways to read a matrix.
func stands(m mat.Matrix) kernel.Operand { return kernel.Operand{Data: m.Data, Row: m.Stride, Col: 1} }
func turned(m mat.Matrix) kernel.Operand { return kernel.Operand{Data: m.Data, Row: 1, Col: m.Stride} }

// mul sets dst = a·b: M×N = M×K · K×N. With on it goes on with the chains in
// dst instead of starting at 0: the columns of a and the rows of b may come in
// parts.
func mul(dst, a, b mat.Matrix, on bool) {
	kernel.Product(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Cols, stands(a), stands(b), on)
}

// mulTA sets dst = aᵀ·b: M×N = (K×M)ᵀ · K×N, or goes on with it.
func mulTA(dst, a, b mat.Matrix, on bool) {
	kernel.Product(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Rows, turned(a), stands(b), on)
}

// mulT sets dst = (a·b)ᵀ: N×M = (M×K · K×N)ᵀ.
func mulT(dst, a, b mat.Matrix) {
	kernel.Product(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Cols, turned(b), turned(a), false)
}

// mulReLU sets dst = relu(a·b).
func mulReLU(dst, a, b mat.Matrix) {
	kernel.ProductReLU(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Cols, stands(a), stands(b))
}

// mulTAReLU sets dst = relu(aᵀ·b).
func mulTAReLU(dst, a, b mat.Matrix) {
	kernel.ProductReLU(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Rows, turned(a), stands(b))
}

// mulWhere sets dst = a·b where h > 0, else 0. dst may be h.
func mulWhere(dst, a, b, h mat.Matrix) {
	kernel.ProductWhere(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Cols, stands(a), stands(b), h.Data, h.Stride)
}

// mulTAWhere sets dst = aᵀ·b where h > 0, else 0. dst may be h.
func mulTAWhere(dst, a, b, h mat.Matrix) {
	kernel.ProductWhere(dst.Data, dst.Stride, dst.Rows, dst.Cols, a.Rows, turned(a), stands(b), h.Data, h.Stride)
}

// transpose sets dst = aᵀ: N×M = (M×N)ᵀ.
func transpose(dst, a mat.Matrix) {
	kernel.Grid{Dst: dst.Data, DstRow: dst.Stride, A: a.Data, ARow: a.Stride, Rows: a.Rows, Cols: a.Cols}.Transpose()
}

// subDiv sets dst[i,j] = (a[i,j] − b[i,j]) / x: with probabilities, one-hot
// classes and the number of rows, the gradient at the logits of a mean loss.
// dst may be a.
func subDiv(dst, a, b mat.Matrix, x float64) {
	kernel.Grid{Dst: dst.Data, DstRow: dst.Stride, A: a.Data, ARow: a.Stride, B: b.Data, BRow: b.Stride, Rows: a.Rows, Cols: a.Cols, X: x}.SubDiv()
}

// softMaxT turns each column of z (C×R, a column a sample) into probabilities,
// in its place: with m the largest number of the column, e = Exp(z − m) and
// p = e / Σe, summed downwards.
func softMaxT(z mat.Matrix) {
	kernel.Grid{Dst: z.Data, DstRow: z.Stride, A: z.Data, ARow: z.Stride, Rows: z.Rows, Cols: z.Cols}.SoftMax()
}
