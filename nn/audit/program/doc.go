// Package program judges recorded NumPy training programs (package graph) by
// themselves: the forward pass that a program computes, differentiated, says
// what its backward pass has to be.
//
// The order of the checks, with where each lies:
//
//   - roles.go: which arrays are parameters, found by data flow: values that
//     live on from one training step to the next, and of which others are made.
//   - players.go: which parameters are stepped for which loss, where there are
//     several networks or players.
//   - step.go: one training step: what is forward pass, backward pass, update.
//   - loss.go: the value that the gradients are derivatives of, computed by the
//     program or, where it computes none, assumed from p - y (assumed.go);
//     probabilities.go knows sigmoids and softmaxes by their values.
//   - truncate.go, held.go: derivatives that end on purpose: backpropagation that
//     goes back a fixed time and no further, values held constant.
//   - guards.go: denominators guarded against zero.
//   - forward.go, data.go: what leads up to the gradients, by rules that need no
//     template: start, probabilities, evaluation; samples and labels.
//   - match.go: which backward values are derivatives, up to one factor,
//     transposition and rounding.
//   - locate.go, replay.go: where a gradient is wrong, the true derivative is
//     put in the place of each of the program's values in turn, its own later
//     operations run again, and the earliest value kept that mends every wrong
//     gradient and breaks none.
//   - edits.go, blame.go: the one change of that value's expression that makes it
//     right, else the operand that is off; faults.go tells it, relations.go and
//     changes.go in which words: what kind of mistake it is; catalogue.go by which
//     name of package faults, in a network of dense layers.
//   - factors.go, common.go, unmoved.go: factors that differ between parameters
//     or that all have, parameters that are left out.
//   - update.go, states.go, optimisers.go: updates against the known optimisers,
//     number by number: adaptive.go divides by a second moment's root,
//     corrections.go makes up for beginnings at zero, forms.go has what is made of
//     several terms, rates.go compares parameters; fit.go is the arithmetic.
//   - spread.go: second moments of other kinds; whatif.go: the one change of an
//     update that makes it a known one; dropped.go, replaced.go: updates without
//     their gradient, and those that write over the parameter.
//   - perceptron.go: programs that learn by correcting errors, which have no
//     loss: what becomes of the weights between one score and the next, as
//     scores.go finds them.
//   - cover.go: how much of the program the verdict speaks of, and what ended it.
//   - naming.go: what a finding calls values.
//
// What cannot be judged is said, and never taken for right.
package program
