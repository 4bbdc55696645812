package report

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part1"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/perceptron"
)

// perceptronClaims are those of Part I.
func perceptronClaims() []Claim {
	all := func(f *Facts) *Perceptron { return f.Perceptron }
	list := claimsOf(1, "part1-data", all,
		claim[Perceptron]{"split", lang.T("100 points of each class, 80 train"),
			lang.T("Each test draws 100 points from either of two Gaussians; 80 of them train and 20 test."), (*Perceptron).split})
	list = append(list, claimsOf(1, "part1-rule", all,
		claim[Perceptron]{"rule", lang.T("each product is checked"),
			lang.T("Each round checks the product of prediction and label, and where it is below 0 the weights are updated."), (*Perceptron).rule},
		claim[Perceptron]{"shuffle", lang.T("each round shuffles"),
			lang.T("Each round begins by putting the points into a new order."), (*Perceptron).shuffle})...)
	for i, pair := range perceptron.Report() {
		name, told := strconv.Itoa(i+1), share(pair.Accuracy)
		test := func(f *Facts) *PerceptronTest {
			if f.Perceptron == nil {
				return nil
			}
			return &f.Perceptron.Tests[i]
		}
		section := "part1-test" + name
		list = append(list, claimsOf(1, section, test, claim[PerceptronTest]{"accuracy" + name, lang.T("test %s: accuracy", name),
			lang.T("Test %s ends with an accuracy of %s.", name, told), (*PerceptronTest).accuracy})...)
		reason := claim[PerceptronTest]{"reason" + name, lang.T("test %s: because of the overlap", name),
			lang.T("Test %s has %s because the two classes overlap.", name, told), (*PerceptronTest).reason}
		switch i {
		case 0:
			list = append(list, claimsOf(1, section, test, claim[PerceptronTest]{"separated", lang.T("test 1: the line separates"),
				lang.T("In test 1 the two classes lie so far apart that the line separates them completely."), (*PerceptronTest).separated})...)
			continue // the report has no reason: it has every point right
		case 2:
			list = append(list, claimsOf(1, section, all, claim[Perceptron]{"overlap", lang.T("tests 2 and 3: much overlap"),
				lang.T("In tests 2 and 3 the classes overlap a lot, as the means are close together in the one and the variances large in the other."), (*Perceptron).overlap})...)
		case 4:
			list = append(list, claimsOf(1, section, test, claim[PerceptronTest]{"geometry", lang.T("test 5: apart, along y = x"),
				lang.T("In test 5 the classes lie far apart, and their means near the line y = x in the first quadrant."), (*PerceptronTest).geometry})...)
			reason.name = lang.T("test %s: because there is no bias", name)
			reason.says = lang.T("Test %s has %s because the perceptron has no bias.", name, told)
			reason.judge = (*PerceptronTest).reasonNoBias
		}
		list = append(list, claimsOf(1, section, func(f *Facts) *PerceptronTest {
			if t := test(f); t != nil && t.Reason != nil {
				return t
			}
			return nil
		}, reason)...)
	}
	return list
}

// Perceptron is Part I.
type Perceptron struct {
	TrainEach int              `json:"train_each"` // points of each class that train
	TestEach  int              `json:"test_each"`
	Even      bool             `json:"even"`     // so in every class of every test
	MeanOff   float64          `json:"mean_off"` // the points' means from those asked for, at most, in standard errors
	Tests     []PerceptronTest `json:"tests"`    // the five
	Orders    Orders           `json:"orders"`
}

// PerceptronTest is one of its tests, by the report's rule.
type PerceptronTest struct {
	Name        string       `json:"test"`
	Report      float64      `json:"report"`
	Accuracy    float64      `json:"accuracy"`
	TestPoints  int          `json:"test_points"`
	TrainPoints int          `json:"train_points"`
	TestWrong   int          `json:"test_wrong"`
	TrainWrong  int          `json:"train_wrong"`
	Updates     int          `json:"updates"`
	Converged   bool         `json:"settled"`            // its last round changed nothing
	Rosenblatt  int          `json:"rosenblatt_updates"` // of Rosenblatt's rule, which checks each point
	Biased      float64      `json:"rosenblatt_biased"`  // accuracy of Rosenblatt's rule with a bias
	OwnBiased   float64      `json:"biased"`             // and of the report's rule with one
	OwnBias     float64      `json:"bias"`               // which that learns
	Seeds       part1.Spread `json:"seeds"`              // the accuracy with further seeds
	Mean1       [2]float64   `json:"mean1"`
	Mean2       [2]float64   `json:"mean2"`
	Bayes       float64      `json:"bayes"`
	Separable   bool         `json:"separable"` // all points, by some line
	Loss        part1.Loss   `json:"loss"`
	Reason      *page.Claim  `json:"-"` // the report's reason, judged; nil where nothing can be said of it
}

func (w *Work) perceptronFacts() *Perceptron {
	if w.Perceptron == nil {
		return nil
	}
	p := &Perceptron{Even: true, Orders: *w.Orders}
	for i, t := range w.Perceptron.Tests {
		m := t.Main()
		d := m.Data
		for k, label := range []float64{1, -1} {
			train, test := count(d.TrainY, label), count(d.TestY, label)
			if i == 0 && k == 0 {
				p.TrainEach, p.TestEach = train, test
			}
			p.Even = p.Even && train == p.TrainEach && test == p.TestEach
		}
		p.MeanOff = max(p.MeanOff, meanOff(d, 1, t.Pair.Mean1, t.Pair.Cov1), meanOff(d, -1, t.Pair.Mean2, t.Pair.Cov2))
		x := PerceptronTest{
			Name: t.Name, Report: *t.Report, Accuracy: m.Accuracy, TestPoints: d.TestX.Rows, TrainPoints: d.TrainX.Rows,
			TestWrong: wrong(m.Learned, d.TestX, d.TestY), TrainWrong: wrong(m.Learned, d.TrainX, d.TrainY),
			Updates: m.Outcome.Updates, Converged: m.Outcome.Converged, Seeds: t.Spreads[0],
			Mean1: t.Pair.Mean1, Mean2: t.Pair.Mean2, Bayes: t.Bayes, Separable: t.Separable, Loss: t.Loss(),
		}
		if r, _, ok := t.Of(part1.Variant{Rule: perceptron.RuleRosenblatt}); ok {
			x.Rosenblatt = r.Outcome.Updates
		}
		if r, _, ok := t.Of(part1.Variant{Rule: perceptron.RuleRosenblatt, Bias: true}); ok {
			x.Biased = r.Accuracy
		}
		c := w.Perceptron.Config
		c.Bias = true
		biased, err := retrain(context.Background(), c, d, c.Seed)
		if err != nil {
			panic("report: " + err.Error()) // without a bias the same training ended well
		}
		x.OwnBiased, x.OwnBias = biased.Accuracy(d.TestX, d.TestY), biased.B
		if c, ok := t.Claim(); ok {
			x.Reason = &c
		}
		p.Tests = append(p.Tests, x)
	}
	return p
}

// retrain trains a perceptron of a run's settings on data, which it shuffles by
// the stream of shuffles.
func retrain(ctx context.Context, c part1.Config, d perceptron.Data, shuffles uint32) (*perceptron.Perceptron, error) {
	p := c.New()
	_, err := p.Train(ctx, d.TrainX, d.TrainY, nprand.New(shuffles))
	return p, err
}

func count(labels []float64, label float64) int {
	n := 0
	for _, y := range labels {
		if y == label {
			n++
		}
	}
	return n
}

// wrong counts the points that are answered wrongly.
func wrong(p *perceptron.Perceptron, x mat.Matrix, labels []float64) int {
	return int(math.Round(float64(x.Rows) * (1 - p.Accuracy(x, labels))))
}

// meanOff is how far the mean of a class's points lies from that of its
// Gaussian along either axis, in standard errors.
func meanOff(d perceptron.Data, label float64, mean [2]float64, cov [2][2]float64) float64 {
	off := 0.0
	for axis := range 2 {
		sum, n := 0.0, 0.0
		for _, part := range []struct {
			x mat.Matrix
			y []float64
		}{{d.TrainX, d.TrainY}, {d.TestX, d.TestY}} {
			for i, y := range part.y {
				if y == label {
					sum += part.x.At(i, axis)
					n++
				}
			}
		}
		off = max(off, math.Abs(sum/n-mean[axis])/math.Sqrt(cov[axis][axis]/n))
	}
	return off
}

// Orders are what it takes to say whether the order matters in which the
// perceptron is shown its points: the five tests trained again, on the same
// points in other orders.
type Orders struct {
	Count   int     `json:"count"`   // of other orders, a test
	Off     float64 `json:"off"`     // the largest distance of a weight from the run's, over the size of the weights
	Answers int     `json:"answers"` // compared
	Changed int     `json:"changed"` // of them, other than the run's
}

// otherOrders is how many are tried.
const otherOrders = 10

// newOrders trains a run's tests with other shuffles.
func newOrders(ctx context.Context, c part1.Config, run *part1.Run) (*Orders, error) {
	o := &Orders{Count: otherOrders}
	for _, t := range run.Tests {
		m := t.Main()
		size := math.Abs(m.Learned.W[0]) + math.Abs(m.Learned.W[1])
		for k := range otherOrders {
			p, err := retrain(ctx, c, m.Data, uint32(k))
			if err != nil {
				return nil, err
			}
			for i, w := range p.W {
				if size > 0 {
					o.Off = max(o.Off, math.Abs(w-m.Learned.W[i])/size)
				}
			}
			for _, x := range []mat.Matrix{m.Data.TestX, m.Data.TrainX} {
				before := m.Learned.Forward(x)
				for i, a := range p.Forward(x) {
					o.Answers++
					if a != before[i] {
						o.Changed++
					}
				}
			}
		}
	}
	return o, nil
}

func (p *Perceptron) split() finding {
	short := fmt.Sprintf("%d + %d of each class; means within %.1f standard errors", p.TrainEach, p.TestEach, p.MeanOff)
	switch {
	case !p.Even || p.TrainEach != 80 || p.TestEach != 20:
		return finding{page.Fails, lang.T("Not in all tests: class 1 of test 1 has %d points that train and %d that test.", p.TrainEach, p.TestEach), short}
	case p.MeanOff > 4:
		return finding{page.Partly, lang.T("They are split so, but the mean of some class lies %.1f standard errors from that of its Gaussian, more than chance brings about.", p.MeanOff), short}
	}
	return finding{page.Holds, lang.T("So it is in all five, and the mean of each class lies within %.1f standard errors of that of its Gaussian.", p.MeanOff), short}
}

// stopped are the tests in which the rule stopped with points wrong, and how
// many in each.
func (p *Perceptron) stopped() (names, wrong []string) {
	for _, t := range p.Tests {
		if t.Converged && t.TrainWrong > 0 {
			names, wrong = append(names, t.Name), append(wrong, strconv.Itoa(t.TrainWrong))
		}
	}
	return names, wrong
}

func (p *Perceptron) rule() finding {
	var made, rosenblatt []string
	agree := true
	for _, t := range p.Tests {
		made, rosenblatt = append(made, group(t.Updates)), append(rosenblatt, group(t.Rosenblatt))
		agree = agree && t.Updates == t.Rosenblatt
	}
	names, wrong := p.stopped()
	short := fmt.Sprintf("updates %s; a check of each: %s", strings.Join(made, " "), strings.Join(rosenblatt, " "))
	does := lang.T("The code looks at one number a round, the sum of the products of all points: where that is 0 or below it adds rate·Σ y·x, otherwise it does nothing.")
	switch {
	case agree:
		return finding{page.Holds, lang.Sentences(does, lang.T("Here that comes to the same: %s updates in the five tests, as many as a check of each point makes.", commas(made))), short}
	case len(names) == 0:
		return finding{page.Partly, lang.Sentences(does, lang.T("It made %s updates in the five tests, and nowhere stopped with a training point wrong; a check of each point makes %s.", commas(made), commas(rosenblatt))), short}
	}
	points := p.Tests[0].TrainPoints
	stops := lang.Count(len(names), lang.T("In test %s it stopped with %s of the %d training points wrong.", names[0], wrong[0], points),
		lang.T("In tests %s it stopped with %s of the %d training points wrong.", commas(names), commas(wrong), points))
	return finding{page.Fails, lang.Sentences(does, lang.T("So it made %s updates in the five tests, where a check of each point, which is Rosenblatt's rule, makes %s.", commas(made), commas(rosenblatt)), stops), short}
}

func (p *Perceptron) shuffle() finding {
	o := p.Orders
	short := fmt.Sprintf("%d other orders: %s of %s answers change", o.Count, group(o.Changed), group(o.Answers))
	if o.Changed > 0 {
		return finding{page.Holds, lang.T("It does, and it matters: in %d other orders %s of %s answers are others.", o.Count, group(o.Changed), group(o.Answers)), short}
	}
	return finding{page.Partly, lang.T("It does, but to no effect, as a sum over all points does not depend on their order: in %d other orders the weights differ by %.0e of their size at most, which is rounding, and none of %s answers is another.",
		o.Count, o.Off, group(o.Answers)), short}
}

func (t *PerceptronTest) accuracy() finding {
	s, here := t.Seeds, lang.T("Here it is %s.", share(t.Accuracy))
	short := fmt.Sprintf("report %s, here %s", share(t.Report), share(t.Accuracy))
	if s.Count > 0 {
		short += fmt.Sprintf(", %d seeds %s to %s", s.Count, share(s.Min), share(s.Max))
	}
	found := func(v page.Verdict, texts ...lang.Text) finding {
		return finding{v, lang.Sentences(here, lang.Sentences(texts...)), short}
	}
	if s.Count < few {
		// Two shares of so few points differ by chance.
		q := (t.Accuracy + t.Report) / 2
		chance := math.Sqrt(2 * q * (1 - q) / float64(t.TestPoints))
		says := lang.T("By chance alone two such accuracies on %d points differ by %.3f (one standard deviation).", t.TestPoints, chance)
		switch {
		case within(t.Accuracy, t.Report, 2*chance):
			return found(page.Holds, says, lang.T("The report's is near enough."))
		case within(t.Accuracy, t.Report, 3*chance):
			return found(page.Partly, says, lang.T("The report's is further off than is likely."))
		}
		return found(page.Fails, says, lang.T("The report's is too far off for that."))
	}
	if s.Min == s.Max && s.Min == t.Report {
		return found(page.Holds, lang.T("The rule gives this with each of %d further seeds.", s.Count))
	}
	seeds := lang.T("With %d further seeds the rule gives %s, from %s to %s.", s.Count, s, share(s.Min), share(s.Max))
	off := (t.Report - s.Mean) / s.SD
	switch {
	case t.Report < s.Min-1e-9 || t.Report > s.Max+1e-9:
		return found(page.Fails, seeds, lang.T("The report's lies outside."))
	case math.Abs(off) <= 2:
		return found(page.Holds, seeds, lang.T("The report's is an ordinary one."))
	case off < 0:
		return found(page.Partly, seeds, lang.T("The report's lies within, but %.1f standard deviations below the mean: an unlucky draw.", -off))
	}
	return found(page.Partly, seeds, lang.T("The report's lies within, but %.1f standard deviations above the mean: a lucky draw.", off))
}

func (t *PerceptronTest) separated() finding {
	bad, all := t.TrainWrong+t.TestWrong, t.TrainPoints+t.TestPoints
	short := fmt.Sprintf("%d of %d points wrong", bad, all)
	low := lang.Text{}
	if t.Seeds.Count > 0 && t.Seeds.Min < 1 {
		low = lang.T("With other seeds it misses a point now and then: the lowest test accuracy is %s.", share(t.Seeds.Min))
	}
	switch {
	case bad == 0:
		return finding{page.Holds, lang.Sentences(lang.T("All %d points lie on their class's side of it.", all), low), short}
	case t.Separable:
		return finding{page.Partly, lang.Sentences(lang.T("A line that separates all %d points exists, but this one has %d of them wrong.", all, bad), low), short}
	}
	return finding{page.Fails, lang.Sentences(lang.T("No line separates all %d points; this one has %d of them wrong.", all, bad), low), short}
}

// much is how many fresh points even the best classifier has wrong where two
// classes overlap a lot.
const much = 0.1

func (p *Perceptron) overlap() finding {
	two, three := 1-p.Tests[1].Bayes, 1-p.Tests[2].Bayes
	says := lang.T("Of fresh points even the best classifier has %.1f %% wrong in test 2 and %.1f %% in test 3.", 100*two, 100*three)
	v, which := twoParts(two >= much, three >= much, lang.Text{},
		lang.T("In test 2 that is a lot, in test 3 it is not."), lang.T("In test 3 that is a lot, in test 2 it is not."), lang.T("That is not a lot in either."))
	return finding{v, lang.Sentences(says, which), fmt.Sprintf("wrong at best: test 2 %.1f %%, test 3 %.1f %%", 100*two, 100*three)}
}

// slope is y/x of a mean: 1 on the line y = x.
func slope(mean [2]float64) float64 { return mean[1] / mean[0] }

func (t *PerceptronTest) geometry() finding {
	first := t.Mean1[0] > 0 && t.Mean1[1] > 0 && t.Mean2[0] > 0 && t.Mean2[1] > 0
	near := func(mean [2]float64) bool { return slope(mean) >= 0.75 && slope(mean) <= 1/0.75 }
	separable := lang.T("A line separates all %d points.", t.TrainPoints+t.TestPoints)
	if !t.Separable {
		separable = lang.T("No line separates all %d points.", t.TrainPoints+t.TestPoints)
	}
	lie := lang.T("y/x is %.2f at the one mean and %.2f at the other, where y = x has 1.", slope(t.Mean1), slope(t.Mean2))
	one := lang.T("Only one of the two is as the report says.")
	v, parts := twoParts(t.Separable, first && near(t.Mean1) && near(t.Mean2), lang.Text{}, one, one, lang.T("Neither is as the report says."))
	return finding{v, lang.Sentences(separable, lie, parts),
		fmt.Sprintf("y/x of the means %.2f and %.2f, separable: %v", slope(t.Mean1), slope(t.Mean2), t.Separable)}
}

// reason is why the report says a test is below 1, judged in part1.
func (t *PerceptronTest) reason() finding {
	l := t.Loss
	short := fmt.Sprintf("lost %s: rule %s, no offset %s, overlap %s", share(l.Sum), share(l.Rule), share(l.Offset), share(l.Overlap))
	if !l.Parts || l.Fair {
		short = fmt.Sprintf("lost %s, chance ±%s about the best possible", share(l.Sum), share(l.Chance))
	}
	return finding{t.Reason.Verdict, t.Reason.Found, short}
}

// reasonNoBias is the reason of test 5, with what a bias does.
func (t *PerceptronTest) reasonNoBias() finding {
	f := t.reason()
	f.Found = lang.Sentences(f.Found, lang.T("With a bias Rosenblatt's rule has %s here; the report's rule with one learns b = %g and has %s.",
		share(t.Biased), t.OwnBias, share(t.OwnBiased)))
	return f
}

// chapter1 is Part I on the page. Its error names the figure that cannot be
// drawn.
func (r Report) chapter1() ([]page.Section, error) {
	const prefix = "part1-"
	run := r.Perceptron
	if run == nil {
		return missing(0), nil
	}
	top := append([]page.Block{page.Text(lang.T("The report draws five pairs of Gaussians in the plane and lets a perceptron without a bias learn each. Here its code's rule has run on all five again, and beside it Rosenblatt's, which is the one its text tells of, on the same points."))},
		page.Paragraphs(run.Summary())...)
	spread, ok, err := run.SpreadFigure(prefix)
	if err != nil {
		return nil, err
	}
	results := []page.Block{run.Results(prefix)}
	if ok {
		results = append(results, spread)
	}
	list := []page.Section{
		{ID: chapters[0].id, Heading: chapters[0].heading(), Blocks: top},
		{ID: "part1-data", Minor: true, Heading: lang.T("1.1 The data"), Blocks: append(r.claims("part1-data"), run.Pairs())},
		{ID: "part1-rule", Minor: true, Heading: lang.T("1.2 The rule"), Blocks: append(r.claims("part1-rule"), run.Learned())},
		{ID: "part1-results", Minor: true, Heading: lang.T("1.3 and 1.4 Results and analysis"), Blocks: append(results, run.Compared())},
	}
	for _, t := range run.Tests {
		all, err := t.Blocks()
		if err != nil {
			return nil, err
		}
		var blocks []page.Block
		for _, b := range all {
			if _, ok := b.(page.Claim); !ok { // its claim stands among the others
				blocks = append(blocks, b)
			}
		}
		id := part1.Key(prefix, t)
		list = append(list, page.Section{ID: id, Minor: true, Heading: t.Title(), Blocks: append(blocks, r.claims(id)...)})
	}
	return list, nil
}
