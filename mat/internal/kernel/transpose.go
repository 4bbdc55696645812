package kernel

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
