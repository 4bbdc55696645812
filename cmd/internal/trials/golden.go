package trials

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
)

// Golden is the file in a set's directory that holds what the judge made of its
// programs when it was last written.
const Golden = "judged.txt"

// unnamed heads the list of faults that are told on their line alone.
const unnamed = "on the line, but neither its correction nor its cause is named"

// headings are those of the lists of what is amiss, the worst first. What is in
// none is as it should be.
var headings = []string{string(FalseError), string(NotJudged), string(Missed), string(Elsewhere), unnamed, "as it should be"}

// rank is the place among the headings of what came out.
func (r Result) rank() int {
	switch {
	case r.Outcome == OnLine && r.Named == "":
		return slices.Index(headings, unnamed)
	case r.Outcome == OnLine || r.Outcome == Clean:
		return len(headings) - 1
	}
	return slices.Index(headings, string(r.Outcome))
}

// readAmiss reads the lists that printAmiss wrote: the place of each trial's
// heading by the trial's name.
func readAmiss(text string) map[string]int {
	ranks := map[string]int{}
	at := -1
	for line := range strings.Lines(text) {
		if name, listed := strings.CutPrefix(line, "  "); listed && at >= 0 {
			name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
			ranks[strings.TrimSuffix(name, ";")] = at
		} else if heading, _, found := strings.Cut(line, ": "); found {
			at = slices.Index(headings, heading)
		}
	}
	return ranks
}

// compare writes the trials that came out otherwise than the golden text says,
// and returns how many are worse.
func compare(w io.Writer, golden string, results []Result) int {
	was := readAmiss(golden)
	var worse, better []string
	for _, r := range results {
		before, listed := was[r.name()]
		if !listed {
			before = len(headings) - 1
		}
		text := fmt.Sprintf("  %s: %s; was %s\n", r.name(), headings[r.rank()], headings[before])
		switch {
		case r.rank() < before:
			worse = append(worse, text)
		case r.rank() > before:
			better = append(better, text)
		}
	}
	for _, list := range []struct {
		heading string
		lines   []string
	}{{"better", better}, {"worse", worse}} {
		if len(list.lines) > 0 {
			fmt.Fprintf(w, "\n%s than %s says: %d\n%s", list.heading, Golden, len(list.lines), strings.Join(list.lines, ""))
		}
	}
	return len(worse)
}

// keep writes the golden file of each set, which are the directories of root.
func keep(root string, results []Result) error {
	for name, set := range sets(results) {
		var text strings.Builder
		Print(&text, set)
		if err := os.WriteFile(filepath.Join(root, name, Golden), []byte(text.String()), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// hold compares results with the golden files of their sets; an error says that some
// are worse, or that a set has none.
func hold(w io.Writer, root string, results []Result) error {
	var golden strings.Builder
	var known []Result
	var err error
	of := sets(results)
	for _, name := range slices.Sorted(maps.Keys(of)) {
		text, missing := os.ReadFile(filepath.Join(root, name, Golden))
		if missing != nil {
			err = errors.Join(err, fmt.Errorf("%w: -update writes it", missing))
			continue
		}
		golden.Write(text)
		known = append(known, of[name]...)
	}
	if n := compare(w, golden.String(), known); n > 0 {
		err = errors.Join(fmt.Errorf("%s worse than %s says", cli.Plural(n, "trial"), filepath.Join(root, "*", Golden)), err)
	}
	return err
}

func sets(results []Result) map[string][]Result {
	of := map[string][]Result{}
	for _, r := range results {
		of[group(r)] = append(of[group(r)], r)
	}
	return of
}
