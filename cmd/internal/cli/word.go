package cli

import (
	"fmt"
	"slices"
	"strings"
)

// Bool defines a switch: `-sgd`, `-sgd=false`, and with the word apart as the
// handout types it, `--sgd True` and `--sgd False`.
func (s *Set) Bool(name string, def bool, usage string) *bool {
	p := new(def)
	s.add(&value{
		name: name, usage: usage, example: "true", isBool: true,
		parse: func(text string) error {
			v, ok := truth(text)
			if !ok {
				return fmt.Errorf("%s is neither true nor false; write -%s, -%s true or -%s false", quote(text), name, name, name)
			}
			*p = v
			return nil
		},
		text: func() string { return fmt.Sprint(*p) },
		get:  func() any { return *p },
	})
	return p
}

// String defines a flag for any text; hint stands for it in the help text
// ("DIR", "FILE.csv").
func (s *Set) String(name, def, hint, usage string) *string {
	p := new(def)
	s.add(&value{
		name: name, usage: usage, hint: hint, example: hint,
		parse: func(text string) error {
			if strings.ContainsRune(text, 0) {
				return fmt.Errorf("%q has a zero byte in it", text)
			}
			*p = text
			return nil
		},
		text: func() string { return *p },
		get:  func() any { return *p },
	})
	return p
}

// Strings defines a flag that may be given several times; each use adds one
// text, which parse checks (nil accepts all). Example is a right value.
func (s *Set) Strings(name, hint, example, usage string, parse func(text string) error) *[]string {
	p := new([]string)
	s.add(&value{
		name: name, usage: usage, hint: hint, example: example,
		parse: func(text string) error {
			if parse != nil {
				if err := parse(text); err != nil {
					return err
				}
			}
			*p = append(*p, text)
			return nil
		},
		text: func() string { return strings.Join(*p, " ") },
		get:  func() any { return append([]string{}, *p...) },
	})
	return p
}

// Choice defines a flag for one of several words.
func (s *Set) Choice(name, def string, words []string, usage string) *string {
	p := new(def)
	if !slices.Contains(words, def) {
		panic(fmt.Sprintf("cli.Choice: -%s: default %q is not among %q", name, def, words))
	}
	s.add(&value{
		name: name, usage: usage, hint: strings.Join(words, "|"), example: def,
		parse: func(text string) error {
			if slices.Contains(words, text) {
				*p = text
				return nil
			}
			err := fmt.Errorf("%s is not one of %s", quote(text), strings.Join(words, ", "))
			if near := nearest(text, words); near != "" {
				err = fmt.Errorf("%w; did you mean %s?", err, near)
			}
			return err
		},
		text: func() string { return *p },
		get:  func() any { return *p },
	})
	return p
}

// Func defines a flag with a grammar of its own: parse takes the text or says
// why not, in words that follow "-name: ". Def is what Settings shows until
// the flag is given and must be acceptable to parse, which is called with it
// at once; an empty def is not parsed.
func (s *Set) Func(name, def, hint, example, usage string, parse func(text string) error) *string {
	p := new(def)
	if def != "" {
		if err := parse(def); err != nil {
			panic(fmt.Sprintf("cli.Func: -%s: default %q: %v", name, def, err))
		}
	}
	s.add(&value{
		name: name, usage: usage, hint: hint, example: example,
		parse: func(text string) error {
			if err := parse(text); err != nil {
				return err
			}
			*p = text
			return nil
		},
		text: func() string { return *p },
		get:  func() any { return *p },
	})
	return p
}
