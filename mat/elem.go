package mat

import (
	"fmt"

	"glassbox/mat/internal/kernel"
)

// AddRow sets dst = a with the row b added to every row: dst[i,j] = a[i,j] + b[j],
// M×N = M×N + N. dst may be a.
func AddRow(dst, a Matrix, b []float64) {
	if !alike(dst, a) || a.Cols != len(b) {
		panic(fmt.Sprintf("mat.AddRow: dst %s = a %s + row of %d", dst.Shape(), a.Shape(), len(b)))
	}
	validate("mat.AddRow: dst %s = a %s + row", dst, a)
	inPlace("mat.AddRow: dst %s = a %s + row", dst, a)
	kernel.Grid{Dst: dst.Data, DstRow: dst.Stride, A: a.Data, ARow: a.Stride, B: b, Rows: a.Rows, Cols: a.Cols}.AddRow()
}

// SumRows sets dst[j] = Σ_i a[i,j], plain additions from 0 in ascending i:
// N = Σ rows of M×N, the bias gradient. dst must not overlap a.
func SumRows(dst []float64, a Matrix) {
	if len(dst) != a.Cols {
		panic(fmt.Sprintf("mat.SumRows: dst of %d = sum of the rows of a %s", len(dst), a.Shape()))
	}
	validate("mat.SumRows: sum of the rows of a %s", a)
	if kernel.Overlap(dst, a.Data) {
		panic(fmt.Sprintf("mat.SumRows: dst of %d overlaps a %s", len(dst), a.Shape()))
	}
	kernel.Grid{Dst: dst, A: a.Data, ARow: a.Stride, Rows: a.Rows, Cols: a.Cols}.SumRows()
}

// ReLU sets dst[i,j] = 0 where a[i,j] ≤ 0, else a[i,j]: a NaN stays a NaN and
// −0 becomes +0. dst may be a.
func ReLU(dst, a Matrix) {
	const op = "mat.ReLU: dst %s = relu(a %s)"
	if !alike(dst, a) {
		panic(fmt.Sprintf(op, dst.Shape(), a.Shape()))
	}
	validate(op, dst, a)
	inPlace(op, dst, a)
	kernel.Grid{Dst: dst.Data, DstRow: dst.Stride, A: a.Data, ARow: a.Stride, Rows: a.Rows, Cols: a.Cols}.ReLU()
}

// ReLUGrad sets dst[i,j] = dh[i,j] where z[i,j] > 0, else 0: the gradient at
// the input of ReLU. dst may be dh.
func ReLUGrad(dst, dh, z Matrix) {
	const op = "mat.ReLUGrad: dst %s = dh %s where z %s > 0"
	if !alike(dst, dh) || !alike(dh, z) {
		panic(fmt.Sprintf(op, dst.Shape(), dh.Shape(), z.Shape()))
	}
	validate(op, dst, dh, z)
	inPlace(op, dst, dh, z)
	kernel.Grid{Dst: dst.Data, DstRow: dst.Stride, A: dh.Data, ARow: dh.Stride, B: z.Data, BRow: z.Stride, Rows: z.Rows, Cols: z.Cols}.ReLUGrad()
}

// SoftMax turns each row of z (N×C) into probabilities: with m the largest
// number of the row, e = Exp(z − m) and p = e / Σe, summed in ascending order.
// p may be z.
func SoftMax(p, z Matrix) {
	const op = "mat.SoftMax: p %s = softmax of the rows of z %s"
	if !alike(p, z) {
		panic(fmt.Sprintf(op, p.Shape(), z.Shape()))
	}
	validate(op, p, z)
	inPlace(op, p, z)
	kernel.Grid{Dst: p.Data, DstRow: p.Stride, A: z.Data, ARow: z.Stride, Rows: z.Rows, Cols: z.Cols}.SoftMaxRows()
}

// Step sets w[i,j] = w[i,j] − (rate·d[i,j]), the product rounded first: one
// step down the gradient d. w must not overlap d.
func Step(w Matrix, rate float64, d Matrix) {
	const op = "mat.Step: w %s −= rate · d %s"
	if !alike(w, d) {
		panic(fmt.Sprintf(op, w.Shape(), d.Shape()))
	}
	validate(op, w, d)
	inPlace(op, w, d)
	kernel.Grid{Dst: w.Data, DstRow: w.Stride, A: d.Data, ARow: d.Stride, Rows: w.Rows, Cols: w.Cols, X: rate}.Step()
}

// Within reports whether |a[i,j]| ≤ limit for every number of a; a NaN is not.
func Within(a Matrix, limit float64) bool {
	validate("mat.Within: a %s", a)
	return kernel.Grid{A: a.Data, ARow: a.Stride, Rows: a.Rows, Cols: a.Cols, X: limit}.Within()
}

func alike(a, b Matrix) bool { return a.Rows == b.Rows && a.Cols == b.Cols }

// ArgMax returns the index of the largest number of row, the first of equals,
// as numpy.argmax does; a NaN counts as largest. It panics on an empty row.
func ArgMax(row []float64) int {
	if len(row) == 0 {
		panic("mat.ArgMax: empty row")
	}
	at := 0
	for j, v := range row {
		if v != v {
			return j
		}
		if v > row[at] {
			at = j
		}
	}
	return at
}
