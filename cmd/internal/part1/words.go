package part1

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/perceptron"
)

// Share shows an accuracy.
func Share(v float64) string { return fmt.Sprintf("%.3f", v) }

// String shows mean and sd of accuracies.
func (s Spread) String() string { return Share(s.Mean) + " ± " + Share(s.SD) }

// Cell shows a spread over seeds of which there should be so many, with the
// number of those there are where some are missing.
func (s Spread) Cell(seeds int) string {
	switch {
	case s.Count == 0:
		return "–"
	case s.Count < seeds:
		return fmt.Sprintf("%s (%d)", s, s.Count)
	}
	return s.String()
}

// Weight shows a weight with the digits that a reader can use.
func Weight(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }

// Numbers shows a list as a flag takes it.
func Numbers(list []float64) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = cli.FormatFloat(v)
	}
	return strings.Join(texts, ",")
}

// Rows shows a covariance as a flag takes it.
func Rows(c [2][2]float64) string { return Numbers([]float64{c[0][0], c[0][1], c[1][0], c[1][1]}) }

// whole is how many of n a share of them is.
func whole(v float64, n int) int { return int(math.Round(v * float64(n))) }

func epochs(n int) lang.Text {
	if n == 1 {
		return lang.T("1 epoch")
	}
	return lang.T("%d epochs", n)
}

func corrections(n int) lang.Text {
	if n == 1 {
		return lang.T("1 correction")
	}
	return lang.T("%d corrections", n)
}

func times(n int) lang.Text {
	if n == 1 {
		return lang.T("once")
	}
	return lang.T("%d times", n)
}

// names are tests within a sentence: "test 3", "tests 2 and 3".
func names(tests []Test) lang.Text {
	var list []lang.Text
	for _, t := range tests {
		list = append(list, lang.Same(t.Name))
	}
	if len(list) == 1 {
		return lang.T("test %s", list[0])
	}
	return lang.T("tests %s", lists(list))
}

// lists is lang.And for items that end in figures or brackets, between which
// the Chinese is better without a word.
func lists(items []lang.Text) lang.Text {
	return lang.Text{EN: lang.And(items...).EN, ZH: lang.Join(lang.Same("、"), items...).ZH}
}

// own reports whether it is a pair of the user's own.
func (s Setup) own() bool { return s.Report == nil }

// Title names a setup.
func (s Setup) Title() lang.Text {
	if s.own() {
		return lang.T("A pair of one's own")
	}
	return lang.T("Test %s", s.Name)
}

// Subject says what the run is about.
func (c Config) Subject() lang.Text {
	if len(c.Setups) == 1 {
		return lang.T("%s on a pair of one's own", c.Variant.Name())
	}
	return lang.T("%s on the report's five tests", c.Variant.Name())
}

// Sizes says how many points there are.
func (c Config) Sizes() lang.Text {
	train := perceptron.TrainCount(c.N)
	return lang.T("%d training and %d test points of each class", train, c.N-train)
}

// Subtitle says what the run is about, how many points there are and the seed.
func (c Config) Subtitle() lang.Text {
	return lang.T("%s, %s, seed %d", c.Subject().Capital(), c.Sizes(), c.Seed)
}

// Span names the further seeds.
func (c Config) Span() lang.Text {
	first := uint64(c.Seed) + 1
	if c.Seeds == 1 {
		return lang.T("seed %d", first)
	}
	return lang.T("seeds %d–%d", first, first-1+uint64(c.Seeds))
}

// Progress says how far the run came.
func (r *Run) Progress() lang.Text {
	draws := 0
	for _, t := range r.Tests {
		draws += t.Spreads[0].Count
	}
	all := len(r.Setups) * r.Seeds
	if len(r.Setups) == 1 {
		return lang.T("%d of 1 test and %d of the %d draws with further seeds were done", len(r.Tests), draws, all)
	}
	return lang.T("%d of %d tests and %d of the %d draws with further seeds were done", len(r.Tests), len(r.Setups), draws, all)
}
