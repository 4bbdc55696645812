package cli

import (
	"fmt"
	"io"
	"strings"
)

// Help writes the help text: usage, the flags in the order of their definition
// with what they do and their defaults, and the examples.
func (s *Set) Help(w io.Writer) {
	Wrap(w, s.name+" — "+s.summary, "", 78)
	fmt.Fprintf(w, "\nUsage: go run ./cmd/%s [flags]", s.name)
	if s.operands.usage != "" {
		fmt.Fprintf(w, " %s", s.operands.usage)
	}
	fmt.Fprint(w, "\nOne dash or two; lists are separated by commas.\n")
	for _, g := range s.groups {
		if len(g.flags) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s:\n", g.heading)
		for _, v := range g.flags {
			fmt.Fprintf(w, "  %s\n", strings.TrimSpace("-"+v.name+" "+v.hint))
			usage := v.usage
			if v.def != "" && v.def != "false" {
				usage += " (default " + v.def + ")"
			}
			Wrap(w, usage, "      ", 78)
		}
	}
	if len(s.examples) > 0 {
		fmt.Fprint(w, "\nExamples:\n")
		for _, e := range s.examples {
			fmt.Fprintf(w, "  %s\n", strings.TrimSpace("go run ./cmd/"+s.name+" "+e))
		}
	}
}

// list writes what the flag may be given, a word a line with what it is.
func (v *variable) list(w io.Writer) {
	fmt.Fprintf(w, "-%s %s\n", v.name, v.hint)
	Wrap(w, v.usage, "  ", 78)
	fmt.Fprintln(w)
	for _, word := range v.words {
		if word.Doc == "" {
			fmt.Fprintf(w, "  %s\n", word.Name)
			continue
		}
		var b strings.Builder
		Wrap(&b, word.Name+" — "+word.Doc, "      ", 78)
		fmt.Fprint(w, b.String()[4:])
	}
}
