package trials

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
)

// A tally counts what came out.
type tally struct {
	outcomes map[Outcome]int
	named    int // faults of which the correction, relation or cause is right
}

func (c *tally) add(r Result) {
	if c.outcomes == nil {
		c.outcomes = map[Outcome]int{}
	}
	c.outcomes[r.Outcome]++
	if r.Named != "" {
		c.named++
	}
}

func (c *tally) faults() int { return c.outcomes[OnLine] + c.outcomes[Elsewhere] + c.outcomes[Missed] }
func (c *tally) found() int  { return c.outcomes[OnLine] + c.outcomes[Elsewhere] }
func (c *tally) right() int {
	return c.outcomes[Clean] + c.outcomes[NotJudged] + c.outcomes[FalseError]
}

func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}

// shares are the columns that say how many of the faults are found, are told on
// their line first, and are named rightly.
func (c *tally) shares() []string {
	f := c.faults()
	return []string{strconv.Itoa(f), share(c.found(), f), share(c.outcomes[OnLine], f), share(c.named, f)}
}

var shareNames = []string{"found", "its line", "named"}

// A count is a tally of the results that have something in common.
type count struct {
	name string
	tally
}

// counts tallies by what name gives, in the order of the names, and all.
func counts(results []Result, name func(Result) string) []count {
	var list []count
	all := count{name: "all"}
	for _, r := range results {
		i := slices.IndexFunc(list, func(c count) bool { return c.name == name(r) })
		if i < 0 {
			i = len(list)
			list = append(list, count{name: name(r)})
		}
		list[i].add(r)
		all.add(r)
	}
	slices.SortFunc(list, func(a, b count) int { return strings.Compare(a.name, b.name) })
	return append(list, all)
}

// group is the set that a result belongs to.
func group(r Result) string { return r.Program.Group }

// Print writes the counts of each group and of all, and every outcome that is
// not as it should be, with its reason.
func Print(w io.Writer, results []Result) {
	rows := [][]string{append([]string{"", "right", "clean", "unjudged", "wrong", "faults"}, shareNames...)}
	for _, c := range counts(results, group) {
		o := c.outcomes
		rows = append(rows, append([]string{c.name, strconv.Itoa(c.right()), strconv.Itoa(o[Clean]), strconv.Itoa(o[NotJudged]), strconv.Itoa(o[FalseError])}, c.shares()...))
	}
	cli.Table(w, rows, "  ", 2, "r")
	kinds := map[string]bool{}
	for _, r := range results {
		if r.Kind != "" {
			kinds[r.Kind] = true
		}
	}
	fmt.Fprintf(w, "%d kinds of faults\n", len(kinds))
	printAmiss(w, results)
}

// PrintMutants does so by the kinds of changes.
func PrintMutants(w io.Writer, results []Result) {
	rows := [][]string{append([]string{"", "changes"}, shareNames...)}
	for _, c := range counts(results, func(r Result) string { return r.Kind }) {
		rows = append(rows, append([]string{c.name}, c.shares()...))
	}
	cli.Table(w, rows, "  ", 2, "r")
	printAmiss(w, results)
}

// printAmiss lists what is not as it should be.
func printAmiss(w io.Writer, results []Result) {
	for _, o := range []Outcome{FalseError, NotJudged, Missed, Elsewhere, OnLine} {
		var list []Result
		for _, r := range results {
			if r.Outcome == o && (o != OnLine || r.Named == "") {
				list = append(list, r)
			}
		}
		if len(list) == 0 {
			continue
		}
		title := string(o)
		if o == OnLine {
			title = unnamed
		}
		fmt.Fprintf(w, "\n%s: %d\n", title, len(list))
		slices.SortStableFunc(list, func(a, b Result) int {
			return cmp.Or(strings.Compare(a.Program.Group, b.Program.Group), strings.Compare(a.Program.Name, b.Program.Name), a.Fault-b.Fault)
		})
		for _, r := range list {
			printResult(w, r)
		}
	}
}

func printResult(w io.Writer, r Result) {
	fmt.Fprintf(w, "  %s", r.name())
	if r.Fault >= 0 {
		fmt.Fprintf(w, " %s, line %s `%s`", cmp.Or(r.Kind, "fault"), numbers(r.Lines), r.statement())
	}
	if r.First.Line > 0 {
		said := r.First.Text.String()
		if !r.First.Fix.IsZero() {
			said = r.First.Fix.String()
		}
		fmt.Fprintf(w, "; said of line %d: %s: %.160s", r.First.Line, r.First.Relation, cli.OneLine(said))
	}
	if r.Named != "" && r.Outcome != OnLine {
		fmt.Fprintf(w, " [%s]", r.Named)
	}
	if r.Missing != "" {
		fmt.Fprintf(w, "; %.160s", cli.OneLine(r.Missing))
	}
	fmt.Fprintln(w)
}

// statement is the first of the changed lines that differs from the right ones.
func (t Trial) statement() string {
	right := strings.Split(t.Program.Source, "\n")
	for i, line := range strings.Split(t.Source, "\n") {
		if i >= len(right) || line != right[i] {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

func numbers(list []int) string {
	var texts []string
	for _, n := range list {
		texts = append(texts, strconv.Itoa(n))
	}
	return strings.Join(texts, ",")
}
