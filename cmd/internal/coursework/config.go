// Package coursework runs the whole coursework of the report, as reported and
// right, and sets each claim of the report beside what the runs show: a verdict
// and a finding made from the numbers, and a page that follows the report's
// chapters.
//
// Nothing in it says how a claim fares: with other seeds it may fare otherwise.
package coursework

import (
	"fmt"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/part1"
	"glassbox/nn/faults"
)

// A Config says what is run.
type Config struct {
	Seed  uint32 // NumPy's, of every run
	Seeds int    // further seeds, Seed+1 and up: all for Part I, the first MostNetworks for the networks
}

// MostNetworks is up to how many further seeds the networks are trained with.
const MostNetworks = 10

// networks is how many further seeds the networks are trained with.
func (c Config) networks() int { return min(c.Seeds, MostNetworks) }

// perceptron is Part I, all of it the report's.
func (c Config) perceptron() part1.Config {
	p := part1.Defaults()
	p.Seed, p.Seeds = c.Seed, c.Seeds
	return p
}

// The runs of the networks, by the names that stand before their keys.
const (
	fullReported  = "full-reported"
	fullRight     = "full-right"
	shortReported = "short-reported"
	shortRight    = "short-right"
	longReported  = "long-reported"
	longRight     = "long-right"

	moreReported = "more-reported" // as full-reported, longer
	moreRight    = "more-right"
	softmaxOnly  = "softmax-only" // as full-reported, with one of its faults
	biasOnly     = "bias-only"
	neither      = "neither"    // and with none
	fastRight    = "fast-right" // as full-right, at a larger rate
	randnReports = "randn"      // the faults from the weights that the text tells of
	tinyRight    = "tiny-right" // as long-right, from the report's weights
)

// What the report has its networks do.
const (
	shortSteps = 1500
	longSteps  = 45000
	moreSteps  = 6000
	turn       = 25000 // the step at which, it says, the long run turns
	early      = 50    // and that by which the whole batch has learned
	fastRate   = 1.0
)

// A plan is one network to be trained.
type plan struct {
	name   string
	title  lang.Text
	config experiment.Config
	flags  string // of part2 for the same run, without the seed
	spread bool   // with the further seeds too
	probes []int  // evaluations at which the loss of all training rows is taken
}

// plans are the networks to be trained with Seed, the report's first.
func (c Config) plans() []plan {
	list := []plan{
		{name: fullReported, title: lang.T("full batch, as reported"), flags: "-as_reported", spread: true},
		{name: fullRight, title: lang.T("full batch, right"), spread: true},
		{name: shortReported, title: lang.T("SGD, 1500 steps, as reported"), flags: "-as_reported -sgd", spread: true, probes: []int{0, shortSteps}},
		{name: shortRight, title: lang.T("SGD, 1500 steps, right"), flags: "-sgd", spread: true, probes: []int{0, shortSteps}},
		{name: longReported, title: lang.T("SGD, 45,000 steps, as reported"), flags: "-as_reported -sgd -max_steps 45000 -eval_freq 500", spread: true, probes: []int{turn, longSteps}},
		{name: longRight, title: lang.T("SGD, 45,000 steps, right"), flags: "-sgd -max_steps 45000 -eval_freq 500", spread: true, probes: []int{turn, longSteps}},

		{name: moreReported, title: lang.T("full batch, as reported, 6000 steps"), flags: "-as_reported -max_steps 6000"},
		{name: moreRight, title: lang.T("full batch, right, 6000 steps"), flags: "-max_steps 6000"},
		{name: softmaxOnly, title: lang.T("full batch, the softmax after every layer alone"), flags: "-fault softmax-every-layer -init 1e-4 -reduction sum"},
		{name: biasOnly, title: lang.T("full batch, the mean bias gradient alone"), flags: "-fault bias-gradient-mean -init 1e-4 -reduction sum"},
		{name: neither, title: lang.T("full batch, neither fault, the report's weights and sum"), flags: "-init 1e-4 -reduction sum"},
		{name: fastRight, title: lang.T("full batch, right, learning rate 1"), flags: "-learning_rate 1"},
		{name: randnReports, title: lang.T("full batch, both faults, weights from randn"), flags: "-as_reported -init randn -max_steps 50"},
		{name: tinyRight, title: lang.T("SGD, 45,000 steps, right from the report's weights"), flags: "-sgd -init 1e-4 -max_steps 45000 -eval_freq 100"},
	}
	for i := range list {
		list[i].config = c.experiment(list[i].name)
	}
	return list
}

// experiment is part2's default settings, changed as a run's name says.
func (c Config) experiment(name string) experiment.Config {
	e := experiment.Config{Hidden: []int{20}, Rate: 0.01, Steps: shortSteps, EvalFreq: 10, Seed: c.Seed, N: 1000, Noise: 0.05, Mean: true}
	init := "he"
	reported := func(list []faults.Fault) {
		e.Faults, e.Mean, init = list, false, "1e-4"
	}
	switch name {
	case fullReported, shortReported, longReported, moreReported, randnReports:
		reported(faults.AsReported)
		e.AsReported = true
	case softmaxOnly:
		reported(faults.AsReported[:1])
	case biasOnly:
		reported(faults.AsReported[1:])
	case neither:
		reported(nil)
	}
	switch name {
	case shortReported, shortRight:
		e.SGD = true
	case longReported, longRight:
		e.SGD, e.Steps, e.EvalFreq = true, longSteps, 500
	case moreReported, moreRight:
		e.Steps = moreSteps
	case fastRight:
		e.Rate = fastRate
	case randnReports:
		e.Steps, init = early, "randn"
	case tinyRight:
		e.SGD, e.Steps, e.EvalFreq, init = true, longSteps, 100, "1e-4"
	}
	var err error
	if e.Init, err = experiment.InitKind.Parse(init); err != nil {
		panic(fmt.Sprintf("coursework: %v", err))
	}
	return e
}

// further are the configurations of a plan with the further seeds.
func (c Config) further(p plan) []experiment.Config {
	var list []experiment.Config
	for i := range c.networks() {
		e := p.config
		e.Seed += 1 + uint32(i)
		list = append(list, e)
	}
	return list
}
