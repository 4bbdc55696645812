package dataset

import (
	"math"
	"strconv"
	"strings"
)

// A kind is what a field turned out to be.
type kind int

const (
	number    kind = iota
	empty          // nothing between two separators
	notFinite      // NaN or an infinity, spelled out
	tooLarge       // a number beyond maxValue
	word           // anything else
)

// numeric reports whether whoever wrote the field meant a number.
func (k kind) numeric() bool { return k == number || k == notFinite || k == tooLarge }

// parseNumber reads a decimal number. mark is its decimal mark, '.' or ',', or
// 0 if it has none; a comma is one only where comma is true.
func parseNumber(s string, comma bool) (v float64, mark byte, k kind) {
	if s == "" {
		return 0, 0, empty
	}
	switch strings.ToLower(strings.TrimLeft(s, "+-")) {
	case "nan", "inf", "infinity":
		return 0, 0, notFinite
	}
	// strconv knows more than a table should have: hexadecimal, underscores.
	if strings.Trim(s, "0123456789+-.,eE") != "" || !strings.ContainsAny(s, "0123456789") {
		return 0, 0, word
	}
	if comma && strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s, mark = strings.Replace(s, ",", ".", 1), ','
	} else if strings.Contains(s, ".") {
		mark = '.'
	}
	v, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil && !math.IsInf(v, 0):
		return 0, 0, word
	case math.Abs(v) > maxValue:
		return 0, 0, tooLarge
	}
	return v, mark, number
}
