// Package step is the training step of a small multi-layer perceptron, fused, and
// the products with endings that only it calls. It carries a block of rows through forward pass, softmax, gradient at the logits and backward
// pass while they are in the first caches; the chains of the gradients go on
// from block to block.
//
// It gives the bits of package nn's layers, which say what is computed, and of
// nn/spec's loops, which define it. What allows that:
//
//   - A bias is one more row of the weights, met by a constant 1 in the input.
//     It ends the chain: fma(1, b, s) is s + b, rounded once; and the gradient
//     of that row, the chain of fma(1, dz, s), is the plain sum of dz.
//   - h > 0 exactly where z > 0, so h serves as its own mask on the way back.
//   - A chain over the rows of a batch may stop at any row and go on from there.
//   - Matrices may lie transposed: an element's chain is the same.
//
// Names and shapes are nn's; layer k of 1 … L has n(k−1) inputs and nk outputs.
// A T at the end of a name stands for a transposed matrix, with a column a
// sample.
//
//	step.go      networks, and which of the ways below a batch takes
//	block.go     a block of rows, forward and backward
//	products.go  what a block is computed with: products that go on or end in ReLU
//	single.go    a single row
//	twoclass.go  two features, a hidden layer, two classes: in registers
package step

import (
	"fmt"

	"glassbox/mat"
	"glassbox/mat/internal/kernel"
)

// A Layer holds a layer's parameters W and their gradients D, both (in+1)×out
// without gaps between rows: the weights, and the biases as their last row.
type Layer struct{ W, D mat.Matrix }

func (l Layer) in() int  { return l.W.Rows - 1 }
func (l Layer) out() int { return l.W.Cols }

// weights returns the parameters without the biases, in×out.
func (l Layer) weights() mat.Matrix { return part(l.W, l.in(), l.out()) }

// A Net is a network of at least one hidden layer. It serves one goroutine at a
// time.
type Net struct {
	layers []Layer
	first  Layer // layers[0]
	last   Layer // layers[L−1]

	tensors           // of a block
	full, rest block  // the parts of them for a block, and for a batch's last one
	single     single // what a step on a single row works on
	two        twoClass
}

// A network has at most so many parameters, which stay in the caches beside a
// block, and features, since each block of x is transposed.
const maxParams, maxFeatures = 16 << 10, 64

// New returns a net that works on the numbers of these layers, or nil when it
// would be of no advantage: without a hidden layer, or where the products of
// whole batches are so large that they are as fast. It panics unless the layers
// follow each other, each with all its numbers and none that are another's.
func New(layers []Layer) *Net {
	check(layers)
	count := 0
	for _, l := range layers {
		count += len(l.W.Data)
	}
	if len(layers) < 2 || count > maxParams || layers[0].in() > maxFeatures {
		return nil
	}
	return &Net{layers: layers, first: layers[0], last: layers[len(layers)-1], single: newSingle(layers), two: newTwoClass(layers)}
}

// check panics unless kernels may work on the layers: nothing is checked
// between here and them.
func check(layers []Layer) {
	var used [][]float64
	in := -1
	for k, l := range layers {
		fit := l.in() >= 1 && l.out() >= 1 && (in < 0 || l.in() == in)
		for _, m := range []mat.Matrix{l.W, l.D} {
			fit = fit && m.Rows == l.W.Rows && m.Cols == m.Stride && m.Cols == l.out() && len(m.Data) == m.Rows*m.Cols
			for _, data := range used {
				fit = fit && !kernel.Overlap(m.Data, data)
			}
			used = append(used, m.Data)
		}
		if !fit {
			panic(fmt.Sprintf("step.New: layer %d: W %s with %d numbers, D %s with %d", k+1, l.W.Shape(), len(l.W.Data), l.D.Shape(), len(l.D.Data)))
		}
		in = l.out()
	}
}

// fits panics unless x is a batch for the network, of least rows or more, and y
// has C columns for each of them.
func (n *Net) fits(op string, x, y *mat.Matrix, least int) {
	if x.Cols != n.first.in() || y.Cols != n.last.out() || x.Rows != y.Rows || x.Rows < least ||
		!kernel.Holds(len(x.Data), x.Rows, x.Cols, x.Stride) || !kernel.Holds(len(y.Data), y.Rows, y.Cols, y.Stride) {
		panic(fmt.Sprintf("%s: %s and %s for a network from %d to %d", op, x.Shape(), y.Shape(), n.first.in(), n.last.out()))
	}
}

// Limits are the largest numbers of x and y with which nothing in a step can
// overflow.
type Limits struct{ X, Y float64 }

// Gradients sets the gradients D of every layer for the batch x (N×in), y
// (N×C), N at least 1; with mean they are those of the mean loss over the
// batch, else of its sum. It reports whether all numbers are within the limits;
// else D is of no use.
func (n *Net) Gradients(x, y mat.Matrix, mean bool, limits Limits) bool {
	n.fits("step.Net.Gradients", &x, &y, 1)
	divisor := 1.0
	if mean {
		divisor = float64(x.Rows)
	}
	if n.two.takes(x, y) {
		return n.two.gradients(x, y, divisor, limits)
	}
	if x.Rows == 1 {
		return n.single.gradients(n.layers, x.Row(0), y.Row(0), limits)
	}
	n.prepare(n.layers)
	for k, wT := range n.wT {
		transpose(wT, n.layers[k+1].weights())
	}
	rows := rowsOfBlocks(x.Rows)
	for i := 0; i < x.Rows; i += rows {
		b, end := n.block(i, rows, x.Rows)
		bx, by := x.RowRange(i, end), y.RowRange(i, end)
		if !mat.Within(bx, limits.X) || !mat.Within(by, limits.Y) {
			return false
		}
		n.forward(b, bx)
		n.backward(b, by, divisor, i > 0)
	}
	transpose(n.last.D, n.dWT)
	return true
}

// StepOne takes a full step, without momentum, on a single row x (in numbers)
// and y (C numbers), if there is an operation for it and all numbers are within
// the limits. It reports whether it has, and whether every parameter is within
// ±limit then. It leaves D alone.
func (n *Net) StepOne(x, y []float64, rate, limit float64, limits Limits) (done, within bool) {
	if len(x) != n.first.in() || len(y) != n.last.out() {
		panic(fmt.Sprintf("step.Net.StepOne: x of %d, y of %d numbers for a network from %d to %d", len(x), len(y), n.first.in(), n.last.out()))
	}
	if !n.two.there || !allWithin(x, limits.X) || !allWithin(y, limits.Y) {
		return false, false
	}
	return true, n.two.step(x, y, rate, limit)
}

// Predict sets p (N×C) for x (N×in); p must not overlap x. All numbers of x and
// of the parameters must be finite, and so must be every sum.
func (n *Net) Predict(p, x mat.Matrix) {
	n.fits("step.Net.Predict", &x, &p, 0)
	if kernel.Overlap(p.Data, x.Data) {
		panic(fmt.Sprintf("step.Net.Predict: p %s overlaps x %s", p.Shape(), x.Shape()))
	}
	if n.two.takes(x, p) {
		n.two.probabilities(p, x)
		return
	}
	n.prepare(n.layers)
	rows := rowsOfBlocks(x.Rows)
	for i := 0; i < x.Rows; i += rows {
		b, end := n.block(i, rows, x.Rows)
		n.forward(b, x.RowRange(i, end))
		transpose(p.RowRange(i, end), b.zT)
	}
}
