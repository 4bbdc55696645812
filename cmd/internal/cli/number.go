package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Int defines a flag for a whole number that is least or more.
func (s *Set) Int(name string, def, least int, usage string) *int {
	return s.IntRange(name, def, least, math.MaxInt, usage)
}

// IntRange defines a flag for a whole number from least to most.
func (s *Set) IntRange(name string, def, least, most int, usage string) *int {
	p := new(def)
	s.add(&value{
		name: name, usage: usage, hint: "N", example: strconv.Itoa(def),
		parse: func(text string) error {
			v, err := parseInt(text, least, most)
			if err != nil {
				return fmt.Errorf("%w; for example -%s %d", err, name, def)
			}
			*p = v
			return nil
		},
		text: func() string { return strconv.Itoa(*p) },
		get:  func() any { return *p },
	})
	return p
}

// Seed defines a flag for a seed that NumPy accepts: 0 to 4294967295.
func (s *Set) Seed(name string, def uint32, usage string) *uint32 {
	p := new(def)
	s.add(&value{
		name: name, usage: usage, hint: "N", example: strconv.FormatUint(uint64(def), 10),
		parse: func(text string) error {
			v, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
			if err != nil {
				return fmt.Errorf("%s is not a whole number from 0 to 4294967295; for example -%s %d", quote(text), name, def)
			}
			*p = uint32(v)
			return nil
		},
		text: func() string { return strconv.FormatUint(uint64(*p), 10) },
		get:  func() any { return *p },
	})
	return p
}

// Float defines a flag for a number in the given range.
func (s *Set) Float(name string, def float64, in Range, usage string) *float64 {
	p := new(def)
	s.add(&value{
		name: name, usage: usage, hint: "X", example: FormatFloat(def),
		parse: func(text string) error {
			v, err := in.Parse(text)
			if err != nil {
				return fmt.Errorf("%w; for example -%s %s", err, name, FormatFloat(def))
			}
			*p = v
			return nil
		},
		text: func() string { return FormatFloat(*p) },
		get:  func() any { return *p },
	})
	return p
}

// Range is what a Float flag accepts. A NaN or an infinity never is.
type Range struct {
	words string // "a finite number above 0"
	ok    func(v float64) bool
}

// The ranges a hyperparameter needs.
var (
	Finite      = Range{"a finite number", func(float64) bool { return true }}
	Positive    = Range{"a finite number above 0", func(v float64) bool { return v > 0 }}
	NonNegative = Range{"a finite number, 0 or above", func(v float64) bool { return v >= 0 }}
	// BelowOne suits a momentum: 0 ≤ v < 1.
	BelowOne = Range{"a number from 0 up to but not including 1", func(v float64) bool { return v >= 0 && v < 1 }}
	// Inside suits a share of a whole: 0 < v < 1.
	Inside = Range{"a number above 0 and below 1", func(v float64) bool { return v > 0 && v < 1 }}
)

// Parse reads one number, for flags with a grammar of their own.
func (r Range) Parse(text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || !r.ok(v) {
		return 0, fmt.Errorf("%s is not %s", quote(text), r.words)
	}
	return v, nil
}

// FormatFloat returns the shortest text that reads back as v.
func FormatFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// parseInt reads a whole number from least to most.
func parseInt(text string, least, most int) (int, error) {
	v, err := strconv.Atoi(strings.TrimSpace(text))
	switch {
	case errors.Is(err, strconv.ErrRange) && most == math.MaxInt && !strings.Contains(text, "-"):
		return 0, fmt.Errorf("%s is too large", quote(text))
	case err != nil || v < least || v > most:
		return 0, fmt.Errorf("%s is not %s", quote(text), wholeWords(least, most))
	}
	return v, nil
}

func wholeWords(least, most int) string {
	switch {
	case most != math.MaxInt:
		return fmt.Sprintf("a whole number from %d to %d", least, most)
	case least == 1:
		return "a whole number above 0"
	case least == math.MinInt:
		return "a whole number"
	}
	return fmt.Sprintf("a whole number, %d or above", least)
}
