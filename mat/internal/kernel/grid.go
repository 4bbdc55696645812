package kernel

// A Grid holds the operands of an operation on the elements of Rows×Cols
// numbers: row i of an operand begins at its distance times i. The operation
// says which operands it has.
type Grid struct {
	Dst, A, B          []float64
	DstRow, ARow, BRow int
	Rows, Cols         int
	X                  float64
	On                 bool
}

// An operation works on each number by itself.
type operation uint8

const (
	opAddRow operation = iota
	opReLU
	opReLUGrad
	opSubDiv
	opStep
	opWithin
	opExp
)

// AddRow sets dst[i,j] = a[i,j] + b[j].
func (g Grid) AddRow() { g.inParts(opAddRow) }

// ReLU sets dst[i,j] = 0 where a[i,j] ≤ 0, else a[i,j].
func (g Grid) ReLU() { g.inParts(opReLU) }

// ReLUGrad sets dst[i,j] = a[i,j] where b[i,j] > 0, else 0.
func (g Grid) ReLUGrad() { g.inParts(opReLUGrad) }

// SubDiv sets dst[i,j] = (a[i,j] − b[i,j]) / X.
func (g Grid) SubDiv() { g.inParts(opSubDiv) }

// Step sets dst[i,j] = dst[i,j] − (X·a[i,j]), the product rounded first.
func (g Grid) Step() { g.inParts(opStep) }

// Within reports whether |a[i,j]| ≤ X everywhere; a NaN is not.
func (g Grid) Within() bool { return g.inParts(opWithin) }

// Exp sets dst[i,j] = Exp(a[i,j]).
func (g Grid) Exp() { g.inParts(opExp) }

// inParts has a call go over all numbers if they are few, else several over a
// part each. It reports whether all of them did, which is Within's result.
func (g Grid) inParts(o operation) bool {
	g.flatten()
	if g.Rows*g.Cols <= callNumbers {
		return g.call(o)
	}
	for g.Rows > 0 {
		if p := g.cut(); !p.call(o) {
			return false
		}
	}
	return true
}

// call runs the loop of an operation. A function value instead would have every
// Grid on the heap.
func (g *Grid) call(o operation) bool {
	switch o {
	case opAddRow:
		g.addRow()
	case opReLU:
		g.relu()
	case opReLUGrad:
		g.reluGrad()
	case opSubDiv:
		g.subDiv()
	case opStep:
		g.step()
	case opWithin:
		return g.within()
	case opExp:
		g.exp()
	}
	return true
}

// SumRows sets dst[j] = 0 + a[0,j] + a[1,j] + …, added in this order; with On
// it goes on from dst[j].
func (g Grid) SumRows() {
	if !g.On {
		clear(g.Dst[:g.Cols])
	}
	rows := max(1, callNumbers/max(1, g.Cols))
	for i := 0; i < g.Rows; i += rows {
		p := g
		p.A, p.Rows, p.On = g.A[i*g.ARow:], min(rows, g.Rows-i), true
		p.sumRows()
	}
}

// Transpose sets dst[j,i] = a[i,j].
func (g Grid) Transpose() {
	// Whole lines of memory on both sides: eight rows at least.
	rows := max(8, callNumbers/max(1, g.Cols)/8*8)
	for i := 0; i < g.Rows && g.Cols > 0; i += rows {
		p := g
		p.Dst, p.A, p.Rows = g.Dst[i:], g.A[i*g.ARow:], min(rows, g.Rows-i)
		p.transpose()
	}
}

// SoftMax makes each column of a probabilities: with m the column's largest
// number and e[i] = Exp(a[i,j] − m), dst[i,j] = e[i] / (0 + e[0] + e[1] + …).
func (g Grid) SoftMax() {
	// A column is one sample: only columns can be cut off.
	for g.Rows > 0 && g.Cols > 0 {
		p := g
		p.Cols = min(g.Cols, max(8, callNumbers/g.Rows/8*8))
		p.softMax()
		g.Cols -= p.Cols
		if g.Cols > 0 {
			g.Dst, g.A = g.Dst[p.Cols:], g.A[p.Cols:]
		}
	}
}

// SoftMaxRows is SoftMax with a sample a row: it transposes a block of rows at a
// time, as lanes run over samples, and takes a few rows one by one.
func (g Grid) SoftMaxRows() {
	const few, block = 8, 2048
	rows := max(few, block/max(1, g.Cols)/few*few)
	var buf *scratch
	if g.Rows >= few && rows*g.Cols <= len(buf) {
		buf = scratches.Get().(*scratch)
		defer scratches.Put(buf)
	} else {
		rows = few - 1
	}
	for i := 0; i < g.Rows && g.Cols > 0; i += rows {
		dst, a, n := g.Dst[i*g.DstRow:], g.A[i*g.ARow:], min(rows, g.Rows-i)
		if n < few {
			for r := range n {
				softMaxRow(dst[r*g.DstRow:][:g.Cols], a[r*g.ARow:][:g.Cols])
			}
			continue
		}
		Grid{Dst: buf[:], DstRow: n, A: a, ARow: g.ARow, Rows: n, Cols: g.Cols}.Transpose()
		Grid{Dst: buf[:], DstRow: n, A: buf[:], ARow: n, Rows: g.Cols, Cols: n}.SoftMax()
		Grid{Dst: dst, DstRow: g.DstRow, A: buf[:], ARow: n, Rows: g.Cols, Cols: n}.Transpose()
	}
}

// One call of assembly goes over at most about this many numbers, some
// microseconds of work: the scheduler and the collector wait for its end.
const callNumbers = 1 << 14

// cut takes off the first rows of g, or the first columns where one row alone
// is too long.
func (g *Grid) cut() Grid {
	p := *g
	if g.Rows*g.Cols <= callNumbers {
		g.Rows = 0
		return p
	}
	if g.Cols <= callNumbers || g.Rows > 1 {
		p.Rows = max(1, callNumbers/g.Cols)
		g.Rows -= p.Rows
		if g.Rows > 0 {
			g.Dst, g.A, g.B = skip(g.Dst, p.Rows*g.DstRow), skip(g.A, p.Rows*g.ARow), skip(g.B, p.Rows*g.BRow)
		}
		return p
	}
	p.Cols = callNumbers
	g.Cols -= p.Cols
	g.Dst, g.A, g.B = skip(g.Dst, p.Cols), skip(g.A, p.Cols), skip(g.B, p.Cols)
	return p
}

// skip returns s without its first n numbers; an operand that is not there
// stays so.
func skip(s []float64, n int) []float64 {
	if s == nil {
		return nil
	}
	return s[n:]
}

// flatten makes one row of operands whose rows follow each other without a gap.
func (g *Grid) flatten() {
	if (g.Dst == nil || g.DstRow == g.Cols) && g.ARow == g.Cols && (g.B == nil || g.BRow == g.Cols) {
		g.Rows, g.Cols = min(g.Rows, 1), g.Rows*g.Cols
	}
}
