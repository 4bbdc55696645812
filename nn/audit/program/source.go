package program

import (
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/graph"
)

// What is read in the program's text: what lies beyond the recording, or leaves no trace
// in it.

var (
	definition = regexp.MustCompile(`^\s*(async )?def `)
	loops      = regexp.MustCompile(`^\s*(for|while)\b`)
	branches   = regexp.MustCompile(`^\s*(if|elif|else)\b`)
	compares   = regexp.MustCompile(`^\s*(el)?if\b.*[<>]`)
	quoted     = regexp.MustCompile(`"[^"]*"|'[^']*'`)
)

// assignments are the targets of a line with what each is given, where they can be
// told apart.
func assignments(line string) map[string]string {
	code, _, _ := strings.Cut(line, "#")
	left, right, ok := strings.Cut(code, " = ")
	left, right = strings.TrimSpace(left), strings.TrimSpace(right)
	if !ok || strings.Contains(right, " = ") {
		return nil
	}
	if isReference(left) {
		return map[string]string{left: right}
	}
	targets, values := strings.Split(left, ","), parts(right)
	if len(targets) != len(values) || strings.ContainsAny(left, "()[]{}") {
		return nil
	}
	out := map[string]string{}
	for i, t := range targets {
		out[strings.TrimSpace(t)] = strings.TrimSpace(values[i])
	}
	return out
}

// An assignment is one target of a line of a file and what it is given.
type assignment struct {
	line          int
	target, value string
}

// assigned are the assignments of a file, line by line.
func assigned(f *graph.File) iter.Seq[assignment] {
	return func(yield func(assignment) bool) {
		for n := 1; n <= f.Lines(); n++ {
			given := assignments(f.Line(n))
			for _, target := range slices.Sorted(maps.Keys(given)) {
				if !yield(assignment{n, target, given[target]}) {
					return
				}
			}
		}
	}
}

// parts are the values that commas part, but for those inside of brackets; none
// where the code closes a bracket that it does not open.
func parts(code string) (out []string) {
	depth, from := 0, 0
	for i, r := range code {
		switch {
		case strings.ContainsRune("([{", r):
			depth++
		case strings.ContainsRune(")]}", r):
			if depth--; depth < 0 {
				return nil
			}
		case r == ',' && depth == 0:
			out = append(out, code[from:i])
			from = i + 1
		}
	}
	return append(out, code[from:])
}

// functionAround are the first and last line of the function around a line, or of the
// file.
func functionAround(f *graph.File, n int) (from, to int) {
	if f.Indent(n) == 0 {
		return 1, f.Lines()
	}
	for from = n; from > 1 && !(definition.MatchString(f.Line(from)) && f.Indent(from) < f.Indent(n)); {
		from--
	}
	for to = n; to < f.Lines() && (strings.TrimSpace(f.Line(to+1)) == "" || f.Indent(to+1) > f.Indent(from)); {
		to++
	}
	return from, to
}

// decidedIn is the outermost loop around a line, and whether in the innermost one a
// comparison decides that the line runs.
func decidedIn(f *graph.File, n int) (loop int, compared bool) {
	at := f.Indent(n)
	for k := n - 1; k > 0; k-- {
		if strings.TrimSpace(f.Line(k)) == "" || f.Indent(k) >= at {
			continue
		}
		at = f.Indent(k)
		compared = compared || loop == 0 && compares.MatchString(f.Line(k))
		if loops.MatchString(f.Line(k)) {
			loop = k
		}
	}
	return loop, compared && loop > 0
}

// wordIn reports that code has a name as a word of its own.
func wordIn(code, name string) bool {
	return regexp.MustCompile(`(^|[^\w.])` + regexp.QuoteMeta(name) + `($|\W)`).MatchString(code)
}
