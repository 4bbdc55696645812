package main

import (
	"context"
	"testing"
	"fmt"

	"glassbox/cmd/internal/experiment"
	"glassbox/nn/faults"
)

func cfg(seed uint32, init string, mean bool, f []faults.Fault, sgd bool, steps, freq int) experiment.Config {
	c := experiment.Config{Hidden: []int{20}, Rate: .01, Steps: steps, EvalFreq: freq, SGD: sgd, Seed: seed, N: 1000, Noise: .05, Mean: mean, Faults: f}
	c.Init, _ = experiment.ParseInit(init)
	return c
}

func TestProf(t *testing.T) {
	var sm, bm []faults.Fault
	a, _ := faults.Find("softmax-every-layer")
	b, _ := faults.Find("bias-gradient-mean")
	sm, bm = []faults.Fault{a}, []faults.Fault{b}
	show := func(name string, c experiment.Config) {
		r := experiment.New(c).Run(context.Background(), nil, nil)
		l := r.Last()
		s := ""
		for _, at := range []int{0, 50, 100, 1500, 3000, 4500, 6000} {
			if v, ok := r.At(at); ok && at <= c.Steps { s += fmt.Sprintf(" %d:%.1f/%.3f/%.3f", v.Step, v.Loss, v.TrainAccuracy, v.TestAccuracy) }
		}
		fmt.Printf("%-40s seed %d last %d %.2f %.4f %.4f %v | %s\n", name, c.Seed, l.Step, l.Loss, l.TrainAccuracy, l.TestAccuracy, r.Err, s)
	}
	both := faults.AsReported
	show("reported", cfg(42, "1e-4", false, both, false, 6000, 10))
	show("1e-4 sum, no fault", cfg(42, "1e-4", false, nil, false, 1500, 10))
	show("1e-4 mean, no fault", cfg(42, "1e-4", true, nil, false, 6000, 10))
	show("1e-4 sum softmax only", cfg(42, "1e-4", false, sm, false, 1500, 10))
	show("1e-4 sum bias only", cfg(42, "1e-4", false, bm, false, 1500, 10))
	show("he sum both", cfg(42, "he", false, both, false, 1500, 10))
	show("randn sum both", cfg(42, "randn", false, both, false, 1500, 10))
	show("randn sum none", cfg(42, "randn", false, nil, false, 1500, 10))
	show("he mean", cfg(42, "he", true, nil, false, 1500, 10))
	show("sgd 1e-4 none", cfg(42, "1e-4", true, nil, true, 6000, 10))
	show("sgd he both", cfg(42, "he", false, both, true, 45000, 500))
	show("sgd randn both", cfg(42, "randn", false, both, true, 45000, 500))
	show("sgd 1e-4 softmax", cfg(42, "1e-4", false, sm, true, 45000, 500))
	show("sgd 1e-4 bias", cfg(42, "1e-4", false, bm, true, 4500, 10))
}
