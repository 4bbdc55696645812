package browser

import "strings"

// A stroke is what the browser is told of a key: its name, its place on the
// keyboard, its number on Windows, and the text it types.
type stroke struct {
	key, code string
	number    int
	text      string
}

// named are the keys that have a name instead of a character.
var named = map[string]stroke{
	"Backspace":  {"Backspace", "Backspace", 8, ""},
	"Tab":        {"Tab", "Tab", 9, ""},
	"Enter":      {"Enter", "Enter", 13, "\r"},
	"Escape":     {"Escape", "Escape", 27, ""},
	" ":          {" ", "Space", 32, " "},
	"PageUp":     {"PageUp", "PageUp", 33, ""},
	"PageDown":   {"PageDown", "PageDown", 34, ""},
	"End":        {"End", "End", 35, ""},
	"Home":       {"Home", "Home", 36, ""},
	"ArrowLeft":  {"ArrowLeft", "ArrowLeft", 37, ""},
	"ArrowUp":    {"ArrowUp", "ArrowUp", 38, ""},
	"ArrowRight": {"ArrowRight", "ArrowRight", 39, ""},
	"ArrowDown":  {"ArrowDown", "ArrowDown", 40, ""},
	"Delete":     {"Delete", "Delete", 46, ""},
}

// The characters of a US keyboard, without and with Shift, digits and marks.
const (
	plain   = "0123456789`-=[]\\;',./"
	shifted = ")!@#$%^&*(~_+{}|:\"<>?"
)

// marks are the keys of plain after the digits.
var marks = []stroke{
	{code: "Backquote", number: 192}, {code: "Minus", number: 189}, {code: "Equal", number: 187},
	{code: "BracketLeft", number: 219}, {code: "BracketRight", number: 221}, {code: "Backslash", number: 220},
	{code: "Semicolon", number: 186}, {code: "Quote", number: 222},
	{code: "Comma", number: 188}, {code: "Period", number: 190}, {code: "Slash", number: 191},
}

// strokeOf returns the stroke of a key's name or character, and whether Shift is
// down with it, as it is for some characters or as the caller wants it.
func strokeOf(key string, shift bool) (s stroke, withShift, ok bool) {
	if s, ok := named[key]; ok {
		return s, shift, true
	}
	if len(key) != 1 {
		return stroke{}, false, false
	}
	c := key[0]
	if i := strings.IndexByte(shifted, c); i >= 0 {
		c, shift = plain[i], true
	}
	if 'A' <= c && c <= 'Z' {
		c, shift = c-'A'+'a', true
	}
	i := strings.IndexByte(plain, c)
	switch {
	case 'a' <= c && c <= 'z':
		upper := strings.ToUpper(string(c))
		s = stroke{string(c), "Key" + upper, int(upper[0]), string(c)}
		if shift {
			s.key, s.text = upper, upper
		}
		return s, shift, true
	case i < 0:
		return stroke{}, false, false
	case i < 10:
		s = stroke{code: "Digit" + string(c), number: int(c)}
	default:
		s = marks[i-10]
	}
	s.key = string(c)
	if shift {
		s.key = string(shifted[i])
	}
	s.text = s.key
	return s, shift, true
}
