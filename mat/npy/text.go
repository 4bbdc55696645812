package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// readText reads the elements of a text array.
func readText(src *source, h header) ([]string, error) {
	all, err := src.rest()
	if err != nil {
		return nil, err
	}
	text := make([]string, h.count)
	for i := range text {
		element := all[i*int(h.size) : (i+1)*int(h.size)]
		if h.wide {
			text[i], err = fromWide(element, h.big)
		} else {
			text[i], err = fromBytes(element)
		}
		if err != nil {
			return nil, fmt.Errorf("element %s %w", index(h.shape, h.fortran, i), err)
		}
	}
	return text, nil
}

// fromWide returns the text of an element of str: four bytes a character and
// NULs up to its length.
func fromWide(b []byte, big bool) (string, error) {
	var order binary.ByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	for len(b) > 0 && order.Uint32(b[len(b)-4:]) == 0 {
		b = b[:len(b)-4]
	}
	var s strings.Builder
	for i := 0; i < len(b); i += 4 {
		c := order.Uint32(b[i:])
		if !utf8.ValidRune(rune(c)) {
			return "", fmt.Errorf("has character %d as %#x, which Unicode does not have", i/4, c)
		}
		s.WriteRune(rune(c))
	}
	return s.String(), nil
}

// fromBytes returns the text of an element of bytes.
func fromBytes(b []byte) (string, error) {
	b = bytes.TrimRight(b, "\x00")
	if !utf8.Valid(b) {
		return "", fmt.Errorf("%s is not UTF-8; save text as str", quote(string(b)))
	}
	return string(b), nil
}

// wideLength returns the length of the longest text in characters: at least 1,
// as NumPy has it. Text that would not come back as it is is an error.
func wideLength(text []string) (int, error) {
	longest := 1
	for i, s := range text {
		if !utf8.ValidString(s) {
			return 0, fmt.Errorf("text %d, %s, is not UTF-8", i, quote(s))
		}
		if strings.HasSuffix(s, "\x00") {
			return 0, fmt.Errorf("text %d, %s, ends in NUL, which NumPy takes for padding", i, quote(s))
		}
		longest = max(longest, utf8.RuneCountInString(s))
	}
	return longest, nil
}

// appendWide appends s in four bytes a character, little end first, with NULs
// up to length characters.
func appendWide(b []byte, s string, length int) []byte {
	end := len(b) + 4*length
	for _, c := range s {
		b = binary.LittleEndian.AppendUint32(b, uint32(c))
	}
	pad := end - len(b)
	b = slices.Grow(b, pad)[:end]
	clear(b[end-pad:])
	return b
}
