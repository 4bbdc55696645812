package kernel

// A strip is a product, or a part of one, whose chains stand in registers
// from their first term to their last. C is m×n,
//
//	s = 0, or c[i,j] to go on with it; for k ascending: s = fma(a[i,k], b[k,j], s)
//
// and lies at c[i*cRow+j]. A lies in any order, B in rows; both may be packed,
// A in slivers as high as a tile and B in panels as wide. With i = I·tileM + i′
// and j = J·tileN + j′
//
//	a[i,k] is at a[I*aTile + i′*aRow + k*aCol]
//	b[k,j] is at b[J*bPanel + k*bRow + j′]
//
// All distances are in elements; m, n and k are at least 1.
type strip struct {
	c, a, b           []float64
	cRow              int
	aRow, aCol, aTile int
	bRow, bPanel      int
	m, n, k           int
	on                bool // the chains go on from what is in c
	across            bool // for narrow: C[i,j] lies at c[j*cRow+i]

	set Set       // whose kernels run it
	end ending    // what follows the chains, where the set's kernels have it
	h   []float64 // for where: h[i,j] lies as C[i,j] does
}

const goTileM, goTileN = 4, 2

// stripGo is the loop.
func stripGo(s *strip) {
	for i := 0; i < s.m; i += goTileM {
		for j := 0; j < s.n; j += goTileN {
			at, a, b := i*s.cRow+j, s.a[i/goTileM*s.aTile:], s.b[j/goTileN*s.bPanel:]
			if s.end == plain && i+goTileM <= s.m && j+goTileN <= s.n {
				tileGo(s, s.c[at:], a, b)
				continue
			}
			for r := range min(goTileM, s.m-i) {
				for t := range min(goTileN, s.n-j) {
					chainGo(s, at+r*s.cRow+t, a[r*s.aRow:], b[t:])
				}
			}
		}
	}
}

// tileGo runs the chains of a full tile.
func tileGo(s *strip, c, a, b []float64) {
	var s00, s01, s10, s11, s20, s21, s30, s31 float64
	c0, c1, c2, c3 := c[:2], c[s.cRow:][:2], c[2*s.cRow:][:2], c[3*s.cRow:][:2]
	if s.on {
		s00, s01, s10, s11 = c0[0], c0[1], c1[0], c1[1]
		s20, s21, s30, s31 = c2[0], c2[1], c3[0], c3[1]
	}
	p, q := 0, 0
	for range s.k {
		a0, a1, a2, a3 := a[p], a[p+s.aRow], a[p+2*s.aRow], a[p+3*s.aRow]
		b0, b1 := b[q], b[q+1]
		s00, s01 = FMA(a0, b0, s00), FMA(a0, b1, s01)
		s10, s11 = FMA(a1, b0, s10), FMA(a1, b1, s11)
		s20, s21 = FMA(a2, b0, s20), FMA(a2, b1, s21)
		s30, s31 = FMA(a3, b0, s30), FMA(a3, b1, s31)
		p, q = p+s.aCol, q+s.bRow
	}
	c0[0], c0[1], c1[0], c1[1] = s00, s01, s10, s11
	c2[0], c2[1], c3[0], c3[1] = s20, s21, s30, s31
}

// chainGo runs the one chain at c[at].
func chainGo(s *strip, at int, a, b []float64) {
	sum := 0.0
	if s.on {
		sum = s.c[at]
	}
	p, q := 0, 0
	for range s.k {
		sum = FMA(a[p], b[q], sum)
		p, q = p+s.aCol, q+s.bRow
	}
	if s.end == relu && sum <= 0 || s.end == where && !(s.h[at] > 0) {
		sum = 0
	}
	s.c[at] = sum
}
