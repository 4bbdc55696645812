package part1

import (
	"fmt"

	"glassbox/cmd/internal/frame"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/mat"
	"glassbox/perceptron"
	"glassbox/plotsvg"
)

// width of the figures: their texts can then still be read on a phone.
const width = 500

// Figure draws the points, the learned line and what it answers where. Each
// point shows on hover whether it trains, its label and its answer. The error
// names the test.
func (t Test) Figure() (page.Figure, error) {
	return t.drawn(false)
}

// drawn is Figure; keyed, its points have the keys of rowKey.
func (t Test) drawn(keyed bool) (page.Figure, error) {
	drawing, err := t.figure(keyed).Draw()
	if err != nil {
		return page.Figure{}, fmt.Errorf("figure of test %s: %w", t.Name, err)
	}
	return page.Figure{Drawing: drawing, Caption: t.caption()}, nil
}

// formula is the line's.
func (t Trial) formula() string {
	if t.Bias {
		return "w·x + b = 0"
	}
	return "w·x = 0"
}

func (t Trial) line() frame.Line {
	return frame.Line{W0: t.Learned.W[0], W1: t.Learned.W[1], B: t.Learned.B}
}

// caption says what the figure shows.
func (t Test) caption() lang.Text {
	m := t.Main()
	f, origin := frame.Of(m.Data.TrainX, m.Data.TestX)
	var line, far lang.Text
	switch _, _, crosses := f.Clip(m.line()); {
	case crosses:
		line = lang.T("The line is %s, and the ground has the colour of the class it answers.", m.formula())
	case m.drawsLine():
		line = lang.T("The line %s lies outside of the frame, all of which is answered alike.", m.formula())
	default:
		line = lang.T("There is no line, as w = 0.")
	}
	if !origin {
		far = lang.T("The origin lies far outside.")
	}
	return lang.Sentences(
		lang.T("%s. Filled points train, hollow ones test; a ring marks a point that is answered wrongly.", t.Title()),
		line, far)
}

func (t Test) figure(keyed bool) *plotsvg.Figure {
	m := t.Main()
	d := m.Data
	f, origin := frame.Of(d.TrainX, d.TestX)
	train, test := part{d.TrainX, d.TrainY, m.Learned.Forward(d.TrainX), false}, part{d.TestX, d.TestY, m.Learned.Forward(d.TestX), true}
	fig := &plotsvg.Figure{
		Languages: lang.Codes,
		Title:     lang.T("%s: accuracy %s", t.Title(), share(m.Accuracy)).All(),
		Desc: lang.T("%d training and %d test points of two classes; %d and %d of them are answered wrongly.",
			len(train.labels), len(test.labels), len(train.wrong()), len(test.wrong())).All(),
		X:     plotsvg.Axis{Label: plotsvg.Text{"x"}, Min: f.X0, Max: f.X1},
		Y:     plotsvg.Axis{Label: plotsvg.Text{"y"}, Min: f.Y0, Max: f.Y1},
		Width: width, Height: 400, Equal: true,
		Layers: f.Sides(m.line()),
	}
	if rings := rings(train, test); len(rings.X) > 0 { // under the points, so that they and their classes show
		fig.Layers = append(fig.Layers, rings)
	}
	for _, p := range []part{train, test} {
		for k := range 2 {
			fig.Layers = append(fig.Layers, p.points(k, keyed))
		}
	}
	if xs, ys, crosses := f.Clip(m.line()); crosses {
		end := func(i int) plotsvg.Text {
			return lang.T("%s leaves the frame at (%.4g, %.4g)", m.formula(), xs[i], ys[i]).All()
		}
		fig.Layers = append(fig.Layers, plotsvg.Line{Name: lang.T("learned line").All(), X: xs, Y: ys, Class: plotsvg.Neutral, Hover: []plotsvg.Text{end(0), end(1)}})
	}
	if origin {
		fig.Layers = append(fig.Layers, plotsvg.Mark{Text: lang.T("origin").All(), X: 0, Y: 0})
	}
	return fig
}

// A part of the points: those that train or those that test.
type part struct {
	x               mat.Matrix // N×2
	labels, answers []float64
	test            bool
}

// hover is what point i shows.
func (p part) hover(i int) plotsvg.Text {
	x, y := p.x.At(i, 0), p.x.At(i, 1)
	if p.test {
		return lang.T("(%.4g, %.4g), a test point: label %+.0f, answer %+.0f", x, y, p.labels[i], p.answers[i]).All()
	}
	return lang.T("(%.4g, %.4g), a training point: label %+.0f, answer %+.0f", x, y, p.labels[i], p.answers[i]).All()
}

// points are those of class k, 0 or 1.
func (p part) points(k int, keyed bool) plotsvg.Points {
	name := lang.T("class %d, train", k+1)
	if p.test {
		name = lang.T("class %d, test", k+1)
	}
	l := plotsvg.Points{Name: name.All(), Class: k, Hollow: p.test}
	for i, y := range p.labels {
		if class(y) == k {
			l.X, l.Y = append(l.X, p.x.At(i, 0)), append(l.Y, p.x.At(i, 1))
			l.Hover = append(l.Hover, p.hover(i))
			if keyed {
				l.Keys = append(l.Keys, rowKey(p.test, i))
			}
		}
	}
	return l
}

// rowKey ties a point to its row in a table.
func rowKey(test bool, i int) string {
	if test {
		return fmt.Sprintf("test-%d", i)
	}
	return fmt.Sprintf("train-%d", i)
}

// wrong lists the points that are answered wrongly.
func (p part) wrong() []int {
	var list []int
	for i, a := range p.answers {
		if a != p.labels[i] {
			list = append(list, i)
		}
	}
	return list
}

// rings go around the points that are answered wrongly.
func rings(parts ...part) plotsvg.Points {
	l := plotsvg.Points{Name: lang.T("answered wrongly").All(), Class: plotsvg.Neutral, Hollow: true, Size: 11}
	for _, p := range parts {
		for _, i := range p.wrong() {
			l.X, l.Y = append(l.X, p.x.At(i, 0)), append(l.Y, p.x.At(i, 1))
			l.Hover = append(l.Hover, p.hover(i))
		}
	}
	switch n := len(l.X); {
	case n > 500:
		l.Size = 7
	case n > 40: // no larger than it takes to be seen among so many
		l.Size = 10
	}
	return l
}

// A column of the figure of spreads is a rule, beside the middle of each test.
type column struct {
	Variant
	class  int
	shift  float64 // from the test's number
	report bool    // holds the report's accuracy
	run    bool    // holds this run's
}

// columns are the report's rule and the best one: the run's own where that is
// Rosenblatt's, else Rosenblatt's with a bias.
func (c Config) columns() [2]column {
	report, other := Variant{perceptron.RuleReport, false}, Variant{perceptron.RuleRosenblatt, true}
	if c.Rule == perceptron.RuleReport {
		report = c.Variant
	} else {
		other = c.Variant
	}
	return [2]column{
		{report, 0, -0.16, true, report == c.Variant},
		{other, 1, 0.16, false, other == c.Variant},
	}
}

// spread lists the tests that a figure of spreads can show.
func (r *Run) spread() []Test {
	var list []Test
	for _, t := range r.Tests {
		if !t.own() && t.Spreads[0].Count > 1 {
			list = append(list, t)
		}
	}
	return list
}

// SpreadFigure draws what the rules give with the further seeds, for each of
// the report's tests from least to most and mean ± sd, and in it what the report
// has and what this run has. The keys of its lines are Key(prefix, test). It
// reports false where there are no spreads to draw.
func (r *Run) SpreadFigure(prefix string) (page.Figure, bool, error) {
	if len(r.spread()) == 0 {
		return page.Figure{}, false, nil
	}
	drawing, err := r.spreadDrawing(prefix).Draw()
	if err != nil {
		return page.Figure{}, false, fmt.Errorf("figure of the spreads: %w", err)
	}
	return page.Figure{Drawing: drawing, Caption: lang.T("What the rules give over %s: a line from the least to the most accuracy on the test points, a bar of mean ± sd. Where the report's mark stands on the bar of its rule, its accuracy is an ordinary one.", r.span())}, true, nil
}

// Key ties a test's row in a table to its lines in the figure of spreads.
func Key(prefix string, t Test) string { return prefix + "test" + t.Name }

func (r *Run) spreadDrawing(prefix string) *plotsvg.Figure {
	lo, hi := 1.0, 0.0 // with room for the marks
	for _, t := range r.spread() {
		lo, hi = min(lo, *t.Report, t.Main().Accuracy), max(hi, *t.Report, t.Main().Accuracy)
		for _, c := range r.columns() {
			_, s, _ := t.Of(c.Variant)
			lo, hi = min(lo, s.Min), max(hi, s.Max)
		}
	}
	fig := &plotsvg.Figure{
		Languages: lang.Codes,
		Title:     lang.T("Accuracy over further seeds").All(),
		Desc:      lang.T("For each test the accuracies that two rules give from seed to seed, as a line and a bar, with the report's and this run's as marks.").All(),
		X:         plotsvg.Axis{Label: lang.T("test").All(), Min: 0.5, Max: float64(len(r.Setups)) + 0.5, Whole: true},
		Y:         plotsvg.Axis{Label: lang.T("accuracy on the test points").All(), Min: lo - 0.04, Max: hi + 0.04},
		Width:     width, Height: 340,
	}
	for _, c := range r.columns() {
		for _, t := range r.spread() {
			fig.Layers = append(fig.Layers, c.layers(prefix, c.Name().Capital().All(), t)...)
		}
	}
	told := plotsvg.Points{Name: lang.T("the report's accuracy").All(), Class: plotsvg.Neutral, Hollow: true, Size: 10}
	here := plotsvg.Points{Name: lang.T("this run's accuracy").All(), Class: 3, Size: 8}
	mark := func(p *plotsvg.Points, c column, t Test, accuracy float64) {
		p.X, p.Y = append(p.X, number(t)+c.shift), append(p.Y, accuracy)
		p.Hover = append(p.Hover, c.about(t).All())
	}
	for _, c := range r.columns() {
		for _, t := range r.spread() {
			if c.report {
				mark(&told, c, t, *t.Report)
			}
			if c.run {
				mark(&here, c, t, t.Main().Accuracy)
			}
		}
	}
	fig.Layers = append(fig.Layers, here, told)
	return fig
}

// layers are a test's bar and line.
func (c column) layers(prefix string, name plotsvg.Text, t Test) []plotsvg.Layer {
	const half = 0.11 // a bar's width
	_, s, _ := t.Of(c.Variant)
	x := number(t) + c.shift
	lo, hi := max(s.Mean-s.SD, s.Min), min(s.Mean+s.SD, s.Max) // no bar beyond what there is
	about, key := c.about(t).All(), Key(prefix, t)
	return []plotsvg.Layer{
		plotsvg.Band{Name: name, X: []float64{x - half, x + half}, Lo: []float64{lo, lo}, Hi: []float64{hi, hi}, Class: c.class},
		plotsvg.Line{Name: name, X: []float64{x, x, x}, Y: []float64{s.Min, s.Mean, s.Max}, Class: c.class,
			Hover: []plotsvg.Text{about, about, about}, Keys: []string{key, key, key}},
	}
}

// about is all that there is in a column for a test: what is shown on hover, as
// one mark often hides another.
func (c column) about(t Test) lang.Text {
	_, s, _ := t.Of(c.Variant)
	lo, hi := share(s.Min), share(s.Max)
	switch {
	case c.report && c.run:
		return lang.T("test %s: the report has %s and this run %s; %s gives %s, from %s to %s",
			t.Name, share(*t.Report), share(t.Main().Accuracy), c.Name(), s, lo, hi)
	case c.report:
		return lang.T("test %s: the report has %s; %s gives %s, from %s to %s", t.Name, share(*t.Report), c.Name(), s, lo, hi)
	case c.run:
		return lang.T("test %s: this run has %s; %s gives %s, from %s to %s", t.Name, share(t.Main().Accuracy), c.Name(), s, lo, hi)
	}
	return lang.T("test %s: %s gives %s, from %s to %s", t.Name, c.Name(), s, lo, hi)
}

// number is a test's place on the axis.
func number(t Test) (x float64) {
	if _, err := fmt.Sscan(t.Name, &x); err != nil {
		panic(fmt.Sprintf("part1.SpreadFigure: test %q is no number", t.Name))
	}
	return x
}
