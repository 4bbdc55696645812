// Package stat describes several values of one number: over seeds, rows or
// rounds.
package stat

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Stat is a mean with its spread, as numpy's mean, std, min and max.
type Stat struct {
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"` // of the values themselves, np.std
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
}

// Of returns the statistic of v, zeros of nothing.
func Of(v []float64) Stat {
	if len(v) == 0 {
		return Stat{}
	}
	s := Stat{Min: slices.Min(v), Max: slices.Max(v)}
	for _, x := range v {
		s.Mean += x
	}
	s.Mean /= float64(len(v))
	for _, x := range v {
		d := x - s.Mean
		s.SD += float64(d * d)
	}
	s.SD = math.Sqrt(s.SD / float64(len(v)))
	return s
}

// Fixed writes v with so many digits after the point, and what is 0 by them
// without a sign.
func Fixed(v float64, digits int) string {
	text := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-")
	}
	return text
}

// Text returns mean ± sd with so many digits: "0.9123 ± 0.0100".
func (s Stat) Text(digits int) string {
	return Fixed(s.Mean, digits) + " ± " + Fixed(s.SD, digits)
}

// String is Text with four digits, for accuracies and losses a row.
func (s Stat) String() string { return s.Text(4) }
