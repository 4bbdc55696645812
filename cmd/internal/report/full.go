package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/stat"
	"glassbox/perceptron"
)

// fullClaims are the results of Part II: the whole batch.
func fullClaims() []Claim {
	return slices.Concat(
		claimsOf(2, "part2-results", func(f *Facts) *Full { return f.Full },
			claim[Full]{"full-accuracy", lang.T("full batch: accuracy 0.845"),
				lang.T("After 1500 steps on the whole batch the test accuracy is 0.845."), (*Full).accuracy},
			claim[Full]{"full-loss", lang.T("full batch: loss about 340"),
				lang.T("The loss has fallen to about 340."), (*Full).loss},
			claim[Full]{"full-well", lang.T("the network does well"),
				lang.T("With that the network does well."), (*Full).well},
			claim[Full]{"full-overfit", lang.T("no overfitting"),
				lang.T("The training accuracy is a little above the test accuracy and both curves have the same shape, so nothing is overfitted."), (*Full).overfit},
			claim[Full]{"full-early", lang.T("0.8 by step 50, loss still 554"),
				lang.T("Within the first 50 steps the accuracy rises to about 0.8 while the loss stays almost at 554."), (*Full).early},
			claim[Full]{"full-slow", lang.T("then accuracy grows slowly"),
				lang.T("After that the accuracy grows slowly."), (*Full).slow},
			claim[Full]{"full-exponential", lang.T("then loss falls exponentially"),
				lang.T("After that the loss falls exponentially."), (*Full).exponential}),
		claimsOf(2, "part2-results", func(f *Facts) *More { return f.More },
			claim[More]{"full-more", lang.T("more steps would bring more"),
				lang.T("With more steps the accuracy would perhaps rise further."), (*More).rises}),
	)
}

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

// shortRun is a number of the run, of its seeds and of the right network.
func shortRun(show func(float64) string, here float64, seeds Spread, right float64) string {
	text := "here " + show(here)
	if seeds.Seeds > 1 {
		text += fmt.Sprintf(", %d seeds %s to %s", seeds.Seeds, show(seeds.Min), show(seeds.Max))
	}
	return text + ", right " + show(right)
}

// The report's numbers.
const (
	toldAccuracy = 0.845
	toldLoss     = 340
)

func (f *Full) accuracy() finding {
	rep, right := f.Reported, f.Right
	v := among(toldAccuracy, 0.03, rep.Accuracy)
	return finding{v, lang.Sentences(ranged(share, rep.End.Test, rep.Accuracy), lies(share, toldAccuracy, v), rightGives(share, right.End.Test, right.Accuracy)),
		shortRun(share, rep.End.Test, rep.Accuracy, right.End.Test)}
}

func (f *Full) loss() finding {
	rep, right := f.Reported, f.Right
	v := among(toldLoss, 0.05*toldLoss, rep.Loss)
	return finding{v, lang.Sentences(ranged(loss, rep.End.Loss, rep.Loss), lies(loss, toldLoss, v), rightGives(loss, right.End.Loss, right.Loss)),
		shortRun(loss, rep.End.Loss, rep.Loss, right.End.Loss)}
}

// signs are the labels as the perceptron has them.
func signs(labels []int) []float64 {
	y := make([]float64, len(labels))
	for i, label := range labels {
		y[i] = float64(2*label - 1)
	}
	return y
}

func (f *Full) well() finding {
	rep, right := f.Reported.End, f.Right.End
	says := lang.T("A single straight line can have %s of the training rows right; the network as reported has %s, and a right one %s.", trainShare(f.Line), trainShare(rep.Train), trainShare(right.Train))
	v, so := page.Holds, lang.T("So it does what it can.")
	switch {
	case rep.Train <= f.Line:
		v, so = page.Fails, lang.T("So its hidden layer has gained nothing.")
	case rep.Train < right.Train-0.02:
		v, so = page.Partly, lang.T("So it beats the line, but not by what it could.")
	}
	fast := lang.Text{}
	if at := f.Fast; at != nil {
		fast = lang.T("At a learning rate of %g a right one has %s of the training rows and %s of the test rows right after as many steps.", fastRate, trainShare(at.Train), share(at.Test))
	}
	return finding{v, lang.Sentences(says, so, fast),
		fmt.Sprintf("training rows: %s, a straight line %s, right %s", trainShare(rep.Train), trainShare(f.Line), trainShare(right.Train))}
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
	ma, mb := stat.Of(a).Mean, stat.Of(b).Mean
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

func (f *Full) overfit() finding {
	r := f.Reported
	gap, drop := r.End.Gap(), r.Best-r.End.Test
	says := lang.T("As reported the training accuracy is %s and the test accuracy %s; the curves correlate by %.2f from step 50 on, and the test accuracy ends %.3f below its best.",
		trainShare(r.End.Train), share(r.End.Test), f.Likeness, drop)
	seeds, inShort := lang.Text{}, ""
	if r.Gap.Seeds > 1 {
		inShort = fmt.Sprintf(" (%d seeds %s to %s)", r.Gap.Seeds, signed(r.Gap.Min), signed(r.Gap.Max))
		seeds = lang.T("With %d seeds the difference goes from %s to %s.", r.Gap.Seeds, signed(r.Gap.Min), signed(r.Gap.Max))
		if r.Gap.Min < 0 && r.Gap.Max > 0 {
			seeds = lang.Sentences(seeds, lang.T("Which of the two is ahead is up to which %d rows test.", f.TestRows))
		}
	}
	v, so := page.Partly, lang.T("Nothing is overfitted, though the training rows are not ahead.")
	switch {
	case gap > 0.05 || drop > 0.03:
		v, so = page.Fails, lang.T("That is overfitted.")
	case gap > 0 && f.Likeness >= 0.8:
		v, so = page.Holds, lang.Text{}
	case gap > 0:
		so = lang.T("Nothing is overfitted, though the curves are not alike.")
	}
	return finding{v, lang.Sentences(says, so, seeds), fmt.Sprintf("training − test %s%s, likeness %.2f", signed(gap), inShort, f.Likeness)}
}

func (f *Full) early() finding {
	rep, right := f.Reported, f.Right
	says := lang.T("As reported the test accuracy is %s at step 50 and the loss %s, from %s.", share(rep.Early.Test), loss(rep.Early.Loss), loss(rep.Start.Loss))
	other := lang.T("In a right network the loss is %s by then, from %s, and the accuracy %s.", loss(right.Early.Loss), loss(right.Start.Loss), share(right.Early.Test))
	v, why := twoParts(within(rep.Early.Test, 0.8, 0.05), rep.Early.Loss >= almost*rep.Start.Loss,
		lang.T("Prediction has one softmax, at the end, so small differences decide it, while in training the softmax after every layer levels them out and p stays near one half."),
		lang.T("The loss has moved."), lang.T("The accuracy is not near 0.8 at that step."), lang.T("The accuracy is not yet there and the loss has moved."))
	return finding{v, lang.Sentences(says, why, other),
		fmt.Sprintf("step 50: %s, loss %s; right %s, %s", share(rep.Early.Test), loss(rep.Early.Loss), share(right.Early.Test), loss(right.Early.Loss))}
}

func (f *Full) slow() finding {
	rep, right := f.Reported, f.Right
	gain := rep.End.Test - rep.Early.Test
	v, so := page.Holds, lang.Text{}
	switch {
	case gain <= 0:
		v, so = page.Fails, lang.T("That is no growth.")
	case gain > 0.15:
		v, so = page.Partly, lang.T("It grows, but not slowly.")
	}
	return finding{v, lang.Sentences(lang.T("As reported it goes from %s at step 50 to %s at step %d, in a right network from %s to %s.",
		share(rep.Early.Test), share(rep.End.Test), rep.End.Step, share(right.Early.Test), share(right.End.Test)), so),
		fmt.Sprintf("%s at step 50, %s at %d", share(rep.Early.Test), share(rep.End.Test), rep.End.Step)}
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

func (f *Full) exponential() finding {
	h := f.Halvings
	var numbers []string
	for _, n := range h {
		numbers = append(numbers, strconv.Itoa(n))
	}
	short := "halvings take " + strings.Join(numbers, ", ") + " steps"
	switch len(h) {
	case 0:
		return finding{page.Fails, lang.T("As reported the loss does not fall after step 50: the lowest is %s.", loss(f.Bottom)), short}
	case 1:
		return finding{page.Partly, lang.T("As reported the loss gets half-way to its lowest, %s, in %d steps, and no nearer than a quarter: too little to tell.", loss(f.Bottom), h[0]), short}
	}
	v, so := page.Fails, lang.T("So there is no one rate.")
	switch ratio := float64(slices.Max(h)) / float64(max(slices.Min(h), 1)); {
	case ratio <= 1.5:
		v, so = page.Holds, lang.Text{}
	case ratio <= 4:
		v, so = page.Partly, lang.T("So it slows down, though not by much.")
	case slices.IsSorted(h):
		so = lang.T("So it falls fast at first and then ever more slowly.")
	}
	return finding{v, lang.Sentences(lang.T("An exponential halves what is left of its way in equal times. As reported, on the way from step 50 to the lowest loss seen, %s, the halvings take %s steps.",
		loss(f.Bottom), commas(numbers)), so), short}
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

func (m *More) rises() finding {
	before, after := m.Reported.Before, m.Reported.After
	v, so := page.Holds, lang.Text{}
	switch rows := m.Reported.Rows(m.TestRows); {
	case rows <= 0:
		v, so = page.Fails, lang.T("That is no rise.")
	case rows == 1 && 50 < m.TestRows:
		v, so = page.Partly, lang.T("That is one of the %d test rows more.", m.TestRows)
	case rows*50 < m.TestRows: // less than 2 %
		v, so = page.Partly, lang.T("That is %d of the %d test rows more.", rows, m.TestRows)
	}
	return finding{v, lang.Sentences(lang.T("As reported it goes from %s after %d steps to %s after %d.", share(before.Test), before.Step, share(after.Test), after.Step), so,
		lang.T("A right network goes from %s to %s.", share(m.Right.Before.Test), share(m.Right.After.Test))),
		fmt.Sprintf("%d to %d steps: %s to %s; right %s to %s", before.Step, after.Step,
			share(before.Test), share(after.Test), share(m.Right.Before.Test), share(m.Right.After.Test))}
}

// chapter2 is Part II on the page.
func (r Report) chapter2(g gallery) []page.Section {
	rep, right := r.network(fullReported), r.network(fullRight)
	if rep == nil || right == nil {
		return missing(1)
	}
	var causes []page.Block
	if t, ok := r.causesTable(); ok {
		causes = []page.Block{page.Text(lang.T("Which cause does what can be told apart by running each alone, on the same data and from the same draws.")), t}
	}
	results := slices.Concat([]page.Block{r.fullTable()}, g.beside(fullReported, fullRight, "accuracy", "loss"), r.claims("part2-results"),
		causes, g.beside(fullReported, fullRight, "boundary"), evaluations(rep, right))
	return append(r.modulesSections(g, rep, right),
		page.Section{ID: "part2-results", Minor: true, Heading: lang.T("2.3 Results and analysis"), Blocks: results})
}

// fullTable is the whole batch.
func (r Report) fullTable() page.Table {
	f := r.Facts.Full
	t := compared(lang.T("1500 steps on the whole batch: the report, the network behind its figures, and a right one."))
	row := func(cells ...lang.Text) { t.Rows = append(t.Rows, page.Cells(cells...)) }
	same := lang.Same
	none := same("–")
	row(lang.T("test accuracy at step 50"), lang.T("about %s", "0.8"), same(share(f.Reported.Early.Test)), same(share(f.Right.Early.Test)))
	row(lang.T("loss at step 50"), lang.T("almost %s", "554"), same(loss(f.Reported.Early.Loss)), same(loss(f.Right.Early.Loss)))
	row(lang.T("test accuracy at the end"), same(share(toldAccuracy)), same(share(f.Reported.End.Test)), same(share(f.Right.End.Test)))
	row(lang.T("training accuracy at the end"), lang.T("a little above"), same(trainShare(f.Reported.End.Train)), same(trainShare(f.Right.End.Train)))
	row(lang.T("loss at the end"), lang.T("about %s", "340"), same(loss(f.Reported.End.Loss)), same(loss(f.Right.End.Loss)))
	if n := f.Reported.Accuracy.Seeds; n > 1 {
		row(lang.T("test accuracy over %d seeds", n), none, spreadCell(3, f.Reported.Accuracy), spreadCell(3, f.Right.Accuracy))
		row(lang.T("loss over %d seeds", n), none, spreadCell(1, f.Reported.Loss), spreadCell(1, f.Right.Loss))
	}
	if m := r.Facts.More; m != nil {
		row(lang.T("test accuracy after %d steps", m.Reported.After.Step), none, same(share(m.Reported.After.Test)), same(share(m.Right.After.Test)))
	}
	return t
}

// causesTable tells the causes apart; false where none of them was run alone.
func (r Report) causesTable() (page.Table, bool) {
	f := r.Facts.Full
	t := page.Table{
		Caption: lang.T("What each cause does in 1500 steps on the whole batch."),
		Head:    []lang.Text{lang.T("Network"), lang.T("test acc."), lang.T("loss"), lang.T("train acc."), lang.T("first weights"), lang.T("gradient"), lang.T("rate")},
		Align:   "lrrrrrr", RowHeads: true,
	}
	row := func(name lang.Text, weights string, mean bool, rate float64, at *At) {
		if at == nil {
			return
		}
		kind := lang.T("sum")
		if mean {
			kind = lang.T("mean")
		}
		t.Rows = append(t.Rows, page.Cells(name, lang.Same(share(at.Test)), lang.Same(loss(at.Loss)),
			lang.Same(trainShare(at.Train)), lang.Same(weights), kind, lang.Same(cli.FormatFloat(rate))))
	}
	const tiny, he = "randn·10⁻⁴", "randn·√(2/in)"
	row(lang.T("as reported: both faults"), tiny, false, 0.01, &f.Reported.End)
	row(lang.T("the softmax after every layer alone"), tiny, false, 0.01, f.Softmax)
	row(lang.T("the mean bias gradient alone"), tiny, false, 0.01, f.Bias)
	row(lang.T("neither fault"), tiny, false, 0.01, f.Neither)
	row(lang.T("right"), he, true, 0.01, &f.Right.End)
	row(lang.T("right, larger steps"), he, true, fastRate, f.Fast)
	return t, len(t.Rows) > 2
}
