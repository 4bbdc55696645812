package coursework

import (
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/part2"
)

// Facts are what the claims are judged by: numbers of the runs and nothing
// else. A part is nil when its runs did not come to their end.
type Facts struct {
	Perceptron *Perceptron `json:"perceptron"`
	Modules    *Modules    `json:"modules"`
	Weights    *Weights    `json:"weights"`
	Full       *Full       `json:"full_batch"`
	More       *More       `json:"more_steps"`
	Short      *Short      `json:"sgd_short"`
	Long       *Long       `json:"sgd_long"`
}

// Measure takes the facts of the work.
func (w *Work) Measure() Facts {
	return Facts{
		Perceptron: w.perceptronFacts(), Modules: w.modules(), Weights: w.weights(),
		Full: w.full(), More: w.more(), Short: w.short(), Long: w.long(),
	}
}

// At is a run at a step.
type At struct {
	Step  int     `json:"step"`
	Train float64 `json:"train_accuracy"`
	Test  float64 `json:"test_accuracy"`
	Loss  float64 `json:"loss"` // of the batch in hand, summed
}

func atEval(v experiment.Eval) At { return At{v.Step, v.TrainAccuracy, v.TestAccuracy, v.Loss} }

// at is the run at the last evaluation by a step.
func (n *Network) at(step int) At {
	v, _ := n.Result.At(step)
	return atEval(v)
}

// end is the run at its end; nil of no run.
func (n *Network) end() *At {
	if n == nil {
		return nil
	}
	return new(atEval(n.Result.Last()))
}

// Gap is how far the training rows fare better.
func (a At) Gap() float64 { return a.Train - a.Test }

// Spread is a number of the same run with several seeds.
type Spread struct {
	Seeds int `json:"seeds"`
	part2.Stat
}

// spread takes a number of a network and of the same with the further seeds,
// leaving out those for which there is none.
func (w *Work) spread(n *Network, of func(experiment.Result) (v float64, ok bool)) Spread {
	var values []float64
	for _, r := range append([]experiment.Result{n.Result}, w.Further[n.Name]...) {
		if v, ok := of(r); ok {
			values = append(values, v)
		}
	}
	return Spread{len(values), part2.NewStat(values)}
}

// last is a number of the last evaluation.
func last(of func(At) float64) func(experiment.Result) (float64, bool) {
	return func(r experiment.Result) (float64, bool) { return of(atEval(r.Last())), true }
}

func testAccuracy(a At) float64 { return a.Test }
func lossOf(a At) float64       { return a.Loss }
