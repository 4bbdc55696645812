package bench

import (
	"math"
	"strconv"
)

// none stands where there is no number.
const none = "–"

// digits writes v with three digits, or all before the point.
func digits(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return none
	case v < 9.995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 99.95:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// duration writes seconds.
func duration(s float64) string {
	switch {
	case math.IsNaN(s):
		return none
	case s < 999.5e-9:
		return digits(s*1e9) + " ns"
	case s < 999.5e-6:
		return digits(s*1e6) + " µs"
	case s < 999.5e-3:
		return digits(s*1e3) + " ms"
	}
	return digits(s) + " s"
}

// times writes a ratio.
func times(v float64) string {
	if math.IsNaN(v) {
		return none
	}
	return digits(v) + "×"
}

// percent writes a share.
func percent(v float64) string {
	switch p := 100 * v; {
	case math.IsNaN(p):
		return none
	case p < 9.95:
		return strconv.FormatFloat(p, 'f', 1, 64) + "%"
	default:
		return strconv.FormatFloat(p, 'f', 0, 64) + "%"
	}
}

func plusMinus(v float64) string {
	if math.IsNaN(v) {
		return none
	}
	return "±" + percent(v)
}

// gigaflops writes flops a second of an operation that takes s seconds.
func gigaflops(flops, s float64) string { return digits(flops / s / 1e9) }

var words = []string{"no", "one", "two", "three", "four", "five"}

// plural writes a small count as a word.
func plural(n int, noun string) string {
	count := strconv.Itoa(n)
	if n < len(words) {
		count = words[n]
	}
	if n == 1 {
		return count + " " + noun
	}
	return count + " " + noun + "s"
}
