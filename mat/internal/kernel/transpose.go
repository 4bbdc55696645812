package kernel

// copyGo: dst[i,j] = a[i,j].
func copyGo(g *Grid) {
	for i := range g.Rows {
		copy(g.Dst[i*g.DstRow:][:g.Cols], g.A[i*g.ARow:][:g.Cols])
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
