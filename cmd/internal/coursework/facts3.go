package coursework

import (
	"math"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/part2"
)

// Short is 1500 steps on single rows.
type Short struct {
	Steps     int `json:"steps"`
	BatchRows int `json:"batch_rows"` // in hand at any evaluation, at most
	TrainRows int `json:"train_rows"`
	Distinct  int `json:"distinct"` // training rows drawn at least once

	// As reported, of the evaluations behind step 0.
	Low     float64    `json:"low"` // test accuracy
	High    float64    `json:"high"`
	Near    float64    `json:"near"`    // share of them within 0.05 of ½
	Answers int        `json:"answers"` // different accuracies
	Class   [2]float64 `json:"class"`   // share of either class in the test rows
	Loss    part2.Stat `json:"loss"`    // the row's in hand

	First float64 `json:"first"` // mean loss of all training rows at step 0
	Last  float64 `json:"last"`  // and at the end
	Ends  Spread  `json:"ends"`  // test accuracy at the end, over the seeds

	RightLoss part2.Stat `json:"right_loss"` // the row's in hand, of a right network
	RightLast float64    `json:"right_last"` // mean loss of all training rows at its end

	End      At       `json:"end"`
	Right    At       `json:"right"`
	Rights   Spread   `json:"rights"` // its test accuracy over the seeds
	Full     float64  `json:"full"`   // test accuracy on the whole batch, as reported
	Cost     Cost     `json:"cost"`
	FullCost Cost     `json:"full_cost"`
	Leaves   int      `json:"leaves"`   // the step from which a right network from the report's weights stays at 0.6 or above; −1: none, or not run
	LongEnd  *float64 `json:"long_end"` // as reported after 45,000 steps; nil: not run
}

func (w *Work) short() *Short {
	rep, right, full := w.network(shortReported), w.network(shortRight), w.network(fullReported)
	if rep == nil || right == nil || full == nil {
		return nil
	}
	d := rep.Exp.Data
	s := &Short{
		Steps: rep.Result.Steps, TrainRows: d.TrainX.Rows, Distinct: distinct(w.experiment(shortReported)),
		Low: math.Inf(1), High: math.Inf(-1), End: *rep.end(), Right: *right.end(), Rights: w.spread(right, last(testAccuracy)),
		Full: full.end().Test, Cost: rep.cost(), FullCost: full.cost(), Leaves: -1,
	}
	for k, n := range newData(d).TestClass {
		s.Class[k] = float64(n) / float64(len(d.TestLabels))
	}
	answers, n := map[float64]bool{}, 0.0
	for _, v := range rep.Result.Evals {
		s.BatchRows = max(s.BatchRows, v.Rows)
		if v.Step == 0 {
			continue
		}
		s.Low, s.High = min(s.Low, v.TestAccuracy), max(s.High, v.TestAccuracy)
		if math.Abs(v.TestAccuracy-0.5) <= 0.05+1e-9 {
			s.Near++
		}
		answers[v.TestAccuracy] = true
		n++
	}
	s.Near /= n
	s.Answers, s.Loss = len(answers), behind(rep.Result)
	s.First, s.Last, s.Ends = rep.Probes[0].Mean, rep.Probes[len(rep.Probes)-1].Mean, w.spread(rep, last(testAccuracy))
	s.RightLoss, s.RightLast = behind(right.Result), right.Probes[len(right.Probes)-1].Mean
	if n := w.network(tinyRight); n != nil {
		if at, ok := settles(n.Result); ok {
			s.Leaves = int(at)
		}
	}
	if end := w.network(longReported).end(); end != nil {
		s.LongEnd = &end.Test
	}
	return s
}

// distinct draws the rows of a run again and counts the different ones.
func distinct(c experiment.Config) int {
	e := experiment.New(c)
	seen := map[*float64]bool{}
	for range c.Steps {
		x, _ := e.Next()
		seen[&x.Data[0]] = true
	}
	return len(seen)
}

// left is the test accuracy that is no longer about ½.
const left = 0.6

// settles is the step of the evaluation from which on all have a test accuracy
// that has left ½; false where the last has not.
func settles(r experiment.Result) (step float64, ok bool) {
	for i := len(r.Evals) - 1; i >= 0 && r.Evals[i].TestAccuracy >= left; i-- {
		step, ok = float64(r.Evals[i].Step), true
	}
	return step, ok
}

// Long is 45,000 steps on single rows.
type Long struct {
	Early   int        `json:"early"`   // the first evaluation behind step 0 with a test accuracy of 0.6 or more; −1: none
	Settles int        `json:"settles"` // the one from which on all have; −1: none
	Before  float64    `json:"before"`  // the mean test accuracy of those from step 1 to 25,000
	End     At         `json:"end"`
	Right   At         `json:"right"`
	Reaches int        `json:"reaches"` // the step by which the right network has 0.99; −1: never
	Settled Spread     `json:"settled"` // Settles over the seeds, those that do
	Ends    Spread     `json:"ends"`    // the test accuracy at the end
	Rights  Spread     `json:"rights"`
	Loss    part2.Stat `json:"loss"`       // the row's in hand behind step 0, as reported
	Shorter part2.Stat `json:"short_loss"` // that of the run of 1500 steps
	Turn    Probe      `json:"turn"`       // the loss of all training rows at step 25,000
	Last    Probe      `json:"last"`       // and at the end

	RightTurn Probe `json:"right_turn"`
	RightLast Probe `json:"right_last"`

	Cost     Cost `json:"cost"`
	FullCost Cost `json:"full_cost"`
}

func (w *Work) long() *Long {
	rep, right, short, full := w.network(longReported), w.network(longRight), w.network(shortReported), w.network(fullReported)
	if rep == nil || right == nil || short == nil || full == nil {
		return nil
	}
	l := &Long{
		Early: -1, Settles: -1, Reaches: -1, End: *rep.end(), Right: *right.end(),
		Settled: w.spread(rep, settles), Ends: w.spread(rep, last(testAccuracy)), Rights: w.spread(right, last(testAccuracy)),
		Loss: behind(rep.Result), Shorter: behind(short.Result), Turn: rep.Probes[0], Last: rep.Probes[len(rep.Probes)-1],
		RightTurn: right.Probes[0], RightLast: right.Probes[len(right.Probes)-1], Cost: rep.cost(), FullCost: full.cost(),
	}
	var before []float64
	for _, v := range rep.Result.Evals[1:] {
		if v.Step <= turn {
			before = append(before, v.TestAccuracy)
		}
		if l.Early < 0 && v.TestAccuracy >= left {
			l.Early = v.Step
		}
	}
	l.Before = mean(before)
	if at, ok := settles(rep.Result); ok {
		l.Settles = int(at)
	}
	if v, ok := right.Result.Reached(0.99); ok {
		l.Reaches = v.Step
	}
	return l
}

// behind is the statistic of the losses of the evaluations behind step 0.
func behind(r experiment.Result) part2.Stat {
	var losses []float64
	for _, v := range r.Evals[1:] {
		losses = append(losses, v.Loss)
	}
	return part2.NewStat(losses)
}
