package mat

import "fmt"

// AddRow sets dst = a with the row b added to every row: dst[i,j] = a[i,j] + b[j],
// M×N = M×N + N. dst may be a.
func AddRow(dst, a Matrix, b []float64) {
	if dst.Rows != a.Rows || dst.Cols != a.Cols || a.Cols != len(b) {
		panic(fmt.Sprintf("mat.AddRow: dst %s = a %s + row of %d", dst.Shape(), a.Shape(), len(b)))
	}
	for i := range a.Rows {
		d, r := dst.Row(i), a.Row(i)
		for j, v := range b {
			d[j] = r[j] + v
		}
	}
}

// SumRows sets dst[j] = Σ_i a[i,j], plain additions from 0 in ascending i:
// N = Σ rows of M×N, the bias gradient. dst must not overlap a.
func SumRows(dst []float64, a Matrix) {
	if len(dst) != a.Cols {
		panic(fmt.Sprintf("mat.SumRows: dst of %d = sum of the rows of a %s", len(dst), a.Shape()))
	}
	if overlap(dst, a.Data) {
		panic(fmt.Sprintf("mat.SumRows: dst of %d overlaps a %s", len(dst), a.Shape()))
	}
	j := 0
	for ; j+4 <= a.Cols; j += 4 {
		var s0, s1, s2, s3 float64
		for i := range a.Rows {
			r := a.Data[i*a.Stride+j:][:4]
			s0, s1, s2, s3 = s0+r[0], s1+r[1], s2+r[2], s3+r[3]
		}
		dst[j], dst[j+1], dst[j+2], dst[j+3] = s0, s1, s2, s3
	}
	for ; j < a.Cols; j++ {
		var s float64
		for i := range a.Rows {
			s += a.Data[i*a.Stride+j]
		}
		dst[j] = s
	}
}

// ReLU sets dst[i,j] = 0 where a[i,j] ≤ 0, else a[i,j]: a NaN stays a NaN and
// −0 becomes +0. dst may be a.
func ReLU(dst, a Matrix) {
	if dst.Rows != a.Rows || dst.Cols != a.Cols {
		panic(fmt.Sprintf("mat.ReLU: dst %s = relu(a %s)", dst.Shape(), a.Shape()))
	}
	for i := range a.Rows {
		d, r := dst.Row(i), a.Row(i)
		for j, v := range r[:len(d)] {
			if v <= 0 {
				v = 0
			}
			d[j] = v
		}
	}
}

// ReLUGrad sets dst[i,j] = dh[i,j] where z[i,j] > 0, else 0: the gradient at
// the input of ReLU. dst may be dh.
func ReLUGrad(dst, dh, z Matrix) {
	if dst.Rows != dh.Rows || dst.Cols != dh.Cols || dh.Rows != z.Rows || dh.Cols != z.Cols {
		panic(fmt.Sprintf("mat.ReLUGrad: dst %s = dh %s where z %s > 0", dst.Shape(), dh.Shape(), z.Shape()))
	}
	for i := range z.Rows {
		d, g := dst.Row(i), dh.Row(i)
		for j, v := range z.Row(i) {
			x := g[j]
			if !(v > 0) {
				x = 0
			}
			d[j] = x
		}
	}
}

// Step sets w[i,j] = w[i,j] − (rate·d[i,j]), the product rounded first: one
// step down the gradient d. w must not overlap d.
func Step(w Matrix, rate float64, d Matrix) {
	if w.Rows != d.Rows || w.Cols != d.Cols {
		panic(fmt.Sprintf("mat.Step: w %s −= rate · d %s", w.Shape(), d.Shape()))
	}
	for i := range w.Rows {
		r, g := w.Row(i), d.Row(i)
		for j := range r {
			r[j] -= float64(rate * g[j])
		}
	}
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
