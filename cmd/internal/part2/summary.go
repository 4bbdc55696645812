package part2

import (
	"fmt"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/mat"
	"glassbox/nn/message"
)

// Preface says what a network with faults in it is, and why, a text a line;
// nothing of a right one.
func (r *Run) Preface() []lang.Text {
	c := r.Exp.Config
	if c.AsReported {
		return []lang.Text{
			lang.T("as reported: not a right network but the one behind the report's figures."),
			lang.T("In training a softmax follows every layer, in place; the bias gradient is a mean beside a summed weight gradient."),
			lang.T("These two faults, with randn·1e-4 and the sum, give the report's curves."),
		}
	}
	var said []lang.Text
	for _, f := range c.Faults {
		said = append(said, lang.T("fault %s: %s.", f.Name, message.New(f.Doc)))
	}
	return said
}

// Facts are the outcome at a glance; there must be an evaluation.
func (r *Run) Facts() page.Facts {
	v, d := r.Result.Last(), r.Exp.Data
	return page.Facts{
		{Label: lang.T("Test accuracy"), Value: fmt.Sprintf("%.4f", v.TestAccuracy), Note: lang.T("%d rows the network has not seen", d.TestX.Rows)},
		{Label: lang.T("Training accuracy"), Value: fmt.Sprintf("%.4f", v.TrainAccuracy), Note: lang.T("%d rows", d.TrainX.Rows)},
		{Label: lang.T("Loss"), Value: Digits(v.Loss), Note: lang.T("%s a row, after %d steps", Digits(v.LossPerRow()), v.Step)},
	}
}

// Summary says in sentences what the numbers mean; there must be an evaluation.
func (r *Run) Summary() []lang.Text {
	v, first, d := r.Result.Last(), r.Result.Evals[0], r.Exp.Data
	said := []lang.Text{lang.T("The loss went from %s to %s a row and the test accuracy from %.3f to %.3f in %d steps.",
		Digits(first.LossPerRow()), Digits(v.LossPerRow()), first.TestAccuracy, v.TestAccuracy, v.Step)}
	if at, ok := r.Result.Reached(0.9); ok && at.Step > first.Step {
		said = append(said, lang.T("It reached 0.9 at step %d.", at.Step))
	}
	if best := r.Result.Best(); best.TestAccuracy > v.TestAccuracy+0.02 {
		said = append(said, lang.T("It was best at step %d, %.3f, and did not stay there.", best.Step, best.TestAccuracy))
	}
	switch gap := v.TrainAccuracy - v.TestAccuracy; {
	case gap > 0.03:
		said = append(said, lang.T("The training rows fare better by %.3f: the network has learned some of them by heart.", gap))
	case gap < -0.03:
		said = append(said, lang.T("The test rows fare better by %.3f, which is chance: there are only %d of them.", -gap, d.TestX.Rows))
	case v.TrainAccuracy > 0.7:
		said = append(said, lang.T("Training and test rows fare alike: nothing was learned by heart."))
	}
	if Diverged(r.Result) {
		return said // what the parameters say since is worth nothing
	}
	train, test := r.wrong(d.TrainX, d.TrainLabels), r.wrong(d.TestX, d.TestLabels)
	if train+test == 0 {
		return append(said, lang.T("No row is classified wrong at the end."))
	}
	return append(said, lang.T("At the end %d of the %d training rows and %d of the %d test rows are classified wrong.", train, d.TrainX.Rows, test, d.TestX.Rows))
}

// wrong counts the rows that the trained network puts into another class.
func (r *Run) wrong(x mat.Matrix, labels []int) int {
	p, n := r.Predict(x), 0
	for i, label := range labels {
		if mat.ArgMax(p.Row(i)) != label {
			n++
		}
	}
	return n
}

// Stopped says why a run ended early, nothing of one that went to its end.
func (r *Run) Stopped() lang.Text {
	switch {
	case r.Result.Err == nil:
		return lang.Text{}
	case r.Result.Interrupted():
		return lang.T("The run was interrupted after %d of %d steps; what follows is what there was.", r.Result.Steps, r.Exp.Steps)
	}
	return lang.Of(message.Of(r.Result.Err))
}
