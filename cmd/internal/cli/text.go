package cli

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// OneLine returns text as one line that a terminal shows as it is: control
// characters, invisible ones and bytes that are no UTF-8 become escapes.
func OneLine(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return b.String()
}

// quote returns a value for an error message: as it was typed when it is one
// plain word, in quotes otherwise.
func quote(text string) string {
	plain := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(" ,;:\"'`\\", r) }
	if text == "" || strings.ContainsFunc(text, plain) || !utf8.ValidString(text) {
		return strconv.Quote(text)
	}
	return text
}
