package mat

import (
	"fmt"

	"glassbox/mat/internal/kernel"
)

// A TwoClass is the network of the coursework, two features, a layer of n
// hidden units and two classes, as one operation on its way forward and one on
// its way back: a sample passes through it in registers, and hidden numbers are
// never stored.
//
//	p = softmax(relu(x·W + b)·U + c)
//
// It gives the bits of Mul, AddRow, ReLU and the others one after the other, for
// numbers that are finite and so small that every sum is.
type TwoClass struct{ k kernel.Two }

// NewTwoClass returns the operations for the parameters w, 3×n with b as its
// last row, and u, (n+1)×2 with c as its last, and for their gradients, dw and
// du of the same shapes. Their rows must follow each other without a gap, and
// none may overlap another.
func NewTwoClass(w, u, dw, du Matrix) *TwoClass {
	n := w.Cols
	fit := n > 0 && w.Rows == 3 && u.Rows == n+1 && u.Cols == 2 && alike(w, dw) && alike(u, du)
	list := []Matrix{w, u, dw, du}
	for i, m := range list {
		fit = fit && m.Stride == m.Cols && m.whole()
		for _, o := range list[:i] {
			fit = fit && !overlap(m.Data, o.Data)
		}
	}
	if !fit {
		panic(fmt.Sprintf("mat.NewTwoClass: w %s, u %s, dw %s, du %s with distances of %d, %d, %d and %d", w.Shape(), u.Shape(), dw.Shape(), du.Shape(), w.Stride, u.Stride, dw.Stride, du.Stride))
	}
	return &TwoClass{kernel.Two{W: w.Data, U: u.Data, DW: dw.Data, DU: du.Data, Units: n}}
}

// Probabilities sets p for x, both N×2 without gaps between rows. p may be x.
func (t *TwoClass) Probabilities(p, x Matrix) {
	t.check("mat.TwoClass.Probabilities: p %s, x %s", &p, &x)
	k := &t.k
	k.X, k.Y, k.Z, k.Rows = x.Data, nil, p.Data, x.Rows
	k.Forward()
}

// Gradient sets dz = (p − y)/divisor, the gradient at the logits, for x and y
// (all N×2, without gaps between rows).
func (t *TwoClass) Gradient(dz, x, y Matrix, divisor float64) {
	t.check("mat.TwoClass.Gradient: dz %s, x %s, y %s", &dz, &x, &y)
	k := &t.k
	k.X, k.Y, k.Z, k.Rows, k.N, k.Mean = x.Data, y.Data, dz.Data, x.Rows, divisor, divisor != 1
	k.Forward()
}

// Backward sets dw and du from x and dz (N×2, without gaps between rows). With
// on the chains of their elements go on from what is there.
func (t *TwoClass) Backward(x, dz Matrix, on bool) {
	t.check("mat.TwoClass.Backward: x %s, dz %s", &x, &dz)
	k := &t.k
	k.X, k.Z, k.Rows, k.On = x.Data, dz.Data, x.Rows, on
	k.Backward()
}

// Step takes w and u a step down the gradient of the single sample x, y (2
// numbers each), w less rate times its gradient, and reports whether every
// parameter is within ±limit then. It leaves dw and du alone.
func (t *TwoClass) Step(x, y []float64, rate, limit float64) (within bool) {
	if len(x) != 2 || len(y) != 2 {
		panic(fmt.Sprintf("mat.TwoClass.Step: x of %d, y of %d numbers", len(x), len(y)))
	}
	k := &t.k
	k.X, k.Y, k.Rate, k.Limit = x, y, rate, limit
	return k.Step()
}

// check panics unless all have as many rows of two numbers, one behind the
// other and at least one.
func (t *TwoClass) check(op string, list ...*Matrix) {
	rows := list[0].Rows
	for _, m := range list {
		if m.Cols != 2 || m.Rows != rows || rows < 1 || rows > 1 && m.Stride != 2 || len(m.Data) < 2*rows {
			var shapes []any
			for _, m := range list {
				shapes = append(shapes, m.Shape())
			}
			panic(fmt.Sprintf(op+": need N×2 without gaps", shapes...))
		}
	}
}
