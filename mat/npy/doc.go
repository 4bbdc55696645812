// Package npy reads and writes NumPy's files: .npy with one array, as np.save
// makes it, and .npz with several, as np.savez and np.savez_compressed do.
//
// The formats are those of NumPy's enhancement proposal 1 (numpy.lib.format,
// versions 1.0 to 3.0) and of PKWARE's APPNOTE for the zip archive around the
// arrays of an .npz (stored or deflated, with or without zip64).
//
// Read are float64, float32 and float16, signed and unsigned integers of 8 to
// 64 bits and bool, little or big end first, in C or Fortran order, with up to
// 32 axes; and text (str and UTF-8 bytes) with up to one. Whatever the file
// holds, an [Array] has its numbers as float64 in C order and says what they
// were. Each of these types is in float64 exactly, but for 64-bit integers
// beyond 2⁵³: [Array.Inexact] counts those that are not.
//
// Python objects are never read, for that would be to run what the file says.
// Complex numbers, dates, records and the machine-dependent long double are
// refused too, and so are headers that NumPy would not write: they are parsed
// by the few forms there are. A refusal is one line: the file, the entry, what
// is wrong and, where that helps, what would be right.
//
// # Memory
//
// No file can claim memory that its bytes do not justify. A shape is believed
// once it fits the bytes that follow it, exactly, and memory grows with the
// bytes read. Reading an array of B bytes takes at most 8·B for numbers (of one
// byte each; B for float64), twice that while it grows or is turned from
// Fortran order, and 20·B for text. For an .npy B is less than the file. The
// entries of an .npz together have at most 100 times the bytes of the file, or
// 64 MiB if that is more: its directory has to say how much each inflates to,
// and one that goes on beyond that is refused. So is a file whose arrays would
// take more than that in memory, by their headers, before any is inflated. Files
// and what they inflate to end at 2 GiB. An array without elements may claim sizes up to 65536.
//
// # Files
//
//	array.go   an array in memory, and what becomes one
//	kind.go    the types of elements, and how a header names them
//	header.go  an array's header, its Python literal, and what else a file may be
//	read.go    .npy: the bytes at hand, numbers and text
//	npz.go     .npz: the archive's directory and its entries
//	write.go   .npy and .npz
package npy

// The bounds of the package comment.
const (
	maxBytes   = 1<<31 - 1 // of a file, and of the entries of an .npz together
	maxRatio   = 100       // bytes of all entries to bytes of the .npz …
	freeBytes  = 64 << 20  // … unless the entries are no more than this
	textRatio  = 20        // bytes of text in memory to those in a file
	maxEmpty   = 1 << 16   // sizes of an array whose elements take no bytes
	maxHeader  = 10_000    // bytes of a header, as numpy.load limits it
	maxAxes    = 32        // as NumPy before 2.0 has them
	maxTextual = 1         // axes of text
)
