// Package audit judges recorded training steps of a multi-layer perceptron,
// anyone's, by the formulas of nn/spec.
//
// Each recorded tensor is computed again from its own recorded inputs, so one
// mistake does not make everything after it wrong. A number passes when it is
// within the bound of what rounding can do to that operation: the bounds are
// Higham's (Accuracy and Stability of Numerical Algorithms, 2nd ed., 2002,
// chapter 3), γ_k = k·u/(1 − k·u) over the sum of absolute terms, with u of the
// recorded precision, carried along where an input had to be computed itself.
// What does not pass is a finding, and its cause is looked for in nn/faults.
//
// # Files
//
// A trace: trace.go reads it, shapes.go brings it into form, complete.go links
// and computes what was not recorded.
//
// The operations of spec's table, each with its bound and its explanation:
// operations.go is their table; linear.go, activation.go (activations.go: others
// than ReLU), loss.go (outputs.go: others than cross-entropy; penalties.go) and
// parameters.go have the rows; bound.go is the arithmetic of bounds.
//
// Judging: compare.go goes through the steps, judge.go through the tensors of
// one, update.go through its parameters, endtoend.go where no gradient was
// recorded; start.go looks at what the first step is given, batches.go at the rows
// and labels of all; cause.go asks the catalogue what would give wrong numbers, and
// special.go what no operation of it gives; finding.go is what is said; areas.go of
// which parts of training.
//
// Explaining a number: explain.go, by the forms of form.go.
//
// Gradients against difference quotients: check.go; checkloss.go has what rounding
// and ε do to the loss.
package audit
