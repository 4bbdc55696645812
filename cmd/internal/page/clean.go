package page

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Clean ends every line with \n, as an HTML parser would before it takes a
// style's hash, and replaces what no HTML file may hold: control characters
// and bytes that are no UTF-8.
func Clean(page []byte) []byte {
	if isClean(page) {
		return page // as most are
	}
	page = bytes.ReplaceAll(page, []byte("\r\n"), []byte("\n"))
	return bytes.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case unfit(r):
			return utf8.RuneError
		}
		return r
	}, page)
}

func isClean(page []byte) bool {
	for i := 0; i < len(page); {
		if ' ' <= page[i] && page[i] <= '~' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(page[i:])
		if unfit(r) {
			return false
		}
		i += size
	}
	return true
}

// unfit reports whether r cannot stand in an HTML file, or may come from bytes
// that cannot.
func unfit(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff || r == utf8.RuneError
}
