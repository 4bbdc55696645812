// Package graph reads recorded NumPy programs and computes with them: each
// value as it was or as it would be after a change, each derivative, and how far
// either may be from the exact.
//
// A program is a [Graph] of nodes, one for each execution of an operation, with
// the source expression that it belongs to. An operation's room is its [Op]: its
// value as plain loops, a bound of its rounding in any order of summation, and
// its adjoint with a bound. Operations that nobody knows are opaque: values and
// derivatives end there, and that is said ([ErrOpaque]).
//
// [Graph.Value] gives the value of a node, [Op.Eval] what it would be on other
// inputs, [Call.Adjoint] what it hands to its inputs of a derivative,
// [Graph.Account] the terms that it is made of.
//
// # The trace
//
// A program trace is an .npz. Its entry program is JSON in UTF-8, as uint8 of one
// axis; other entries, named in it, are arrays. The JSON has
//
//   - schema, 1; recorder, python and numpy, versions; program and argv as they
//     were given; seconds, what recording cost
//   - files: name (relative to the program's folder), sha256, text
//   - sites, the expressions whose values were recorded: file, line, col,
//     end_line, end_col (lines from 1, columns in characters from 0), stmt [first
//     line, last line], func, target (text that is assigned to), args (text of
//     each operand), loops (lines of those around it), params (of the function)
//   - calls: call paths, lists of [file, line], innermost caller first
//   - ops, dtypes, shapes: lists that nodes refer to
//   - nodes, columns of one length, in order of execution: op, dtype and shape
//     (indices), site and call (indices, −1 for none), in (lists of earlier
//     nodes), obj (number of the array object, −1 for a number), val (null, the
//     name of an array, or a number; "nan", "inf", "-inf"), and attr, an object
//     with entries by node number
//   - kept: [site, node, kind, node count]: an array that a name, a list or an
//     object now holds ("name", "append", "store", "return") or that was printed
//   - end: why, node (count), trainings (how many were recorded, one after another),
//     behind (the node with which begins what follows the first epoch; the updates
//     before it were not recorded),
//     limits [{what, limit, at_node}], error {type, message, file, line, shapes} or null,
//     errors_inside
//
// Operations have NumPy's names; beside these there are leaf (first seen), const,
// create:NAME, random:NAME, mutated (changed by something not recorded),
// opaque:NAME, cmp with attr cmp, norm (linalg.norm), outer0 (multiply.outer).
// All movement of data is gather: attr idx names an array of the result's shape
// with 1 + the flat index into the inputs one after the other, 0 for the constant
// attr fill. Of a view, steps may stand for idx: the first number, then how many
// there are and how far apart they are for each axis. setitem and add_at write or add their second input to the elements
// of the first that idx names. In-place operations (attr inplace) and writes
// through views (attr view) make a new node with the same obj. Other attributes
// are axis, keepdims, ddof, ord, eq, axes, mode, decimals as NumPy has them; part
// (which result of several), alias (a name for the same object), big (a leaf of
// which only parts were kept), and sample, [flat index, value] of a value that
// was not kept.
//
// # Memory
//
// A trace of B bytes is trusted with a graph of up to 16·B + 8 MiB of JSON, and
// with values of up to 2·B + 4·2²⁰ elements each: images that are mostly black
// shrink to a tenth of a byte an element. The values held at a time take up to
// 8·B + 32 MiB; beyond that they are let go of and read or computed again.
package graph
