package part2

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/frame"
	"glassbox/cmd/internal/lang"
	"glassbox/mat"
	"glassbox/plotsvg"
)

// Planar reports whether the data have two features, so that they and the
// boundary can be drawn.
func (r *Run) Planar() bool { return r.Exp.Data.TrainX.Cols == 2 }

func finite(params []mat.Matrix) bool {
	return !slices.ContainsFunc(params, func(p mat.Matrix) bool {
		_, _, _, bad := p.NonFinite()
		return bad
	})
}

func (r *Run) dataSketch() Sketch {
	return Sketch{r.named("data.svg"), lang.T("The data. Filled points train, hollow ones test."), r.dataFigure(r.clouds()), false}
}

func (r *Run) dataFigure(clouds []cloud) plotsvg.Figure {
	d := r.Exp.Data
	f := plotsvg.Figure{
		Title: plotsvg.Text{d.Name}, Desc: lang.T("%d training and %d test points of %d classes.", d.TrainX.Rows, d.TestX.Rows, len(d.Classes)).All(),
		X: plotsvg.Axis{Label: plotsvg.Text{d.Features[0]}}, Y: plotsvg.Axis{Label: plotsvg.Text{d.Features[1]}}, Equal: true,
	}
	for _, c := range clouds {
		f.Layers = append(f.Layers, c.Points)
	}
	return f
}

// gridSize is the number of cells of the boundary's picture in each direction.
const gridSize = 120

// boundarySketch reports false when the network has no answer to some point.
func (r *Run) boundarySketch() (Sketch, bool) {
	if !finite(r.Result.Params) {
		return Sketch{}, false
	}
	x0, x1 := span(r.Exp.Data, 0)
	y0, y1 := span(r.Exp.Data, 1)
	heat := plotsvg.Heat{X0: x0, X1: x1, Y0: y0, Y1: y1, Rows: gridSize, Cols: gridSize}
	clouds := r.clouds()
	rings, ok := r.answers(clouds)
	if !r.paint(&heat) || !ok {
		return Sketch{}, false
	}
	heat.Name = lang.T("prediction").All()
	f := r.dataFigure(clouds)
	f.Title = lang.T("Decision boundary").All()
	f.Desc = lang.T("The plane coloured by predicted class, with the points and the lines where the %d units of the first layer switch.", r.Exp.Hidden[0]).All()
	f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = x0, x1, y0, y1
	ground := []plotsvg.Layer{heat}
	if heat.Z != nil {
		ground = append(ground, plotsvg.Contour{Name: lang.Same("p = 0.5").All(), Of: heat, Class: plotsvg.Neutral})
	}
	ground = append(ground, r.hinges(frame.Frame{X0: x0, X1: x1, Y0: y0, Y1: y1})...)
	if rings != nil { // under the points, so that they and their classes show
		ground = append(ground, *rings)
	}
	f.Layers = append(ground, f.Layers...)
	caption := lang.T("What the network says of every point of the plane; the lines are where a unit of the first layer switches on.")
	if a := r.Exp.Activation; a != nil && !a.Kink {
		caption = lang.T("What the network says of every point of the plane; the lines are where what goes into a unit of the first layer is 0.")
	}
	if rings != nil {
		caption = lang.Sentences(caption, lang.T("A dark ring marks each of the %d points that are classified wrong.", len(rings.X)))
	}
	return Sketch{r.named("boundary.svg"), caption, f, false}, true
}

// paint fills the heat with what the network says of each cell's middle, and
// reports false when that is no number.
func (r *Run) paint(heat *plotsvg.Heat) bool {
	r.predicting.Lock()
	defer r.predicting.Unlock()
	two := len(r.Exp.Data.Classes) == 2
	if two {
		heat.Z = make([]float64, 0, gridSize*gridSize)
	} else {
		heat.Classes = make([]int, 0, gridSize*gridSize)
	}
	points := mat.New(gridSize, 2) // a row of cells, which the cache holds with all that comes of it
	for j := range gridSize {
		points.Set(j, 0, heat.X0+float64((heat.X1-heat.X0)*(float64(j)+0.5)/gridSize))
	}
	for i := range gridSize {
		y := heat.Y0 + float64((heat.Y1-heat.Y0)*(float64(i)+0.5)/gridSize)
		for j := range gridSize {
			points.Set(j, 1, y)
		}
		p := r.Exp.Predict(points)
		if _, _, _, bad := p.NonFinite(); bad {
			return false
		}
		for j := range gridSize {
			if two {
				heat.Z = append(heat.Z, min(max(p.At(j, 1)-p.At(j, 0), -1), 1)) // outputs that are no probabilities may be beyond
			} else {
				heat.Classes = append(heat.Classes, mat.ArgMax(p.Row(j)))
			}
		}
	}
	return true
}

// span returns the range of feature j over all rows and a margin.
func span(d experiment.Data, j int) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, x := range []mat.Matrix{d.TrainX, d.TestX} {
		for i := range x.Rows {
			lo, hi = min(lo, x.At(i, j)), max(hi, x.At(i, j))
		}
	}
	margin := 0.08 * (hi - lo)
	if margin == 0 {
		margin = 1
	}
	return lo - margin, hi + margin
}

// hinges are the lines w₀·x + w₁·y + b = 0 on which the first layer's units
// switch, as far as they cross the frame.
func (r *Run) hinges(f frame.Frame) []plotsvg.Layer {
	w, b := r.Result.Params[0], r.Result.Params[1]
	d, name := r.Exp.Data, lang.T("a unit switches").All()
	var list []plotsvg.Layer
	for j := range w.Cols {
		xs, ys, ok := f.Clip(frame.Line{W0: w.At(0, j), W1: w.At(1, j), B: b.At(0, j)})
		if !ok {
			continue
		}
		if w.Cols <= 64 { // more would bury the points
			xs, ys = r.stops(f, xs, ys)
		}
		formula := fmt.Sprintf("%s·%s%s·%s%s = 0", signed(w.At(0, j), true), d.Features[0], signed(w.At(1, j), false), d.Features[1], signed(b.At(0, j), false))
		says := lang.T("unit %d of layer 1 switches where %s", j, formula).All()
		line := plotsvg.Line{X: xs, Y: ys, Name: name, Class: plotsvg.Neutral, Dashed: true, Width: 0.7, Hover: slices.Repeat([]plotsvg.Text{says}, len(xs))}
		list = append(list, line)
	}
	return list
}

// signed writes a number, after a sign set off by spaces where it is not the
// first of a sum.
func signed(v float64, first bool) string {
	sign := ""
	switch negative := math.Signbit(v); {
	case first && negative:
		sign = "−"
	case negative:
		sign = " − "
	case !first:
		sign = " + "
	}
	return sign + strconv.FormatFloat(math.Abs(v), 'g', 3, 64)
}

// stops puts vertices on the line between two points, where it says what it is
// on hover: at the ends, and between them away from the data's points, which
// have something to say of their own.
func (r *Run) stops(f frame.Frame, xs, ys []float64) (px, py []float64) {
	const steps = 14
	near := float64(0.018 * max(f.X1-f.X0, f.Y1-f.Y0))
	near *= near
	for k := range steps + 1 {
		t := float64(k) / steps
		x, y := xs[0]+float64(t*(xs[1]-xs[0])), ys[0]+float64(t*(ys[1]-ys[0]))
		if k > 0 && k < steps && r.closer(x, y, near) {
			continue
		}
		px, py = append(px, min(max(x, f.X0), f.X1)), append(py, min(max(y, f.Y0), f.Y1))
	}
	return px, py
}

// closer reports whether a point of the data is nearer to (x, y) than the root
// of near.
func (r *Run) closer(x, y, near float64) bool {
	for _, m := range []mat.Matrix{r.Exp.Data.TrainX, r.Exp.Data.TestX} {
		for i := range m.Rows {
			dx, dy := m.At(i, 0)-x, m.At(i, 1)-y
			if float64(dx*dx)+float64(dy*dy) < near {
				return true
			}
		}
	}
	return false
}

// A cloud is the points of one class and part.
type cloud struct {
	plotsvg.Points
	rows []int // of the part's matrix
	test bool
}

// part returns the rows that train or those that test.
func (r *Run) part(test bool) (x mat.Matrix, labels []int) {
	d := r.Exp.Data
	if test {
		return d.TestX, d.TestLabels
	}
	return d.TrainX, d.TrainLabels
}

// clouds are the points of every class, training and test told apart.
func (r *Run) clouds() []cloud {
	d := r.Exp.Data
	size := 5.0
	switch n := d.TrainX.Rows + d.TestX.Rows; {
	case n <= 200:
		size = 7
	case n > 2000:
		size = 0 // as plotsvg does with many
	}
	var list []cloud
	for class, name := range d.Classes {
		for _, test := range []bool{false, true} {
			c := cloud{plotsvg.Points{Name: lang.T("class %s, train", name).All(), Class: class, Hollow: test, Size: size}, nil, test}
			if test {
				c.Name = lang.T("class %s, test", name).All()
			}
			x, labels := r.part(test)
			for i, label := range labels {
				if label == class {
					c.X, c.Y, c.rows = append(c.X, x.At(i, 0)), append(c.Y, x.At(i, 1)), append(c.rows, i)
				}
			}
			if len(c.X) > 0 {
				list = append(list, c)
			}
		}
	}
	return list
}

// answers puts what the network says of each point into its text on hover. It
// returns rings around the points it has wrong, nil when there are none, and
// false when an answer is no number.
func (r *Run) answers(clouds []cloud) (rings *plotsvg.Points, ok bool) {
	p := map[bool]mat.Matrix{}
	for _, test := range []bool{false, true} {
		x, _ := r.part(test)
		p[test] = r.Predict(x)
		if _, _, _, bad := p[test].NonFinite(); bad {
			return nil, false
		}
	}
	rings = &plotsvg.Points{Name: lang.T("classified wrong").All(), Class: plotsvg.Neutral, Hollow: true, Size: 8.5}
	for k := range clouds {
		c := &clouds[k]
		name := r.Exp.Data.Classes[c.Class]
		right, wrong := answerOf(lang.T("training row %s, class %s: p = %s, right", "\x01", name, "\x02")), answerOf(lang.T("training row %s, class %s: p = %s, wrong", "\x01", name, "\x02"))
		if c.test {
			right, wrong = answerOf(lang.T("test row %s, class %s: p = %s, right", "\x01", name, "\x02")), answerOf(lang.T("test row %s, class %s: p = %s, wrong", "\x01", name, "\x02"))
		}
		c.Hover = make([]plotsvg.Text, len(c.rows))
		for i, row := range c.rows {
			of := p[c.test].Row(row)
			number, probabilities := strconv.Itoa(row), list(of, c.Class)
			if mat.ArgMax(of) == c.Class {
				c.Hover[i] = right.with(number, probabilities)
				continue
			}
			c.Hover[i] = wrong.with(number, probabilities)
			rings.X, rings.Y, rings.Hover = append(rings.X, c.X[i]), append(rings.Y, c.Y[i]), append(rings.Hover, c.Hover[i])
		}
	}
	if len(rings.X) == 0 {
		rings = nil
	}
	return rings, true
}

// An answer is a text in each language, with two gaps that thousands of points
// fill: formatting each would take as long as the training.
type answer [][3]string

func answerOf(t lang.Text) (a answer) {
	for _, s := range t.All() {
		head, rest, _ := strings.Cut(s, "\x01")
		middle, tail, _ := strings.Cut(rest, "\x02")
		a = append(a, [3]string{head, middle, tail})
	}
	return a
}

func (a answer) with(row, p string) plotsvg.Text {
	t := make(plotsvg.Text, len(a))
	for i, part := range a {
		t[i] = part[0] + row + part[1] + p + part[2]
	}
	return t
}

// list writes p with four decimals: all of it for a few classes, otherwise that
// of the class and the largest.
func list(p []float64, class int) string {
	var b []byte
	if len(p) > 5 {
		p = []float64{p[class], p[mat.ArgMax(p)]}
	}
	for i, v := range p {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendFloat(b, v, 'f', 4, 64)
	}
	return string(b)
}
