// Package part2 says what a run of Parts II and III of the coursework shows, in
// two languages: its sentences, tables, figures and the sections of its page.
// The commands run the network, print and write.
//
// Texts may hold `code` between backticks, for the page; Plain takes them out.
package part2
