package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"glassbox/cmd/internal/lang"
)

// Setting is one flag with the value the run uses.
type Setting struct {
	Name  string
	Text  string // as a user would type it
	Value any    // for JSON: bool, int, uint32, float64, string or a slice of these
	Given bool   // by the user
}

// Settings are a command's flags in the order of their definition.
type Settings []Setting

// Settings returns every flag with its present value, except those named in
// without.
func (s *Set) Settings(without ...string) Settings {
	var list Settings
	for _, v := range s.flags {
		if !slices.Contains(without, v.name) {
			list = append(list, Setting{v.name, v.text(), v.value(), s.given[v.name]})
		}
	}
	return list
}

// MarshalJSON makes one object of the settings, in their order.
func (list Settings) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		val, err := json.Marshal(x.Value)
		if err != nil {
			return nil, fmt.Errorf("setting %s: %w", x.Name, err)
		}
		fmt.Fprintf(&b, "%q:%s", x.Name, val)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Print writes the settings as flags that could be typed again, wrapped to 78
// columns and indented by two. A flag with an empty text is left out.
func (list Settings) Print(w io.Writer) {
	line := " "
	for _, x := range list {
		if x.Text == "" {
			continue
		}
		words := typed(x)
		if len(line)+1+len(words) > 78 && line != " " {
			fmt.Fprintln(w, line)
			line = " "
		}
		line += " " + words
	}
	if line != " " {
		fmt.Fprintln(w, line)
	}
}

// Command returns the line that repeats the run: the flags the user gave, in
// order of definition, and always those named in always, such as the seed.
func (s *Set) Command(always ...string) string {
	line := s.Settings().Command(s.name, always...)
	for _, arg := range s.rest {
		line += " " + Shell(arg)
	}
	return line
}

// Command returns a line that runs the command of that name with the settings
// that were given and those named in always.
func (list Settings) Command(name string, always ...string) string {
	line := "go run ./cmd/" + name
	for _, x := range list {
		if x.Given || slices.Contains(always, x.Name) {
			line += " " + typed(x)
		}
	}
	return line
}

// typed returns a setting as a user would type it.
func typed(x Setting) string {
	switch v := x.Value.(type) {
	case bool:
		if v {
			return "-" + x.Name
		}
		return "-" + x.Name + "=false"
	case []string:
		return Join(v, " ", func(text string) string { return "-" + x.Name + " " + Shell(text) })
	}
	return "-" + x.Name + " " + Shell(x.Text)
}

// Shell quotes an argument for a POSIX shell, where it needs that, and what
// would not be seen as bash and others read it.
func Shell(arg string) string {
	const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%"
	if arg != "" && strings.Trim(arg, safe) == "" {
		return arg
	}
	if shown := OneLine(strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(arg)); OneLine(arg) != arg {
		return "$'" + shown + "'"
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

// Help writes the help text: usage, the flags in the order of their definition
// with what they do and their defaults, and the examples.
func (s *Set) Help(w io.Writer) {
	here := func(english string) string { return lang.Read(english).Here() }
	Wrap(w, s.name+" — "+here(s.summary), "", 78)
	fmt.Fprint(w, "\n"+lang.Say("Usage: go run ./cmd/%s [flags]", s.name))
	if s.operands.usage != "" {
		fmt.Fprintf(w, " %s", s.operands.usage)
	}
	fmt.Fprintln(w, "\n"+lang.Say("One dash or two; lists are separated by commas. -lang zh prints in Chinese."))
	for _, g := range s.groups {
		if len(g.flags) == 0 {
			continue
		}
		fmt.Fprintln(w, "\n"+lang.Say("%s:", lang.Read(g.heading)))
		for _, v := range g.flags {
			line := strings.TrimSpace("-" + v.name + " " + v.hint)
			if Width("  "+line) > Columns {
				line = strings.ReplaceAll(line, "|", " | ")
			}
			hanging(w, line, "  ", "    ")
			usage := here(v.usage)
			if v.def != "" && v.def != "false" {
				usage += lang.T(" (default %s)", v.def).Here()
			}
			Wrap(w, usage, "      ", 78)
		}
	}
	if len(s.examples) > 0 {
		fmt.Fprintln(w, "\n"+lang.Say("Examples:"))
		for _, e := range s.examples {
			fmt.Fprintf(w, "  %s\n", strings.TrimSpace("go run ./cmd/"+s.name+" "+e)) // to be copied: in one line
		}
	}
}

// hanging wraps text after first, and what does not fit in the first line after
// rest.
func hanging(w io.Writer, text, first, rest string) {
	var b strings.Builder
	Wrap(&b, text, rest, Columns)
	fmt.Fprint(w, first+strings.TrimPrefix(b.String(), rest))
}

// list writes what the flag may be given, a word a line with what it is.
func (v *variable) list(w io.Writer) {
	fmt.Fprintf(w, "-%s %s\n", v.name, v.hint)
	Wrap(w, lang.Read(v.usage).Here(), "  ", 78)
	fmt.Fprintln(w)
	for _, word := range v.words {
		if word.Doc == "" {
			fmt.Fprintf(w, "  %s\n", word.Name)
			continue
		}
		var b strings.Builder
		Wrap(&b, word.Name+" — "+lang.Read(word.Doc).Here(), "      ", 78)
		fmt.Fprint(w, b.String()[4:])
	}
}
