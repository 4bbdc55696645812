// Package trials tries the judge of recorded programs on programs whose truth is
// known: right ones, and the same with a fault planted in them. It counts how
// many right ones are called right, how many faults are found, and how many on
// their very line.
//
//	programs.go  the programs and faults of a directory
//	run.go       recording and judging them, on all cores
//	table.go     what came out, in words and as a table
//	mutants.go   faults made at random instead of planted by hand
//	command.go   the command's flags
package trials
