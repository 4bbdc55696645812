// Package message holds texts that keep their parts: a format and what goes
// into it. The libraries say with it what they have to tell in words. Where a
// reader is met the text becomes a string: its English by String, and in
// another language by whoever has that language's format for the English one.
package message

import (
	"errors"
	"fmt"
	"strings"
)

// A Text is a format of package fmt and its arguments, among which may be
// further Texts, and errors that hold one. The zero Text says nothing.
type Text struct {
	Format string
	Args   []any
}

// New returns the text that args in the place of format's verbs give. Without
// args format is the text as it stands.
func New(format string, args ...any) Text { return Text{format, args} }

// Plain returns a text that is the same in every language: a name, code.
func Plain(s string) Text { return New("%s", s) }

// IsZero reports whether t says nothing; encoding/json's omitzero asks for it.
func (t Text) IsZero() bool { return t.Format == "" }

// String returns the English.
func (t Text) String() string {
	if len(t.Args) == 0 {
		return t.Format
	}
	return fmt.Sprintf(t.Format, t.Args...)
}

// MarshalText gives the English, which is what JSON holds.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText takes the English as it is.
func (t *Text) UnmarshalText(english []byte) error {
	*t = Plain(string(english))
	return nil
}

// Errorf returns an error that says a text; its unwrapped errors are those
// among args. The verb %w is as good as %v.
func Errorf(format string, args ...any) error {
	return &textError{New(strings.ReplaceAll(format, "%w", "%v"), args...)}
}

type textError struct{ text Text }

func (e *textError) Error() string { return e.text.String() }
func (e *textError) Message() Text { return e.text }

func (e *textError) Unwrap() []error {
	var list []error
	for _, a := range e.text.Args {
		if err, ok := a.(error); ok {
			list = append(list, err)
		}
	}
	return list
}

// Of returns what an error says: its text where it has one, else the error
// itself in the place of a verb, so that whoever has its language reads it there.
func Of(err error) Text {
	if said, ok := Said(err); ok {
		return said
	}
	return New("%v", err)
}

// Said returns the text of an error that has one: of its method Message() Text,
// or of that of an error which it merely wraps unchanged.
func Said(err error) (said Text, ok bool) {
	var m interface{ Message() Text }
	if errors.As(err, &m) && m.Message().String() == err.Error() {
		return m.Message(), true
	}
	return Text{}, false
}
