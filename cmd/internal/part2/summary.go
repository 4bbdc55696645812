package part2

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/stat"
	"glassbox/mat"
	"glassbox/nn"
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
		return said // the parameters are no longer finite
	}
	train, test := r.wrong(d.TrainX, d.TrainLabels), r.wrong(d.TestX, d.TestLabels)
	if train+test == 0 {
		return append(said, lang.T("No row is classified wrong at the end."))
	}
	return append(said, lang.T("At the end %d of the %d training rows and %d of the %d test rows are classified wrong.", train, d.TrainX.Rows, test, d.TestX.Rows))
}

// wrong counts the rows that the trained network puts into another class.
func (r *Run) wrong(x mat.Matrix, labels []int) int {
	return int(math.Round(float64(len(labels)) * (1 - nn.Accuracy(r.Predict(x), labels))))
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

// Advice says what the numbers of the run mean and what to try.
func (r *Run) Advice() []lang.Text {
	c, d, evals := r.Exp.Config, r.Exp.Data, r.Result.Evals
	if len(evals) < 2 || r.Result.Err != nil && !r.Result.Interrupted() {
		return nil
	}
	last := len(evals) - 1
	width := 1
	if c.SGD || c.BatchSize > 0 {
		width = max(1, len(evals)/5)
	}
	each := make([]float64, len(evals))
	for i, v := range evals {
		each[i] = v.LossPerRow()
	}
	mean := runningMean(each, width) // single rows' losses jump about
	loss, earlier, plateau := mean[last], mean[last-last/10], math.Log(float64(len(d.Classes)))
	rows := float64(evals[last].Rows)
	var said []lang.Text
	guesses := (c.Loss == nil || c.Loss.Binary) && c.Decay == 0 // a guess has the loss ln C
	switch onPlateau := guesses && math.Abs(loss-plateau) < 0.02*plateau && evals[last].TestAccuracy < 0.7; {
	case onPlateau:
		stays := lang.T("The loss stays at ln %d = %.3f a row: every class gets the same probability.", len(d.Classes), plateau)
		if rows > 1 {
			stays = lang.T("The loss stays at ln %d = %.3f a row (%.1f for %.0f rows): every class gets the same probability.", len(d.Classes), plateau, plateau*rows, rows)
		}
		way := lang.T("More `-max_steps` or a larger `-learning_rate` would move it.")
		switch std, loud := c.Init.Std(d.TrainX.Cols), r.unscaled(); {
		case std == 0:
			way = lang.T("With weights that are all 0 the units of a layer are alike and stay alike, and no number of steps changes that: `-init he` starts right.")
		case !loud.Empty():
			way = loud
		case std < 0.05:
			way = lang.T("Weights of size %s make almost no gradient for each other, so it takes long to leave: `-init he` starts right.", c.Init.Text)
		}
		said = append(said, lang.Sentences(stays, way))
	case guesses && loss > 1.5*plateau && evals[last].TestAccuracy < 0.7 && !r.unscaled().Empty():
		said = append(said, lang.Sentences(lang.T("The loss, %.3f a row, is above ln %d = %.3f, that of a guess.", loss, len(d.Classes), plateau), r.unscaled()))
	case guesses && loss > 1.5*plateau && evals[last].TestAccuracy < 0.7:
		said = append(said, lang.T("The loss, %.3f a row, is above ln %d = %.3f, that of a guess: the steps are too large. A smaller `-learning_rate` would be right.", loss, len(d.Classes), plateau))
	case width == 1 && jumps(each):
		half := each[len(each)/2:]
		said = append(said, lang.T("The loss jumps between %.4g and %.4g a row: the steps are too large. A smaller `-learning_rate` would be right.", slices.Min(half), slices.Max(half)))
	case len(c.Faults) == 0 && last >= 20 && earlier > 1.02*loss && falls(each) && evals[last].TestAccuracy < 0.99:
		said = append(said, lang.T("The loss is still falling (%.4f a row, %.4f at step %d): more `-max_steps` or a larger `-learning_rate` would bring more.",
			loss, earlier, evals[last-last/10].Step))
	}
	if !c.Mean && rows > 1 && !c.AsReported {
		said = append(said, lang.T("With `-reduction sum` each step is %.0f× that of the mean at the same rate; as long as the mean's would be `-learning_rate %s`.", rows, cli.FormatFloat(c.Rate/rows)))
	}
	return said
}

// unscaled says which feature is far from the size that the first weights are
// made for, of about 1, where one is; nothing of features that were scaled.
func (r *Run) unscaled() lang.Text {
	if r.Exp.Standardize {
		return lang.Text{}
	}
	largest, at := experiment.LargestFeature(r.Exp.Data.TrainX)
	if largest == 0 || 0.1 <= largest && largest <= 10 {
		return lang.Text{}
	}
	return lang.T("The features are not scaled (the values of %s are of size %.3g): `-standardize` would be right, before another rate.", r.Exp.Data.Features[at], largest)
}

// jumps reports whether the second half of losses goes up as well as down, and
// far: steps that are too large.
func jumps(losses []float64) bool {
	half := losses[len(losses)/2:]
	if len(half) < 10 || slices.Max(half) < 1.5*slices.Min(half) {
		return false
	}
	up := 0
	for i, v := range half[1:] {
		if v > half[i] {
			up++
		}
	}
	return up > len(half)/4
}

// falls reports whether the last fifth of losses lies below the one before by
// more than their scatter explains.
func falls(losses []float64) bool {
	n := len(losses) / 5
	last, before := stat.Of(losses[len(losses)-n:]), stat.Of(losses[len(losses)-2*n:len(losses)-n])
	return before.Mean-last.Mean > 2*math.Hypot(last.SD, before.SD)/math.Sqrt(float64(n))
}

// Reported is what the report found where a run does the same work.
type Reported struct {
	Accuracy float64 // of the test rows, at the end
	Loss     float64 // at the end; 0: the report gives none
	Text     lang.Text
	Curve    []ReportedPoint // what it says of single steps, the end last
}

// ReportedPoint is what the report says of a step.
type ReportedPoint struct {
	Step           int
	Accuracy, Loss float64 // Loss 0: none given
}

// ReportedFor returns the report's figures for the same data and batches, or
// nil: the report has only make_moons with all rows or with single ones.
func ReportedFor(c experiment.Config) *Reported {
	switch {
	case c.Table != nil || c.BatchSize > 0 || c.N != 1000 || !c.Settings().Plain():
		return nil
	case !c.SGD:
		return &Reported{0.845, 340, lang.T("1500 steps on the whole batch: test accuracy 0.845, loss about 340"),
			[]ReportedPoint{{50, 0.8, 554}, {1500, 0.845, 340}}}
	case c.Steps <= 25000:
		return &Reported{0.5, 0, lang.T("1500 steps on single rows: test accuracy about 0.5"), []ReportedPoint{{1500, 0.5, 0}}}
	default:
		return &Reported{0.8, 0, lang.T("45000 steps on single rows: test accuracy about 0.8 (0.5 until 25000)"),
			[]ReportedPoint{{25000, 0.5, 0}, {45000, 0.8, 0}}}
	}
}

// Reported returns what the report found where this run does the same work, or
// nil.
func (r *Run) Reported() *Reported { return ReportedFor(r.Exp.Config) }

// BesideTable puts the report's figures and this run's one under the other. It
// reports false when there is nothing to compare.
func (r *Run) BesideTable() (page.Table, bool) {
	rep := r.Reported()
	if rep == nil || len(r.Result.Evals) == 0 {
		return page.Table{}, false
	}
	t := page.Table{
		Caption: lang.T("What the report says, and this run at the same step or at its end."),
		Head:    []lang.Text{{}, lang.T("step"), lang.T("test acc."), lang.T("loss")},
		Align:   "lrrr", RowHeads: true,
	}
	columns := 4
	if rep.Loss == 0 {
		columns, t.Head, t.Align = 3, t.Head[:3], t.Align[:3]
	}
	for i, p := range rep.Curve {
		told := page.Cells(lang.T("the report"), lang.Same(strconv.Itoa(p.Step)), lang.Same(fmt.Sprintf("%g", p.Accuracy)), lang.Same(fmt.Sprintf("%g", p.Loss)))
		t.Rows = append(t.Rows, told[:columns])
		v, ok := r.Result.At(p.Step)
		if !ok && i == len(rep.Curve)-1 {
			v, ok = r.Result.Last(), true
		}
		if ok {
			mine := page.Cells(lang.T("this run"), lang.Same(strconv.Itoa(v.Step)), lang.Same(fmt.Sprintf("%.4f", v.TestAccuracy)), lang.Same(Digits(v.Loss)))
			t.Rows = append(t.Rows, mine[:columns])
		}
	}
	return t, true
}

// Beside says in sentences how this run compares with the report's end.
func (r *Run) Beside() []lang.Text {
	rep := r.Reported()
	if rep == nil || len(r.Result.Evals) == 0 {
		return nil
	}
	end := rep.Curve[len(rep.Curve)-1]
	v, ok := r.Result.At(end.Step)
	if !ok {
		return []lang.Text{lang.T("The report trains for %d steps, this run for %d: their ends cannot be compared.", end.Step, r.Result.Steps)}
	}
	var said []lang.Text
	switch off := v.TestAccuracy - rep.Accuracy; {
	case math.Abs(off) < 0.03:
		said = append(said, lang.T("At step %d the test accuracy is %.3f, within 0.03 of the report's %g.", v.Step, v.TestAccuracy, rep.Accuracy))
	case off > 0:
		said = append(said, lang.T("At step %d the test accuracy is %.3f, which is %.3f above the report's %g.", v.Step, v.TestAccuracy, off, rep.Accuracy))
	default:
		said = append(said, lang.T("At step %d the test accuracy is %.3f, which is %.3f below the report's %g.", v.Step, v.TestAccuracy, -off, rep.Accuracy))
	}
	if rep.Loss > 0 {
		switch share := v.Loss / rep.Loss; {
		case share > 1.1:
			said = append(said, lang.T("The loss, %.1f, is %.2g times the report's %g.", v.Loss, share, rep.Loss))
		case share < 0.9:
			said = append(said, lang.T("The loss, %.1f, is %.2g %% of the report's %g.", v.Loss, 100*share, rep.Loss))
		default:
			said = append(said, lang.T("The loss, %.1f, is within a tenth of the report's %g.", v.Loss, rep.Loss))
		}
	}
	if len(r.Exp.Faults) == 0 {
		said = append(said, lang.T("The report's figures are those of a network with two mistakes, which `-as_reported` builds in; this one has none."))
	}
	return said
}
