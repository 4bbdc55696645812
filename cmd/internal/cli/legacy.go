package cli

// The definitions below make a variable and bind it, for callers that have no
// place of their own yet.

// Int defines a flag for a whole number that is least or more.
func (s *Set) Int(name string, def, least int, usage string) *int {
	return bound(s, def, name, AtLeast(least), usage)
}

// IntRange defines a flag for a whole number from least to most.
func (s *Set) IntRange(name string, def, least, most int, usage string) *int {
	return bound(s, def, name, Between(least, most), usage)
}

// Seed defines a flag for a seed.
func (s *Set) Seed(name string, def uint32, usage string) *uint32 {
	return bound(s, def, name, Seed, usage)
}

// Float defines a flag for a number.
func (s *Set) Float(name string, def float64, in Kind[float64], usage string) *float64 {
	return bound(s, def, name, in, usage)
}

// Floats defines a flag for count numbers.
func (s *Set) Floats(name string, def []float64, count int, example, usage string) *[]float64 {
	return bound(s, def, name, Floats(count, example), usage)
}

// Bool defines a switch.
func (s *Set) Bool(name string, def bool, usage string) *bool {
	return bound(s, def, name, Switch, usage)
}

// String defines a flag for any text.
func (s *Set) String(name, def, hint, usage string) *string {
	return bound(s, def, name, Text(hint), usage)
}

// Choice defines a flag for one of several words.
func (s *Set) Choice(name, def string, words []string, usage string) *string {
	var choices []Choice[string]
	for _, w := range words {
		choices = append(choices, Choice[string]{w, w})
	}
	return bound(s, def, name, OneOf(choices...), usage)
}

// Func defines a flag with a grammar of its own.
func (s *Set) Func(name, def, hint, example, usage string, parse func(text string) error) *string {
	return bound(s, def, name, Kind[string]{Hint: hint, Example: example,
		Format: func(v string) string { return v },
		Parse:  func(text string) (string, error) { return text, parse(text) }}, usage)
}

func bound[T any](s *Set, def T, name string, k Kind[T], usage string) *T {
	p := new(def)
	Var(s, p, name, k, usage)
	return p
}
