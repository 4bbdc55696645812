package main

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"glassbox/perceptron"
)

// A report is a run and what is said about it.
type report struct {
	flags       flags
	config      config
	results     []result
	interrupted string // how far the run came, if it was
}

// title names a result.
func (r report) title(res result) string {
	if res.told == nil {
		return "A pair of one's own"
	}
	return "Test " + res.name
}

// subject says what the run is about.
func (r report) subject() string {
	on := "the report's five tests"
	if len(r.config.setups) == 1 {
		on = "a pair of one's own"
	}
	return fmt.Sprintf("%s on %s", r.config.variant, on)
}

// sizes says how many points there are.
func (r report) sizes() string {
	train := perceptron.TrainCount(r.config.n)
	return fmt.Sprintf("%d training and %d test points of each class", train, r.config.n-train)
}

// span names the further seeds.
func (r report) span() string {
	first := uint64(r.config.seed) + 1
	if r.config.seeds == 1 {
		return fmt.Sprintf("seed %d", first)
	}
	return fmt.Sprintf("seeds %d–%d", first, first-1+uint64(r.config.seeds))
}

// progress says how far an interrupted run came.
func (r report) progress() string {
	draws := 0
	for _, res := range r.results {
		draws += res.spreads[0].Count
	}
	return fmt.Sprintf("%d of %s and %d of the %d draws with further seeds were done",
		len(r.results), count(len(r.config.setups), "test"), draws, len(r.config.setups)*r.config.seeds)
}

// fingerprint is the SHA-256 of the bits of the weights of the tests in order,
// then their bias where there is one, each as 8 bytes, lowest first.
func (r report) fingerprint() string {
	var b []byte
	for _, res := range r.results {
		p := res.main().learned
		for _, w := range p.W {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(w))
		}
		if p.Bias {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.B))
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256(b))
}

func (r report) printHead(w io.Writer) {
	fmt.Fprintf(w, "Perceptron: %s\n%s, seed %d\nsettings\n", r.subject(), r.sizes(), r.config.seed)
	r.flags.settings().Print(w)
	fmt.Fprintln(w)
}

func (r report) print(w io.Writer) {
	if r.interrupted != "" {
		fmt.Fprintf(w, "Interrupted: %s.\n\n", r.interrupted)
	}
	printTable(w, r.table())
	fmt.Fprintln(w)
	for _, line := range r.legend() {
		fmt.Fprintln(w, line)
	}
	for _, res := range r.results {
		fmt.Fprintf(w, "\n%s: accuracy %s%s\n", r.title(res), share(res.main().accuracy), r.beside(res))
		for _, text := range r.explain(res) {
			wrap(w, text, "  ", 78)
		}
	}
	fmt.Fprintln(w, "\nfingerprint", r.fingerprint())
}

// beside is the report's accuracy after this run's.
func (r report) beside(res result) string {
	if res.told == nil {
		return ""
	}
	return ", the report's " + share(*res.told)
}

// table returns the results with a head. A test takes a line for each class
// and each weight.
func (r report) table() [][]string {
	head := []string{"test", "class", "mean", "covariance", "report", "this run", "updates", "weights"}
	if r.config.seeds > 0 {
		head = append(head, r.span())
	}
	table := [][]string{append(head, "origin ≤", "Bayes ≤")}
	for i, res := range r.results {
		t := res.main()
		if i > 0 && t.learned.Bias {
			table = append(table, nil)
		}
		told := "–"
		if res.told != nil {
			told = share(*res.told)
		}
		first := []string{res.name, "1", numbers(res.pair.Mean1[:]), rows(res.pair.Cov1), told, share(t.accuracy),
			strconv.Itoa(t.outcome.Updates), "w0 " + weight(t.learned.W[0])}
		if r.config.seeds > 0 {
			first = append(first, r.spreadCell(res.spreads[0]))
		}
		first = append(first, share(res.origin), fmt.Sprintf("%.4f", res.bayes))
		table = append(table, first,
			[]string{"", "2", numbers(res.pair.Mean2[:]), rows(res.pair.Cov2), "", "", "", "w1 " + weight(t.learned.W[1])})
		if t.learned.Bias {
			table = append(table, []string{"", "", "", "", "", "", "", "b  " + weight(t.learned.B)})
		}
	}
	return table
}

// spreadCell shows a spread, with the number of seeds where some are missing.
func (r report) spreadCell(s spread) string {
	switch {
	case s.Count == 0:
		return "–"
	case s.Count < r.config.seeds:
		return fmt.Sprintf("%s (%d)", meanSD(s), s.Count)
	}
	return meanSD(s)
}

// legend explains the table's last columns.
func (r report) legend() []string {
	var lines []string
	if r.config.seeds > 0 {
		lines = append(lines, r.span()+": mean ± sd of the accuracy with them")
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
