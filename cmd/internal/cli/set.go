// Package cli reads a command's flags the way the coursework's handout types
// them, on top of the standard package flag: one dash or two, `--sgd True`,
// lists like `20,10`, and every mistake answered by one line that says what
// was wrong and what would be right.
package cli

import (
	"flag"
	"fmt"
	"io"
)

// Set is the flags of one command. Define them with Var, call Parse, then read
// the variables.
type Set struct {
	name     string
	summary  string
	examples []string
	fs       *flag.FlagSet
	groups   []group
	flags    []*variable // in order of definition
	given    map[string]bool
	operands operands
	rest     []string
}

// group is a run of flags under one heading of the help text.
type group struct {
	heading string
	flags   []*variable
}

// operands describes the arguments without a dash, which most commands refuse.
type operands struct {
	usage    string
	min, max int
}

// New starts the flags of the command named name, as in `go run ./cmd/name`.
// Summary is one sentence for the help text; examples are the arguments of a
// few useful calls, without the command itself.
func New(name, summary string, examples ...string) *Set {
	s := &Set{name: name, summary: summary, examples: examples, given: map[string]bool{}}
	s.fs = flag.NewFlagSet(name, flag.ContinueOnError)
	s.fs.SetOutput(io.Discard)
	s.fs.Usage = func() {}
	return s
}

// Group begins a new heading in the help text for the flags defined after it.
func (s *Set) Group(heading string) {
	s.groups = append(s.groups, group{heading: heading})
}

// Operands allows between least and most arguments without a dash (most < 0:
// any number), shown in the help text as usage. Flags may stand between them.
func (s *Set) Operands(usage string, least, most int) {
	s.operands = operands{usage, least, most}
}

// Rest returns the arguments without a dash, in order.
func (s *Set) Rest() []string { return s.rest }

// Given reports whether the user gave the flag. It panics on an undefined name.
func (s *Set) Given(name string) bool {
	s.lookup(name)
	return s.given[name]
}

// Resolve sets a flag that the user did not give to what another flag implies
// for it, in the text a user would type; a flag that was given is left alone.
// The value shows in Settings; the flag does not count as given. It panics
// when the flag is not defined or does not accept text.
func (s *Set) Resolve(name, text string) {
	v := s.lookup(name)
	if s.given[name] {
		return
	}
	if err := v.parse(text); err != nil {
		panic(fmt.Sprintf("cli.Resolve: -%s: %v", name, err))
	}
}

// Assign sets a flag to the text a user would type, which must be right. It
// panics on an undefined name.
func (s *Set) Assign(name, text string) error { return s.lookup(name).parse(text) }

func (s *Set) lookup(name string) *variable {
	f := s.fs.Lookup(name)
	if f == nil {
		panic(fmt.Sprintf("cli: no flag -%s", name))
	}
	return f.Value.(*variable)
}

func (s *Set) add(v *variable) {
	s.fs.Var(v, v.name, v.usage)
	s.flags = append(s.flags, v)
	if len(s.groups) == 0 {
		s.Group("Flags")
	}
	g := &s.groups[len(s.groups)-1]
	g.flags = append(g.flags, v)
	v.def = v.text()
}

// Parse reads args (without the command's name). For -h or -help, and for ? as
// the value of a flag with words, it writes the help text or the list of words
// to help and returns flag.ErrHelp. A mistake is returned as one
// line, for which Main exits with status 2.
func (s *Set) Parse(args []string, help io.Writer) error {
	tokens, rest, err := s.arrange(args)
	if err == errHelp {
		s.Help(help)
		return flag.ErrHelp
	}
	if err != nil {
		return usageError{err}
	}
	s.rest = rest
	if err := s.fs.Parse(tokens); err != nil {
		for _, v := range s.flags {
			if v.err == errWords {
				v.list(help)
				return flag.ErrHelp
			}
			if v.err != nil {
				return usageError{fmt.Errorf("-%s: %w", v.name, v.err)}
			}
		}
		return usageError{err}
	}
	s.fs.Visit(func(f *flag.Flag) { s.given[f.Name] = true })
	return s.checkRest()
}
