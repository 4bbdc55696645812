// Package kernel holds the loops of package mat a second time, fast: in plain
// Go, and in assembly for AVX-512, for AVX2 with FMA and for NEON. Which of
// them runs is found out once, at the start, from the CPU, and so is how products
// are cut; a set may leave a loop to the one before it where that is faster. All
// give the same bits.
//
// A kernel's definition is its plain loop, in the file that is named after it.
// The plain loops are compiled in every build: they serve CPUs without vectors
// and builds with -tags purego, and tests hold the assembly against them.
//
// Lengths, shapes and overlap are the caller's to check, with Holds and Overlap:
// nothing else here does, and assembly would read and write wherever it is told
// to.
//
//	kernel.go     the sets; what callers check
//	product.go    products: which way through, blocks; those that end in ReLU
//	strip.go      the product's innermost loops
//	threads.go    the parts of a large product
//	exp.go        exp, softmax
//	elem.go       the other operations on elements, rows and columns; copies and
//	              transposes, with which a product packs its operands
//	grid.go       how the operations on elements are cut into calls
//	two.go        the network of the coursework, its samples in registers
//	gen/          writes the assembly for amd64, avx2_amd64.s and avx512_amd64.s,
//	              and the choice between sets, dispatch_*.go
//	*_arm64.s     NEON by hand; neon_arm64.h has what Go's assembler lacks
package kernel

//go:generate go run ./gen
