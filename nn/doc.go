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
// does the work of a step at once (package mat/step) and gives
// the same bits; whoever looks at a step is shown all of its tensors.
//
//	modules.go    Linear, ReLU, SoftMax, CrossEntropy
//	mlp.go        the network made of them
//	sgd.go        a training step, fused or layer by layer; momentum
//	memory.go     how parameters, gradients and velocities lie
//	nonfinite.go  where the first NaN or infinity appeared
//	train.go      the loop, its hooks, and what it can train
//	batches.go    the batches of its steps
//	ops.go        spec's operations by mat's kernels, for networks with faults
//
// A module owns what it returns: the matrix stays good until its next call of
// the same kind. Buffers grow to the largest batch seen and are then reused, so
// a training step allocates nothing. A module serves one goroutine at a time.
package nn
