package coursework

import (
	"context"
	"math"

	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part1"
	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/perceptron"
)

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
	Settled     bool         `json:"settled"`            // its last round changed nothing
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
			Updates: m.Outcome.Updates, Settled: m.Outcome.Settled, Seeds: t.Spreads[0],
			Mean1: t.Pair.Mean1, Mean2: t.Pair.Mean2, Bayes: t.Bayes, Separable: t.Separable, Loss: t.Loss(),
		}
		if r, _, ok := t.Of(part1.Variant{Rule: perceptron.RuleRosenblatt}); ok {
			x.Rosenblatt = r.Outcome.Updates
		}
		if r, _, ok := t.Of(part1.Variant{Rule: perceptron.RuleRosenblatt, Bias: true}); ok {
			x.Biased = r.Accuracy
		}
		x.OwnBiased, x.OwnBias = ownBiased(w.Perceptron.Config, t)
		if c, ok := t.Claim(); ok {
			x.Reason = &c
		}
		p.Tests = append(p.Tests, x)
	}
	return p
}

// ownBiased trains on a test by the report's rule with a bias.
func ownBiased(c part1.Config, t part1.Test) (accuracy, bias float64) {
	d := t.Main().Data
	p := perceptron.New(2)
	p.Rule, p.Bias, p.MaxEpochs, p.Rate = perceptron.RuleReport, true, c.MaxEpochs, c.Rate
	if _, err := p.Train(context.Background(), d.TrainX, d.TrainY, nprand.New(c.Seed)); err != nil {
		panic("coursework: " + err.Error()) // without a bias it has come to an end
	}
	return p.Accuracy(d.TestX, d.TestY), p.B
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
	n := 0
	for i, a := range p.Forward(x) {
		if a != labels[i] {
			n++
		}
	}
	return n
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
