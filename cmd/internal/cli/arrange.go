package cli

import (
	"errors"
	"fmt"
	"strings"
)

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
			return nil, nil, fmt.Errorf("-%s needs a value; for example -%s %s", name, name, v.example)
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
	names := make([]string, len(s.flags))
	for i, v := range s.flags {
		names[i] = v.name
	}
	shown, _, _ := strings.Cut(arg, "=")
	if near := nearest(name, names); near != "" {
		return fmt.Errorf("unknown flag %s; did you mean -%s?", quote(shown), near)
	}
	return fmt.Errorf("unknown flag %s; -h lists the flags", quote(shown))
}

// stray explains the argument args[i], which belongs to no flag.
func (s *Set) stray(args []string, i int) error {
	if i > 0 {
		name, _, joined, ok := split(args[i-1])
		if f := s.fs.Lookup(name); ok && !joined && f != nil && f.Value.(*variable).toggle {
			return fmt.Errorf("-%s: %s is neither true nor false; write -%s, -%s true or -%s false", name, quote(args[i]), name, name, name)
		}
	}
	return fmt.Errorf("unexpected argument %s; every value needs its flag before it, and -h lists the flags", quote(args[i]))
}

// checkRest counts the arguments without a dash.
func (s *Set) checkRest() error {
	o, n := s.operands, len(s.rest)
	switch {
	case o.max == 0 && n > 0:
		return usageError{fmt.Errorf("unexpected argument %s; every value needs its flag before it, and -h lists the flags", quote(s.rest[0]))}
	case n < o.min:
		return usageError{fmt.Errorf("%d of the arguments %s are missing; -h shows an example", o.min-n, o.usage)}
	case o.max >= 0 && n > o.max:
		return usageError{fmt.Errorf("unexpected argument %s after %s", quote(s.rest[o.max]), o.usage)}
	}
	return nil
}
