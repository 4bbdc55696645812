package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Ints defines a flag for one whole number or several separated by commas, all
// above 0: "20" or "20,10". With none allowed, an empty text is an empty list.
func (s *Set) Ints(name string, def []int, usage string) *[]int {
	p := new(slices.Clone(def))
	s.add(&value{
		name: name, usage: usage, hint: "N,N", example: formatInts(def),
		parse: func(text string) error {
			v, err := ParseInts(text, ",")
			if err != nil {
				return err
			}
			*p = v
			return nil
		},
		text: func() string { return formatInts(*p) },
		get:  func() any { return slices.Clone(*p) },
	})
	return p
}

// ParseInts reads whole numbers above 0 separated by sep. The error names the
// field, counted from 1, and what would be right.
func ParseInts(text, sep string) ([]int, error) {
	var list []int
	for i, field := range strings.Split(text, sep) {
		field = strings.TrimSpace(field)
		v, err := parseInt(field, 1, 1<<31-1)
		if err != nil {
			what := quote(field) + " is not a whole number above 0"
			if field == "" {
				what = "is empty"
			} else if n, err := strconv.Atoi(field); n > 0 || err != nil && isDigits(field) {
				what = quote(field) + " is too large"
			}
			return nil, listError(text, i, what, sep, "whole numbers above 0", "20 or 20"+sep+"10")
		}
		list = append(list, v)
	}
	return list, nil
}

// Floats defines a flag for exactly count finite numbers separated by commas,
// as a mean "1,-6" or the rows of a matrix "3,0,0,4". Def may be nil: then the
// flag is unset until it is given, and example shows how.
func (s *Set) Floats(name string, def []float64, count int, example, usage string) *[]float64 {
	p := new(slices.Clone(def))
	s.add(&value{
		name: name, usage: usage, hint: strings.TrimSuffix(strings.Repeat("X,", count), ","), example: example,
		parse: func(text string) error {
			v, err := parseFloats(text, count, example)
			if err != nil {
				return err
			}
			*p = v
			return nil
		},
		text: func() string { return formatFloats(*p) },
		get:  func() any { return slices.Clone(*p) },
	})
	return p
}

func parseFloats(text string, count int, example string) ([]float64, error) {
	what := fmt.Sprintf("%d finite numbers", count)
	var list []float64
	for i, field := range strings.Split(text, ",") {
		field = strings.TrimSpace(field)
		v, err := Finite.Parse(field)
		if field == "" {
			return nil, listError(text, i, "is empty", ",", what, example)
		}
		if err != nil {
			return nil, listError(text, i, err.Error(), ",", what, example)
		}
		list = append(list, v)
	}
	if len(list) != count {
		noun := "numbers"
		if len(list) == 1 {
			noun = "number"
		}
		return nil, fmt.Errorf("%q: %d %s, not %d; write %s separated by commas, for example %s", text, len(list), noun, count, what, example)
	}
	return list, nil
}

// listError tells what is wrong with field i (from 0) of a list.
func listError(text string, i int, what, sep, of, example string) error {
	seps := "commas"
	if sep != "," {
		seps = sep
	}
	return fmt.Errorf("%q: field %d %s; write %s separated by %s, for example %s", text, i+1, what, of, seps, example)
}

func formatInts(list []int) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = strconv.Itoa(v)
	}
	return strings.Join(texts, ",")
}

func formatFloats(list []float64) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = FormatFloat(v)
	}
	return strings.Join(texts, ",")
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
