package coursework

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/perceptron"
)

// perceptronClaims are those of Part I.
func perceptronClaims() []Claim {
	ready := func(f *Facts) bool { return f.Perceptron != nil }
	list := []Claim{
		{ID: "split", Section: "part1-data", Name: lang.T("100 points of each class, 80 train"),
			Says:  lang.T("Each test draws 100 points from either of two Gaussians; 80 of them train and 20 test."),
			Judge: splitFound, Brief: splitBrief},
		{ID: "rule", Section: "part1-rule", Name: lang.T("each product is checked"),
			Says:  lang.T("Each round checks the product of prediction and label, and where it is below 0 the weights are updated."),
			Judge: ruleFound, Brief: ruleBrief},
		{ID: "shuffle", Section: "part1-rule", Name: lang.T("each round shuffles"),
			Says:  lang.T("Each round begins by putting the points into a new order."),
			Judge: shuffleFound, Brief: shuffleBrief},
	}
	for i, name := range []string{"1", "2", "3", "4", "5"} {
		list = append(list, accuracyClaim(i, name))
		switch i {
		case 0:
			list = append(list, Claim{ID: "separated", Section: "part1-test1", Name: lang.T("test 1: the line separates"),
				Says:  lang.T("In test 1 the two classes lie so far apart that the line separates them completely."),
				Judge: separatedFound, Brief: separatedBrief})
		case 2:
			list = append(list, Claim{ID: "overlap", Section: "part1-test3", Name: lang.T("tests 2 and 3: much overlap"),
				Says:  lang.T("In tests 2 and 3 the classes overlap a lot, as the means are close together in the one and the variances large in the other."),
				Judge: overlapFound, Brief: overlapBrief})
		case 4:
			list = append(list, Claim{ID: "geometry", Section: "part1-test5", Name: lang.T("test 5: apart, along y = x"),
				Says:  lang.T("In test 5 the classes lie far apart, and their means near the line y = x in the first quadrant."),
				Judge: geometryFound, Brief: geometryBrief})
		}
		if i > 0 {
			list = append(list, reasonClaim(i, name))
		}
	}
	for i := range list {
		list[i].Chapter = 1
		if list[i].Ready == nil {
			list[i].Ready = ready
		}
	}
	return list
}

func splitFound(f *Facts) (lang.Text, page.Verdict) {
	p := f.Perceptron
	switch {
	case !p.Even || p.TrainEach != 80 || p.TestEach != 20:
		return lang.T("Not in all tests: class 1 of test 1 has %d points that train and %d that test.", p.TrainEach, p.TestEach), page.Fails
	case p.MeanOff > 4:
		return lang.T("They are split so, but the mean of some class lies %.1f standard errors from that of its Gaussian, more than chance brings about.", p.MeanOff), page.Partly
	}
	return lang.T("So it is in all five, and the mean of each class lies within %.1f standard errors of that of its Gaussian.", p.MeanOff), page.Holds
}

func splitBrief(f *Facts) string {
	p := f.Perceptron
	return fmt.Sprintf("%d + %d of each class; means within %.1f standard errors", p.TrainEach, p.TestEach, p.MeanOff)
}

// stopped are the tests in which the rule stopped with points wrong, and how
// many in each.
func (p *Perceptron) stopped() (names, wrong []string) {
	for _, t := range p.Tests {
		if t.Settled && t.TrainWrong > 0 {
			names, wrong = append(names, t.Name), append(wrong, strconv.Itoa(t.TrainWrong))
		}
	}
	return names, wrong
}

func (p *Perceptron) updates() (made, rosenblatt []string, agree bool) {
	agree = true
	for _, t := range p.Tests {
		made, rosenblatt = append(made, group(t.Updates)), append(rosenblatt, group(t.Rosenblatt))
		agree = agree && t.Updates == t.Rosenblatt
	}
	return made, rosenblatt, agree
}

func ruleFound(f *Facts) (lang.Text, page.Verdict) {
	p := f.Perceptron
	made, rosenblatt, agree := p.updates()
	names, wrong := p.stopped()
	does := lang.T("The code looks at one number a round, the sum of the products of all points: where that is 0 or below it adds rate·Σ y·x, otherwise it does nothing.")
	switch {
	case agree:
		return lang.Sentences(does, lang.T("Here that comes to the same: %s updates in the five tests, as many as a check of each point makes.", commas(made))), page.Holds
	case len(names) == 0:
		return lang.Sentences(does, lang.T("It made %s updates in the five tests, and nowhere stopped with a training point wrong; a check of each point makes %s.", commas(made), commas(rosenblatt))), page.Partly
	}
	stops := lang.T("In tests %s it stopped with %s of the %d training points wrong.", commas(names), commas(wrong), p.Tests[0].TrainPoints)
	if len(names) == 1 {
		stops = lang.T("In test %s it stopped with %s of the %d training points wrong.", names[0], wrong[0], p.Tests[0].TrainPoints)
	}
	return lang.Sentences(does, lang.T("So it made %s updates in the five tests, where a check of each point, which is Rosenblatt's rule, makes %s.", commas(made), commas(rosenblatt)), stops), page.Fails
}

func ruleBrief(f *Facts) string {
	made, rosenblatt, _ := f.Perceptron.updates()
	return fmt.Sprintf("updates %s; a check of each: %s", strings.Join(made, " "), strings.Join(rosenblatt, " "))
}

func shuffleFound(f *Facts) (lang.Text, page.Verdict) {
	o := f.Perceptron.Orders
	if o.Changed > 0 {
		return lang.T("It does, and it matters: in %d other orders %s of %s answers are others.", o.Count, group(o.Changed), group(o.Answers)), page.Holds
	}
	return lang.T("It does, but to no effect, as a sum over all points does not depend on their order: in %d other orders the weights differ by %.0e of their size at most, which is rounding, and none of %s answers is another.",
		o.Count, o.Off, group(o.Answers)), page.Partly
}

func shuffleBrief(f *Facts) string {
	o := f.Perceptron.Orders
	return fmt.Sprintf("%d other orders: %s of %s answers change", o.Count, group(o.Changed), group(o.Answers))
}

// few is how many seeds are too few for their range to mean something.
const few = 5

func accuracyClaim(i int, name string) Claim {
	told := perceptron.Report()[i].Accuracy
	return Claim{
		ID: "accuracy" + name, Section: "part1-test" + name, Name: lang.T("test %s: accuracy", name),
		Ready: func(f *Facts) bool { return f.Perceptron != nil },
		Says:  lang.T("Test %s ends with an accuracy of %s.", name, share(told)),
		Judge: func(f *Facts) (lang.Text, page.Verdict) { return f.Perceptron.Tests[i].accuracyFound() },
		Brief: func(f *Facts) string {
			t := f.Perceptron.Tests[i]
			text := fmt.Sprintf("report %s, here %s", share(t.Report), share(t.Accuracy))
			if t.Seeds.Count > 0 {
				text += fmt.Sprintf(", %d seeds %s to %s", t.Seeds.Count, share(t.Seeds.Min), share(t.Seeds.Max))
			}
			return text
		},
	}
}

func (t PerceptronTest) accuracyFound() (lang.Text, page.Verdict) {
	s, here := t.Seeds, lang.T("Here it is %s.", share(t.Accuracy))
	if s.Count < few {
		// Two shares of so few points differ by chance.
		q := (t.Accuracy + t.Report) / 2
		chance := math.Sqrt(2 * q * (1 - q) / float64(t.TestPoints))
		says := lang.T("By chance alone two such accuracies on %d points differ by %.3f (one standard deviation).", t.TestPoints, chance)
		switch {
		case within(t.Accuracy, t.Report, 2*chance):
			return lang.Sentences(here, says, lang.T("The report's is near enough.")), page.Holds
		case within(t.Accuracy, t.Report, 3*chance):
			return lang.Sentences(here, says, lang.T("The report's is further off than is likely.")), page.Partly
		}
		return lang.Sentences(here, says, lang.T("The report's is too far off for that.")), page.Fails
	}
	if s.Min == s.Max && s.Min == t.Report {
		return lang.Sentences(here, lang.T("The rule gives this with each of %d further seeds.", s.Count)), page.Holds
	}
	range_ := lang.T("With %d further seeds the rule gives %s, from %s to %s.", s.Count, s, share(s.Min), share(s.Max))
	off := (t.Report - s.Mean) / s.SD
	switch {
	case t.Report < s.Min-1e-9 || t.Report > s.Max+1e-9:
		return lang.Sentences(here, range_, lang.T("The report's lies outside.")), page.Fails
	case math.Abs(off) <= 2:
		return lang.Sentences(here, range_, lang.T("The report's is an ordinary one.")), page.Holds
	case off < 0:
		return lang.Sentences(here, range_, lang.T("The report's lies within, but %.1f standard deviations below the mean: an unlucky draw.", -off)), page.Partly
	}
	return lang.Sentences(here, range_, lang.T("The report's lies within, but %.1f standard deviations above the mean: a lucky draw.", off)), page.Partly
}

func separatedFound(f *Facts) (lang.Text, page.Verdict) {
	t := f.Perceptron.Tests[0]
	bad, all := t.TrainWrong+t.TestWrong, t.TrainPoints+t.TestPoints
	low := lang.Text{}
	if t.Seeds.Count > 0 && t.Seeds.Min < 1 {
		low = lang.T("With other seeds it misses a point now and then: the lowest test accuracy is %s.", share(t.Seeds.Min))
	}
	switch {
	case bad == 0:
		return lang.Sentences(lang.T("All %d points lie on their class's side of it.", all), low), page.Holds
	case t.Separable:
		return lang.Sentences(lang.T("A line that separates all %d points exists, but this one has %d of them wrong.", all, bad), low), page.Partly
	}
	return lang.Sentences(lang.T("No line separates all %d points; this one has %d of them wrong.", all, bad), low), page.Fails
}

func separatedBrief(f *Facts) string {
	t := f.Perceptron.Tests[0]
	return fmt.Sprintf("%d of %d points wrong", t.TrainWrong+t.TestWrong, t.TrainPoints+t.TestPoints)
}

// much is how many fresh points even the best classifier has wrong where two
// classes overlap a lot.
const much = 0.1

func overlapFound(f *Facts) (lang.Text, page.Verdict) {
	two, three := 1-f.Perceptron.Tests[1].Bayes, 1-f.Perceptron.Tests[2].Bayes
	says := lang.T("Of fresh points even the best classifier has %.1f %% wrong in test 2 and %.1f %% in test 3.", 100*two, 100*three)
	switch v := grade(two >= much, three >= much); {
	case v == page.Holds:
		return says, v
	case v == page.Fails:
		return lang.Sentences(says, lang.T("That is not a lot in either.")), v
	case two >= much:
		return lang.Sentences(says, lang.T("In test 2 that is a lot, in test 3 it is not.")), v
	default:
		return lang.Sentences(says, lang.T("In test 3 that is a lot, in test 2 it is not.")), v
	}
}

func overlapBrief(f *Facts) string {
	return fmt.Sprintf("wrong at best: test 2 %.1f %%, test 3 %.1f %%", 100*(1-f.Perceptron.Tests[1].Bayes), 100*(1-f.Perceptron.Tests[2].Bayes))
}

// slope is y/x of a mean: 1 on the line y = x.
func slope(mean [2]float64) float64 { return mean[1] / mean[0] }

func geometryFound(f *Facts) (lang.Text, page.Verdict) {
	t := f.Perceptron.Tests[4]
	first := t.Mean1[0] > 0 && t.Mean1[1] > 0 && t.Mean2[0] > 0 && t.Mean2[1] > 0
	near := func(mean [2]float64) bool { return slope(mean) >= 0.75 && slope(mean) <= 1/0.75 }
	apart := lang.T("A line separates all %d points.", t.TrainPoints+t.TestPoints)
	if !t.Separable {
		apart = lang.T("No line separates all %d points.", t.TrainPoints+t.TestPoints)
	}
	lies := lang.T("y/x is %.2f at the one mean and %.2f at the other, where y = x has 1.", slope(t.Mean1), slope(t.Mean2))
	v := grade(t.Separable, first && near(t.Mean1) && near(t.Mean2))
	switch v {
	case page.Holds:
		return lang.Sentences(apart, lies), v
	case page.Partly:
		return lang.Sentences(apart, lies, lang.T("Only one of the two is as the report says.")), v
	}
	return lang.Sentences(apart, lies, lang.T("Neither is as the report says.")), v
}

func geometryBrief(f *Facts) string {
	t := f.Perceptron.Tests[4]
	return fmt.Sprintf("y/x of the means %.2f and %.2f, separable: %v", slope(t.Mean1), slope(t.Mean2), t.Separable)
}

// reasonClaim is why the report says a test is below 1, judged in part1.
func reasonClaim(i int, name string) Claim {
	told := perceptron.Report()[i].Accuracy
	reason := lang.T("test %s: because of the overlap", name)
	says := lang.T("Test %s has %s because the two classes overlap.", name, share(told))
	if i == 4 {
		reason = lang.T("test %s: because there is no bias", name)
		says = lang.T("Test %s has %s because the perceptron has no bias.", name, share(told))
	}
	return Claim{
		ID: "reason" + name, Section: "part1-test" + name, Name: reason, Says: says,
		Ready: func(f *Facts) bool { return f.Perceptron != nil && f.Perceptron.Tests[i].Reason != nil },
		Judge: func(f *Facts) (lang.Text, page.Verdict) {
			t := f.Perceptron.Tests[i]
			if i != 4 {
				return t.Reason.Found, t.Reason.Verdict
			}
			return lang.Sentences(t.Reason.Found, lang.T("With a bias Rosenblatt's rule has %s here; the report's rule with one learns b = %g and has %s.",
				share(t.Biased), t.OwnBias, share(t.OwnBiased))), t.Reason.Verdict
		},
		Brief: func(f *Facts) string {
			l := f.Perceptron.Tests[i].Loss
			if !l.Parts || l.Fair {
				return fmt.Sprintf("lost %s, chance ±%s about the best possible", share(l.Sum), share(l.Chance))
			}
			return fmt.Sprintf("lost %s: rule %s, no offset %s, overlap %s", share(l.Sum), share(l.Rule), share(l.Offset), share(l.Overlap))
		},
	}
}
