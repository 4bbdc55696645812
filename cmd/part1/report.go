package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"glassbox/cmd/internal/part1"
)

// A report is a run and the command line that it comes from.
type report struct {
	flags flags
	run   *part1.Run
}

func printHead(w io.Writer, f flags, c part1.Config) {
	fmt.Fprintf(w, "Perceptron: %s\n%s, seed %d\nsettings\n", c.Subject(), c.Sizes(), c.Seed)
	f.settings().Print(w)
	fmt.Fprintln(w)
}

func (r report) print(w io.Writer) {
	if r.run.Cut {
		fmt.Fprintf(w, "Interrupted: %s.\n\n", r.run.Progress())
	}
	printTable(w, r.table())
	fmt.Fprintln(w)
	for _, line := range r.legend() {
		fmt.Fprintln(w, line)
	}
	for _, t := range r.run.Tests {
		fmt.Fprintf(w, "\n%s: accuracy %s%s\n", t.Title(), part1.Share(t.Main().Accuracy), beside(t))
		for _, text := range t.Explain() {
			wrap(w, text.EN, "  ", 78)
		}
	}
	fmt.Fprintln(w, "\nfingerprint", r.run.Fingerprint())
}

// beside is the report's accuracy after this run's.
func beside(t part1.Test) string {
	if t.Report == nil {
		return ""
	}
	return ", the report's " + part1.Share(*t.Report)
}

// table returns the results with a head. A test takes a line for each class
// and each weight.
func (r report) table() [][]string {
	head := []string{"test", "class", "mean", "covariance", "report", "this run", "updates", "weights"}
	if r.run.Seeds > 0 {
		head = append(head, r.run.Span().EN)
	}
	table := [][]string{append(head, "origin ≤", "Bayes ≤")}
	for i, x := range r.run.Tests {
		t := x.Main()
		if i > 0 && t.Learned.Bias {
			table = append(table, nil)
		}
		told := "–"
		if x.Report != nil {
			told = part1.Share(*x.Report)
		}
		first := []string{x.Name, "1", part1.Numbers(x.Pair.Mean1[:]), part1.Rows(x.Pair.Cov1), told, part1.Share(t.Accuracy),
			strconv.Itoa(t.Outcome.Updates), "w0 " + part1.Weight(t.Learned.W[0])}
		if r.run.Seeds > 0 {
			first = append(first, x.Spreads[0].Cell(r.run.Seeds))
		}
		first = append(first, part1.Share(x.Origin), fmt.Sprintf("%.4f", x.Bayes))
		table = append(table, first,
			[]string{"", "2", part1.Numbers(x.Pair.Mean2[:]), part1.Rows(x.Pair.Cov2), "", "", "", "w1 " + part1.Weight(t.Learned.W[1])})
		if t.Learned.Bias {
			table = append(table, []string{"", "", "", "", "", "", "", "b  " + part1.Weight(t.Learned.B)})
		}
	}
	return table
}

// legend explains the table's last columns.
func (r report) legend() []string {
	var lines []string
	if r.run.Seeds > 0 {
		lines = append(lines, r.run.Span().EN+": mean ± sd of the accuracy with them")
	}
	return append(lines,
		"origin ≤: the most that any line through the origin has right of these test points",
		"Bayes ≤: the most that anything can expect to have right of fresh points")
}

// printTable writes columns two spaces apart, all to the left: the numbers
// have equal digits.
func printTable(w io.Writer, table [][]string) {
	var width []int
	for _, row := range table {
		for j, cell := range row {
			if j == len(width) {
				width = append(width, 0)
			}
			width[j] = max(width[j], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range table {
		var b strings.Builder
		for j, cell := range row {
			b.WriteString(cell)
			b.WriteString(strings.Repeat(" ", width[j]-utf8.RuneCountInString(cell)+2))
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

// wrap writes text in lines of at most width columns, each after indent.
func wrap(w io.Writer, text, indent string, width int) {
	line := indent
	for _, word := range strings.Fields(text) {
		if line != indent && utf8.RuneCountInString(line+" "+word) > width {
			fmt.Fprintln(w, line)
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	fmt.Fprintln(w, line)
}
