package main

import (
	"context"
	"fmt"

	"glassbox/mat/nprand"
	"glassbox/perceptron"
)

// A trial is one training on freshly drawn points.
type trial struct {
	variant
	data     perceptron.Data
	learned  *perceptron.Perceptron
	outcome  perceptron.Outcome
	accuracy float64 // on the test points
}

// trial draws the points of a pair with a seed and trains on them.
func (c config) trial(ctx context.Context, v variant, pair perceptron.Pair, seed uint32) (trial, error) {
	rng := nprand.New(seed)
	d, err := pair.Sample(c.n, rng)
	if err != nil {
		return trial{}, err
	}
	p := perceptron.New(2)
	p.Rule, p.Bias, p.MaxEpochs, p.Rate = v.rule, v.bias, c.maxEpochs, c.rate
	out, err := p.Train(ctx, d.TrainX, d.TrainY, rng)
	if err != nil {
		return trial{}, err
	}
	return trial{v, d, p, out, p.Accuracy(d.TestX, d.TestY)}, nil
}

// variants are the ways that are compared on the same points, the one asked
// for first. The report's rule with a bias leaves the bias at 0 and so stands
// for the one without.
func (c config) variants() []variant {
	list := []variant{c.variant}
	for _, v := range []variant{
		{perceptron.RuleReport, false}, {perceptron.RuleRosenblatt, false}, {perceptron.RuleRosenblatt, true},
	} {
		if v != c.variant && !(v.rule == perceptron.RuleReport && c.rule == perceptron.RuleReport) {
			list = append(list, v)
		}
	}
	return list
}

// trials runs every variant on the same draws.
func (c config) trials(ctx context.Context, s setup, seed uint32) ([]trial, error) {
	var list []trial
	for _, v := range c.variants() {
		t, err := c.trial(ctx, v, s.pair, seed)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("test %s, seed %d, %s: %w", s.name, seed, v, err)
		}
		list = append(list, t)
	}
	return list, nil
}
