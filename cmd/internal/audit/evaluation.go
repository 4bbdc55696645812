package audit

import (
	"fmt"
	"io"
	"regexp"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/mat"
	"glassbox/nn/spec"
)

// evaluationName are the numbers that part2 prints of an evaluation, with the
// step before them if it is given.
var evaluationName = regexp.MustCompile(`^(?:(\d{1,9})\.)?(accuracy|test_accuracy|train_accuracy|plotted_loss|loss_a_row)$`)

// shownWrong is how many wrong rows are named before the others.
const shownWrong = 5

// explainEvaluation shows how a number of the evaluation before a step's update
// came about, or of that after the last step.
func (v explanation) explainEvaluation(c experiment.Config, name string, step int, stderr io.Writer) error {
	e := experiment.New(c)
	var lastX, lastY mat.Matrix // where batches are drawn, the last evaluation is of the last one
	if sample, calls := e.Next, 0; step == c.Steps && (c.SGD || c.BatchSize > 0) {
		e.Next = func() (x, y mat.Matrix) {
			x, y = sample()
			if calls++; calls == step {
				lastX, lastY = x.Clone(), y.Clone()
			}
			return x, y
		}
	}
	x, y, err := trainTo(e, step, stderr)
	if err != nil {
		return err
	}
	made := []string{"loss"}
	if lastX.Rows > 0 {
		x, y, made = lastX, lastY, nil
	}
	net, ok := e.Net.(*spec.Net)
	if !ok {
		net = spec.NewNet(e.Net.Params(), c.Settings())
	}
	var a story
	a.Name = name
	net.Forward(x, y)
	loss := net.Loss()
	e.Net.Forward(x, y)
	has, err := e.Evaluate(e.Net, step, e.Net.Loss(), x.Rows)
	if err != nil {
		return err
	}
	switch name {
	case "plotted_loss", "loss_a_row":
		a.plottedLoss(loss, x.Rows, c.Mean, name, made)
		if a.Recorded = &has.Loss; name == "loss_a_row" {
			a.Recorded = new(has.LossPerRow())
		}
	case "train_accuracy":
		a.accuracy(experiment.Classes(net.Predict(e.Data.TrainX)), e.Data.TrainLabels, lang.T("training"))
		a.Recorded = &has.TrainAccuracy
	default:
		a.accuracy(experiment.Classes(net.Predict(e.Data.TestX)), e.Data.TestLabels, lang.T("test"))
		a.Recorded = &has.TestAccuracy
	}
	v.number, v.source = step, "the network in training has"
	v.print(inWords(&a.Chain))
	return nil
}

// plottedLoss makes the loss as plotted, summed over the rows, of the loss of a
// batch, which is the step's if made names it.
func (c *story) plottedLoss(loss float64, rows int, mean bool, name string, made []string) {
	c.Formula = lang.T("loss")
	if made == nil {
		c.Formula = lang.T("loss of the last step's batch under the final parameters")
	}
	c.Do(lang.T("loss"), "", loss, loss, made...)
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

// accuracy counts the rows of p whose largest probability stands at the label.
func (c *story) accuracy(p mat.Matrix, labels []int, which lang.Text) {
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
			cli.Join(p.Row(n), " ", func(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }), counts, right)
	}
	c.Find(right, lang.T("right rows"))
	c.Find(float64(wrong), lang.T("wrong rows"))
	n := float64(len(labels))
	c.Do(lang.T("/ rows"), fmt.Sprintf("%v / %v", right, n), n, right/n)
}
