// Package program judges recorded NumPy training programs (package graph) by
// themselves: the forward pass that a program computes, differentiated, says
// what its backward pass has to be.
//
// The order of the checks, which judge.go goes through, with where each lies:
//
//   - trainings.go: which parts of the recording are trainings of their own, as of several
//     models one after another; each is judged as if it were all.
//   - roles.go: which arrays are parameters, found by data flow: values that
//     live on from one training step to the next, and of which others are made;
//     replaced.go: parameters that an update writes over.
//   - players.go: which parameters are stepped for which loss, where there are
//     several networks or players.
//   - step.go: one training step: what is forward pass, backward pass, update;
//     reverse.go: the derivative of its loss; region.go: the way from a gradient
//     to the new parameter; confirm.go: what one step shows, held against others.
//   - loss.go: the value that the gradients are derivatives of, computed by the
//     program or, where it computes none, assumed from p - y (assumed.go); choice.go
//     says which of several; where there is none at all, given.go takes the derivative
//     that the way back begins with as it is;
//     probabilities.go knows sigmoids and softmaxes by their values.
//   - truncate.go, held.go: derivatives that end on purpose: backpropagation that
//     goes back a fixed time and no further, values held constant.
//   - underived.go: steps that are made of something else than a derivative.
//   - guards.go: denominators guarded against zero; penalty.go: terms that the
//     loss has not.
//   - forward.go, data.go, origins.go, labels.go, prepared.go: what leads up to the gradients, by rules
//     that need no template: start, probabilities; samples and labels (apart.go, epochs.go);
//     evaluation.go: passes that are compared with labels; averages.go: what is kept of
//     the batches' statistics; stops.go: what ends the training.
//   - match.go: which backward values are derivatives, up to one factor,
//     transposition and rounding.
//   - locate.go, candidates.go, situation.go, align.go, replay.go, causes.go: where a gradient is wrong, the
//     true derivative is put in the place of each of the program's values in turn,
//     the likeliest first, its own later operations run again, and the earliest
//     value kept that mends every wrong gradient and breaks none; prefer.go chooses
//     among several.
//   - revise.go, omitted.go, slopes.go: the one change of the forward pass that makes all
//     gradients right at once, where the backward pass needs more than one or would have to
//     lose something; unadded.go: biases that the forward pass leaves out.
//   - blame.go: the part of that value's expression that is off, by inverse.go,
//     which undoes one operation after the other; handed.go: lines that only hand
//     a value on, and what is left out there; shares.go: where several ways of the
//     derivative should be added up and one is left out.
//   - edits.go: the one change of the expression that makes it right:
//     alternatives.go has other operations, functions.go other functions of an
//     operand, missing.go what is left out; probe.go says of most values at once
//     that they are not what is meant.
//   - rewrite.go, tries.go: what the line could have had in its place, where no such change
//     is found or none that can be read: words.go lists what it could be written
//     with, subscripts.go what it could be read at, writes.go looks at what is written
//     into arrays, everywhere.go at what is read each time that a statement runs.
//   - passed.go: a value that is read before the next function on the way back has had
//     it; total.go: sums over every axis of what is to be summed over some; exchanged.go:
//     parameters that step by each other's gradients.
//   - arguments.go: the one other argument of a call that makes all gradients right;
//     direction.go: the loop that is to run the other way round for that.
//   - place.go: the line that a change is to be made in.
//   - faults.go tells what was found, relations.go and changes.go in which words:
//     what kind of mistake it is; catalogue.go by which name of package faults.
//   - looked.go: a loss that is looked at, another than that which is differentiated.
//   - rescale.go: which change of an expression takes a factor from it, and the one
//     that an update lacks.
//   - factors.go, ownrates.go, common.go, unmoved.go, unread.go: factors that differ between
//     parameters, by mistake or on purpose, or that all have, parameters that are left out;
//     scale.go knows which factors of all gradients are customs; norms.go: bounds that make
//     gradients larger.
//   - update.go, states.go, optimisers.go, velocity.go: updates against the known optimisers,
//     number by number: adaptive.go divides by a second moment's root, spread.go
//     has those of other kinds, corrections.go makes up for beginnings at zero,
//     decays.go says which decay or count is meant, forms.go has what is made of
//     several terms, rprop.go steps by signs, trust.go rates by lengths, misfits.go
//     what is of no known form; projected.go has what becomes of a parameter after
//     its step; rates.go compares parameters, fit.go is the arithmetic.
//   - whatif.go: the one change of an update that makes it a known one; dropped.go,
//     stale.go, unfed.go: updates without their gradient, or with the last step's alone,
//     and moments that it never enters;
//     aliases.go: those that read one array under two names; beginnings.go,
//     uncleared.go, gathered.go: what begins as the weights, or is never begun again;
//     overwritten.go: sums that a loop writes over;
//     rebound.go: names that are given a new array where the old one is meant; idle.go,
//     idlerate.go: what nothing reads; snapshots.go: best parameters that are kept
//     without a copy, or left where the last are returned.
//   - single.go: parameters of one element, over several steps; margin.go: rules
//     that raise a margin, one sample at a time.
//   - perceptron.go: programs that learn by correcting errors, which have no
//     loss: what becomes of the weights between one score and the next, as
//     scores.go finds them.
//   - cover.go: how much of the program the verdict speaks of, and what ended it.
//   - finding.go: what is found, and the verdict; naming.go: what values are
//     called in it.
//
// They walk the recording by view.go and compare its values by array.go; rerun.go
// computes a part of it again, changed; source.go reads the program's text.
//
// What cannot be judged is said, and never taken for right.
package program
