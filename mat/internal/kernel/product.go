package kernel

import "sync"

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

const (
	// A block of B, blockK×blockN, stays in the second-level cache; a sliver
	// of A, as high as a tile and blockK long, in the first.
	blockK, blockN = 256, 240

	// A B of up to this many elements stays where it is.
	directB = 12 << 10

	// One call of assembly runs at most about this many terms, some tens of
	// microseconds: the scheduler and the collector wait for its end.
	callTerms = 1 << 21
)

// Product sets C = A·B, m×n = m×k · k×n, or with on continues the chains that
// it finds in C; C[i,j] is at c[i*cRow+j]. No operand may overlap C.
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
	p := product{c, cRow, m, n, k, a, b, on}
	p.run()
}

func (p *product) run() {
	_, tileN := tile()
	switch {
	case p.b.Col == 1 && (p.k*p.n <= directB || p.m <= 16):
		p.direct()
	case false:
		_ = tileN
	default:
		p.blocked()
	}
}

// direct reads both operands where they lie. B lies in rows.
func (p *product) direct() {
	tileM, tileN := tile()
	kn := min(p.k, max(1, callTerms/(tileM*p.n)))
	mn := max(tileM, callTerms/(kn*p.n)/tileM*tileM)
	for k0 := 0; k0 < p.k; k0 += kn {
		for i0 := 0; i0 < p.m; i0 += mn {
			s := strip{
				c: p.c[i0*p.cRow:], cRow: p.cRow,
				a: p.a.Data[i0*p.a.Row+k0*p.a.Col:], aRow: p.a.Row, aCol: p.a.Col, aTile: tileM * p.a.Row,
				b: p.b.Data[k0*p.b.Row:], bRow: p.b.Row, bPanel: tileN,
				m: min(mn, p.m-i0), n: p.n, k: min(kn, p.k-k0),
				on: p.on || k0 > 0,
			}
			s.run()
		}
	}
}

// packs holds scratch, so that a product allocates nothing.
var packs = sync.Pool{New: func() any { return new(pack) }}

type pack struct {
	a [blockK * 8]float64
	b [blockK * blockN]float64
}

// blocked packs a block of B and slivers of A in the order in which tiles read
// them.
func (p *product) blocked() {
	buf := packs.Get().(*pack)
	defer packs.Put(buf)
	tileM, tileN := tile()
	for k0 := 0; k0 < p.k; k0 += blockK {
		kn := min(blockK, p.k-k0)
		for j0 := 0; j0 < p.n; j0 += blockN {
			jn := min(blockN, p.n-j0)
			b := p.b.from(k0, j0)
			for j := 0; j < jn; j += tileN {
				packPanel(buf.b[j*kn:], tileN, kn, min(tileN, jn-j), b.from(0, j))
			}
			for i0 := 0; i0 < p.m; i0 += tileM {
				in := min(tileM, p.m-i0)
				packPanel(buf.a[:], tileM, kn, in, p.a.from(i0, k0).transposed())
				s := strip{
					c: p.c[i0*p.cRow+j0:], cRow: p.cRow,
					a: buf.a[:], aRow: 1, aCol: tileM, aTile: 0,
					b: buf.b[:], bRow: tileN, bPanel: tileN * kn,
					m: in, n: jn, k: kn,
					on: p.on || k0 > 0,
				}
				s.run()
			}
		}
	}
}

// packPanel copies the first n columns and kn rows of o into rows of width w.
// The lanes from n to w stay as they were: what they give is not stored.
func packPanel(dst []float64, w, kn, n int, o Operand) {
	if o.Col == 1 {
		g := Grid{Dst: dst, A: o.Data, DstRow: w, ARow: o.Row, Rows: kn, Cols: n}
		g.copy()
	} else {
		g := Grid{Dst: dst, A: o.Data, DstRow: w, ARow: o.Col, Rows: n, Cols: kn}
		g.transpose()
	}
}
