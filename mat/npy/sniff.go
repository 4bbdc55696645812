package npy

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sniff says what a file that is not what it should be begins like, to stand
// before "where …".
func sniff(head []byte) string {
	for _, known := range []struct{ begin, what string }{
		{"PK\x03\x04", "a zip archive, as .npz files are"},
		{"PK\x05\x06", "an empty zip archive, as .npz files are"},
		{"\x80\x02", "a pickle"}, {"\x80\x03", "a pickle"}, {"\x80\x04", "a pickle"}, {"\x80\x05", "a pickle"},
		{"\x89HDF", "an HDF5 file"},
		{"\x1f\x8b", "a gzip file"},
		{"MATLAB", "a MATLAB file"},
	} {
		if bytes.HasPrefix(head, []byte(known.begin)) {
			return "it is " + known.what + ","
		}
	}
	return "it begins with " + quote(string(head[:min(len(head), 8)]))
}

// place returns the name of an entry as messages write it: as it is if it
// cannot be mistaken, or else in quotes.
func place(name string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(" :;,\"'", r) }
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, odd) {
		return quote(name)
	}
	return short(name)
}

// quote returns s in quotes, cut to a length that fits in a message.
func quote(s string) string { return strconv.Quote(short(s)) }

// short returns s, or its beginning where it is too long for a message.
func short(s string) string {
	if utf8.RuneCountInString(s) <= 60 {
		return s
	}
	return string([]rune(s[:min(len(s), 400)])[:57]) + "…"
}

// plural returns n with its unit: 1 byte, 2 bytes.
func plural(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
