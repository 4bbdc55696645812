package kernel

import (
	"math/bits"
	"sync"
)

// An Operand is a matrix read in either direction: element (i, j) is
// Data[i*Row+j*Col], and Row or Col is 1.
type Operand struct {
	Data     []float64
	Row, Col int
}

// from returns the operand without its first i rows and j columns.
func (o Operand) from(i, j int) Operand { return Operand{o.Data[i*o.Row+j*o.Col:], o.Row, o.Col} }

func (o Operand) transposed() Operand { return Operand{o.Data, o.Col, o.Row} }

// A product is C = A·B, or goes on with the chains in C: C m×n at c[i*cRow+j],
// A m×k, B k×n.
type product struct {
	c       []float64
	cRow    int
	m, n, k int
	a, b    Operand
	on      bool
}

// A blocking is how a large product is cut: a block of B, k×n, stays in the last
// cache; a block of A, m×k, in the second; and the current panel of B in the
// first, for as many slivers of A as the block has. It changes no bit.
type blocking struct{ k, n, m int }

// As measured, Intel's Sapphire Rapids is a fifth faster with its own blocks, of
// which a panel is shorter, and AMD's Zen 4 as fast with either.
var (
	blocksOfOthers = blocking{512, 528, 48}
	blocksOfIntel  = blocking{384, 264, 96}

	blocks = blocksOfOthers // the one in use, see kernel_amd64.go
)

const (
	// A product of so few columns and so many rows, the least that NEON's kernel
	// takes, has its lanes over the rows.
	narrowest, narrowRows = 4, 8

	// A B of up to this many elements stays where it is.
	directB = 12 << 10

	// One call of assembly runs at most about this many terms, some tens of
	// microseconds: the scheduler and the collector wait for its end.
	callTerms = 1 << 21
)

// Product sets C = A·B, m×n = m×k · k×n, or with on continues the chains that
// it finds in C; C[i,j] is at c[i*cRow+j]. No operand may overlap C.
//
// Tiles run over i and j only, and a block of k goes on with the chains that
// the block before left in C, so that no way through changes a bit. Nothing is
// padded along k: fma(0, 0, −0) is +0, and 0·Inf is NaN.
func Product(c []float64, cRow, m, n, k int, a, b Operand, on bool) {
	if m == 0 || n == 0 {
		return
	}
	if k == 0 {
		if !on {
			for i := range m {
				clear(c[i*cRow:][:n])
			}
		}
		return
	}
	if b.Col == 1 && m*n*k <= callTerms && k*n <= directB && !(a.Row == 1 && sideways(m, n)) {
		// inPlace written out: a copy of the strip takes a product of 16×16 some
		// hundredths longer.
		set := setFor(m, n, k)
		tileM, tileN := set.tile()
		s := strip{
			c: c, cRow: cRow,
			a: a.Data, aRow: a.Row, aCol: a.Col, aTile: tileM * a.Row,
			b: b.Data, bRow: b.Row, bPanel: tileN,
			m: m, n: n, k: k, on: on, set: set,
		}
		if a.Col != 1 || n > narrowest || m < narrowRows || on || !s.narrow() {
			s.run()
		}
		return
	}
	if m <= narrowest && n >= narrowRows && a.Row == 1 && b.Row == 1 && !on && m*n*k <= callTerms {
		// Few rows are few columns of Cᵀ = Bᵀ·Aᵀ.
		s := strip{c: c, cRow: cRow, a: b.Data, aRow: b.Col, aCol: 1, b: a.Data, bRow: a.Col, m: n, n: m, k: k, across: true, set: active}
		if s.narrow() {
			return
		}
	}
	p := product{c, cRow, m, n, k, a, b, on}
	p.run()
}

// inPlace is the strip of operands that are read where they lie, B in rows.
func inPlace(c []float64, cRow, m, n, k int, a, b Operand, on bool) strip {
	set := setFor(m, n, k)
	tileM, tileN := set.tile()
	return strip{
		c: c, cRow: cRow,
		a: a.Data, aRow: a.Row, aCol: a.Col, aTile: tileM * a.Row,
		b: b.Data, bRow: b.Row, bPanel: tileN,
		m: m, n: n, k: k, on: on, set: set,
	}
}

// halves says that the processor works on 512 bits as on two halves, one after
// the other: see kernel_amd64.go.
var halves bool

// setFor returns the set for a product that is read in place: AVX2 where that
// fills its registers, and the last one of AVX-512 would take as long as two of
// them while it is half empty. Two rows, or a few columns of many terms, are few
// chains, which wait for each other: there longer registers do more meanwhile.
func setFor(m, n, k int) Set {
	if halves && active == AVX512 && (n <= narrowest && k <= 32 || n > narrowest && n%8 == 4 && m > 2) {
		return AVX2
	}
	return active
}

func (p *product) run() {
	if !p.inParts() {
		p.serial()
	}
}

// serial computes p on the caller's thread.
func (p *product) serial() {
	switch {
	case p.k*p.n > directB && p.m > 16:
		p.blocked()
	case p.a.Row == 1 && p.b.Col == 1 && sideways(p.m, p.n) && p.m*p.n <= scratchC:
		p.transposed()
	case p.b.Col == 1:
		p.direct()
	case p.k*p.n <= directB:
		p.turnedB()
	default:
		p.blocked()
	}
}

// sideways reports whether a product with few columns has less work when it is
// computed as Cᵀ = Bᵀ·Aᵀ, with the lanes over its rows.
func sideways(m, n int) bool {
	w := laneCount()
	shift := bits.TrailingZeros(uint(w)) // a small product would notice divisions
	return 8*n*((m+w-1)>>shift) < 7*m*((n+w-1)>>shift)
}

// direct reads both operands where they lie. B lies in rows.
func (p *product) direct() {
	tileM, _ := active.tile()
	kn := min(p.k, max(1, callTerms/(tileM*p.n)))
	mn := max(tileM, callTerms/(kn*p.n)/tileM*tileM)
	for k0 := 0; k0 < p.k; k0 += kn {
		for i0 := 0; i0 < p.m; i0 += mn {
			s := inPlace(p.c[i0*p.cRow:], p.cRow, min(mn, p.m-i0), p.n, min(kn, p.k-k0), p.a.from(i0, k0), p.b.from(k0, 0), p.on || k0 > 0)
			s.run()
		}
	}
}

// scratch holds copies of parts of operands, and panels those of a block of B:
// lent to one product after the other, so that none allocates.
var (
	scratches = sync.Pool{New: func() any { return new(scratch) }}
	allPanels = sync.Pool{New: func() any { return new(panels) }}
)

// They hold the blocks of every blocking.
type (
	scratch [384 * 96]float64
	panels  [512 * 528]float64
)

// scratchC is how many elements of C a transposed product may have.
const scratchC = 24 << 10

// transposed computes Cᵀ = Bᵀ·Aᵀ beside C. A lies in columns.
func (p *product) transposed() {
	buf := scratches.Get().(*scratch)
	t := product{buf[:p.n*p.m], p.m, p.n, p.m, p.k, p.b.transposed(), p.a.transposed(), p.on}
	if p.on {
		Grid{Dst: t.c, DstRow: p.m, A: p.c, ARow: p.cRow, Rows: p.m, Cols: p.n}.Transpose()
	}
	t.direct()
	Grid{Dst: p.c, DstRow: p.cRow, A: t.c, ARow: p.m, Rows: p.n, Cols: p.m}.Transpose()
	scratches.Put(buf)
}

// turnedB copies a B that lies in columns into rows.
func (p *product) turnedB() {
	buf := scratches.Get().(*scratch)
	Grid{Dst: buf[:], DstRow: p.n, A: p.b.Data, ARow: p.b.Col, Rows: p.n, Cols: p.k}.Transpose()
	t := *p
	t.b = Operand{buf[:], p.n, 1}
	t.direct()
	scratches.Put(buf)
}

// blocked packs blocks of B in panels and blocks of A in slivers, in the order
// in which tiles read them: Goto and van de Geijn, "Anatomy of High-Performance
// Matrix Multiplication", 2008.
func (p *product) blocked() {
	buf, block := scratches.Get().(*scratch), allPanels.Get().(*panels)
	tileM, tileN := active.tile()
	cols := evenly(p.n, (p.n+blocks.n-1)/blocks.n, tileN) // blocks of one size
	for k0 := 0; k0 < p.k; k0 += blocks.k {
		kn := min(blocks.k, p.k-k0)
		for j0 := 0; j0 < p.n; j0 += cols {
			jn := min(cols, p.n-j0)
			packPanels(block[:], tileN, kn, jn, p.b.from(k0, j0))
			for i0 := 0; i0 < p.m; i0 += blocks.m {
				in := min(blocks.m, p.m-i0)
				packPanels(buf[:], tileM, kn, in, p.a.from(i0, k0).transposed())
				for j := 0; j < jn; j += tileN {
					s := strip{
						c: p.c[i0*p.cRow+j0+j:], cRow: p.cRow,
						a: buf[:], aRow: 1, aCol: tileM, aTile: tileM * kn,
						b: block[j*kn:], bRow: tileN,
						m: in, n: min(tileN, jn-j), k: kn,
						on: p.on || k0 > 0, set: active,
					}
					s.run()
				}
			}
		}
	}
	scratches.Put(buf)
	allPanels.Put(block)
}

// evenly returns the size of the given number of parts of n, a multiple of unit.
func evenly(n, number, unit int) int {
	return ((n+number-1)/number + unit - 1) / unit * unit
}

// packPanels copies the first kn rows and n columns of o into panels of width
// w: column j of row k lands at [(j/w)*w*kn + k*w + j%w]. The lanes that the
// last panel has too many stay as they were: what they give is not stored.
func packPanels(dst []float64, w, kn, n int, o Operand) {
	if o.Col == 1 {
		g := Grid{Dst: dst, DstRow: w, A: o.Data, ARow: o.Row, Rows: kn, Cols: n}
		g.panels()
		return
	}
	for j := 0; j < n; j += w {
		g := Grid{Dst: dst[j*kn:], DstRow: w, A: o.Data[j*o.Col:], ARow: o.Col, Rows: min(w, n-j), Cols: kn}
		g.transpose()
	}
}

// An ending is what a product does with each element when its chain has ended.
type ending uint8

const (
	plain ending = iota
	relu         // 0 where it is ≤ 0
	where        // 0 where h is not above 0
)

// ProductReLU is Product followed by ReLU: C[i,j] = 0 where the chain's end is
// ≤ 0.
func ProductReLU(c []float64, cRow, m, n, k int, a, b Operand) {
	if s, ok := asStrip(c, cRow, m, n, k, a, b); ok {
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
	if s, ok := asStrip(c, cRow, m, n, k, a, b); ok && hRow == cRow {
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

// asStrip returns the product as one strip, if it can be one that ends in more
// than its chains.
func asStrip(c []float64, cRow, m, n, k int, a, b Operand) (strip, bool) {
	if !hasEndings() || m == 0 || n == 0 || k == 0 || b.Col != 1 || m*n*k > callTerms || k*n > directB {
		return strip{}, false
	}
	return inPlace(c, cRow, m, n, k, a, b, false), true
}
