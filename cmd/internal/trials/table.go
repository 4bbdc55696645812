package trials

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
)

// A tally counts outcomes.
type tally map[Outcome]int

func (c tally) row(name string) []string {
	faults := c[OnLine] + c[Elsewhere] + c[Missed]
	row := []string{name, strconv.Itoa(c[Clean] + c[NotJudged] + c[FalseError])}
	for _, o := range []Outcome{Clean, NotJudged, FalseError} {
		row = append(row, strconv.Itoa(c[o]))
	}
	row = append(row, strconv.Itoa(faults))
	for _, o := range []Outcome{OnLine, Elsewhere, Missed} {
		row = append(row, strconv.Itoa(c[o]))
	}
	return append(row, share(c[OnLine]+c[Elsewhere], faults), share(c[OnLine], faults))
}

func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}

// Print writes every outcome that is not as it should be, with its reason, and
// the counts: of each group and of all.
func Print(w io.Writer, results []Result) {
	groups, all := map[string]tally{}, tally{}
	kinds := map[string]bool{}
	for _, r := range results {
		if groups[r.Program.Group] == nil {
			groups[r.Program.Group] = tally{}
		}
		groups[r.Program.Group][r.Outcome]++
		all[r.Outcome]++
		if r.Kind != "" {
			kinds[r.Kind] = true
		}
	}
	for _, o := range []Outcome{FalseError, NotJudged, Missed, Elsewhere} {
		printOutcome(w, results, o)
	}
	rows := [][]string{{"", "right", "clean", "not judged", "false", "faults", "line", "elsewhere", "missed", "found", "on the line"}}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		rows = append(rows, groups[name].row(name))
	}
	if len(groups) > 1 {
		rows = append(rows, all.row("all"))
	}
	cli.Table(w, rows, "  ", 2, "r")
	fmt.Fprintf(w, "%d kinds of faults\n", len(kinds))
}

// printOutcome lists the results of one outcome.
func printOutcome(w io.Writer, results []Result, o Outcome) {
	var list []Result
	for _, r := range results {
		if r.Outcome == o {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "%s: %d\n", o, len(list))
	slices.SortStableFunc(list, func(a, b Result) int {
		return cmp.Or(strings.Compare(a.Program.Group, b.Program.Group), strings.Compare(a.Program.Name, b.Program.Name), a.Fault-b.Fault)
	})
	for _, r := range list {
		fmt.Fprintf(w, "  %s", r.name())
		if r.Fault >= 0 {
			fmt.Fprintf(w, " %s, line %s", cmp.Or(r.Kind, "fault"), numbers(r.Lines))
		}
		if r.First.Line > 0 {
			fmt.Fprintf(w, "; said of line %d: %s: %.160s", r.First.Line, r.First.Relation, cli.OneLine(r.First.Text.String()))
		}
		if r.Missing != "" {
			fmt.Fprintf(w, "; %.160s", cli.OneLine(r.Missing))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

func numbers(list []int) string {
	var texts []string
	for _, n := range list {
		texts = append(texts, strconv.Itoa(n))
	}
	return strings.Join(texts, ",")
}
