package part2

import (
	"math"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/plotsvg"
)

// A curve is a number of each evaluation, with what shows on hover.
type curve struct {
	x, y  []float64
	hover []lang.Text
	keys  []string
}

// curve collects a number of every evaluation; say is its text on hover.
func (r *Run) curve(of func(experiment.Eval) float64, say func(experiment.Eval) lang.Text) curve {
	n := len(r.Result.Evals)
	c := curve{make([]float64, n), make([]float64, n), make([]lang.Text, n), make([]string, n)}
	for i, v := range r.Result.Evals {
		c.x[i], c.y[i], c.keys[i] = float64(v.Step), of(v), r.key(v)
	}
	for _, i := range hovered(n) {
		c.hover[i] = say(r.Result.Evals[i])
	}
	return c
}

func (c curve) line(name string, class int, width float64, in language) plotsvg.Line {
	return plotsvg.Line{Name: name, X: c.x, Y: c.y, Class: class, Width: width, Hover: in.all(c.hover), Keys: c.keys}
}

func (r *Run) accuracySketch() Sketch {
	train := r.curve(func(v experiment.Eval) float64 { return v.TrainAccuracy }, func(v experiment.Eval) lang.Text {
		return lang.T("step %d: training accuracy %.4f", v.Step, v.TrainAccuracy)
	})
	test := r.curve(func(v experiment.Eval) float64 { return v.TestAccuracy }, func(v experiment.Eval) lang.Text {
		return lang.T("step %d: test accuracy %.4f", v.Step, v.TestAccuracy)
	})
	low := 1.0
	for _, v := range r.Result.Evals {
		low = min(low, v.TrainAccuracy, v.TestAccuracy)
	}
	rep := r.Reported()
	return Sketch{r.named("accuracy.svg"), lang.T("Accuracy at each evaluation."), func(in language) *plotsvg.Figure {
		f := &plotsvg.Figure{
			Title: in(lang.T("Accuracy")),
			Desc:  in(lang.T("Training and test accuracy over %d steps; the last test accuracy is %.4f.", r.Result.Steps, r.Result.Last().TestAccuracy)),
			X:     plotsvg.Axis{Label: in(lang.T("step"))},
			Y:     plotsvg.Axis{Label: in(lang.T("share of rows classified right")), Min: max(0, math.Floor(low*10)/10-0.05), Max: 1.01},
			Layers: []plotsvg.Layer{
				train.line(in(lang.T("training rows")), 0, 0, in),
				test.line(in(lang.T("test rows")), 1, 0, in),
			},
		}
		if rep != nil {
			f.Layers = append(f.Layers, plotsvg.HLine{Name: in(lang.T("the report's end, %g", rep.Accuracy)), At: rep.Accuracy, Class: 2, Dashed: true})
		}
		return f
	}}
}

func (r *Run) lossCaption() lang.Text {
	if r.Result.Last().Rows == 1 {
		return lang.T("The loss of the single row in hand at each evaluation, which is why it jumps about, and its running mean.")
	}
	return lang.T("The loss of the batch in hand, summed over its rows, at each evaluation.")
}

func (r *Run) lossSketch() Sketch {
	loss := r.curve(func(v experiment.Eval) float64 { return v.Loss }, func(v experiment.Eval) lang.Text {
		if v.Rows == 1 {
			return lang.T("step %d: loss %s", v.Step, Digits(v.Loss))
		}
		return lang.T("step %d: loss %s, %s a row", v.Step, Digits(v.Loss), Digits(v.LossPerRow()))
	})
	low, high := math.Inf(1), 0.0
	for _, v := range loss.y {
		low, high = min(low, v), max(high, v)
	}
	single := r.Exp.SGD || r.Exp.BatchSize > 0
	thin := 0.0
	if single {
		thin = 0.8 // it jumps about
	}
	var mean []float64
	if single && len(loss.y) >= 30 {
		mean = runningMean(loss.y, len(loss.y)/15)
	}
	rep := r.Reported()
	return Sketch{r.named("loss.svg"), r.lossCaption(), func(in language) *plotsvg.Figure {
		f := &plotsvg.Figure{
			Title: in(lang.T("Loss")),
			Desc:  in(lang.T("The loss over %d steps, from %.4g to %.4g.", r.Result.Steps, loss.y[0], loss.y[len(loss.y)-1])),
			X:     plotsvg.Axis{Label: in(lang.T("step"))},
			// A log scale helps when the curve spans more than one power of ten.
			Y: plotsvg.Axis{Label: in(lang.T("loss, summed over the batch")), Log: low > 0 && high/low > 10},
		}
		f.Layers = append(f.Layers, loss.line(in(lang.T("loss")), 0, thin, in))
		if mean != nil {
			f.Layers = append(f.Layers, plotsvg.Line{Name: in(lang.T("running mean")), X: loss.x, Y: mean, Class: 1})
		}
		if rep != nil && rep.Loss > 0 {
			f.Layers = append(f.Layers, plotsvg.HLine{Name: in(lang.T("the report's end, about %g", rep.Loss)), At: rep.Loss, Class: 2, Dashed: true})
		}
		return f
	}}
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
