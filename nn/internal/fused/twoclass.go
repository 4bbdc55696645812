package fused

import "glassbox/mat"

// twoClass is the network of the coursework, with two features, one hidden
// layer and two classes, by the operations that package mat has for it. Nothing
// is stored between them but the gradient at the logits.
type twoClass struct {
	*mat.TwoClass            // nil for other networks
	dz            mat.Matrix // R×2
}

// twoClassRows is how many rows a block has: their x, y and dz stay in the
// first cache.
const twoClassRows = 512

func newTwoClass(layers []Layer) twoClass {
	if len(layers) != 2 || layers[0].in() != 2 || layers[1].out() != 2 {
		return twoClass{}
	}
	if mat.Kernel() == "neon" {
		return twoClass{} // for which only the other operations have kernels
	}
	a, b := layers[0], layers[1]
	return twoClass{mat.NewTwoClass(a.W, b.W, a.D, b.D), mat.New(twoClassRows, 2)}
}

// takes reports whether the operations are to be had for rows like those of a
// and b: without gaps.
func (t *twoClass) takes(a, b mat.Matrix) bool {
	return t.TwoClass != nil && a.Rows > 0 && (a.Rows == 1 || a.Stride == 2 && b.Stride == 2)
}

// gradients is Net.Gradients.
func (t *twoClass) gradients(x, y mat.Matrix, divisor float64, limits Limits) bool {
	for i := 0; i < x.Rows; i += twoClassRows {
		end := min(i+twoClassRows, x.Rows)
		bx, by, dz := x.RowRange(i, end), y.RowRange(i, end), t.dz.RowRange(0, end-i)
		if !mat.Within(bx, limits.X) || !mat.Within(by, limits.Y) {
			return false
		}
		t.Gradient(dz, bx, by, divisor)
		t.Backward(bx, dz, i > 0)
	}
	return true
}
