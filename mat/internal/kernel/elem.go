package kernel

import "math"

// addRowGo: dst[i,j] = a[i,j] + b[j].
func addRowGo(g *Grid) {
	for i := range g.Rows {
		dst, a, b := g.Dst[i*g.DstRow:][:g.Cols], g.A[i*g.ARow:][:g.Cols], g.B[:g.Cols]
		for j, v := range b {
			dst[j] = a[j] + v
		}
	}
}

// sumRowsGo: dst[j] = 0 + a[0,j] + a[1,j] + …, added in this order; with On
// dst[j] + a[0,j] + ….
func sumRowsGo(g *Grid) {
	if !g.On {
		clear(g.Dst[:g.Cols])
	}
	j := 0
	for ; j+4 <= g.Cols; j += 4 {
		s0, s1, s2, s3 := g.Dst[j], g.Dst[j+1], g.Dst[j+2], g.Dst[j+3]
		for i := range g.Rows {
			r := g.A[i*g.ARow+j:][:4]
			s0, s1, s2, s3 = s0+r[0], s1+r[1], s2+r[2], s3+r[3]
		}
		g.Dst[j], g.Dst[j+1], g.Dst[j+2], g.Dst[j+3] = s0, s1, s2, s3
	}
	for ; j < g.Cols; j++ {
		s := g.Dst[j]
		for i := range g.Rows {
			s += g.A[i*g.ARow+j]
		}
		g.Dst[j] = s
	}
}

// reluGo: dst[i,j] = 0 where a[i,j] ≤ 0, else a[i,j]. A NaN is not ≤ 0.
func reluGo(g *Grid) {
	for i := range g.Rows {
		dst := g.Dst[i*g.DstRow:][:g.Cols]
		for j, v := range g.A[i*g.ARow:][:g.Cols] {
			if v <= 0 {
				v = 0
			}
			dst[j] = v
		}
	}
}

// reluGradGo: dst[i,j] = a[i,j] where b[i,j] > 0, else 0.
func reluGradGo(g *Grid) {
	for i := range g.Rows {
		dst, a := g.Dst[i*g.DstRow:][:g.Cols], g.A[i*g.ARow:][:g.Cols]
		for j, v := range g.B[i*g.BRow:][:g.Cols] {
			x := a[j]
			if !(v > 0) {
				x = 0
			}
			dst[j] = x
		}
	}
}

// subDivGo: dst[i,j] = (a[i,j] − b[i,j]) / x.
func subDivGo(g *Grid) {
	for i := range g.Rows {
		dst, a := g.Dst[i*g.DstRow:][:g.Cols], g.A[i*g.ARow:][:g.Cols]
		for j, v := range g.B[i*g.BRow:][:g.Cols] {
			dst[j] = (a[j] - v) / g.X
		}
	}
}

// stepGo: dst[i,j] = dst[i,j] − (x·a[i,j]), the product rounded first.
func stepGo(g *Grid) {
	for i := range g.Rows {
		dst := g.Dst[i*g.DstRow:][:g.Cols]
		for j, v := range g.A[i*g.ARow:][:g.Cols] {
			dst[j] -= float64(g.X * v)
		}
	}
}

// withinGo reports whether |a[i,j]| ≤ x everywhere; a NaN is not.
func withinGo(g *Grid) bool {
	for i := range g.Rows {
		for _, v := range g.A[i*g.ARow:][:g.Cols] {
			if !(math.Abs(v) <= g.X) {
				return false
			}
		}
	}
	return true
}

// panelsGo copies into panels of DstRow = w columns: column j of row i lands at
// dst[j/w·w·Rows + i·w + j%w].
func panelsGo(g *Grid) {
	for j := 0; j < g.Cols; j += g.DstRow {
		panel := g.Dst[j*g.Rows:]
		for i := range g.Rows {
			copy(panel[i*g.DstRow:][:g.DstRow], g.A[i*g.ARow:][j:g.Cols])
		}
	}
}

// transposeGo: dst[j,i] = a[i,j], i below rows and j below cols.
func transposeGo(g *Grid) {
	for i := range g.Rows {
		p := i
		for _, v := range g.A[i*g.ARow:][:g.Cols] {
			g.Dst[p] = v
			p += g.DstRow
		}
	}
}
