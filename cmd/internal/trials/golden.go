package trials

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Golden is the file in a directory of sets of programs that holds what the
// judge made of them when it was last written.
const Golden = "judged.txt"

// figures are the numbers of a set in the table, in the order of its columns.
type figures struct {
	set                      string
	right, clean, notJudged  int
	calledWrong, faults      int
	found, onTheLine, naming float64
}

// readFigures reads the rows of a table that Print wrote.
func readFigures(text string) []figures {
	var list []figures
	for line := range strings.Lines(text) {
		word := strings.Fields(strings.ReplaceAll(line, " %", ""))
		if len(word) != 9 || word[0] == "right" {
			if len(list) > 0 {
				break
			}
			continue
		}
		f := figures{set: word[0]}
		ok := true
		for i, to := range []*int{&f.right, &f.clean, &f.notJudged, &f.calledWrong, &f.faults} {
			n, err := strconv.Atoi(word[1+i])
			*to, ok = n, ok && err == nil
		}
		for i, to := range []*float64{&f.found, &f.onTheLine, &f.naming} {
			*to, _ = strconv.ParseFloat(word[6+i], 64) // "–" where there are no faults
		}
		if ok {
			list = append(list, f)
		}
	}
	return list
}

// compare returns one line for each figure of the sets tried that is worse than
// the golden one.
func compare(golden, now []figures) []string {
	var worse []string
	for _, is := range now {
		i := slices.IndexFunc(golden, func(f figures) bool { return f.set == is.set })
		if i < 0 || is.set == "all" {
			continue
		}
		was := golden[i]
		if was.right != is.right || was.faults != is.faults {
			worse = append(worse, fmt.Sprintf("%s: %s has the figures of %d programs and %d faults, not of %d and %d: -update writes it anew", is.set, Golden, was.right, was.faults, is.right, is.faults))
			continue
		}
		fell := func(what string, was, is float64) {
			if is < was {
				worse = append(worse, fmt.Sprintf("%s fell from %g to %g", what, was, is))
			}
		}
		fell(is.set+": clean programs", float64(was.clean), float64(is.clean))
		fell(is.set+": faults found, in %,", was.found, is.found)
		fell(is.set+": faults on their line, in %,", was.onTheLine, is.onTheLine)
		fell(is.set+": faults named, in %,", was.naming, is.naming)
	}
	return worse
}

// hold compares a table with the golden file, or writes that.
func hold(file, table string, update bool) error {
	if update {
		return os.WriteFile(file, []byte(table), 0o666)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%w: -update writes it", err)
	}
	if worse := compare(readFigures(string(text)), readFigures(table)); worse != nil {
		return fmt.Errorf("worse than %s says: %s", file, strings.Join(worse, "; "))
	}
	return nil
}
