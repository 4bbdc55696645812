package step

import (
	"glassbox/mat"
	"glassbox/mat/internal/kernel"
)

// twoClass is the network of the coursework, two features, a layer of hidden
// units and two classes, as one operation on its way forward and one on its way
// back: a sample passes through it in registers, and hidden numbers are never
// stored. Nothing lies between the two but the gradient at the logits.
type twoClass struct {
	there bool // other networks do without
	k     kernel.Two
	dz    mat.Matrix // R×2
}

// twoClassRows is how many rows a block has: their x, y and dz stay in the
// first cache.
const twoClassRows = 512

func newTwoClass(layers []Layer) twoClass {
	if len(layers) != 2 || layers[0].in() != 2 || layers[1].out() != 2 {
		return twoClass{}
	}
	if kernel.Active() == kernel.NEON {
		return twoClass{} // for which only the other operations have kernels
	}
	a, b := layers[0], layers[1]
	return twoClass{there: true, k: kernel.Two{W: a.W.Data, U: b.W.Data, DW: a.D.Data, DU: b.D.Data, Units: a.out()}, dz: mat.New(twoClassRows, 2)}
}

// takes reports whether the operations are to be had for rows like those of a
// and b: without gaps.
func (t *twoClass) takes(a, b mat.Matrix) bool {
	return t.there && a.Rows > 0 && (a.Rows == 1 || a.Stride == 2 && b.Stride == 2)
}

// gradients is Net.Gradients.
func (t *twoClass) gradients(x, y mat.Matrix, divisor float64, limits Limits) bool {
	for i := 0; i < x.Rows; i += twoClassRows {
		end := min(i+twoClassRows, x.Rows)
		bx, by := x.RowRange(i, end), y.RowRange(i, end)
		if !mat.Within(bx, limits.X) || !mat.Within(by, limits.Y) {
			return false
		}
		k := &t.k
		k.X, k.Y, k.Z, k.Rows, k.N, k.Mean = bx.Data, by.Data, t.dz.Data, bx.Rows, divisor, divisor != 1
		k.Forward()
		k.On = i > 0
		k.Backward()
	}
	return true
}

// probabilities is Net.Predict.
func (t *twoClass) probabilities(p, x mat.Matrix) {
	k := &t.k
	k.X, k.Y, k.Z, k.Rows = x.Data, nil, p.Data, x.Rows
	k.Forward()
}

// step takes the parameters a step down the gradient of the single sample x, y
// (2 numbers each) and reports whether every one is within ±limit then.
func (t *twoClass) step(x, y []float64, rate, limit float64) (within bool) {
	k := &t.k
	k.X, k.Y, k.Rate, k.Limit = x, y, rate, limit
	return k.Step()
}
