package main

import (
	"fmt"
	"strconv"

	"glassbox/cmd/internal/frame"
	"glassbox/mat"
	"glassbox/plotsvg"
)

// A figure is a test's drawing.
type figure struct {
	file, svg, caption string
}

func (r report) figure(i int) (figure, error) {
	res := r.results[i]
	t := res.main()
	d, p := t.data, t.learned
	f, origin := frame.Of(d.TrainX, d.TestX)
	l := frame.Line{W0: p.W[0], W1: p.W[1], B: p.B}

	name, formula := r.title(res), "w·x = 0"
	if p.Bias {
		formula = "w·x + b = 0"
	}
	fig := plotsvg.Figure{
		Title: fmt.Sprintf("%s: accuracy %s", name, share(t.accuracy)),
		X:     plotsvg.Axis{Label: "x", Min: f.X0, Max: f.X1}, Y: plotsvg.Axis{Label: "y", Min: f.Y0, Max: f.Y1},
		Equal: true,
	}
	caption := fmt.Sprintf("%s. Filled points train, hollow ones test; a ring marks a point that is answered wrongly.", name)
	fig.Layers = f.Sides(l)
	fig.Layers = append(fig.Layers, points("train", d.TrainX, d.TrainY, false)...)
	fig.Layers = append(fig.Layers, points("test", d.TestX, d.TestY, true)...)
	if wrong := r.wrong(t); len(wrong.X) > 0 {
		fig.Layers = append(fig.Layers, wrong)
	}
	xs, ys, crosses := f.Clip(l)
	switch {
	case crosses:
		end := func(i int) string {
			return fmt.Sprintf("%s leaves the frame at (%.4g, %.4g)", formula, xs[i], ys[i])
		}
		fig.Layers = append(fig.Layers, plotsvg.Line{Name: "learned line", X: xs, Y: ys, Class: plotsvg.Neutral, Hover: []string{end(0), end(1)}})
		caption += fmt.Sprintf(" The line is %s, and the ground has the colour of the class it answers.", formula)
	case t.drawsLine():
		caption += fmt.Sprintf(" The line %s lies outside of the frame, all of which is answered alike.", formula)
	default:
		caption += " There is no line, as w = 0."
	}
	if origin {
		fig.Layers = append(fig.Layers, plotsvg.Mark{Text: "origin", X: 0, Y: 0})
	} else {
		caption += " The origin lies far outside."
	}
	fig.Desc = fmt.Sprintf("%d training and %d test points of two classes; %d and %d of them are answered wrongly.",
		d.TrainX.Rows, d.TestX.Rows, wrongOf(p.Forward(d.TrainX), d.TrainY), wrongOf(p.Forward(d.TestX), d.TestY))
	svg, err := fig.SVG()
	if err != nil {
		return figure{}, fmt.Errorf("figure of test %s: %w", res.name, err)
	}
	return figure{"test" + strconv.Itoa(i+1) + ".svg", svg, caption}, nil
}

// points are the points of either class.
func points(part string, x mat.Matrix, labels []float64, hollow bool) []plotsvg.Layer {
	var layers []plotsvg.Layer
	for class, label := range []float64{1, -1} {
		l := plotsvg.Points{Name: fmt.Sprintf("class %d, %s", class+1, part), Class: class, Hollow: hollow}
		for i, y := range labels {
			if y == label {
				l.X, l.Y = append(l.X, x.At(i, 0)), append(l.Y, x.At(i, 1))
			}
		}
		layers = append(layers, l)
	}
	return layers
}

// wrong are rings around the points that are answered wrongly.
func (r report) wrong(t trial) plotsvg.Points {
	rings := plotsvg.Points{Name: "answered wrongly", Class: plotsvg.Neutral, Hollow: true, Size: 11}
	for _, part := range []struct {
		name   string
		x      mat.Matrix
		labels []float64
	}{{"training", t.data.TrainX, t.data.TrainY}, {"test", t.data.TestX, t.data.TestY}} {
		for i, a := range t.learned.Forward(part.x) {
			if a != part.labels[i] {
				x, y := part.x.At(i, 0), part.x.At(i, 1)
				rings.X, rings.Y = append(rings.X, x), append(rings.Y, y)
				rings.Hover = append(rings.Hover, fmt.Sprintf("(%.4g, %.4g), a %s point: label %+.0f, answer %+.0f", x, y, part.name, part.labels[i], a))
			}
		}
	}
	switch n := len(rings.X); {
	case n > 500:
		rings.Size = 7
	case n > 40: // no larger than it takes to be seen among so many
		rings.Size = 10
	}
	return rings
}

func wrongOf(answers, labels []float64) int {
	n := 0
	for i, a := range answers {
		if a != labels[i] {
			n++
		}
	}
	return n
}
