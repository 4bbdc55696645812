package part1

import (
	"fmt"

	"glassbox/cmd/internal/frame"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/mat"
	"glassbox/plotsvg"
)

// width of the figures: their texts can then still be read on a phone.
const width = 500

// Figure draws the points, the learned line and what it answers where. Each
// point shows on hover whether it trains, its label and its answer. The error
// names the test.
func (t Test) Figure() (page.Figure, error) {
	drawing, err := t.figure().Draw()
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

func (t Test) figure() *plotsvg.Figure {
	m := t.Main()
	d := m.Data
	f, origin := frame.Of(d.TrainX, d.TestX)
	train, test := part{d.TrainX, d.TrainY, m.Learned.Forward(d.TrainX), false}, part{d.TestX, d.TestY, m.Learned.Forward(d.TestX), true}
	fig := &plotsvg.Figure{
		Languages: lang.Codes,
		Title:     lang.T("%s: accuracy %s", t.Title(), Share(m.Accuracy)).All(),
		Desc: lang.T("%d training and %d test points of two classes; %d and %d of them are answered wrongly.",
			len(train.labels), len(test.labels), len(train.wrong()), len(test.wrong())).All(),
		X:     plotsvg.Axis{Label: plotsvg.Text{"x"}, Min: f.X0, Max: f.X1},
		Y:     plotsvg.Axis{Label: plotsvg.Text{"y"}, Min: f.Y0, Max: f.Y1},
		Width: width, Height: 400, Equal: true,
		Layers: f.Sides(m.line()),
	}
	for _, p := range []part{train, test} {
		for k := range 2 {
			fig.Layers = append(fig.Layers, p.points(k))
		}
	}
	if rings := rings(train, test); len(rings.X) > 0 {
		fig.Layers = append(fig.Layers, rings)
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
func (p part) points(k int) plotsvg.Points {
	name := lang.T("class %d, train", k+1)
	if p.test {
		name = lang.T("class %d, test", k+1)
	}
	l := plotsvg.Points{Name: name.All(), Class: k, Hollow: p.test}
	for i, y := range p.labels {
		if class(y) == k {
			l.X, l.Y = append(l.X, p.x.At(i, 0)), append(l.Y, p.x.At(i, 1))
			l.Hover = append(l.Hover, p.hover(i))
		}
	}
	return l
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
