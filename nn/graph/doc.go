// Package graph reads recorded NumPy programs and computes with them: each
// value as it was or as it would be after a change, each derivative, and how far
// either may be from the exact.
//
// A program is a [Graph] of nodes, one for each execution of an operation, with
// the source expression that it belongs to. An operation's room is its [Op]: its
// value as plain loops, a bound of its rounding in any order of summation, and
// its adjoint with a bound. Operations that nobody knows are opaque: values and
// derivatives end there, and that is said ([ErrOpaque], [Adjoints.Unknown],
// [Overlay.Barriers]).
//
// [Graph.Value] gives the value of a node, [Graph.Pass] what depends on some of
// them, [Pass.Adjoints] the derivatives, [Graph.Replayer] the values after a
// change.
//
// # Memory
//
// A trace of B bytes is trusted with a graph of up to 16·B + 8 MiB of JSON, and
// with values of up to B + 4·2²⁰ elements each. All values held at a time are up
// to four times as many elements. Beyond that they are let go of and read or
// computed again.
package graph
