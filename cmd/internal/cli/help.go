package cli

import (
	"fmt"
	"io"
	"strings"
)

// Help writes the help text: usage, the flags in the order of their definition
// with what they do and their defaults, and the examples.
func (s *Set) Help(w io.Writer) {
	wrap(w, s.name+" — "+s.summary, "", 78)
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
			wrap(w, usage, "      ", 78)
		}
	}
	if len(s.examples) > 0 {
		fmt.Fprint(w, "\nExamples:\n")
		for _, e := range s.examples {
			fmt.Fprintf(w, "  %s\n", strings.TrimSpace("go run ./cmd/"+s.name+" "+e))
		}
	}
}

// wrap writes text in lines of at most width columns, each after indent. A
// longer word has a line of its own.
func wrap(w io.Writer, text, indent string, width int) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(indent+line+" "+word)) > width {
			fmt.Fprintln(w, indent+line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if line != "" {
		fmt.Fprintln(w, indent+line)
	}
}
