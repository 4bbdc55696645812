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
	g := grid("mat.AddRow: dst %s = a %s + row", dst, a)
	g.B = b
	g.AddRow()
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
func ReLU(dst, a Matrix) { grid("mat.ReLU: dst %s = relu(a %s)", dst, a).ReLU() }

// ReLUGrad sets dst[i,j] = dh[i,j] where z[i,j] > 0, else 0: the gradient at
// the input of ReLU. dst may be dh.
func ReLUGrad(dst, dh, z Matrix) {
	grid("mat.ReLUGrad: dst %s = dh %s where z %s > 0", dst, dh, z).ReLUGrad()
}

// SoftMax turns each row of z (N×C) into probabilities: with m the largest
// number of the row, e = Exp(z − m) and p = e / Σe, summed in ascending order.
// p may be z.
func SoftMax(p, z Matrix) {
	grid("mat.SoftMax: p %s = softmax of the rows of z %s", p, z).SoftMaxRows()
}

// Step sets w[i,j] = w[i,j] − (rate·d[i,j]), the product rounded first: one
// step down the gradient d. w must not overlap d.
func Step(w Matrix, rate float64, d Matrix) {
	g := grid("mat.Step: w %s −= rate · d %s", w, d)
	g.X = rate
	g.Step()
}

// grid returns the operands of an operation that sets the first matrix from the
// others. It panics unless all have the first one's shape and their numbers, and
// where the first shares memory with another and is not that other itself, of
// which an operation on elements reads each number before it writes it.
func grid(op string, list ...Matrix) kernel.Grid {
	dst, in := list[0], list[1:]
	for _, m := range in {
		if !alike(dst, m) {
			panic(describe(op, list))
		}
	}
	validate(op, list...)
	for _, m := range in {
		if kernel.Overlap(dst.Data, m.Data) && (&dst.Data[0] != &m.Data[0] || dst.Stride != m.Stride) {
			panicOverlap(op, list...)
		}
	}
	g := kernel.Grid{Dst: dst.Data, DstRow: dst.Stride, A: in[0].Data, ARow: in[0].Stride, Rows: dst.Rows, Cols: dst.Cols}
	if len(in) > 1 {
		g.B, g.BRow = in[1].Data, in[1].Stride
	}
	return g
}

func alike(a, b Matrix) bool { return a.Rows == b.Rows && a.Cols == b.Cols }

// Within reports whether |a[i,j]| ≤ limit for every number of a; a NaN is not.
func Within(a Matrix, limit float64) bool {
	validate("mat.Within: a %s", a)
	return kernel.Grid{A: a.Data, ARow: a.Stride, Rows: a.Rows, Cols: a.Cols, X: limit}.Within()
}

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
