package cli

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/message"
)

// The numbers a hyperparameter needs. A NaN or an infinity never is one.
var (
	Finite      = number(message.New("a finite number"), func(float64) bool { return true })
	Positive    = number(message.New("a finite number above 0"), func(v float64) bool { return v > 0 })
	NonNegative = number(message.New("a finite number, 0 or above"), func(v float64) bool { return v >= 0 })
	// BelowOne suits a momentum: 0 ≤ v < 1.
	BelowOne = number(message.New("a number from 0 up to but not including 1"), func(v float64) bool { return v >= 0 && v < 1 })
)

// UpTo is a number from 0 to most.
func UpTo(most float64) Kind[float64] {
	return number(message.New("a number from 0 to %s", FormatFloat(most)), func(v float64) bool { return v >= 0 && v <= most })
}

// number is a number for which ok holds, which words say.
func number(words message.Text, ok func(float64) bool) Kind[float64] {
	return Kind[float64]{
		Hint: "X", Format: FormatFloat, native: true, right: forExample,
		Parse: func(text string) (float64, error) {
			v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || !ok(v) {
				return 0, message.Errorf("%s is not %s", quote(text), words)
			}
			return v, nil
		},
	}
}

func forExample(name, def string) message.Text {
	return message.New("for example -%s %s", name, def)
}

// FormatFloat returns the shortest text that reads back as v.
func FormatFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// AtLeast is a whole number that is least or more.
func AtLeast(least int) Kind[int] { return Between(least, math.MaxInt) }

// Between is a whole number from least to most.
func Between(least, most int) Kind[int] {
	words := message.New("a whole number, %d or above", least)
	switch {
	case most != math.MaxInt:
		words = message.New("a whole number from %d to %d", least, most)
	case least == 1:
		words = message.New("a whole number above 0")
	}
	return Kind[int]{
		Hint: "N", Format: strconv.Itoa, native: true, right: forExample,
		Parse: func(text string) (int, error) {
			v, err := strconv.Atoi(strings.TrimSpace(text))
			switch {
			case errors.Is(err, strconv.ErrRange) && most == math.MaxInt && !strings.Contains(text, "-"):
				return 0, message.Errorf("%s is too large", quote(text))
			case err != nil || v < least || v > most:
				return 0, message.Errorf("%s is not %s", quote(text), words)
			}
			return v, nil
		},
	}
}

// Seed is a seed that NumPy accepts: 0 to 4294967295.
var Seed = Kind[uint32]{
	Hint: "N", native: true, right: forExample,
	Format: func(v uint32) string { return strconv.FormatUint(uint64(v), 10) },
	Parse: func(text string) (uint32, error) {
		v, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
		if err != nil {
			return 0, message.Errorf("%s is not a whole number from 0 to 4294967295", quote(text))
		}
		return uint32(v), nil
	},
}

// CheckSeeds refuses more further seeds, from the one after -seed up, than are left.
func CheckSeeds(seed uint32, further int) error {
	if left := math.MaxUint32 - uint64(seed); uint64(further) > left {
		return Usagef("-seeds %d: after -seed %d only %d further seeds are left, up to 4294967295; a smaller -seed would be right", further, seed, left)
	}
	return nil
}

// Switch is on or off: `-sgd`, `-sgd=false`, and with the word apart as the
// handout types it, `--sgd True` and `--sgd False`.
var Switch = Kind[bool]{
	Example: "true", Format: strconv.FormatBool, native: true, toggle: true,
	Parse: func(text string) (bool, error) {
		v, ok := truth(text)
		if !ok {
			return false, message.Errorf("%s is neither true nor false", quote(text))
		}
		return v, nil
	},
	right: func(name, _ string) message.Text {
		return message.New("write -%s, -%s true or -%s false", name, name, name)
	},
}

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

// Text is any text; hint stands for it in the help text ("DIR", "FILE.csv").
func Text(hint string) Kind[string] {
	return Kind[string]{
		Hint: hint, Example: hint, Format: func(v string) string { return v },
		Parse: func(text string) (string, error) {
			if strings.ContainsRune(text, 0) {
				return "", message.Errorf("%q has a zero byte in it", text)
			}
			return text, nil
		},
	}
}

// A Choice is a word and the value it stands for.
type Choice[T comparable] struct {
	Word  string
	Value T
}

// OneOf is one of several words. The variable must hold one of their values.
func OneOf[T comparable](choices ...Choice[T]) Kind[T] {
	names := formatted(choices, func(c Choice[T]) string { return c.Word })
	words := make([]Word, len(names))
	for i, name := range names {
		words[i].Name = name
	}
	return Kind[T]{
		Hint: strings.Join(names, "|"), Words: words,
		Format: func(v T) string {
			i := slices.IndexFunc(choices, func(c Choice[T]) bool { return c.Value == v })
			if i < 0 {
				panic(fmt.Sprintf("cli.OneOf: %v is not the value of %s", v, strings.Join(names, ", ")))
			}
			return names[i]
		},
		Parse: func(text string) (v T, err error) {
			if i := slices.Index(names, text); i >= 0 {
				return choices[i].Value, nil
			}
			return v, message.Errorf("%s is not one of %s%s", quote(text), strings.Join(names, ", "), DidYouMean(text, names))
		},
	}
}

// Ints is one whole number or several, all above 0, separated by commas, or by
// + where commas separate lists: "20", "20,10" or "20+10". The error names the
// field, counted from 1.
var Ints = Kind[[]int]{
	Hint: "N,N", native: true,
	Format: func(list []int) string { return Join(list, ",", strconv.Itoa) },
	Parse: func(text string) ([]int, error) {
		sep, seps := ",", message.New("commas")
		if strings.Contains(text, "+") {
			sep, seps = "+", message.Plain("+")
		}
		one := Between(1, math.MaxInt32)
		var list []int
		for i, field := range strings.Split(text, sep) {
			field = strings.TrimSpace(field)
			v, err := one.Parse(field)
			if err != nil {
				what := message.New("%s is not a whole number above 0", quote(field))
				if field == "" {
					what = message.New("is empty")
				} else if strings.Trim(field, "0123456789") == "" && strings.Trim(field, "0") != "" {
					what = message.New("%s is too large", quote(field))
				}
				return nil, message.Errorf("%q: field %d %s; write whole numbers above 0 separated by %s, for example 20 or 20%s10", text, i+1, what, seps, sep)
			}
			list = append(list, v)
		}
		return list, nil
	},
}

// Floats is exactly count finite numbers separated by commas, as a mean "1,-6"
// or the rows of a matrix "3,0,0,4". A nil list is written as "".
func Floats(count int, example string) Kind[[]float64] {
	right := message.New("write %d finite numbers separated by commas, for example %s", count, example)
	return Kind[[]float64]{
		Hint: strings.TrimSuffix(strings.Repeat("X,", count), ","), Example: example, native: true,
		Format: func(list []float64) string { return Join(list, ",", FormatFloat) },
		Parse: func(text string) ([]float64, error) {
			var list []float64
			for i, field := range strings.Split(text, ",") {
				field = strings.TrimSpace(field)
				v, err := Finite.Parse(field)
				if field == "" {
					err = message.Errorf("is empty")
				}
				if err != nil {
					return nil, message.Errorf("%q: field %d %w; %s", text, i+1, err, right)
				}
				list = append(list, v)
			}
			if len(list) != count {
				numbers := message.New("%d numbers", len(list))
				if len(list) == 1 {
					numbers = message.New("1 number")
				}
				return nil, message.Errorf("%q: %s, not %d; %s", text, numbers, count, right)
			}
			return list, nil
		},
	}
}

// Join writes a list as a user types it, with sep between its texts.
func Join[T any](list []T, sep string, format func(T) string) string {
	return strings.Join(formatted(list, format), sep)
}

func formatted[T any](list []T, format func(T) string) []string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = format(v)
	}
	return texts
}
