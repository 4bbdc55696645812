package audit

import (
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"

	"glassbox/cmd/internal/chain"
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/parallel"
	"glassbox/mat"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

// evaluationName are the numbers that part2 prints of an evaluation, with the
// step before them if it is given.
var evaluationName = regexp.MustCompile(`^(?:(\d{1,9})\.)?(?:(mean|sd|least|most)_)?(accuracy|test_accuracy|train_accuracy|plotted_loss|loss_a_row|train_rows|test_rows|guess|guess_sum|mean_rate|feature_size|recent_loss|lowest_loss|highest_loss|fingerprint|confusion\[(\d{1,4}),(\d{1,4})\])$`)

// shownWrong is how many wrong rows are named before the others.
const shownWrong = 5

// explainEvaluation says how a number of the evaluation before a step's update
// came about, or of that after the last step.
func explainEvaluation(c experiment.Config, name string, step int, stderr io.Writer) (x audit.Explanation, err error) {
	e := experiment.New(c)
	last := lastBatch(e, c, step)
	batchX, batchY, err := trainTo(e, step, stderr)
	if err != nil {
		return x, err
	}
	made := "loss"
	if last.x.Rows > 0 {
		batchX, batchY, made = last.x, last.y, "last_loss"
	}
	net, ok := e.Net.(*spec.Net)
	if !ok {
		net = spec.NewNet(e.Net.Params(), c.Settings())
	}
	var a story
	a.Name = name
	net.Forward(batchX, batchY)
	loss := net.Loss()
	e.Net.Forward(batchX, batchY)
	has, err := e.Evaluate(e.Net, step, e.Net.Loss(), batchX.Rows)
	if err != nil {
		return x, err
	}
	outputs := e.Data.TrainY.Cols
	switch name {
	case "train_rows", "test_rows":
		n, train := float64(e.Data.TrainX.Rows+e.Data.TestX.Rows), float64(e.Data.TrainX.Rows)
		a.Formula = lang.T("of the n rows the first ⌊0.8·n⌋ train, and the others test")
		a.Do(lang.Same("n"), "", n, n)
		a.Do(lang.Same("⌊0.8·n⌋"), "", train, train)
		if name == "test_rows" {
			a.Do(lang.Same("n − ⌊0.8·n⌋"), fmt.Sprintf("%v − %v", n, train), n, n-train)
		}
	case "guess", "guess_sum":
		n, rows := float64(len(e.Data.Classes)), float64(batchX.Rows)
		a.Formula = lang.T("the log of the number of classes: the loss a row of a guess")
		a.Do(lang.Same("n"), "", n, n)
		a.Do(lang.Same("log n"), "", math.Log(n), math.Log(n))
		if name == "guess_sum" {
			a.Formula = lang.T("%s, times the rows", a.Formula)
			a.Do(lang.T("·rows"), fmt.Sprintf("%v·%v", a.Result, rows), rows, a.Result*rows)
		}
	case "mean_rate":
		rows := float64(batchX.Rows)
		a.Formula = lang.T("the rate with which steps along the mean's gradient are as long as these along the sum's")
		a.Do(lang.T("rate"), "", c.Rate, c.Rate)
		a.Do(lang.T("/ rows"), fmt.Sprintf("%v / %v", c.Rate, rows), rows, c.Rate/rows)
	case "feature_size":
		a.featureSize(e.Data.TrainX, e.Data.Features)
	case "plotted_loss", "loss_a_row":
		a.plottedLoss(loss, batchX.Rows, c.Mean, name, made)
		if a.Recorded = &has.Loss; name == "loss_a_row" {
			a.Recorded = new(has.LossPerRow())
		}
	case "train_accuracy":
		a.accuracy(experiment.Classes(net.Predict(e.Data.TrainX)), e.Data.TrainLabels, lang.T("training"), "train_", outputs)
		a.Recorded = &has.TrainAccuracy
	case "accuracy", "test_accuracy":
		a.accuracy(experiment.Classes(net.Predict(e.Data.TestX)), e.Data.TestLabels, lang.T("test"), "test_", outputs)
		a.Recorded = &has.TestAccuracy
	default:
		var class, answer int
		if fmt.Sscanf(name, "confusion[%d,%d]", &class, &answer); max(class, answer) >= len(e.Data.Classes) {
			return x, cli.Usagef("%s: the classes are 0 to %d", name, len(e.Data.Classes)-1)
		}
		a.confusion(experiment.Classes(net.Predict(e.Data.TestX)), e.Data.TestLabels, class, answer, outputs)
	}
	return inWords(&a.Chain), nil
}

// explainSpread says how a number of the evaluation after the last step is spread over
// so many seeds from the first one up, each of which has a run of its own.
func explainSpread(c experiment.Config, kind, name string, seeds int) (audit.Explanation, error) {
	var a chain.Chain
	a.Name = kind + "_" + name
	values := make([]float64, seeds)
	ctx, stop := cli.Interruptible()
	defer stop()
	err := parallel.Do(ctx, seeds, func(k int) {
		run := c
		run.Seed += uint32(k)
		if evals := experiment.New(run).Run(ctx, nil, nil).Evals; len(evals) > 0 {
			v := evals[len(evals)-1]
			values[k] = map[string]float64{"accuracy": v.TestAccuracy, "test_accuracy": v.TestAccuracy, "train_accuracy": v.TrainAccuracy, "loss_a_row": v.LossPerRow(), "plotted_loss": v.Loss}[name]
		}
	})
	last := uint64(c.Seed) + uint64(seeds) - 1
	a.Spread(kind, lang.T("%s with the seeds %d to %d", name, c.Seed, last), values, func(k int) lang.Text { return lang.T("%s with seed %d", name, uint64(c.Seed)+uint64(k)) })
	return inWords(&a), err
}

// explainRecent says how the loss a row came about that a hint speaks of, as of the
// evaluation at a step: where batches are drawn, the mean over a fifth of all
// evaluations up to it, as the losses of a few rows jump about.
func explainRecent(c experiment.Config, step int) (audit.Explanation, error) {
	ctx, stop := cli.Interruptible()
	defer stop()
	r := experiment.New(c).Run(ctx, nil, nil)
	last := slices.IndexFunc(r.Evals, func(v experiment.Eval) bool { return v.Step == step })
	if last < 0 {
		return audit.Explanation{}, cli.Usagef("step %d has no evaluation: there is one every %d steps", step, c.EvalFreq)
	}
	width := 1
	if c.SGD || c.BatchSize > 0 {
		width = max(1, len(r.Evals)/5)
	}
	var a chain.Chain
	a.Name, a.Formula = "recent_loss", lang.T("the mean of loss_a_row over the last %d evaluations up to the step", width)
	n := 0.0
	for _, v := range r.Evals[max(0, last-width+1) : last+1] {
		name := fmt.Sprintf("%d.loss_a_row", v.Step)
		a.Do(lang.Same(name), "", v.LossPerRow(), a.Result+v.LossPerRow(), name)
		n++
	}
	a.Do(lang.T("/ evaluations"), fmt.Sprintf("%v / %v", a.Result, n), n, a.Result/n)
	return inWords(&a), r.Err
}

// explainJumps says between which losses a row those of a run's later half jump: the
// lowest and the highest of its evaluations there.
func explainJumps(c experiment.Config, name string) (audit.Explanation, error) {
	ctx, stop := cli.Interruptible()
	defer stop()
	r := experiment.New(c).Run(ctx, nil, nil)
	pick := math.Min
	var a chain.Chain
	a.Name, a.Formula = name, lang.T("the lowest loss_a_row of the evaluations in the run's later half")
	if name == "highest_loss" {
		pick, a.Formula = math.Max, lang.T("the highest loss_a_row of the evaluations in the run's later half")
	}
	for i, v := range r.Evals[len(r.Evals)/2:] {
		result := v.LossPerRow()
		if i > 0 {
			result = pick(a.Result, result)
		}
		name := fmt.Sprintf("%d.loss_a_row", v.Step)
		a.Do(lang.Same(name), "", v.LossPerRow(), result, name)
	}
	return inWords(&a), r.Err
}

// featureSize is the root of the mean square of the feature where that is largest.
func (c *story) featureSize(x mat.Matrix, features []string) {
	_, at := experiment.LargestFeature(x)
	c.Formula = lang.T("the root of the mean square of %s, the largest feature, over the training rows", features[at])
	for i := range x.Rows {
		v := x.At(i, at)
		c.Do(lang.Same(fmt.Sprintf("x[%d,%d]²", i, at)), fmt.Sprintf("%v²", v), float64(v*v), c.Result+float64(v*v), fmt.Sprintf("train_x[%d,%d]", i, at))
	}
	rows := float64(x.Rows)
	c.Do(lang.T("/ rows"), fmt.Sprintf("%v / %v", c.Result, rows), rows, c.Result/rows)
	c.Do(lang.T("root"), fmt.Sprintf("√%v", c.Result), c.Result, math.Sqrt(c.Result))
}

// A batch is x and y of one; zero: there is none.
type batch struct{ x, y mat.Matrix }

// lastBatch fills the batch that it returns with that of the last step in training,
// of which the evaluation after the last step is where batches are drawn.
func lastBatch(e *experiment.Experiment, c experiment.Config, step int) *batch {
	last, sample, calls := &batch{}, e.Next, 0
	if step == c.Steps && (c.SGD || c.BatchSize > 0) {
		e.Next = func() (x, y mat.Matrix) {
			x, y = sample()
			if calls++; calls == step {
				*last = batch{x.Clone(), y.Clone()}
			}
			return x, y
		}
	}
	return last
}

// plottedLoss makes the loss as plotted, summed over the rows, of the loss of a
// batch, which made names: the step's or the last one's.
func (c *story) plottedLoss(loss float64, rows int, mean bool, name, made string) {
	c.Formula = lang.T("loss")
	if made != "loss" {
		c.Formula = lang.T("loss of the last step's batch under the final parameters")
	}
	c.Do(lang.T("loss"), "", loss, loss, made)
	n := float64(rows)
	if mean {
		c.Formula = lang.T("%s·rows, the loss being the mean over them", c.Formula)
		c.Do(lang.T("·rows"), fmt.Sprintf("%v·%d", loss, rows), n, float64(loss*n))
	}
	if name == "loss_a_row" {
		c.Formula = lang.T("%s, divided by the rows", c.Formula)
		c.Do(lang.T("/ rows"), fmt.Sprintf("%v / %d", c.Result, rows), n, c.Result/n)
	}
}

// accuracy counts the rows of p whose largest probability stands at the label; the
// network has so many outputs.
func (c *story) accuracy(p mat.Matrix, labels []int, which lang.Text, rows string, outputs int) {
	c.Formula = lang.T("right rows / %d %s rows, right being those whose largest p is at their label", p.Rows, which)
	right, wrong := 0.0, 0
	for n, label := range labels {
		answer, counts := mat.ArgMax(p.Row(n)), 0.0
		if answer == label {
			counts = 1
			right++
		} else if wrong++; wrong <= shownWrong {
			c.Find(p.At(n, answer), lang.T("wrong: %s row %d, whose label is %d: p[%d,%d]", which, n, label, n, answer))
		}
		c.Do(lang.T("%s row %d: argmax p = %d, label %d", which, n, answer, label),
			cli.Join(p.Row(n), " ", func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }), counts, right, fmt.Sprintf("%sp[%d,%d]", rows, n, min(answer, outputs-1)))
	}
	c.Find(right, lang.T("right rows"))
	c.Find(float64(wrong), lang.T("wrong rows"))
	n := float64(len(labels))
	c.Do(lang.T("/ rows"), fmt.Sprintf("%v / %v", right, n), n, right/n)
}

// confusion counts the test rows of a class that get an answer.
func (c *story) confusion(p mat.Matrix, labels []int, class, answer, outputs int) {
	c.Formula = lang.T("test rows of class %d whose largest p is at %d", class, answer)
	c.Do(lang.Same("0"), "", 0, 0)
	for n, label := range labels {
		if got := mat.ArgMax(p.Row(n)); label == class && got == answer {
			c.Do(lang.T("%s row %d: argmax p = %d, label %d", lang.T("test"), n, got, label), "", 1, c.Result+1, fmt.Sprintf("test_p[%d,%d]", n, min(got, outputs-1)))
		}
	}
}
