package coursework

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
)

// text is a configuration without its functions.
func text(c experiment.Config) string {
	init := c.Init.Text
	c.Init = experiment.Init{}
	var names []string
	for _, f := range c.Faults {
		names = append(names, f.Name)
	}
	c.Faults = nil
	return fmt.Sprintf("%+v init %s faults %q", c, init, names)
}

// Each run's command is part2's for the very same configuration.
func TestCommands(t *testing.T) {
	c := Config{Seed: 7, Seeds: 3}
	plans := c.plans()
	for _, p := range plans {
		command, ok := strings.CutPrefix(part2Command(p.flags, uint64(c.Seed)), "go run ./cmd/part2 ")
		if !ok {
			t.Fatalf("%s: command %q", p.name, command)
		}
		got, err := experiment.FromFlags(command, 0)
		if err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		if text(got) != text(p.config) {
			t.Errorf("%s: the command asks for\n%s, the run is\n%s", p.name, text(got), text(p.config))
		}
		if a, b := got.Init.Std(8), p.config.Init.Std(8); a != b {
			t.Errorf("%s: weights of %g, want %g", p.name, b, a)
		}
		list := c.further(p)
		if len(list) != 3 || list[0].Seed != 8 || list[2].Seed != 10 {
			t.Errorf("%s: further %+v", p.name, list)
		}
	}
	if len(plans) != 14 || (Config{Seeds: 100}).networks() != 10 {
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
	e := newExperiment(c)
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
