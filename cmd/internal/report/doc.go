// Package report is the command report: it runs the whole coursework of the
// report, as reported and right, and sets each claim of the report beside what
// the runs show: a verdict and a finding made from the numbers, on a page that
// follows the report's chapters.
//
// Nothing in it says how a claim fares: with other seeds it may fare otherwise.
//
//	report.go   the command: its flags, what it prints and writes
//	json.go     report.json
//	plan.go     the runs: each network by the flags of part2 that repeat it
//	run.go      doing them, on all cores
//	claim.go    what a claim is, and how one is judged and worded
//	part1.go    chapter 1: its claims, their facts, and its part of the page
//	modules.go  chapter 2, the classes and the data
//	full.go     chapter 2, the whole batch
//	sgd.go      chapter 3, single rows
//	page.go     the page: summary, figures, the chapters in order
//	appendix.go the page's end: the audit's verdict, each run by itself
//
// A new claim is a line in the list of its section, in one of the four files of
// chapters, with a function that judges it; what it judges by is a number of
// the section's facts, taken from the runs in the same file.
package report
