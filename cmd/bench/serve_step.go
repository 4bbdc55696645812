package main

import (
	"context"
	"fmt"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/nn"
)

// rate is the learning rate of every measured step.
const rate = 0.01

// newStep is training of the network on the data of that name. Mode says what
// rows a step takes: rows, the first size ones; draw, one drawn; epochs, size
// ones of a permutation drawn anew each epoch. It is what part2 calls, without
// evaluations.
func newStep(data dataset, name, mode string, size int) (job, error) {
	d, ok := data[name]
	if !ok {
		return job{}, fmt.Errorf("no data %q", name)
	}
	if size > d.x.Rows {
		return job{}, fmt.Errorf("%d rows of %d", size, d.x.Rows)
	}
	x, y, rng := d.x, d.y, nprand.New(42)
	var next nn.Sampler
	switch mode {
	case "rows":
		x, y = x.RowRange(0, size), y.RowRange(0, size)
		next = nn.FullBatch(x, y)
	case "draw":
		next = nn.OneSample(x, y, rng)
	case "epochs":
		next = nn.MiniBatches(x, y, size, rng)
	default:
		return job{}, fmt.Errorf("no mode %q", mode)
	}
	s := nn.NewSGD(d.net(), rate, 0, true)
	train := func(steps int) {
		if _, err := nn.Train(context.Background(), s, next, steps, steps+1, nn.Hooks{}); err != nil {
			panic(err)
		}
	}
	return job{run: train, check: func(steps int) (loss, squares float64) {
		train(steps)
		for _, p := range s.Params() {
			for _, v := range p.Data {
				squares += float64(v * v)
			}
		}
		return meanLoss(s.Predict(x), y), squares
	}}, nil
}

// meanLoss is the loss of the probabilities p a row.
func meanLoss(p, y mat.Matrix) float64 {
	loss := 0.0
	for i := range p.Rows {
		for j, v := range p.Row(i) {
			loss -= float64(y.At(i, j) * mat.Log(v+1e-7))
		}
	}
	return loss / float64(p.Rows)
}
