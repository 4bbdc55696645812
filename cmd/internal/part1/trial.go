package part1

import (
	"context"
	"fmt"

	"glassbox/mat/nprand"
	"glassbox/perceptron"
)

// A Trial is one training on freshly drawn points.
type Trial struct {
	Variant
	Data     perceptron.Data
	Learned  *perceptron.Perceptron
	Outcome  perceptron.Outcome
	Accuracy float64 // on the test points
}

// drawsLine reports whether w is not 0.
func (t Trial) drawsLine() bool { return t.Learned.W[0] != 0 || t.Learned.W[1] != 0 }

// trial draws the points of a pair with a seed and trains on them.
func (c Config) trial(ctx context.Context, v Variant, pair perceptron.Pair, seed uint32) (Trial, error) {
	rng := nprand.New(seed)
	d, err := pair.Sample(c.N, rng)
	if err != nil {
		return Trial{}, err
	}
	p := perceptron.New(2)
	p.Rule, p.Bias, p.MaxEpochs, p.Rate = v.Rule, v.Bias, c.MaxEpochs, c.Rate
	out, err := p.Train(ctx, d.TrainX, d.TrainY, rng)
	if err != nil {
		return Trial{}, err
	}
	return Trial{v, d, p, out, p.Accuracy(d.TestX, d.TestY)}, nil
}

// trials runs every variant on the same draws.
func (c Config) trials(ctx context.Context, s Setup, seed uint32) ([]Trial, error) {
	var list []Trial
	for _, v := range c.Variants() {
		t, err := c.trial(ctx, v, s.Pair, seed)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("test %s, seed %d, %s: %w", s.Name, seed, v, err)
		}
		list = append(list, t)
	}
	return list, nil
}
