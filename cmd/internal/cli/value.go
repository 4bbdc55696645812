package cli

import "strings"

// value is one flag: a flag.Value that keeps the reason of a refusal, since
// package flag wraps it in words of its own.
type value struct {
	name, usage string
	hint        string // what stands for the value in the help text: "N", "WORD"
	example     string // a right value
	def         string // the value before Parse, as text
	isBool      bool
	parse       func(text string) error
	text        func() string // the value as a user would type it
	get         func() any    // the value for JSON
	err         error
}

// Set implements flag.Value.
func (v *value) Set(text string) error {
	v.err = v.parse(text)
	return v.err
}

// String implements flag.Value; flag calls it on zero values too.
func (v *value) String() string {
	if v == nil || v.text == nil {
		return ""
	}
	return v.text()
}

// Get implements flag.Getter.
func (v *value) Get() any { return v.get() }

// IsBoolFlag tells package flag that the flag needs no value.
func (v *value) IsBoolFlag() bool { return v.isBool }

// truth reads a truth word as the handout and its users type it.
func truth(word string) (val, ok bool) {
	switch strings.ToLower(word) {
	case "true", "t", "yes", "y", "on", "1":
		return true, true
	case "false", "f", "no", "n", "off", "0":
		return false, true
	}
	return false, false
}
