// Package nn is the assignment's network: Linear, ReLU, SoftMax and
// CrossEntropy with Forward and Backward one under the other, the MLP made of
// them, and the loop that trains it.
//
// Every number is the one that package nn/spec defines, to the last bit.
// Names are a textbook's: x (N×in) is a batch with a row a sample, y (N×C) its
// classes one-hot; zk = h(k−1)·Wk + bk, hk = relu(zk), p = softmax(zL); dX is
// the gradient of the loss by X.
//
// The modules are the readable way in. Train takes SGD's Step instead, which
// does the work of a whole step in one piece (package mat/step) and gives
// the same bits; whoever looks at a step is shown all of its tensors.
//
// A module owns what it returns: the matrix stays good until its next call of
// the same kind. Buffers grow to the largest batch seen and are then reused, so
// a training step allocates nothing. A module serves one goroutine at a time.
package nn

import "glassbox/mat"

// resize gives m the shape rows×cols, with new numbers only when the old do
// not suffice. What it holds afterwards is left over from before.
func resize(m *mat.Matrix, rows, cols int) mat.Matrix {
	if m.Rows == rows && m.Cols == cols {
		return *m
	}
	if n := rows * cols; cap(m.Data) < n {
		*m = mat.New(rows, cols)
	} else {
		*m = mat.Matrix{Rows: rows, Cols: cols, Stride: cols, Data: m.Data[:n]}
	}
	return *m
}
