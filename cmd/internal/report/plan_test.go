package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
)

// What each run's flags ask for, and that its command is part2's for the very
// same configuration.
func TestPlans(t *testing.T) {
	const both = "softmax-every-layer bias-gradient-mean"
	want := map[string]string{
		fullReported:  "1500/10 rate 0.01 init 1e-4 sum " + both,
		fullRight:     "1500/10 rate 0.01 init he mean ",
		shortReported: "1500/10 sgd rate 0.01 init 1e-4 sum " + both,
		shortRight:    "1500/10 sgd rate 0.01 init he mean ",
		longReported:  "45000/500 sgd rate 0.01 init 1e-4 sum " + both,
		longRight:     "45000/500 sgd rate 0.01 init he mean ",
		moreReported:  "6000/10 rate 0.01 init 1e-4 sum " + both,
		moreRight:     "6000/10 rate 0.01 init he mean ",
		softmaxOnly:   "1500/10 rate 0.01 init 1e-4 sum softmax-every-layer",
		biasOnly:      "1500/10 rate 0.01 init 1e-4 sum bias-gradient-mean",
		neither:       "1500/10 rate 0.01 init 1e-4 sum ",
		fastRight:     "1500/10 rate 1 init he mean ",
		randnReports:  "50/10 rate 0.01 init randn sum " + both,
		tinyRight:     "45000/100 sgd rate 0.01 init 1e-4 mean ",
	}
	text := func(c experiment.Config) string {
		sgd, kind := "", "sum"
		if c.SGD {
			sgd = " sgd"
		}
		if c.Mean {
			kind = "mean"
		}
		var names []string
		for _, f := range c.Faults {
			names = append(names, f.Name)
		}
		return fmt.Sprintf("%d/%d%s rate %g init %s %s %s", c.Steps, c.EvalFreq, sgd, c.Rate, c.Init.Text, kind, strings.Join(names, " "))
	}
	c := Config{Seed: 7, Seeds: 3}
	plans := c.plans()
	for _, p := range plans {
		if got := text(p.config); got != want[p.name] || p.config.Seed != 7 || p.config.N != 1000 || p.config.Noise != 0.05 || p.config.BatchSize != 0 || p.config.Momentum != 0 || !slices.Equal(p.config.Hidden, []int{20}) {
			t.Errorf("%s: %q, want %q; %+v", p.name, got, want[p.name], p.config)
		}
		command, ok := strings.CutPrefix(part2Command(p.flags, uint64(c.Seed)), "go run ./cmd/part2 ")
		if !ok {
			t.Fatalf("%s: command %q", p.name, command)
		}
		got, err := experiment.FromFlags(command, 0)
		if err != nil || text(got) != text(p.config) || got.Seed != 7 || got.Init.Std(8) != p.config.Init.Std(8) || got.AsReported != p.config.AsReported {
			t.Errorf("%s: the command asks for\n%s, the run is\n%s, error %v", p.name, text(got), text(p.config), err)
		}
		list := c.further(p)
		if len(list) != 3 || list[0].Seed != 8 || list[2].Seed != 10 {
			t.Errorf("%s: further %+v", p.name, list)
		}
	}
	if len(plans) != len(want) || (Config{Seeds: 100}).networks() != 10 {
		t.Errorf("%d plans", len(plans))
	}
}

// What is looked at on the way changes nothing: a run has the fingerprint that
// part2 gives it.
func TestProbesChangeNothing(t *testing.T) {
	for _, p := range (Config{Seed: 3}).plans() {
		switch p.name {
		case longReported:
			p.config.Steps, p.config.EvalFreq, p.probes = 1000, 250, []int{500, 1000}
		case longRight:
			p.config.Steps, p.config.EvalFreq, p.probes = 1000, 250, []int{0, 750}
		case shortRight, randnReports:
		default:
			continue
		}
		n := train(context.Background(), p, func(int) {})
		plain := experiment.New(p.config).Run(context.Background(), nil, nil)
		if n.Result.Fingerprint != plain.Fingerprint {
			t.Errorf("%s: another fingerprint than part2's", p.name)
		}
		if len(n.Probes) != len(p.probes) {
			t.Errorf("%s: %d probes, want %d", p.name, len(n.Probes), len(p.probes))
		}
		for i, v := range plain.Evals {
			if n.Result.Evals[i] != v {
				t.Errorf("%s: %+v, want %+v", p.name, n.Result.Evals[i], v)
			}
		}
	}
}

// A probe is the mean of what an evaluation shows a draw of.
func TestProbe(t *testing.T) {
	c := Config{Seed: 1}.experiment(fullReported)
	e := experiment.New(c)
	x, y := e.Next()
	e.Net.Forward(x, y)
	p := probe(e, 0)
	if want := e.Net.Loss() / float64(x.Rows); !within(p.Mean, want, 1e-12) {
		t.Errorf("mean %v, want %v", p.Mean, want)
	}
	if p.SD <= 0 || p.SD > 1e-3 {
		t.Errorf("sd %v: weights of 1e-4 make hardly a difference", p.SD)
	}
}

// The steps are told of in full, however they are counted.
func TestCounted(t *testing.T) {
	for _, steps := range []int{1, 50, 99, 100, 101, 250, 1500} {
		sum := 0
		step := counted(func(n int) { sum += n }, steps)
		for done := range steps {
			step(done + 1)
		}
		if sum != steps {
			t.Errorf("%d steps are told of as %d", steps, sum)
		}
	}
}
