package cli

import (
	"cmp"
	"errors"

	"glassbox/nn/message"
)

// A Kind is how values of one type are typed on a command line: read, written
// and told of. A flag is a variable of a Kind, bound to its place by Var.
type Kind[T any] struct {
	Hint    string // stands for the value in the help text: "N", "FILE.csv"
	Example string // a right value; "": the default
	Words   []Word // values that have a name, for `-name ?`

	// Parse reads a value or says why it cannot, in words to follow "-name: ".
	Parse func(text string) (T, error)
	// Format writes a value as a user would type it.
	Format func(v T) string

	native bool                                // Settings' JSON has the value itself, not its text
	toggle bool                                // needs no value
	right  func(name, def string) message.Text // what would be right, after a refusal
}

// A Word is a value that has a name, with a line of what it is, "" for none.
type Word struct{ Name, Doc string }

// Var defines a flag for the variable at p: what stands there is the default.
func Var[T any](s *Set, p *T, name string, k Kind[T], usage string) {
	v := &variable{
		name: name, usage: usage, hint: k.Hint, words: k.Words, toggle: k.toggle,
		text: func() string { return k.Format(*p) },
		value: func() any {
			if k.native {
				return *p
			}
			return k.Format(*p)
		},
	}
	def := v.text()
	v.example = cmp.Or(k.Example, def)
	v.parse = func(text string) error {
		x, err := k.Parse(text)
		switch {
		case err == nil:
			*p = x
		case k.right != nil:
			err = message.Errorf("%w; %s", err, k.right(name, def))
		}
		return err
	}
	s.add(v)
}

// VarEach defines a flag that may be given several times; each use adds one
// value to the list at p.
func VarEach[T any](s *Set, p *[]T, name string, k Kind[T], usage string) {
	s.add(&variable{
		name: name, usage: usage, hint: k.Hint, example: k.Example, words: k.Words,
		parse: func(text string) error {
			x, err := k.Parse(text)
			if err == nil {
				*p = append(*p, x)
			}
			return err
		},
		text:  func() string { return Join(*p, " ", k.Format) },
		value: func() any { return formatted(*p, k.Format) },
	})
}

// A variable is one flag: a flag.Value that keeps the reason of a refusal,
// since package flag wraps it in words of its own.
type variable struct {
	name, usage string
	hint        string
	example     string
	def         string // the value before Parse, as text
	words       []Word
	toggle      bool
	parse       func(text string) error
	text        func() string
	value       func() any // for JSON
	err         error
}

// errWords asks for the list of a flag's words.
var errWords = errors.New("the list of words is asked for")

// Set implements flag.Value.
func (v *variable) Set(text string) error {
	if v.err = v.parse(text); text == "?" && len(v.words) > 0 {
		v.err = errWords
	}
	return v.err
}

// String implements flag.Value; flag calls it on zero values too.
func (v *variable) String() string {
	if v == nil || v.text == nil {
		return ""
	}
	return v.text()
}

// Get implements flag.Getter.
func (v *variable) Get() any { return v.value() }

// IsBoolFlag tells package flag that the flag needs no value.
func (v *variable) IsBoolFlag() bool { return v.toggle }
