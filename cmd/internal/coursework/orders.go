package coursework

import (
	"context"
	"math"

	"glassbox/cmd/internal/part1"
	"glassbox/mat/nprand"
	"glassbox/perceptron"
)

// Orders are what it takes to say whether the order matters in which the
// perceptron is shown its points: the five tests trained again, on the same
// points in other orders.
type Orders struct {
	Count   int     `json:"count"`   // of other orders, a test
	Off     float64 `json:"off"`     // the largest distance of a weight from the run's, over the size of the weights
	Answers int     `json:"answers"` // compared
	Changed int     `json:"changed"` // of them, other than the run's
}

// otherOrders is how many are tried.
const otherOrders = 10

// newOrders trains a run's tests with other shuffles.
func newOrders(ctx context.Context, c part1.Config, run *part1.Run) (*Orders, error) {
	o := &Orders{Count: otherOrders}
	for _, t := range run.Tests {
		m := t.Main()
		size := math.Abs(m.Learned.W[0]) + math.Abs(m.Learned.W[1])
		for k := range otherOrders {
			p := perceptron.New(2)
			p.Rule, p.Bias, p.MaxEpochs, p.Rate = c.Rule, c.Bias, c.MaxEpochs, c.Rate
			// The seeds' streams shuffle here what the run's has drawn.
			if _, err := p.Train(ctx, m.Data.TrainX, m.Data.TrainY, nprand.New(uint32(k))); err != nil {
				return nil, err
			}
			for i, w := range p.W {
				if size > 0 {
					o.Off = max(o.Off, math.Abs(w-m.Learned.W[i])/size)
				}
			}
			before, after := m.Learned.Forward(m.Data.TestX), p.Forward(m.Data.TestX)
			before, after = append(before, m.Learned.Forward(m.Data.TrainX)...), append(after, p.Forward(m.Data.TrainX)...)
			for i, a := range after {
				o.Answers++
				if a != before[i] {
					o.Changed++
				}
			}
		}
	}
	return o, nil
}
