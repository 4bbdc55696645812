// Package part1 is Part I of the coursework for the commands that show it: it
// trains the perceptron on the report's five pairs of Gaussians or on others,
// also with further seeds, and tells in both languages what came of it, in
// sentences, figures, tables and sections of a page, all made from the numbers.
package part1

import (
	"strconv"

	"glassbox/cmd/internal/lang"
	"glassbox/perceptron"
)

// A Config says what is run.
type Config struct {
	Variant           // what Test.Main is trained by
	MaxEpochs int     // of a training, at least 1
	N         int     // points of each class, at least 2; the first 80 % train
	Rate      float64 // the learning rate
	Seed      uint32  // NumPy's, set afresh for every setup
	Seeds     int     // further seeds, Seed+1 and up, for the spreads; at most what is left below 2³²
	Setups    []Setup
}

// Defaults are the report's settings and tests, with 100 further seeds.
func Defaults() Config {
	return Config{MaxEpochs: 100, N: 100, Rate: 0.01, Seed: 42, Seeds: 100, Setups: ReportSetups()}
}

// A Variant is a way to learn.
type Variant struct {
	Rule perceptron.Rule
	Bias bool
}

// Name names the variant as one of several on the same points, as within a
// sentence.
func (v Variant) Name() lang.Text {
	switch v {
	case Variant{perceptron.RuleReport, false}:
		return lang.T("the report's rule")
	case Variant{perceptron.RuleReport, true}:
		return lang.T("the report's rule with a bias")
	case Variant{perceptron.RuleRosenblatt, false}:
		return lang.T("Rosenblatt's rule")
	}
	return lang.T("Rosenblatt's rule with a bias")
}

// String is the English name.
func (v Variant) String() string { return v.Name().EN }

// A Setup is a pair of Gaussians to run on.
type Setup struct {
	Name   string // "1" to "5" for the report's tests, "own"
	Pair   perceptron.Pair
	Report *float64 // the report's accuracy; nil if it has none
	Blames Blame    // why it is below 1, by the report
}

// A Blame is what the report says an accuracy is due to.
type Blame int

// The report's reasons: none, as all is well; the classes overlap; the
// perceptron has no bias.
const (
	BlameNothing Blame = iota
	BlameOverlap
	BlameBias
)

// ReportSetups returns the report's five tests in its order.
func ReportSetups() []Setup {
	blames := [5]Blame{BlameNothing, BlameOverlap, BlameOverlap, BlameOverlap, BlameBias}
	var list []Setup
	for i, t := range perceptron.Report() {
		list = append(list, Setup{strconv.Itoa(i + 1), t.Pair, new(t.Accuracy), blames[i]})
	}
	return list
}

// Variants are the ways that are compared on the same points, three of them,
// Config's own first. The report's rule with a bias leaves the bias at 0 and so
// stands for the one without.
func (c Config) Variants() []Variant {
	list := []Variant{c.Variant}
	for _, v := range []Variant{
		{perceptron.RuleReport, false}, {perceptron.RuleRosenblatt, false}, {perceptron.RuleRosenblatt, true},
	} {
		if v != c.Variant && !(v.Rule == perceptron.RuleReport && c.Rule == perceptron.RuleReport) {
			list = append(list, v)
		}
	}
	return list
}
