package report

import (
	"fmt"
	"slices"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/part1"
)

// A Config says what is run.
type Config struct {
	Seed  uint32 // NumPy's, of every run
	Seeds int    // further seeds, Seed+1 and up: all for Part I, the first mostNetworks for the networks
}

// mostNetworks is up to how many further seeds the networks are trained with.
const mostNetworks = 10

// networks is how many further seeds the networks are trained with.
func (c Config) networks() int { return min(c.Seeds, mostNetworks) }

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

// What the report has its networks do, as the flags of the plans say.
const (
	shortSteps = 1500
	longSteps  = 45000
	turn       = 25000 // the step at which, it says, the long run turns
	early      = 50    // and that by which the whole batch has learned
	fastRate   = 1.0
)

// A plan is one network to be trained.
type plan struct {
	name    string
	title   lang.Text
	flags   string // of part2 for the run, without the seed
	spread  bool   // with the further seeds too
	probes  []int  // evaluations at which the loss of all training rows is taken
	figures []string
	config  experiment.Config // what the flags ask for
}

// plans are the networks to be trained with Seed, the report's first.
func (c Config) plans() []plan {
	curves, all := []string{"accuracy", "loss"}, []string{"accuracy", "loss", "boundary"}
	list := []plan{
		{name: fullReported, title: lang.T("full batch, as reported"), flags: "-as_reported", spread: true, figures: all},
		{name: fullRight, title: lang.T("full batch, right"), spread: true, figures: append([]string{"data"}, all...)},
		{name: shortReported, title: lang.T("SGD, 1500 steps, as reported"), flags: "-as_reported -sgd", spread: true, figures: curves, probes: []int{0, shortSteps}},
		{name: shortRight, title: lang.T("SGD, 1500 steps, right"), flags: "-sgd", spread: true, figures: curves, probes: []int{0, shortSteps}},
		{name: longReported, title: lang.T("SGD, 45,000 steps, as reported"), flags: "-as_reported -sgd -max_steps 45000 -eval_freq 500", spread: true, figures: all, probes: []int{turn, longSteps}},
		{name: longRight, title: lang.T("SGD, 45,000 steps, right"), flags: "-sgd -max_steps 45000 -eval_freq 500", spread: true, figures: all, probes: []int{turn, longSteps}},

		{name: moreReported, title: lang.T("full batch, as reported, 6000 steps"), flags: "-as_reported -max_steps 6000"},
		{name: moreRight, title: lang.T("full batch, right, 6000 steps"), flags: "-max_steps 6000"},
		{name: softmaxOnly, title: lang.T("full batch, the softmax after every layer alone"), flags: "-fault softmax-every-layer -init 1e-4 -reduction sum"},
		{name: biasOnly, title: lang.T("full batch, the mean bias gradient alone"), flags: "-fault bias-gradient-mean -init 1e-4 -reduction sum"},
		{name: neither, title: lang.T("full batch, neither fault, the report's weights and sum"), flags: "-init 1e-4 -reduction sum"},
		{name: fastRight, title: lang.T("full batch, right, learning rate 1"), flags: "-learning_rate 1"},
		{name: randnReports, title: lang.T("full batch, both faults, weights from randn"), flags: "-as_reported -init randn -max_steps 50"},
		{name: tinyRight, title: lang.T("SGD, 45,000 steps, right from the report's weights"), flags: "-sgd -init 1e-4 -max_steps 45000 -eval_freq 100"},
	}
	for i, p := range list {
		var err error
		if list[i].config, err = experiment.FromFlags(p.flags, c.Seed); err != nil {
			panic(fmt.Sprintf("report: the flags of %s: %v", p.name, err))
		}
	}
	return list
}

// experiment is the configuration of the plan of that name.
func (c Config) experiment(name string) experiment.Config {
	plans := c.plans()
	return plans[slices.IndexFunc(plans, func(p plan) bool { return p.name == name })].config
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
