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
package audit
