package part1

import (
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/perceptron"
)

// explain says from the numbers why the accuracy is what it is, in a few
// paragraphs, and how the report's fares beside them.
func (t Test) explain() []lang.Text {
	return lang.Paragraphs(
		lang.Sentences(t.learning(), t.answers()),
		lang.Sentences(t.lines(), t.best(), t.losses()),
		lang.Sentences(t.others(), t.asReported(), t.blamed()))
}

// Blocks are what a page says of the test: its figure, the paragraphs of
// explain, and the report's reason as a claim of its own where it can be judged.
// A figure that cannot be drawn is an error that names the test.
func (t Test) Blocks() ([]page.Block, error) {
	fig, err := t.Figure()
	if err != nil {
		return nil, err
	}
	claim, ok := t.Claim()
	texts := t.explain()
	if ok {
		texts = lang.Paragraphs(
			lang.Sentences(t.learning(), t.answers()),
			t.lines(),
			lang.Sentences(t.others(), t.asReported()))
	}
	blocks := append([]page.Block{fig}, page.Paragraphs(texts)...)
	if ok {
		blocks = append(blocks, claim)
	}
	return blocks, nil
}

// Claim sets the report's reason beside what the numbers say; false where it
// gives none or nothing can be said of it.
func (t Test) Claim() (page.Claim, bool) {
	reason := t.Reason()
	verdict, ok := reason.Verdict()
	if !ok || !t.comparable() {
		return page.Claim{}, false
	}
	c := page.Claim{Found: lang.Sentences(t.best(), t.losses()), Verdict: verdict}
	if t.Blames == BlameOverlap {
		c.Says = lang.T("Test %s has %s because the two classes overlap.", t.Name, t.told())
	} else {
		c.Says = lang.T("Test %s has %s because the perceptron has no bias.", t.Name, t.told())
	}
	if reason == BiasAndRule {
		c.Found = lang.Sentences(c.Found, lang.T("Its rule would leave a bias at 0 all the same."))
	}
	return c, true
}

// lines says how well a line could do.
func (t Test) lines() lang.Text {
	n := t.points() * 2
	var all lang.Text
	switch {
	case !t.Lines:
	case t.FromOrigin:
		all = lang.T("A line separates all %d points, even one through the origin.", n)
	case t.Separable:
		all = lang.T("A line separates all %d points, but none through the origin does.", n)
	}
	return lang.Sentences(t.most(), all)
}

// most says how many of the test points a line could have right.
func (t Test) most() lang.Text {
	m := t.Main()
	origin, line := share(t.Origin), share(t.Line)
	reached := m.Accuracy == t.Origin
	switch {
	case m.Accuracy == 1:
		return lang.Text{}
	case !t.Lines && reached:
		return lang.T("No line through the origin has more than %s of these test points right, which this one reaches.", origin)
	case !t.Lines:
		return lang.T("No line through the origin has more than %s of these test points right.", origin)
	case t.Line == t.Origin && reached:
		return lang.T("No line through the origin has more than %s of these test points right, which this one reaches, and with an offset none has more either.", origin)
	case t.Line == t.Origin:
		return lang.T("No line through the origin has more than %s of these test points right, and with an offset none has more either.", origin)
	case reached:
		return lang.T("No line through the origin has more than %s of these test points right, which this one reaches; with an offset the best has %s.", origin, line)
	}
	return lang.T("No line through the origin has more than %s of these test points right; with an offset the best has %s.", origin, line)
}

// best says how well anything at all could do.
func (t Test) best() lang.Text {
	if t.Bayes > 0.99995 {
		return lang.T("The two Gaussians hardly overlap: their Bayes accuracy is %.4f.", t.Bayes)
	}
	return lang.T("On fresh points nothing at all can expect more than %.4f, the Bayes accuracy: so much do the two Gaussians overlap.", t.Bayes)
}

// losses says what the wrong answers on the test points are due to.
func (t Test) losses() lang.Text {
	l := t.Loss()
	n := t.Main().Data.TestX.Rows
	switch {
	case l.Sum == 0:
		return lang.Text{}
	case l.Fair && n < few:
		return lang.T("On %d points even that best classifier scatters by ±%.3f: so few cannot tell the rule from chance.", n, l.Chance)
	case l.Fair:
		return lang.T("On %d points even that best classifier scatters by ±%.3f, so %s is as good as it gets: the overlap keeps it down, not the rule.",
			n, l.Chance, share(1-l.Sum))
	case !l.Parts:
		return lang.Text{}
	}
	lost := share(l.Sum)
	var parts []lang.Text
	for _, x := range []struct {
		part float64
		to   lang.Text
	}{
		{l.Rule, lang.T("the rule, which misses the best line of its kind")},
		{l.Offset, lang.T("the missing offset")},
		{l.Overlap, lang.T("the overlap, where no line has all right")},
	} {
		switch {
		case x.part <= nothing:
		case x.part >= l.Sum-nothing:
			return lang.T("All of the %s lost is due to %s.", lost, x.to)
		case len(parts) == 0:
			parts = append(parts, lang.T("%s is due to %s", share(x.part), x.to))
		default:
			parts = append(parts, lang.T("%s to %s", share(x.part), x.to))
		}
	}
	return lang.T("Of the %s lost, %s.", lost, lang.Join(lang.Text{EN: "; ", ZH: "；"}, parts...))
}

// others says how the other rules fare on the same points.
func (t Test) others() lang.Text {
	var here, over []lang.Text
	for i, x := range t.Trials {
		if i == 0 {
			continue
		}
		here = append(here, reaches(x, t.Main().Variant))
		if s := t.Spreads[i]; s.Count > 0 {
			over = append(over, lang.Same(s.String()))
		}
	}
	if len(over) == len(here) {
		return lang.T("On the same points %s and %s; over the further seeds %s.", here[0], here[1], lists(over))
	}
	return lang.T("On the same points %s and %s.", here[0], here[1])
}

// reaches is what one of the other rules has, beside that of the run.
func reaches(x Trial, run Variant) lang.Text {
	has := lang.Same(share(x.Accuracy))
	if x.Rule == perceptron.RuleRosenblatt && x.Outcome.Converged {
		has = lang.T("%s (without an error after %s)", has, epochs(x.Outcome.Epochs))
	}
	switch {
	case x.Rule == perceptron.RuleReport:
		return lang.T("the report's rule reaches %s", has)
	case x.Bias && run.Rule == perceptron.RuleReport: // after Rosenblatt's without one
		return lang.T("with a bias %s", has)
	case x.Bias:
		return lang.T("Rosenblatt's rule with a bias reaches %s", has)
	case run.Rule == perceptron.RuleRosenblatt:
		return lang.T("Rosenblatt's rule without a bias reaches %s", has)
	}
	return lang.T("Rosenblatt's rule reaches %s", has)
}

// asReported compares the report's accuracy, which is of 100 points of each class,
// with what its rule gives from seed to seed.
func (t Test) asReported() lang.Text {
	if !t.comparable() {
		return lang.Text{}
	}
	told := t.told()
	_, s := t.reports()
	switch {
	case s.Count < few && t.Reason() == Unjudged:
		return lang.Text{}
	case s.Count < few:
		return lang.T("The report has %s.", told)
	case s.Min == s.Max && s.Min == *t.Report:
		return lang.T("The report has %s, which its rule gives with every seed here.", told)
	case s.holds(*t.Report):
		return lang.T("The report has %s, within what its rule gives here from seed to seed, %s to %s.", told, share(s.Min), share(s.Max))
	}
	return lang.T("The report has %s, outside of what its rule gives here from seed to seed, %s to %s.", told, share(s.Min), share(s.Max))
}

// comparable reports whether the report has an accuracy on as many points.
func (t Test) comparable() bool { return !t.own() && t.points() == 100 }

// blamed judges the report's reason.
func (t Test) blamed() lang.Text {
	if !t.comparable() {
		return lang.Text{}
	}
	switch t.Reason() {
	case OverlapAlone:
		return lang.T("It blames the overlap of the two classes, rightly.")
	case OverlapMost:
		return lang.T("It blames the overlap of the two classes, which does cost the most.")
	case OverlapNotRule:
		return lang.T("It blames the overlap of the two classes; by these numbers its rule costs more.")
	case OverlapNotBias:
		return lang.T("It blames the overlap of the two classes; by these numbers the missing offset costs more.")
	case BiasAndRule:
		return lang.T("It blames the missing bias, rightly; but its rule would leave a bias at 0, and does worse than a line through the origin must.")
	case BiasMost:
		return lang.T("It blames the missing bias, rightly.")
	case BiasNotMost:
		return lang.T("It blames the missing bias; by these numbers that does not cost the most.")
	}
	return lang.Text{}
}

// learning says what the rule did.
func (t Test) learning() lang.Text {
	if t.Main().Rule == perceptron.RuleRosenblatt {
		return t.corrected()
	}
	m := t.Main()
	o := m.Outcome
	var text lang.Text
	switch {
	case !m.drawsLine():
		text = lang.T("The sum Σ y·x over the training points is 0, so w stays 0 and answers nothing.")
	case o.Updates == 1 && o.Converged:
		text = lang.T("The rule made one update, from w = 0 to rate·Σ y·x, and stopped there, as more training points were then right than wrong.")
	case o.Updates == 1:
		text = lang.T("In its one epoch the rule made the one update from w = 0 to rate·Σ y·x.")
	default:
		text = lang.T("In each of the %d epochs no more training points were right than wrong, so the rule made %d updates. All add the same rate·Σ y·x: w grew longer and longer and no answer changed after the first.",
			o.Epochs, o.Updates)
	}
	if m.Bias {
		text = lang.Sentences(text, lang.T("The bias stayed at 0: there are as many training points of either class, so Σ y = 0 in every update."))
	}
	return text
}

// corrected says what Rosenblatt's rule did.
func (t Test) corrected() lang.Text {
	m := t.Main()
	o := m.Outcome
	if o.Converged {
		return lang.T("The rule corrected w %s in %s; the last one had no error, so its line separates the training points.",
			times(o.Updates), epochs(o.Epochs))
	}
	text := lang.T("After %s and %s the rule still found errors.", epochs(o.Epochs), corrections(o.Updates))
	if !t.Lines {
		return text
	}
	n := m.Data.TrainX.Rows
	var why lang.Text
	switch {
	case m.Bias && t.TrainLine == 1:
		why = lang.T("A line does separate the training points, so more -max_epochs would find one.")
	case m.Bias:
		why = lang.T("It never can stop: even the best line has %d of the %d training points right, and what it ends with is up to its last corrections.",
			pointsOf(t.TrainLine, n), n)
	case t.TrainThrough == 1:
		why = lang.T("A line through the origin does separate the training points, so more -max_epochs would find one.")
	default:
		why = lang.T("It never can stop: even the best line through the origin has %d of the %d training points right, and what it ends with is up to its last corrections.",
			pointsOf(t.TrainThrough, n), n)
	}
	return lang.Sentences(text, why)
}

// answers says which points the line has right.
func (t Test) answers() lang.Text {
	m := t.Main()
	if !m.drawsLine() {
		return lang.Text{}
	}
	d, p := m.Data, m.Learned
	var right, of [2]int // by class
	for i, a := range p.Forward(d.TestX) {
		k := class(d.TestY[i])
		of[k]++
		if a == d.TestY[i] {
			right[k]++
		}
	}
	if right == of {
		return lang.T("It has all %d test points right.", of[0]+of[1])
	}
	n, up := d.TrainX.Rows+d.TestX.Rows, 0 // up: answered +1
	for _, a := range append(p.Forward(d.TrainX), p.Forward(d.TestX)...) {
		if a > 0 {
			up++
		}
	}
	text := lang.T("It has %d of the %d test points right: %d of %d of class 1, %d of %d of class 2.",
		right[0]+right[1], of[0]+of[1], right[0], of[0], right[1], of[1])
	switch up {
	case n:
		return lang.Sentences(text, lang.T("All %d points lie on class %d's side of its line.", n, 1))
	case 0:
		return lang.Sentences(text, lang.T("All %d points lie on class %d's side of its line.", n, 2))
	}
	for k, mean := range [][2]float64{t.Pair.Mean1, t.Pair.Mean2} {
		score := float64(p.W[0]*mean[0]) + float64(p.W[1]*mean[1]) + p.B
		if k == 0 && score < 0 || k == 1 && score > 0 {
			text = lang.Sentences(text, lang.T("Even class %d's mean (%s) lies on the other class's side of its line.", k+1, numbers(mean[:])))
		}
	}
	return text
}

func class(label float64) int {
	if label > 0 {
		return 0
	}
	return 1
}
