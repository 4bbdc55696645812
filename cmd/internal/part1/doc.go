// Package part1 is the command part1, Part I of the coursework: it trains the
// perceptron on the report's five pairs of Gaussians or on others, also with
// further seeds, and tells in both languages what came of it, in sentences,
// figures, tables and sections of a page, all made from the numbers.
//
//	command.go the command: its flags, what it prints and writes
//	json.go    run.json
//	run.go     what is run: settings, rules, pairs; and running it
//	judge.go   how well anything could do, and what wrong answers are due to
//	explain.go why an accuracy is what it is, a test at a time
//	summary.go what all the tests come to
//	figures.go the figures of a test and of the spreads over the seeds
//	page.go    the page's sections and tables, and how numbers are written
package part1
