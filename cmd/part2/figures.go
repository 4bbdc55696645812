package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/frame"
	"glassbox/cmd/internal/parallel"
	"glassbox/mat"
	"glassbox/plotsvg"
)

// A figure is a drawing and where it goes.
type figure struct {
	file, svg, caption string
}

// A sketch is a figure to be drawn.
type sketch struct {
	file, caption string
	make          func() *plotsvg.Figure
}

// draw makes figures of sketches, on all cores; the last, which is the largest
// where there is a boundary, is begun first.
func draw(sketches []sketch) ([]figure, error) {
	list, errs := make([]figure, len(sketches)), make([]error, len(sketches))
	_ = parallel.Do(context.Background(), len(sketches), func(i int) {
		i = len(sketches) - 1 - i
		s := sketches[i]
		svg, err := s.make().SVG()
		if err != nil {
			errs[i] = fmt.Errorf("%s: %w", s.file, err)
		}
		list[i] = figure{s.file, svg, s.caption}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// figures draws what the run can show.
func (r report) figures() ([]figure, error) {
	var list []sketch
	planar := r.exp.Data.TrainX.Cols == 2
	if planar {
		list = append(list, sketch{"data.svg", "The data. Filled points train, hollow ones test.", r.dataFigure})
	}
	if len(r.result.Evals) > 0 {
		list = append(list, sketch{"accuracy.svg", "Accuracy at each evaluation.", r.accuracyFigure},
			sketch{"loss.svg", r.lossCaption(), r.lossFigure})
	}
	if planar && finite(r.result.Params) {
		list = append(list, sketch{"boundary.svg", "What the network says of every point of the plane; the lines are where a unit of the first layer switches on.", r.boundaryFigure})
	}
	return draw(list)
}

func finite(params []mat.Matrix) bool {
	return !slices.ContainsFunc(params, func(p mat.Matrix) bool {
		_, _, _, bad := p.NonFinite()
		return bad
	})
}

// column returns column j of the rows of x that have the class.
func column(x mat.Matrix, labels []int, class, j int) []float64 {
	var list []float64
	for i, label := range labels {
		if label == class {
			list = append(list, x.At(i, j))
		}
	}
	return list
}

// dataLayers are the points of every class, training and test told apart.
func dataLayers(d experiment.Data) []plotsvg.Layer {
	var layers []plotsvg.Layer
	for class, name := range d.Classes {
		for _, part := range []struct {
			x      mat.Matrix
			labels []int
			hollow bool
			words  string
		}{{d.TrainX, d.TrainLabels, false, "train"}, {d.TestX, d.TestLabels, true, "test"}} {
			if xs := column(part.x, part.labels, class, 0); len(xs) > 0 {
				layers = append(layers, plotsvg.Points{Name: fmt.Sprintf("class %s, %s", name, part.words),
					X: xs, Y: column(part.x, part.labels, class, 1), Class: class, Hollow: part.hollow})
			}
		}
	}
	return layers
}

func (r report) dataFigure() *plotsvg.Figure {
	d := r.exp.Data
	return &plotsvg.Figure{
		Title: d.Name, Desc: fmt.Sprintf("%d training and %d test points of %d classes.", d.TrainX.Rows, d.TestX.Rows, len(d.Classes)),
		X: plotsvg.Axis{Label: d.Features[0]}, Y: plotsvg.Axis{Label: d.Features[1]},
		Equal: true, Layers: dataLayers(d),
	}
}

func (r report) accuracyFigure() *plotsvg.Figure {
	var steps, train, test []float64
	low := 1.0
	for _, v := range r.result.Evals {
		steps = append(steps, float64(v.Step))
		train, test = append(train, v.TrainAccuracy), append(test, v.TestAccuracy)
		low = min(low, v.TrainAccuracy, v.TestAccuracy)
	}
	f := &plotsvg.Figure{
		Title: "Accuracy", Desc: fmt.Sprintf("Training and test accuracy over %d steps; the last test accuracy is %.4f.", r.result.Steps, r.result.Last().TestAccuracy),
		X: plotsvg.Axis{Label: "step"}, Y: plotsvg.Axis{Label: "share of rows classified right", Min: max(0, math.Floor(low*10)/10-0.05), Max: 1.01},
		Layers: []plotsvg.Layer{
			plotsvg.Line{Name: "training rows", X: steps, Y: train, Class: 0},
			plotsvg.Line{Name: "test rows", X: steps, Y: test, Class: 1},
		},
	}
	if rep := reportedFor(r.exp.Config); rep != nil {
		f.Layers = append(f.Layers, plotsvg.HLine{Name: fmt.Sprintf("the report's end, %g", rep.Accuracy), At: rep.Accuracy, Class: 2, Dashed: true})
	}
	return f
}

func (r report) lossCaption() string {
	if rows := r.result.Last().Rows; rows == 1 {
		return "The loss of the single row in hand at each evaluation, which is why it jumps about, and its running mean."
	}
	return "The loss of the batch in hand, summed over its rows, at each evaluation."
}

func (r report) lossFigure() *plotsvg.Figure {
	var steps, loss []float64
	low, high := math.Inf(1), 0.0
	for _, v := range r.result.Evals {
		steps, loss = append(steps, float64(v.Step)), append(loss, v.Loss)
		low, high = min(low, v.Loss), max(high, v.Loss)
	}
	single := r.exp.SGD || r.exp.BatchSize > 0
	f := &plotsvg.Figure{
		Title: "Loss", Desc: fmt.Sprintf("The loss over %d steps, from %.4g to %.4g.", r.result.Steps, loss[0], loss[len(loss)-1]),
		X: plotsvg.Axis{Label: "step"},
		// A log scale helps when the curve spans more than one power of ten.
		Y: plotsvg.Axis{Label: "loss, summed over the batch", Log: low > 0 && high/low > 10},
	}
	f.Layers = append(f.Layers, plotsvg.Line{Name: "loss", X: steps, Y: loss, Class: 0, Width: thin(single)})
	if single && len(loss) >= 30 {
		f.Layers = append(f.Layers, plotsvg.Line{Name: "running mean", X: steps, Y: runningMean(loss, len(loss)/15), Class: 1})
	}
	if rep := reportedFor(r.exp.Config); rep != nil && rep.Loss > 0 {
		f.Layers = append(f.Layers, plotsvg.HLine{Name: fmt.Sprintf("the report's end, about %g", rep.Loss), At: rep.Loss, Class: 2, Dashed: true})
	}
	return f
}

// thin is the width of a curve that jumps about.
func thin(yes bool) float64 {
	if yes {
		return 0.8
	}
	return 0
}

// runningMean averages up to width values that end at each one.
func runningMean(v []float64, width int) []float64 {
	mean := make([]float64, len(v))
	for i := range v {
		sum := 0.0
		from := max(0, i-width+1)
		for _, x := range v[from : i+1] {
			sum += x
		}
		mean[i] = sum / float64(i+1-from)
	}
	return mean
}

// gridSize is the number of cells of the boundary's picture in each direction.
const gridSize = 120

func (r report) boundaryFigure() *plotsvg.Figure {
	d := r.exp.Data
	x0, x1 := span(d, 0)
	y0, y1 := span(d, 1)
	heat := plotsvg.Heat{Name: "prediction", X0: x0, X1: x1, Y0: y0, Y1: y1, Rows: gridSize, Cols: gridSize}
	classes := len(d.Classes)
	if classes == 2 {
		heat.Z = make([]float64, 0, gridSize*gridSize)
	}
	points := mat.New(gridSize, 2) // a row of cells, which the cache holds with all that comes of it
	for j := range gridSize {
		points.Set(j, 0, x0+float64((x1-x0)*(float64(j)+0.5)/gridSize))
	}
	for i := range gridSize {
		y := y0 + float64((y1-y0)*(float64(i)+0.5)/gridSize)
		for j := range gridSize {
			points.Set(j, 1, y)
		}
		p := r.exp.Net.Predict(points)
		for j := range gridSize {
			if classes == 2 {
				heat.Z = append(heat.Z, p.At(j, 1)-p.At(j, 0))
			} else {
				heat.Classes = append(heat.Classes, mat.ArgMax(p.Row(j)))
			}
		}
	}
	f := r.dataFigure()
	f.Title = "Decision boundary"
	f.Desc = fmt.Sprintf("The plane coloured by predicted class, with the points and the lines where the %d units of the first layer switch.", r.hinges())
	f.X.Min, f.X.Max, f.Y.Min, f.Y.Max = x0, x1, y0, y1
	f.Layers = append([]plotsvg.Layer{heat}, append(r.hingeLines(x0, x1, y0, y1), f.Layers...)...)
	return f
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

// hinges is the number of units in the first hidden layer.
func (r report) hinges() int { return r.exp.Hidden[0] }

// hingeLines are the lines w₀·x + w₁·y + b = 0 of the first layer's units, as
// far as they cross the frame.
func (r report) hingeLines(x0, x1, y0, y1 float64) []plotsvg.Layer {
	w, b := r.result.Params[0], r.result.Params[1]
	f := frame.Frame{X0: x0, X1: x1, Y0: y0, Y1: y1}
	var layers []plotsvg.Layer
	name := "a unit of layer 1 switches"
	for j := range w.Cols {
		xs, ys, ok := f.Clip(frame.Line{W0: w.At(0, j), W1: w.At(1, j), B: b.At(0, j)})
		if !ok {
			continue
		}
		layers = append(layers, plotsvg.Line{Name: name, X: xs, Y: ys, Class: plotsvg.Neutral, Dashed: true, Width: 0.7,
			Hover: []string{fmt.Sprintf("unit %d", j), fmt.Sprintf("unit %d", j)}})
		name = "" // one line stands for all in the legend
	}
	return layers
}
