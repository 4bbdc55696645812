package plotsvg_test

import (
	"fmt"
	"math"

	"glassbox/plotsvg"
)

func Example() {
	fig := plotsvg.Figure{
		Title: plotsvg.Text{"Squares"},
		X:     plotsvg.Axis{Label: plotsvg.Text{"n"}},
		Y:     plotsvg.Axis{Label: plotsvg.Text{"n²"}},
		Layers: []plotsvg.Layer{
			plotsvg.Line{Name: plotsvg.Text{"n²"}, X: []float64{0, 1, 2, 3, 4}, Y: []float64{0, 1, 4, 9, 16}},
			plotsvg.Points{Name: plotsvg.Text{"n²"}, X: []float64{0, 1, 2, 3, 4}, Y: []float64{0, 1, 4, 9, 16}},
		},
	}
	golden("squares.svg", fig)
	// Output: squares.svg is as it was
}

// Two classes, told apart by colour and mark; test points are hollow.
func ExamplePoints() {
	r := random(1)
	x0, y0 := moons(&r, 240, 0, 0.05)
	x1, y1 := moons(&r, 240, 1, 0.05)
	golden("moons.svg", plotsvg.Figure{
		Title: plotsvg.Text{"Two moons: 480 points, noise 0.05"},
		Desc:  plotsvg.Text{"Two interleaved crescents of points, one class each."},
		X:     plotsvg.Axis{Label: plotsvg.Text{"x₁"}},
		Y:     plotsvg.Axis{Label: plotsvg.Text{"x₂"}},
		Equal: true,
		Layers: []plotsvg.Layer{
			plotsvg.Points{Name: plotsvg.Text{"class 0, train"}, X: x0[:192], Y: y0[:192], Class: 0, Size: 5.5},
			plotsvg.Points{Name: plotsvg.Text{"class 1, train"}, X: x1[:192], Y: y1[:192], Class: 1, Size: 5.5},
			plotsvg.Points{Name: plotsvg.Text{"class 0, test"}, X: x0[192:], Y: y0[192:], Class: 0, Hollow: true, Size: 6},
			plotsvg.Points{Name: plotsvg.Text{"class 1, test"}, X: x1[192:], Y: y1[192:], Class: 1, Hollow: true, Size: 6},
		},
	})
	// Output: moons.svg is as it was
}

// Every class has a mark of its own.
func ExamplePoints_classes() {
	r := random(2)
	var layers []plotsvg.Layer
	for class := range 8 {
		x, y := cloud(&r, 24, float64(class%4)*4, float64(class/4)*4, 0.8, 0.8)
		layers = append(layers, plotsvg.Points{
			Name: plotsvg.Text{fmt.Sprintf("class %d", class)}, X: x, Y: y, Class: class, Hollow: class%3 == 2, Size: 9,
		})
	}
	golden("classes.svg", plotsvg.Figure{Title: plotsvg.Text{"Eight classes"}, Layers: layers})
	// Output: classes.svg is as it was
}

// Many points become one path.
func ExamplePoints_many() {
	r := random(3)
	x, y := cloud(&r, 5000, 0, 0, 1, 1)
	golden("many.svg", plotsvg.Figure{
		Title: plotsvg.Text{"5000 draws of two Gaussians"},
		Equal: true,
		Width: 420,
		Layers: []plotsvg.Layer{
			plotsvg.Points{X: x[:2900], Y: y[:2900], Class: 0},
			plotsvg.Points{X: each(x[2900:], func(v float64) float64 { return v + 7 }), Y: y[2900:], Class: 1},
		},
	})
	// Output: many.svg is as it was
}

// A loss that falls by orders of magnitude, on a logarithmic axis, with the
// value that another run ended with.
func ExampleLine() {
	r := random(4)
	steps := count(1500, 10)
	train := each(steps, func(t float64) float64 {
		return 554.5/(1+float64(t*t)/9000) + 1.1 + float64(0.25*r.uniform())
	})
	test := each(steps, func(t float64) float64 {
		return 554.5/(1+float64(t*t)/12000) + 4.5 + float64(0.6*r.uniform())
	})
	golden("loss.svg", plotsvg.Figure{
		Title: plotsvg.Text{"Loss while training"},
		Desc:  plotsvg.Text{"Both losses fall from 554 to a few units within 1500 steps."},
		X:     plotsvg.Axis{Label: plotsvg.Text{"step"}},
		Y:     plotsvg.Axis{Label: plotsvg.Text{"cross-entropy, summed"}, Log: true},
		Layers: []plotsvg.Layer{
			plotsvg.Line{Name: plotsvg.Text{"train"}, X: steps, Y: train, Class: 0},
			plotsvg.Line{Name: plotsvg.Text{"test"}, X: steps, Y: test, Class: 1, Dashed: true},
			plotsvg.HLine{Name: plotsvg.Text{"N·ln 2: a guess"}, At: 554.5, Class: plotsvg.Neutral, Dashed: true},
			plotsvg.Mark{Text: plotsvg.Text{"reported: 340"}, X: 1490, Y: 340},
		},
	})
	// Output: loss.svg is as it was
}

// Less than a decade on a logarithmic axis has linear ticks.
func ExampleLine_narrow() {
	steps := count(1500, 10)
	loss := each(steps, func(t float64) float64 { return 340 + 214/(1+float64(t*t)/30000) })
	golden("loss-narrow.svg", plotsvg.Figure{
		Title: plotsvg.Text{"Loss as reported"},
		X:     plotsvg.Axis{Label: plotsvg.Text{"step"}},
		Y:     plotsvg.Axis{Label: plotsvg.Text{"loss"}, Log: true},
		Layers: []plotsvg.Layer{
			plotsvg.Line{Name: plotsvg.Text{"train"}, X: steps, Y: loss},
			plotsvg.Mark{Text: plotsvg.Text{"340"}, X: steps[len(steps)-1], Y: loss[len(loss)-1]},
		},
	})
	// Output: loss-narrow.svg is as it was
}

// A Line and its Band share a name and so one entry of the legend.
func ExampleBand() {
	r := random(5)
	steps := count(1500, 20)
	rise := func(end, slow float64) []float64 {
		return each(steps, func(t float64) float64 { return 0.5 + float64((end-0.5)*(t/(t+slow))) })
	}
	spread := each(steps, func(t float64) float64 { return 0.015 + 6/(t+90) + float64(0.01*r.uniform()) })
	train, test := rise(0.97, 120), rise(0.93, 150)
	golden("accuracy.svg", plotsvg.Figure{
		Title: plotsvg.Text{"Accuracy, mean ± sd over 10 seeds"},
		X:     plotsvg.Axis{Label: plotsvg.Text{"step"}},
		Y:     plotsvg.Axis{Label: plotsvg.Text{"accuracy"}, Min: 0.4, Max: 1},
		Layers: []plotsvg.Layer{
			plotsvg.Band{Name: plotsvg.Text{"train"}, X: steps, Lo: shift(train, -1, spread), Hi: shift(train, 1, spread), Class: 0},
			plotsvg.Band{Name: plotsvg.Text{"test"}, X: steps, Lo: shift(test, -1.4, spread), Hi: shift(test, 1.4, spread), Class: 1},
			plotsvg.Line{Name: plotsvg.Text{"train"}, X: steps, Y: train, Class: 0},
			plotsvg.Line{Name: plotsvg.Text{"test"}, X: steps, Y: test, Class: 1},
			plotsvg.HLine{Name: plotsvg.Text{"report: 84.5 %"}, At: 0.845, Class: plotsvg.Neutral, Dashed: true},
		},
	})
	// Output: accuracy.svg is as it was
}

// Five curves with bands and long names.
func ExampleBand_sweep() {
	steps := count(45_001, 500)
	var layers []plotsvg.Layer
	for i, name := range []string{
		"learning rate 1.0, batch 32, momentum 0.9",
		"learning rate 0.1, batch 32, momentum 0.9",
		"learning rate 0.01, batch 32, momentum 0.9 (the default of the assignment)",
		"learning rate 0.001, batch 32, momentum 0.9",
		"learning rate 0.0001, batch 32, momentum 0.9",
	} {
		slow := float64([]int{300, 1500, 7000, 25_000, 120_000}[i])
		mean := each(steps, func(t float64) float64 { return 0.5 + float64(0.48*(t/(t+slow))) })
		sd := each(steps, func(t float64) float64 { return 0.008 + float64(0.03*slow)/(t+slow) })
		layers = append(layers,
			plotsvg.Band{Name: plotsvg.Text{name}, X: steps, Lo: shift(mean, -1, sd), Hi: shift(mean, 1, sd), Class: i},
			plotsvg.Line{Name: plotsvg.Text{name}, X: steps, Y: mean, Class: i})
	}
	golden("sweep.svg", plotsvg.Figure{
		Title:  plotsvg.Text{"Test accuracy over 45,000 single-sample steps, five learning rates, mean ± sd over 20 seeds each"},
		X:      plotsvg.Axis{Label: plotsvg.Text{"step"}},
		Y:      plotsvg.Axis{Label: plotsvg.Text{"test accuracy"}},
		Layers: layers,
	})
	// Output: sweep.svg is as it was
}

// A decision boundary: a heat map under the points, and the lines where
// hidden units switch.
func ExampleHeat() {
	r := random(6)
	x0, y0 := moons(&r, 100, 0, 0.1)
	x1, y1 := moons(&r, 100, 1, 0.1)
	const n = 100
	heat := plotsvg.Heat{X0: -1.5, X1: 2.5, Y0: -1, Y1: 1.5, Rows: n, Cols: n}
	for row := range n {
		for col := range n {
			x := -1.5 + 4*(float64(col)+0.5)/n
			y := -1 + 2.5*(float64(row)+0.5)/n
			u := x - 0.5
			// A cubic with one bend for each moon.
			edge := 0.25 + float64(float64(u*(float64(u*u)-1.2))*0.9)
			heat.Z = append(heat.Z, squash(float64(6*(edge-y))))
		}
	}
	layers := []plotsvg.Layer{heat}
	for _, w := range [][3]float64{{1, 1, 0.2}, {1, -1.2, 0.9}, {-0.4, 1, 0.35}, {1, 0.1, -1.1}} {
		// The line w0·x + w1·y = w2, far beyond the frame.
		x, y := []float64{}, []float64{}
		for _, at := range []float64{-1e3, 1e3} {
			x = append(x, at)
			y = append(y, (w[2]-float64(w[0]*at))/w[1])
		}
		layers = append(layers, plotsvg.Line{Name: plotsvg.Text{"a hidden unit switches"}, X: x, Y: y, Class: plotsvg.Neutral, Width: 0.8, Dashed: true})
	}
	layers = append(layers,
		plotsvg.Points{Name: plotsvg.Text{"class 0, train"}, X: x0[:80], Y: y0[:80], Class: 0},
		plotsvg.Points{Name: plotsvg.Text{"class 1, train"}, X: x1[:80], Y: y1[:80], Class: 1},
		plotsvg.Points{Name: plotsvg.Text{"class 0, test"}, X: x0[80:], Y: y0[80:], Class: 0, Hollow: true},
		plotsvg.Points{Name: plotsvg.Text{"class 1, test"}, X: x1[80:], Y: y1[80:], Class: 1, Hollow: true},
	)
	golden("boundary.svg", plotsvg.Figure{
		Title:  plotsvg.Text{"What the network decides"},
		X:      plotsvg.Axis{Label: plotsvg.Text{"x₁"}, Min: -1.5, Max: 2.5},
		Y:      plotsvg.Axis{Label: plotsvg.Text{"x₂"}, Min: -1, Max: 1.5},
		Equal:  true,
		Layers: layers,
	})
	// Output: boundary.svg is as it was
}

// More than two classes have one colour each.
func ExampleHeat_classes() {
	const n = 60
	centres := [][2]float64{{1, 1}, {3, 1.5}, {2, 3.2}}
	heat := plotsvg.Heat{Name: plotsvg.Text{"nearest mean"}, X0: 0, X1: 4, Y0: 0, Y1: 4, Rows: n, Cols: n}
	for row := range n {
		for col := range n {
			x, y := 4*(float64(col)+0.5)/n, 4*(float64(row)+0.5)/n
			best, least := 0, math.Inf(1)
			for k, c := range centres {
				if d := float64((x-c[0])*(x-c[0])) + float64((y-c[1])*(y-c[1])); d < least {
					best, least = k, d
				}
			}
			heat.Classes = append(heat.Classes, best)
		}
	}
	r := random(7)
	layers := []plotsvg.Layer{heat}
	for k, c := range centres {
		x, y := cloud(&r, 40, c[0], c[1], 0.5, 0.5)
		layers = append(layers, plotsvg.Points{Name: plotsvg.Text{[]string{"setosa", "versicolor", "virginica"}[k]}, X: x, Y: y, Class: k})
	}
	golden("regions.svg", plotsvg.Figure{
		Title:  plotsvg.Text{"Three classes"},
		X:      plotsvg.Axis{Label: plotsvg.Text{"petal length (cm)"}, Min: 0, Max: 4},
		Y:      plotsvg.Axis{Label: plotsvg.Text{"petal width (cm)"}, Min: 0, Max: 4},
		Equal:  true,
		Layers: layers,
	})
	// Output: regions.svg is as it was
}

// Misclassified points have rings, the origin has a mark.
func ExampleMark() {
	r := random(8)
	x1, y1 := cloud(&r, 100, 1, -6, 1.7, 2)
	x2, y2 := cloud(&r, 100, -2, -3, 1.4, 2.2)
	var wx, wy []float64
	for i := 80; i < 100; i++ {
		// The learned line goes through the origin: x = y.
		if x1[i] <= y1[i] {
			wx, wy = append(wx, x1[i]), append(wy, y1[i])
		}
		if x2[i] > y2[i] {
			wx, wy = append(wx, x2[i]), append(wy, y2[i])
		}
	}
	golden("perceptron.svg", plotsvg.Figure{
		Title: plotsvg.Text{fmt.Sprintf("Test 2: accuracy %.3f", 1-float64(len(wx))/40)},
		X:     plotsvg.Axis{Label: plotsvg.Text{"x"}, Min: -8, Max: 8},
		Y:     plotsvg.Axis{Label: plotsvg.Text{"y"}, Min: -13, Max: 5},
		Equal: true,
		Layers: []plotsvg.Layer{
			plotsvg.Points{Name: plotsvg.Text{"+1, train"}, X: x1[:80], Y: y1[:80], Class: 0, Size: 5},
			plotsvg.Points{Name: plotsvg.Text{"−1, train"}, X: x2[:80], Y: y2[:80], Class: 1, Size: 5},
			plotsvg.Points{Name: plotsvg.Text{"+1, test"}, X: x1[80:], Y: y1[80:], Class: 0, Hollow: true},
			plotsvg.Points{Name: plotsvg.Text{"−1, test"}, X: x2[80:], Y: y2[80:], Class: 1, Hollow: true},
			plotsvg.Points{Name: plotsvg.Text{"misclassified"}, X: wx, Y: wy, Class: plotsvg.Neutral, Hollow: true, Size: 12},
			plotsvg.Line{Name: plotsvg.Text{"learned line"}, X: []float64{-100, 100}, Y: []float64{-100, 100}, Class: 2},
			plotsvg.Mark{Text: plotsvg.Text{"origin"}},
		},
	})
	// Output: perceptron.svg is as it was
}

// Reference lines, and a long text everywhere.
func ExampleHLine() {
	x := count(10, 0.5)
	golden("long-texts.svg", plotsvg.Figure{
		Title: plotsvg.Text{"A title that says in one long sentence what the figure shows, how it was made & why 1 < 2, and then goes on for a while, as titles sometimes do"},
		X:     plotsvg.Axis{Label: plotsvg.Text{"an abscissa whose label explains that it counts the evaluations, every tenth step, including the one after the last update, in which nothing more is learned"}},
		Y:     plotsvg.Axis{Label: plotsvg.Text{"a quantity near 10⁹ that differs in its last digits only, as a sum of many large numbers would"}},
		Width: 480,
		Layers: []plotsvg.Layer{
			plotsvg.Line{Name: plotsvg.Text{"a_name_without_any_space_that_is_longer_than_the_figure_is_wide_" +
				"and_must_be_broken_somewhere_in_the_middle_of_a_word"}, X: x, Y: each(x, func(v float64) float64 { return 1e9 + float64(v*1e-4) }), Class: 0},
			plotsvg.Line{Name: plotsvg.Text{"中文标签:多层感知机的训练损失与测试准确率随步数变化的曲线"}, X: x, Y: each(x, func(v float64) float64 { return 1e9 + 1e-3 - float64(v*1e-4) }), Class: 1},
			plotsvg.HLine{Name: plotsvg.Text{"half of the range, which is a reference level with a rather long label of its own"}, At: 1e9 + 5e-4, Class: 2, Dashed: true},
		},
	})
	// Output: long-texts.svg is as it was
}

// One figure in two languages: what they say differently stands in it twice.
func ExampleFigure_languages() {
	x := []float64{0, 10, 20, 30}
	golden("languages.svg", plotsvg.Figure{
		Languages: []string{"en", "zh-Hans"},
		Title:     plotsvg.Text{"Loss while training", "训练损失"},
		Desc:      plotsvg.Text{"The loss falls.", "损失下降。"},
		X:         plotsvg.Axis{Label: plotsvg.Text{"step", "步"}},
		Y:         plotsvg.Axis{Label: plotsvg.Text{"L"}},
		Layers: []plotsvg.Layer{
			plotsvg.Line{Name: plotsvg.Text{"train", "训练集"}, X: x, Y: []float64{4, 2, 1, 0.5}, Hover: []plotsvg.Text{{"first", "第一"}, {"2"}, {"3"}, {"last", "最后"}}},
			plotsvg.Line{Name: plotsvg.Text{"MLP"}, X: x, Y: []float64{3, 2.5, 2, 2}, Class: 1},
			plotsvg.HLine{Name: plotsvg.Text{"the report's end, about 2", "报告的结尾，约 2"}, At: 2.2, Class: 2},
		},
	})
	// Output: languages.svg is as it was
}

// Hundreds of decades, and steps of them.
func ExampleAxis() {
	x := []float64{1e-300, 1e-200, 1e-100, 1, 1e100, 1e200, 1e300}
	golden("decades.svg", plotsvg.Figure{
		Title: plotsvg.Text{"From 10⁻³⁰⁰ to 10³⁰⁰"},
		X:     plotsvg.Axis{Label: plotsvg.Text{"x"}, Log: true},
		Y:     plotsvg.Axis{Label: plotsvg.Text{"√x"}, Log: true},
		Layers: []plotsvg.Layer{
			plotsvg.Line{Name: plotsvg.Text{"√x"}, X: x, Y: each(x, math.Sqrt), Class: 3},
			plotsvg.Points{Name: plotsvg.Text{"√x"}, X: x, Y: each(x, math.Sqrt), Class: 3},
		},
	})
	// Output: decades.svg is as it was
}
