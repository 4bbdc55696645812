// Package trials tries the judge of recorded programs on programs whose truth is
// known: right ones, and the same with a fault planted in them. It counts how
// many right ones are called right, how many faults are found, how many on their
// very line, and of how many the correction, relation or cause is said rightly.
//
//	programs.go  the programs and faults of a directory
//	run.go       recording and judging them, on all cores
//	changes.py   what was said of a fault, tried in the program; random changes
//	python.go    the Pythons that run changes.py
//	varied.go    right programs made at random
//	mutants.go   faults made at random instead of planted by hand
//	table.go     what came out, as a table and in words
//	golden.go    the same as it was before
//	log.go       results in a file, to go on from
//	command.go   the command's flags
package trials
