// Package bench is the command bench: it measures glassbox beside its peers,
// each in a process of its own, in turns.
//
//	bench.go    the command: its flags, and a run from start to end
//	work.go     what is measured: sections, cases, who takes part in each, and
//	            the times that they took
//	products.go the matrix products, and the fastest of them
//	peers.go    who is measured, and how each is built and started
//	process.go  a peer's process and the lines that it answers
//	serve.go    glassbox as such a process, with its pieces of work
//	data.go     the data and first weights from which everyone starts
//	measure.go  turns and rounds
//	machine.go  the processor, and what OpenBLAS does on it
//	result.go   what the times come to
//	text.go     the terminal's tables and their remarks, and the README's tables
//	format.go   numbers and their units
package bench
