// Package cli reads a command's flags the way the coursework's handout types
// them, on top of the standard package flag: one dash or two, `--sgd True`,
// lists like `20,10`, and every mistake answered by one line that says what
// was wrong and what would be right.
//
// A flag is a variable of a Kind (variable.go, kinds.go) in a Set, which reads
// the arguments (set.go) and shows its help and its settings (show.go). main.go
// runs a command and ends it; text.go has what all commands write texts with.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"glassbox/nn/message"
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
	program  bool // the first is a program: what follows is its own
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
	s.operands = operands{usage: usage, min: least, max: most}
}

// Program asks for a program's name and its arguments, shown in the help text as
// usage: flags of the command's own stand before it, all that follows is the
// program's, as with python3 itself.
func (s *Set) Program(usage string) {
	s.operands = operands{usage: usage, min: 1, max: -1, program: true}
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
		return Status(exitUsage, err)
	}
	s.rest = rest
	if err := s.fs.Parse(tokens); err != nil {
		for _, v := range s.flags {
			if v.err == errWords {
				v.list(help)
				return flag.ErrHelp
			}
			if v.err != nil {
				return Usagef("-%s: %w", v.name, v.err)
			}
		}
		return Status(exitUsage, err)
	}
	s.fs.Visit(func(f *flag.Flag) { s.given[f.Name] = true })
	return s.checkRest()
}

var errHelp = errors.New("help asked for")

// arrange turns args into tokens that package flag reads as meant: `-sgd True`
// becomes `-sgd=true`, which flag would take for a flag and an argument, and
// the arguments without a dash are set aside, where flag would stop at the
// first. Unknown flags and missing values are errors here, in our words.
func (s *Set) arrange(args []string) (tokens, rest []string, err error) {
	for i := 0; i < len(args); i++ {
		name, text, joined, isFlag := split(args[i])
		if args[i] == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if !isFlag {
			if s.operands.max == 0 {
				return nil, nil, s.stray(args, i)
			}
			if s.operands.program {
				rest = args[i:]
				break
			}
			rest = append(rest, args[i])
			continue
		}
		f := s.fs.Lookup(name)
		if f == nil && (name == "h" || name == "help") {
			return nil, nil, errHelp
		}
		if f == nil {
			return nil, nil, s.unknown(args[i], name)
		}
		v := f.Value.(*variable)
		switch {
		case joined:
		case v.toggle:
			text = "true"
			if i+1 < len(args) {
				if _, ok := truth(args[i+1]); ok {
					i++
					text = args[i]
				}
			}
		case i+1 >= len(args) || s.isKnownFlag(args[i+1]):
			return nil, nil, message.Errorf("-%s needs a value; for example -%s %s", name, name, v.example)
		default:
			i++
			text = args[i]
		}
		tokens = append(tokens, "-"+name+"="+text)
	}
	return tokens, rest, nil
}

// split takes an argument apart: `--name=text`, `-name`, or no flag at all
// (nothing after one or two dashes, or no dash).
func split(arg string) (name, text string, joined, isFlag bool) {
	name, ok := strings.CutPrefix(arg, "-")
	if !ok {
		return "", "", false, false
	}
	name = strings.TrimPrefix(name, "-")
	name, text, joined = strings.Cut(name, "=")
	return name, text, joined, name != "" || joined
}

// isKnownFlag reports whether arg is a defined flag, so that in `-out -sgd`
// the name of the directory is missed and not taken to be "-sgd".
func (s *Set) isKnownFlag(arg string) bool {
	name, _, _, ok := split(arg)
	return ok && s.fs.Lookup(name) != nil
}

// unknown names a flag that is not defined, and the one that may be meant.
func (s *Set) unknown(arg, name string) error {
	names := formatted(s.flags, func(v *variable) string { return v.name })
	shown, _, _ := strings.Cut(arg, "=")
	if near := nearest(name, names); near != "" {
		return message.Errorf("unknown flag %s; did you mean -%s?", quote(shown), near)
	}
	return message.Errorf("unknown flag %s; -h lists the flags", quote(shown))
}

// stray explains the argument args[i], which belongs to no flag.
func (s *Set) stray(args []string, i int) error {
	if i > 0 {
		name, _, joined, ok := split(args[i-1])
		if f := s.fs.Lookup(name); ok && !joined && f != nil && f.Value.(*variable).toggle {
			return message.Errorf("-%s: %s is neither true nor false; write -%s, -%s true or -%s false", name, quote(args[i]), name, name, name)
		}
	}
	return message.Errorf("unexpected argument %s; every value needs its flag before it, and -h lists the flags", quote(args[i]))
}

// checkRest counts the arguments without a dash.
func (s *Set) checkRest() error {
	o, n := s.operands, len(s.rest)
	switch {
	case o.max == 0 && n > 0:
		return Usagef("unexpected argument %s; every value needs its flag before it, and -h lists the flags", quote(s.rest[0]))
	case n < o.min:
		return Usagef("%d of the arguments %s are missing; -h shows an example", o.min-n, o.usage)
	case o.max >= 0 && n > o.max:
		return Usagef("unexpected argument %s after %s", quote(s.rest[o.max]), o.usage)
	}
	return nil
}
