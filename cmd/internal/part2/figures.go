package part2

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/parallel"
	"glassbox/cmd/internal/stat"
	"glassbox/plotsvg"
)

// A Figure is a figure of a page and the file for its English drawing.
type Figure struct {
	File string
	page.Figure
}

// width and height of a figure on a page wide enough for them.
const (
	width       = 500
	height      = 340
	equalHeight = 400
)

// A Sketch is a figure to be drawn.
type Sketch struct {
	File    string
	Caption lang.Text
	figure  plotsvg.Figure
	scales  bool // worth a look on a logarithmic and on a linear axis
}

// Align gives the figures of sketches, which show one quantity, one range.
func Align(sketches ...*Sketch) {
	var figures []*plotsvg.Figure
	for _, s := range sketches {
		figures = append(figures, &s.figure)
	}
	plotsvg.Align(figures...)
}

// Draw makes figures of sketches, on all cores; the last, which is the largest
// where there is a boundary, is begun first. Sketches of several runs may be
// drawn together.
func Draw(sketches []Sketch) ([]Figure, error) {
	list, errs := make([]Figure, len(sketches)), make([]error, len(sketches))
	_ = parallel.Do(context.Background(), len(sketches), func(job int) {
		i := len(sketches) - 1 - job
		s := sketches[i]
		f := s.figure
		f.Languages, f.Width, f.Height = lang.Codes, width, height
		if f.Equal {
			f.Height = equalHeight
		}
		drawing, err := f.Draw()
		if err != nil {
			errs[i] = fmt.Errorf("%s: %w", s.File, err)
		}
		list[i] = Figure{s.File, page.Figure{Drawing: drawing, Scales: s.scales, Caption: s.Caption}}
	})
	return list, errors.Join(errs...)
}

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
	return Sketch{r.named("accuracy.svg"), lang.T("Accuracy at each evaluation."), f, false}
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
	return Sketch{r.named("loss.svg"), r.lossCaption(), f, true}
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

// A study's curves have so many colours; the first of them show at first, and
// the legend switches on the others, up to most: dashed, then thick.
const (
	colours = 7
	most    = 4 * colours
)

// Sketches are the figures that the study can show: the final test accuracy by
// a single swept setting, and the test accuracy and the loss of each setting by
// the step, with a band of one standard deviation.
func (s *Study) Sketches() []Sketch {
	var list []Sketch
	if sweep, ok := s.sweepSketch(); ok {
		list = append(list, sweep)
	}
	return append(list, s.curveSketches()...)
}

// A seriesCurve is a series as the figures show it.
type seriesCurve struct {
	name   lang.Text // in the legend
	label  lang.Text // in full
	class  int
	points []Point
}

func (s *Study) curveSketches() []Sketch {
	shown := s.Series
	if len(shown) > colours { // the best first, and those without a result last
		shown = nil
		rank := s.ranking()
		for i := range s.Series {
			if !slices.Contains(rank, i) {
				rank = append(rank, i)
			}
		}
		for _, i := range rank[:min(len(rank), most)] {
			shown = append(shown, s.Series[i])
		}
	}
	var curves []seriesCurve
	low, high := math.Inf(1), 0.0
	for class, x := range shown {
		c := seriesCurve{lang.Same(x.Label), lang.Same(x.Label), class, x.Points()}
		switch len(s.Names) {
		case 0:
			c.name = lang.T("mean")
		case 1:
		default: // whole labels would leave no room for the curves
			c.name = lang.Same(strings.Join(x.Texts, ", "))
		}
		if len(c.points) == 0 {
			continue
		}
		for _, p := range c.points {
			low, high = min(low, p.Loss.Min), max(high, p.Loss.Max)
		}
		curves = append(curves, c)
	}
	if len(curves) == 0 {
		return nil
	}
	log := low > 0 && high/low > 10
	acc := plotsvg.Figure{Shown: colours, Title: lang.T("Test accuracy").All(), Desc: lang.T("Mean test accuracy over the seeds, with a band of one standard deviation.").All(),
		X: plotsvg.Axis{Label: lang.T("step").All()}, Y: plotsvg.Axis{Label: lang.T("share of rows classified right").All()}}
	loss := plotsvg.Figure{Shown: colours, Title: lang.T("Loss").All(), Desc: lang.T("Mean loss a row over the seeds, with a band of one standard deviation.").All(),
		X: plotsvg.Axis{Label: lang.T("step").All()}, Y: plotsvg.Axis{Label: lang.T("loss a row").All(), Log: log}}
	for _, c := range curves {
		acc.Layers = append(acc.Layers, c.layers(func(p Point) stat.Stat { return p.Test })...)
		loss.Layers = append(loss.Layers, c.layers(func(p Point) stat.Stat { return p.Loss })...)
	}
	return []Sketch{
		{"accuracy.svg", s.curveCaption(lang.T("Test accuracy, mean over %d seeds and a band of one standard deviation that ends at the lowest and the highest run.", s.Seeds),
			lang.T("Test accuracy of each setting.")), acc, false},
		{"loss.svg", s.curveCaption(lang.T("Loss a row, mean over %d seeds and a band of one standard deviation that ends at the lowest and the highest run.", s.Seeds),
			lang.T("Loss a row of each setting.")), loss, true},
	}
}

// curveCaption says what the curves are: of several seeds or of one.
func (s *Study) curveCaption(several, one lang.Text) lang.Text {
	caption := several
	if s.Seeds == 1 {
		caption = one
	}
	if len(s.Names) > 1 {
		caption = lang.Sentences(caption, lang.T("The legend gives `%s`.", strings.Join(s.Names, "`, `")))
	}
	if len(s.Series) > most {
		caption = lang.Sentences(caption, lang.T("The best %d of the %d settings are drawn; the table has all.", most, len(s.Series)))
	}
	if len(s.Series) > colours {
		caption = lang.Sentences(caption, lang.T("A click in the legend shows a setting or hides it; the best %d show at first.", colours))
	}
	return caption
}

// layers are the curve and, where the seeds differ, its band.
func (c seriesCurve) layers(of func(Point) stat.Stat) (list []plotsvg.Layer) {
	var steps, mean, lo, hi []float64
	var says []plotsvg.Text
	var keys []string
	spread := false
	for _, p := range c.points {
		s := of(p)
		value := s.String()
		if p.Runs == 1 {
			value = Digits(s.Mean)
		}
		steps, keys = append(steps, float64(p.Step)), append(keys, "step-"+strconv.Itoa(p.Step))
		says = append(says, lang.T("step %d: %s %s", p.Step, c.label, value).All())
		mean, lo, hi = append(mean, s.Mean), append(lo, max(s.Mean-s.SD, s.Min)), append(hi, min(s.Mean+s.SD, s.Max))
		spread = spread || s.SD > 0
	}
	if spread {
		list = append(list, plotsvg.Band{Name: c.name.All(), X: steps, Lo: lo, Hi: hi, Class: c.class})
	}
	line := plotsvg.Line{Name: c.name.All(), X: steps, Y: mean, Class: c.class, Dashed: c.class/colours%2 == 1, Hover: says, Keys: keys}
	if c.class >= 2*colours {
		line.Width = 3
	}
	return append(list, line)
}

// sweepSketch draws the final test accuracy by the value of the only swept
// setting; it reports false for other grids, and where a value is no number.
func (s *Study) sweepSketch() (Sketch, bool) {
	if len(s.Names) != 1 {
		return Sketch{}, false
	}
	value := make([]float64, len(s.Series))
	for i, x := range s.Series {
		v, err := strconv.ParseFloat(x.Texts[0], 64)
		if err != nil {
			return Sketch{}, false
		}
		value[i] = v
	}
	order := s.ranking() // without those that have no result
	slices.SortFunc(order, func(i, j int) int {
		if value[i] < value[j] {
			return -1
		}
		return 1
	})
	if len(order) < 2 {
		return Sketch{}, false
	}
	var xs, mean, lo, hi, eachX, eachY []float64
	var says, eachSays []plotsvg.Text
	var keys []string
	for _, i := range order {
		x := s.Series[i]
		acc, _ := x.Over(Test)
		xs, mean, lo, hi = append(xs, value[i]), append(mean, acc.Mean), append(lo, max(acc.Mean-acc.SD, acc.Min)), append(hi, min(acc.Mean+acc.SD, acc.Max))
		says, keys = append(says, lang.T("%s: mean test accuracy %s", x.Label, acc).All()), append(keys, settingKey(i))
		for k, r := range x.Runs {
			if Completed(r) {
				eachX, eachY = append(eachX, value[i]), append(eachY, Test(r.Last()))
				eachSays = append(eachSays, lang.T("%s, seed %d: test accuracy %.4f", x.Label, uint64(x.Config.Seed)+uint64(k), Test(r.Last())).All())
			}
		}
	}
	log := xs[0] > 0 && xs[len(xs)-1]/xs[0] > 10
	caption := lang.T("Final test accuracy by `%s`: every run, the mean over the seeds, and a band of one standard deviation that ends at the lowest and the highest run.", s.Names[0])
	if s.Seeds == 1 {
		caption = lang.T("Final test accuracy by `%s`.", s.Names[0])
	}
	f := plotsvg.Figure{
		Title: lang.T("Test accuracy by %s", s.Names[0]).All(), Desc: lang.T("The final test accuracy by %s, from %.4f to %.4f.", s.Names[0], slices.Min(mean), slices.Max(mean)).All(),
		X: plotsvg.Axis{Label: plotsvg.Text{s.Names[0]}, Log: log}, Y: plotsvg.Axis{Label: lang.T("share of rows classified right").All()},
	}
	if s.Seeds > 1 {
		f.Layers = append(f.Layers, plotsvg.Band{Name: lang.T("mean").All(), X: xs, Lo: lo, Hi: hi, Class: 0})
	}
	f.Layers = append(f.Layers,
		plotsvg.Line{Name: lang.T("mean").All(), X: xs, Y: mean, Class: 0, Hover: says, Keys: keys},
		plotsvg.Points{Name: lang.T("a run").All(), X: eachX, Y: eachY, Class: 0, Hollow: s.Seeds > 1, Size: 6, Hover: eachSays})
	return Sketch{"sweep.svg", caption, f, false}, true
}
