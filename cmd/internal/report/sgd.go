package report

import (
	"fmt"
	"math"
	"slices"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/stat"
)

// sgdClaims are those of Part III: single rows.
func sgdClaims() []Claim {
	short := func(f *Facts) *Short { return f.Short }
	long := func(f *Facts) *Long { return f.Long }
	return slices.Concat(
		claimsOf(3, "part3-setup", short,
			claim[Short]{"sgd-row", lang.T("one random row a step"),
				lang.T("With `--sgd` each step takes one training row drawn at random instead of all."), (*Short).row}),
		claimsOf(3, "part3-short", short,
			claim[Short]{"short-half", lang.T("1500 steps: stays near 0.5"),
				lang.T("With 1500 steps on single rows the accuracy hovers around 0.5, which is worse than on the whole batch."), (*Short).half},
			claim[Short]{"short-loss", lang.T("1500 steps: loss jumps, no trend"),
				lang.T("Its loss jumps about all the time, without a downward trend."), (*Short).jumps},
			claim[Short]{"short-cost", lang.T("1500 steps: far less time"),
				lang.T("It takes far less time than the whole batch."), func(s *Short) finding { return s.Cost.against(s.FullCost) }},
			claim[Short]{"short-rounds", lang.T("because of too few steps"),
				lang.T("That it stays at 0.5 may be due to too few steps."), (*Short).tooFewSteps}),
		claimsOf(3, "part3-long", long,
			claim[Long]{"long-turn", lang.T("45,000 steps: 0.5 to 25,000, then 0.8"),
				lang.T("With 45,000 steps the accuracy stays around 0.5 until step 25,000 and then rises quickly to about 0.8."), (*Long).turns},
			claim[Long]{"long-loss", lang.T("45,000 steps: loss jumps more, falls"),
				lang.T("The loss jumps even more, but falls slowly after step 25,000."), (*Long).falls}),
		claimsOf(3, "part3-comparison", long,
			claim[Long]{"long-cost", lang.T("45,000 steps: still less time"),
				lang.T("Even 45,000 steps take far less time than the 1500 on the whole batch."), func(l *Long) finding { return l.Cost.against(l.FullCost) }}),
	)
}

// Short is 1500 steps on single rows.
type Short struct {
	Steps     int `json:"steps"`
	BatchRows int `json:"batch_rows"` // of the current batch at any evaluation, at most
	TrainRows int `json:"train_rows"`
	Distinct  int `json:"distinct"` // training rows drawn at least once

	// As reported, of the evaluations after step 0.
	Low     float64    `json:"low"` // test accuracy
	High    float64    `json:"high"`
	Near    float64    `json:"near"`    // share of them within 0.05 of ½
	Answers int        `json:"answers"` // different accuracies
	Class   [2]float64 `json:"class"`   // share of either class in the test rows
	Loss    stat.Stat  `json:"loss"`    // of the current row

	First float64 `json:"first"` // mean loss of all training rows at step 0
	Last  float64 `json:"last"`  // and at the end
	Ends  Spread  `json:"ends"`  // test accuracy at the end, over the seeds

	RightLoss stat.Stat `json:"right_loss"` // of the current row, of a right network
	RightLast float64   `json:"right_last"` // mean loss of all training rows at its end

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
	s.Answers, s.Loss = len(answers), lossesAfterStart(rep.Result)
	s.First, s.Last, s.Ends = rep.Probes[0].Mean, rep.Probes[len(rep.Probes)-1].Mean, w.spread(rep, last(testAccuracy))
	s.RightLoss, s.RightLast = lossesAfterStart(right.Result), right.Probes[len(right.Probes)-1].Mean
	if n := w.network(tinyRight); n != nil {
		if at, ok := leavesHalf(n.Result); ok {
			s.Leaves = int(at)
		}
	}
	if end := w.network(longReported).end(); end != nil {
		s.LongEnd = &end.Test
	}
	return s
}

// lossesAfterStart is the statistic of the losses of the evaluations after step 0.
func lossesAfterStart(r experiment.Result) stat.Stat {
	var losses []float64
	for _, v := range r.Evals[1:] {
		losses = append(losses, v.Loss)
	}
	return stat.Of(losses)
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

func (s *Short) row() finding {
	n := float64(s.TrainRows)
	expected := n * (1 - math.Pow(1-1/n, float64(s.Steps)))
	one := lang.T("Only one of the two fits.")
	v, fit := twoParts(s.BatchRows == 1, within(float64(s.Distinct), expected, 0.05*n), lang.Text{}, one, one, lang.T("Neither fits."))
	rows := lang.T("A step has up to %d rows.", s.BatchRows)
	if v == page.Holds {
		rows = lang.T("A step has one row.")
	}
	return finding{v, lang.Sentences(rows,
		lang.T("%d of the %d training rows came up in %s steps, where draws with replacement make some %.0f.", s.Distinct, s.TrainRows, group(s.Steps), expected), fit),
		fmt.Sprintf("%d row a step; %d different of %d in %d steps", s.BatchRows, s.Distinct, s.TrainRows, s.Steps)}
}

func (s *Short) half() finding {
	var classes, seeds, near lang.Text
	if s.Answers == 2 && within(s.Low, min(s.Class[0], s.Class[1]), 0) && within(s.High, max(s.Class[0], s.Class[1]), 0) {
		classes = lang.T("There are only these two values, the shares of the two classes: the network gives every row the same class, now the one and now the other.")
	}
	if s.Ends.Seeds > 1 {
		seeds = lang.T("With %d seeds it ends between %s and %s.", s.Ends.Seeds, share(s.Ends.Min), share(s.Ends.Max))
	}
	v := grade(s.Near >= 0.95, s.Full > s.End.Test)
	switch v {
	case page.Partly:
		near = lang.T("%.0f %% of the evaluations are within 0.05 of one half.", 100*s.Near)
	case page.Fails:
		near = lang.T("Only %.0f %% of the evaluations are within 0.05 of one half.", 100*s.Near)
	}
	return finding{v, lang.Sentences(
		lang.T("As reported it lies between %s and %s after step 0 and ends at %s; on the whole batch at %s.", share(s.Low), share(s.High), share(s.End.Test), share(s.Full)),
		classes, seeds, near, rightGives(share, s.Right.Test, s.Rights)),
		fmt.Sprintf("%s to %s, end %s; full batch %s; right %s", share(s.Low), share(s.High), share(s.End.Test), share(s.Full), share(s.Right.Test))}
}

func (s *Short) jumps() finding {
	jumps := s.Loss.Max-s.Loss.Min >= 0.2*s.Loss.Mean
	why := lang.Text{}
	if jumps {
		why = lang.T("It is the loss of the one row in hand, so it jumps with any network: in the right one between %s and %s.", rowLoss(s.RightLoss.Min), rowLoss(s.RightLoss.Max))
	}
	v, but := twoParts(jumps, s.Last >= 0.99*s.First, lang.Text{},
		lang.T("So it does fall."), lang.T("That is hardly a jump."), lang.T("That is hardly a jump, and it does fall."))
	return finding{v, lang.Sentences(lang.T("As reported it goes up and down between %s and %s.", rowLoss(s.Loss.Min), rowLoss(s.Loss.Max)), why,
		lang.T("Taken over all training rows it is %s at step 0 and %s at the end, where ln 2 = 0.6931 is a guess.", rowLoss(s.First), rowLoss(s.Last)),
		lang.T("A right network has %s at the end.", rowLoss(s.RightLast)), but),
		fmt.Sprintf("%s to %s; over all rows %s at step 0, %s at the end", rowLoss(s.Loss.Min), rowLoss(s.Loss.Max), rowLoss(s.First), rowLoss(s.Last))}
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

// against judges whether c is far less than the cost of the whole batch, by the
// rows and by the steps, for what a step costs whatever its batch counts as
// well.
func (c Cost) against(full Cost) finding {
	says := lang.T("By counts, which no machine changes: %s rows instead of %s, and %s multiplications in its steps instead of %s; with the evaluations, which take all rows in either run, %s instead of %s.",
		group(c.Rows), group(full.Rows), group(c.Products), group(full.Products), group(c.All()), group(full.All()))
	short := fmt.Sprintf("rows %s against %s, steps %s against %s", group(c.Rows), group(full.Rows), group(c.Steps), group(full.Steps))
	switch less := c.All()*2 <= full.All(); {
	case !less:
		return finding{page.Fails, lang.Sentences(says, lang.T("That is not far less.")), short}
	case c.Steps > full.Steps:
		return finding{page.Partly, lang.Sentences(says, lang.T("But the steps are %.0f times as many, and what a step costs however few its rows, such as some dozens of calls of NumPy, comes as many times. With so small a network that can be the larger part, so a program may well take longer.",
			float64(c.Steps)/float64(full.Steps))), short}
	}
	return finding{page.Holds, lang.Sentences(says, lang.T("The number of steps is the same.")), short}
}

// learned is a test accuracy that counts as having learned something.
const learned = 0.8

func (s *Short) tooFewSteps() finding {
	var weights, long lang.Text
	if s.Leaves >= 0 {
		weights = lang.T("From the report's small weights a right network leaves one half for good at step %s.", group(s.Leaves))
	}
	end, helps := "not run", false
	if s.LongEnd != nil {
		end, helps = share(*s.LongEnd), *s.LongEnd >= 0.7
		long = lang.T("As reported the accuracy is %s after %s steps.", end, group(longSteps))
	}
	v, so := page.Fails, lang.T("So more steps are not what is missing.")
	switch enough := s.Right.Test >= learned; {
	case !enough && helps:
		v, so, weights = page.Holds, lang.T("So more steps are what is missing."), lang.Text{}
	case enough && helps:
		v, so = page.Partly, lang.T("So more steps do help this network, but what makes them necessary is the network: its small weights and its softmax after every layer.")
	}
	return finding{v, lang.Sentences(lang.T("A right network has %s after the same %s steps.", share(s.Right.Test), group(s.Right.Step)), long, weights, so),
		fmt.Sprintf("right after %d steps %s; as reported after %d %s", s.Right.Step, share(s.Right.Test), longSteps, end)}
}

// left is the test accuracy that is no longer about ½.
const left = 0.6

// leavesHalf is the step of the evaluation from which on all have a test
// accuracy that has left ½; false where the last has not.
func leavesHalf(r experiment.Result) (step float64, ok bool) {
	for i := len(r.Evals) - 1; i >= 0 && r.Evals[i].TestAccuracy >= left; i-- {
		step, ok = float64(r.Evals[i].Step), true
	}
	return step, ok
}

// Long is 45,000 steps on single rows.
type Long struct {
	Early       int       `json:"early"`   // the first evaluation after step 0 with a test accuracy of 0.6 or more; −1: none
	Leaves      int       `json:"settles"` // the one from which on all have; −1: none
	Before      float64   `json:"before"`  // the mean test accuracy of those from step 1 to 25,000
	End         At        `json:"end"`
	Right       At        `json:"right"`
	Reaches     int       `json:"reaches"` // the step by which the right network has 0.99; −1: never
	LeavesSeeds Spread    `json:"settled"` // Leaves over the seeds, those that do
	Ends        Spread    `json:"ends"`    // the test accuracy at the end
	Rights      Spread    `json:"rights"`
	Loss        stat.Stat `json:"loss"`       // of the current row after step 0, as reported
	Shorter     stat.Stat `json:"short_loss"` // that of the run of 1500 steps
	Turn        Probe     `json:"turn"`       // the loss of all training rows at step 25,000
	Last        Probe     `json:"last"`       // and at the end

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
		Early: -1, Leaves: -1, Reaches: -1, End: *rep.end(), Right: *right.end(),
		LeavesSeeds: w.spread(rep, leavesHalf), Ends: w.spread(rep, last(testAccuracy)), Rights: w.spread(right, last(testAccuracy)),
		Loss: lossesAfterStart(rep.Result), Shorter: lossesAfterStart(short.Result), Turn: rep.Probes[0], Last: rep.Probes[len(rep.Probes)-1],
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
	l.Before = stat.Of(before).Mean
	if at, ok := leavesHalf(rep.Result); ok {
		l.Leaves = int(at)
	}
	if v, ok := right.Result.Reached(0.99); ok {
		l.Reaches = v.Step
	}
	return l
}

func (l *Long) turns() finding {
	when, short := lang.T("From step %s on all evaluations are above 0.6.", group(l.Leaves)), "settles at step "+group(l.Leaves)
	switch {
	case l.Leaves < 0:
		when, short = lang.T("It does not leave one half for good."), "does not settle"
	case l.Early >= 0 && l.Early < l.Leaves:
		when = lang.T("Single evaluations are above 0.6 from step %s on, all from step %s on.", group(l.Early), group(l.Leaves))
	}
	var seeds lang.Text
	if l.LeavesSeeds.Seeds > 1 {
		seeds = lang.T("With %d seeds that is between step %s and step %s, and the end between %s and %s.",
			l.LeavesSeeds.Seeds, group(int(l.LeavesSeeds.Min)), group(int(l.LeavesSeeds.Max)), share(l.Ends.Min), share(l.Ends.Max))
	}
	right := lang.T("A right network ends at %s.", share(l.Right.Test))
	if l.Reaches >= 0 {
		right = lang.T("A right network has 0.99 at step %s and ends at %s.", group(l.Reaches), share(l.Right.Test))
	}
	v, but := twoParts(l.Leaves >= 20000 && l.Leaves <= 30000 && within(l.Before, 0.5, 0.05), within(l.End.Test, 0.8, 0.05), lang.Text{},
		lang.T("The turn is as reported, the end is not."), lang.T("The end is as reported, the turn is not."), lang.T("Neither the turn nor the end is as reported."))
	return finding{v, lang.Sentences(
		lang.T("As reported the mean test accuracy of the evaluations up to step 25,000 is %s, and the last is %s.", share(l.Before), share(l.End.Test)),
		when, but, seeds, right), fmt.Sprintf("%s, end %s; right %s", short, share(l.End.Test), share(l.Right.Test))}
}

func (l *Long) falls() finding {
	v, but := twoParts(l.Loss.SD >= 1.1*l.Shorter.SD, l.Last.Mean <= 0.99*l.Turn.Mean, lang.Text{},
		lang.T("So it jumps more, but does not fall."), lang.T("So it falls, but jumps no more than before."), lang.T("So it neither jumps more nor falls."))
	return finding{v, lang.Sentences(
		lang.T("As reported the losses of the row in hand scatter by %.3f about their mean, those of the run of 1500 steps by %.3f.", l.Loss.SD, l.Shorter.SD),
		lang.T("Taken over all training rows the loss is %s at step 25,000 and %s at the end.", rowLoss(l.Turn.Mean), rowLoss(l.Last.Mean)), but),
		fmt.Sprintf("sd %.3f, short run %.3f; over all rows %s to %s", l.Loss.SD, l.Shorter.SD, rowLoss(l.Turn.Mean), rowLoss(l.Last.Mean))}
}

// chapter3 is Part III on the page.
func (r Report) chapter3(g gallery) []page.Section {
	if r.Facts.Short == nil {
		return missing(2)
	}
	top := []page.Block{
		page.Text(lang.T("The same two networks, now with one random training row a step. A mean over one row is that row, so of the two faults only the softmax after every layer counts here, and sum and mean are the same.")),
	}
	short := slices.Concat([]page.Block{r.shortTable()}, g.beside(shortReported, shortRight, "accuracy", "loss"),
		r.claims("part3-short"), evaluations(r.network(shortReported), r.network(shortRight)))
	list := []page.Section{
		{ID: chapters[2].id, Heading: chapters[2].heading(), Blocks: top},
		{ID: "part3-setup", Minor: true, Heading: lang.T("3.1 One row a step"), Blocks: r.claims("part3-setup")},
		{ID: "part3-short", Minor: true, Heading: lang.T("3.2 Results and analysis: 1500 steps"), Blocks: short},
	}
	if r.Facts.Long == nil {
		return append(list, page.Section{ID: "part3-long", Minor: true, Heading: lang.T("3.2 Results and analysis: 45,000 steps"), Blocks: missing(2)[0].Blocks})
	}
	long := slices.Concat([]page.Block{r.longTable()}, g.beside(longReported, longRight, "accuracy", "loss"), r.claims("part3-long"),
		g.beside(longReported, longRight, "boundary"), evaluations(r.network(longReported), r.network(longRight)))
	return append(list,
		page.Section{ID: "part3-long", Minor: true, Heading: lang.T("3.2 Results and analysis: 45,000 steps"), Blocks: long},
		page.Section{ID: "part3-comparison", Minor: true, Heading: lang.T("3.2 Results and analysis: the comparison"),
			Blocks: append([]page.Block{r.comparison()}, r.claims("part3-comparison")...)})
}

func (r Report) shortTable() page.Table {
	s := r.Facts.Short
	t := compared(lang.T("1500 steps on single rows: the report, the network behind its figures, and a right one."))
	same := lang.Same
	t.Rows = append(t.Rows,
		page.Cells(lang.T("test accuracy at the end"), lang.T("about %s", "0.5"), same(share(s.End.Test)), same(share(s.Right.Test))),
		page.Cells(lang.T("loss of the row in hand"), lang.T("jumps, no trend"), same(rowLoss(s.Loss.Min)+"–"+rowLoss(s.Loss.Max)), same(rowLoss(s.RightLoss.Min)+"–"+rowLoss(s.RightLoss.Max))),
		page.Cells(lang.T("loss of all training rows at the end, a row"), same("–"), same(rowLoss(s.Last)), same(rowLoss(s.RightLast))))
	if s.Rights.Seeds > 1 {
		t.Rows = append(t.Rows, page.Cells(lang.T("test accuracy over %d seeds", s.Rights.Seeds), same("–"), spreadCell(3, s.Ends), spreadCell(3, s.Rights)))
	}
	return t
}

func (r Report) longTable() page.Table {
	l := r.Facts.Long
	t := compared(lang.T("45,000 steps on single rows: the report, the network behind its figures, and a right one."))
	same := lang.Same
	step := func(n int) lang.Text {
		if n < 0 {
			return lang.T("never")
		}
		return same(group(n))
	}
	t.Rows = append(t.Rows,
		page.Cells(lang.T("leaves one half at step"), lang.T("about %s", "25,000"), step(l.Leaves), same("–")),
		page.Cells(lang.T("has a test accuracy of 0.99 at step"), lang.T("never"), same("–"), step(l.Reaches)),
		page.Cells(lang.T("test accuracy at the end"), lang.T("about %s", "0.8"), same(share(l.End.Test)), same(share(l.Right.Test))))
	if l.Ends.Seeds > 1 {
		t.Rows = append(t.Rows, page.Cells(lang.T("test accuracy over %d seeds", l.Ends.Seeds), same("–"), spreadCell(3, l.Ends), spreadCell(3, l.Rights)))
	}
	if l.LeavesSeeds.Seeds > 1 {
		t.Rows = append(t.Rows, page.Cells(lang.T("leaves one half, over %d seeds", l.LeavesSeeds.Seeds), same("–"),
			same(fmt.Sprintf("%s–%s", group(int(l.LeavesSeeds.Min)), group(int(l.LeavesSeeds.Max)))), same("–")))
	}
	t.Rows = append(t.Rows, page.Cells(lang.T("loss of all training rows, a row, from step 25,000 on"), lang.T("falls slowly"), lang.T("%s to %s", rowLoss(l.Turn.Mean), rowLoss(l.Last.Mean)), lang.T("%s to %s", rowLoss(l.RightTurn.Mean), rowLoss(l.RightLast.Mean))))
	return t
}

// comparison is the three ways to train beside each other.
func (r Report) comparison() page.Table {
	t := page.Table{
		Caption: lang.T("Three ways to train the same network: what comes of it, and what it takes to compute."),
		Head:    []lang.Text{{}, lang.T("full batch"), lang.T("SGD, short"), lang.T("SGD, long")},
		Align:   "lrrr", RowHeads: true,
		Note: lang.T("Multiplications are those of the three products of each Linear in a step, and of the one in an evaluation, as the assignment's modules make them."),
	}
	f, s, l := r.Facts.Full, r.Facts.Short, r.Facts.Long
	row := func(name lang.Text, cells ...string) {
		t.Rows = append(t.Rows, append(page.Cells(name), page.Row(cells...)...))
	}
	row(lang.T("test accuracy in the report"), share(toldAccuracy), "≈ 0.5", "≈ 0.8")
	row(lang.T("test accuracy as reported"), share(s.Full), share(s.End.Test), share(l.End.Test))
	if f != nil {
		row(lang.T("test accuracy of a right network"), share(f.Right.End.Test), share(s.Right.Test), share(l.Right.Test))
	}
	row(lang.T("steps"), group(s.FullCost.Steps), group(s.Cost.Steps), group(l.Cost.Steps))
	row(lang.T("rows in all steps"), group(s.FullCost.Rows), group(s.Cost.Rows), group(l.Cost.Rows))
	row(lang.T("multiplications in the steps"), group(s.FullCost.Products), group(s.Cost.Products), group(l.Cost.Products))
	row(lang.T("and in the evaluations"), group(s.FullCost.Evaluation), group(s.Cost.Evaluation), group(l.Cost.Evaluation))
	return t
}
