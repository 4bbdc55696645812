package kernel

// An ending is what a product does with each element when its chain is whole.
type ending uint8

const (
	plain ending = iota
	relu         // 0 where it is ≤ 0
	where        // 0 where h is not above 0
)

// ProductReLU is Product followed by ReLU: C[i,j] = 0 where the chain's end is
// ≤ 0.
func ProductReLU(c []float64, cRow, m, n, k int, a, b Operand) {
	if s, ok := whole(c, cRow, m, n, k, a, b); ok {
		s.end = relu
		s.run()
		return
	}
	Product(c, cRow, m, n, k, a, b, false)
	Grid{Dst: c, A: c, DstRow: cRow, ARow: cRow, Rows: m, Cols: n}.ReLU()
}

// ProductWhere is Product followed by the gradient of ReLU: C[i,j] = 0 where
// h[i,j], at h[i*hRow+j], is not above 0. h may be C.
func ProductWhere(c []float64, cRow, m, n, k int, a, b Operand, h []float64, hRow int) {
	if s, ok := whole(c, cRow, m, n, k, a, b); ok && hRow == cRow {
		s.end, s.h = where, h
		s.run()
		return
	}
	if m == 0 || n == 0 {
		return
	}
	// As h may be C, the chains end beside it, as many rows at a time as fit.
	buf := scratches.Get().(*scratch)
	rows, beside := len(buf)/n, buf[:]
	if rows == 0 {
		rows, beside = 1, make([]float64, n)
	}
	for i := 0; i < m; i += rows {
		in := min(rows, m-i)
		rest := a
		if k > 0 {
			rest = a.from(i, 0)
		}
		Product(beside, n, in, n, k, rest, b, false)
		Grid{Dst: c[i*cRow:], A: beside, B: h[i*hRow:], DstRow: cRow, ARow: n, BRow: hRow, Rows: in, Cols: n}.ReLUGrad()
	}
	scratches.Put(buf)
}

// whole returns the product as one strip, if it can be one that ends in more
// than its chains.
func whole(c []float64, cRow, m, n, k int, a, b Operand) (strip, bool) {
	if !hasEndings() || m == 0 || n == 0 || k == 0 || b.Col != 1 || m*n*k > callTerms || k*n > directB {
		return strip{}, false
	}
	return inPlace(c, cRow, m, n, k, a, b, false), true
}
