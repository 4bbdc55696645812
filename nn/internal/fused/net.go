// Package fused is the training step of a small multi-layer perceptron in one
// piece. It carries a block of rows through forward pass, softmax, gradient at
// the logits and backward pass while they are in the first caches; the chains
// of the gradients go on from block to block.
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
package fused

import "glassbox/mat"

// A Layer holds a layer's parameters W and their gradients D, both (in+1)×out:
// the weights, and the biases as their last row.
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
	single     single // what a step on a single row has in hand
	two        twoClass
}

// A network has at most so many parameters, which stay in the caches beside a
// block, and features, since each block of x is transposed.
const maxParams, maxFeatures = 16 << 10, 64

// New returns a net that works on the numbers of these layers, or nil when it
// would be of no advantage: without a hidden layer, or where the products of
// whole batches are so large that they are as fast.
func New(layers []Layer) *Net {
	count := 0
	for _, l := range layers {
		count += len(l.W.Data)
	}
	if len(layers) < 2 || count > maxParams || layers[0].in() > maxFeatures {
		return nil
	}
	return &Net{layers: layers, first: layers[0], last: layers[len(layers)-1], single: newSingle(layers), two: newTwoClass(layers)}
}

// Limits are the largest numbers of x and y with which nothing in a step can
// overflow.
type Limits struct{ X, Y float64 }

// Gradients sets the gradients D of every layer for the batch x (N×in), y
// (N×C); with mean they are those of the mean loss over the batch, else of its
// sum. It reports whether all numbers are within the limits; else D is of no
// use.
func (n *Net) Gradients(x, y mat.Matrix, mean bool, limits Limits) bool {
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
		mat.TransposeTo(wT, n.layers[k+1].weights())
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
	mat.TransposeTo(n.last.D, n.dWT)
	return true
}

// StepOne takes a whole step, without momentum, on a single row x (in numbers)
// and y (C numbers), if there is an operation for it and all numbers are within
// the limits. It reports whether it has, and whether every parameter is within
// ±limit then. It leaves D alone.
func (n *Net) StepOne(x, y []float64, rate, limit float64, limits Limits) (done, within bool) {
	if n.two.TwoClass == nil || !allWithin(x, limits.X) || !allWithin(y, limits.Y) {
		return false, false
	}
	return true, n.two.Step(x, y, rate, limit)
}

// Predict sets p (N×C) for x (N×in). All numbers of x and of the parameters
// must be finite, and so must be every sum.
func (n *Net) Predict(p, x mat.Matrix) {
	if n.two.takes(x, p) {
		n.two.Probabilities(p, x)
		return
	}
	n.prepare(n.layers)
	rows := rowsOfBlocks(x.Rows)
	for i := 0; i < x.Rows; i += rows {
		b, end := n.block(i, rows, x.Rows)
		n.forward(b, x.RowRange(i, end))
		mat.TransposeTo(p.RowRange(i, end), b.zT)
	}
}
