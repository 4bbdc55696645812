package part2

import (
	"math"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/plotsvg"
)

// curve is a number of every evaluation; say is its text on hover.
func (r *Run) curve(of func(experiment.Eval) float64, say func(experiment.Eval) lang.Text) plotsvg.Line {
	n := len(r.Result.Evals)
	c := plotsvg.Line{X: make([]float64, n), Y: make([]float64, n), Hover: make([]plotsvg.Text, n), Keys: make([]string, n)}
	for i, v := range r.Result.Evals {
		c.X[i], c.Y[i], c.Keys[i] = float64(v.Step), of(v), r.key(v)
	}
	for _, i := range hovered(n) {
		c.Hover[i] = say(r.Result.Evals[i]).All()
	}
	return c
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
	train.Name, test.Name, test.Class = lang.T("training rows").All(), lang.T("test rows").All(), 1
	f := plotsvg.Figure{
		Title:  lang.T("Accuracy").All(),
		Desc:   lang.T("Training and test accuracy over %d steps; the last test accuracy is %.4f.", r.Result.Steps, r.Result.Last().TestAccuracy).All(),
		X:      plotsvg.Axis{Label: lang.T("step").All()},
		Y:      plotsvg.Axis{Label: lang.T("share of rows classified right").All(), Min: max(0, math.Floor(low*10)/10-0.05), Max: 1.01},
		Layers: []plotsvg.Layer{train, test},
	}
	if rep := r.Reported(); rep != nil {
		f.Layers = append(f.Layers, plotsvg.HLine{Name: lang.T("the report's end, %g", rep.Accuracy).All(), At: rep.Accuracy, Class: 2, Dashed: true})
	}
	return Sketch{r.named("accuracy.svg"), lang.T("Accuracy at each evaluation."), f}
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
	loss.Name = lang.T("loss").All()
	low, high := math.Inf(1), 0.0
	for _, v := range loss.Y {
		low, high = min(low, v), max(high, v)
	}
	single := r.Exp.SGD || r.Exp.BatchSize > 0
	if single {
		loss.Width = 0.8 // it jumps about
	}
	f := plotsvg.Figure{
		Title: lang.T("Loss").All(),
		Desc:  lang.T("The loss over %d steps, from %.4g to %.4g.", r.Result.Steps, loss.Y[0], loss.Y[len(loss.Y)-1]).All(),
		X:     plotsvg.Axis{Label: lang.T("step").All()},
		// A log scale helps when the curve spans more than one power of ten.
		Y:      plotsvg.Axis{Label: lang.T("loss, summed over the batch").All(), Log: low > 0 && high/low > 10},
		Layers: []plotsvg.Layer{loss},
	}
	if single && len(loss.Y) >= 30 {
		f.Layers = append(f.Layers, plotsvg.Line{Name: lang.T("running mean").All(), X: loss.X, Y: runningMean(loss.Y, len(loss.Y)/15), Class: 1})
	}
	if rep := r.Reported(); rep != nil && rep.Loss > 0 {
		f.Layers = append(f.Layers, plotsvg.HLine{Name: lang.T("the report's end, about %g", rep.Loss).All(), At: rep.Loss, Class: 2, Dashed: true})
	}
	return Sketch{r.named("loss.svg"), r.lossCaption(), f}
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
