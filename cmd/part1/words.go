package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
)

// share shows an accuracy.
func share(v float64) string { return fmt.Sprintf("%.3f", v) }

// meanSD shows a spread of accuracies.
func meanSD(s spread) string { return share(s.Mean) + " ± " + share(s.SD) }

// weight shows a weight with the digits that a reader can use.
func weight(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }

// numbers shows a list as a flag takes it.
func numbers(list []float64) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = cli.FormatFloat(v)
	}
	return strings.Join(texts, ",")
}

// rows shows a covariance as a flag takes it.
func rows(c [2][2]float64) string { return numbers([]float64{c[0][0], c[0][1], c[1][0], c[1][1]}) }

// whole is how many of n a share of them is.
func whole(v float64, n int) int { return int(math.Round(v * float64(n))) }

// count returns "1 epoch", "7 epochs".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// times returns "once", "7 times".
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

// and joins the parts of a sentence.
func and(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// capital returns text with its first letter large.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// lower returns text with its first letter small.
func lower(text string) string { return strings.ToLower(text[:1]) + text[1:] }
