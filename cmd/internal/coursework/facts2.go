package coursework

import (
	"math"

	"glassbox/cmd/internal/experiment"
	"glassbox/perceptron"
)

// Full is 1500 steps on the whole batch.
type Full struct {
	Reported FullRun `json:"reported"`
	Right    FullRun `json:"right"`
	TestRows int     `json:"test_rows"`

	Line float64 `json:"line"` // the most of the training rows that a straight line can have right

	Likeness float64 `json:"likeness"` // correlation of the two accuracy curves from step 50 on, as reported
	Bottom   float64 `json:"bottom"`   // the lowest loss as reported, of a longer run where there is one
	Halvings []int   `json:"halvings"` // how many steps each halving of the way there takes, from step 50 on

	// Each cause alone, and none, from the report's weights; and a right network
	// at a learning rate of 1. Nil when these were not run.
	Softmax *At `json:"softmax_alone"`
	Bias    *At `json:"bias_alone"`
	Neither *At `json:"neither"`
	Fast    *At `json:"right_fast"`
}

// FullRun is one network's.
type FullRun struct {
	Start    At      `json:"start"`
	Early    At      `json:"early"` // step 50
	End      At      `json:"end"`
	Best     float64 `json:"best"`     // test accuracy at any evaluation
	Accuracy Spread  `json:"accuracy"` // of the test rows, at the end
	Loss     Spread  `json:"loss"`
	Gap      Spread  `json:"gap"` // training accuracy above that
}

func (w *Work) full() *Full {
	rep, right := w.network(fullReported), w.network(fullRight)
	if rep == nil || right == nil {
		return nil
	}
	d := rep.Exp.Data
	f := &Full{
		Reported: w.fullRun(rep), Right: w.fullRun(right), TestRows: d.TestX.Rows,
		Line:    perceptron.BestLine(d.TrainX, signs(d.TrainLabels)),
		Softmax: w.network(softmaxOnly).end(), Bias: w.network(biasOnly).end(),
		Neither: w.network(neither).end(), Fast: w.network(fastRight).end(),
	}
	evals := rep.Result.Evals
	if long := w.network(moreReported); long != nil {
		evals = long.Result.Evals
	}
	f.Likeness = likeness(rep.Result.Evals)
	f.Bottom, f.Halvings = halvings(evals)
	return f
}

func (w *Work) fullRun(n *Network) FullRun {
	return FullRun{
		Start: n.at(0), Early: n.at(early), End: *n.end(), Best: n.Result.Best().TestAccuracy,
		Accuracy: w.spread(n, last(testAccuracy)), Loss: w.spread(n, last(lossOf)), Gap: w.spread(n, last(At.Gap)),
	}
}

// signs are the labels as the perceptron has them.
func signs(labels []int) []float64 {
	y := make([]float64, len(labels))
	for i, label := range labels {
		y[i] = float64(2*label - 1)
	}
	return y
}

// likeness correlates training and test accuracy from step 50 on; 0 where one
// of them does not change.
func likeness(evals []experiment.Eval) float64 {
	var a, b []float64
	for _, v := range evals {
		if v.Step >= early {
			a, b = append(a, v.TrainAccuracy), append(b, v.TestAccuracy)
		}
	}
	ma, mb := mean(a), mean(b)
	ab, aa, bb := 0.0, 0.0, 0.0
	for i := range a {
		ab += float64((a[i] - ma) * (b[i] - mb))
		aa += float64((a[i] - ma) * (a[i] - ma))
		bb += float64((b[i] - mb) * (b[i] - mb))
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(float64(aa*bb))
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(max(len(v), 1))
}

// halvings says how long each of the first four halvings of the way from the
// loss at step 50 to the lowest one takes: equally long if the loss falls
// exponentially. There are fewer where the run ends first, none where the loss
// does not fall.
func halvings(evals []experiment.Eval) (bottom float64, steps []int) {
	const most = 4
	bottom, from := math.Inf(1), math.NaN()
	for _, v := range evals {
		if v.Step <= early {
			from = v.Loss
		}
		bottom = min(bottom, v.Loss)
	}
	left, at := from-bottom, early
	for _, v := range evals {
		for v.Step > early && len(steps) < most && left > 0 && v.Loss-bottom <= left/2 {
			steps = append(steps, v.Step-at)
			at, left = v.Step, left/2
		}
	}
	return bottom, steps
}

// More is what more steps on the whole batch bring.
type More struct {
	Reported Gain `json:"reported"`
	Right    Gain `json:"right"`
	TestRows int  `json:"test_rows"`
}

// Gain is a run at the report's end and at its own.
type Gain struct {
	Before At `json:"before"`
	After  At `json:"after"`
}

// Rows is how many of so many test rows are right that were not.
func (g Gain) Rows(of int) int { return int(math.Round((g.After.Test - g.Before.Test) * float64(of))) }

func (w *Work) more() *More {
	rep, right := w.network(moreReported), w.network(moreRight)
	if rep == nil || right == nil {
		return nil
	}
	return &More{Gain{rep.at(shortSteps), *rep.end()}, Gain{right.at(shortSteps), *right.end()}, rep.Exp.Data.TestX.Rows}
}

// Cost is what a run computes.
type Cost struct {
	Steps      int `json:"steps"`
	Rows       int `json:"rows"`       // of all batches
	Products   int `json:"products"`   // multiply-adds of the training steps
	Evaluation int `json:"evaluation"` // and of the evaluations
}

// All are its multiply-adds.
func (c Cost) All() int { return c.Products + c.Evaluation }

// cost counts what the assignment's modules multiply: each Linear once forward
// and twice back, for the gradients of its weights and of its input.
func (n *Network) cost() Cost {
	d, once := n.Exp.Data, 0
	for _, w := range n.Result.Params {
		if w.Rows > 1 {
			once += w.Rows * w.Cols
		}
	}
	c := Cost{Steps: n.Result.Steps, Rows: n.Result.Steps * n.Result.Last().Rows}
	c.Products = c.Rows * 3 * once
	c.Evaluation = len(n.Result.Evals) * (d.TrainX.Rows + d.TestX.Rows) * once
	return c
}
