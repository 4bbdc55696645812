package main

import (
	"glassbox/cmd/internal/cli"
)

// runJSON is run.json: everything needed to repeat the run and to compare it.
type runJSON struct {
	Command     string       `json:"command"`
	Settings    cli.Settings `json:"settings"`
	Interrupted bool         `json:"interrupted"`
	Tests       []testJSON   `json:"tests"`
	Fingerprint string       `json:"fingerprint"` // of the weights, see report.fingerprint
}

type testJSON struct {
	Test          string        `json:"test"`
	Mean1         [2]float64    `json:"mean1"`
	Mean2         [2]float64    `json:"mean2"`
	Cov1          [2][2]float64 `json:"cov1"`
	Cov2          [2][2]float64 `json:"cov2"`
	Report        *float64      `json:"report"` // its accuracy; null for a pair of one's own
	Accuracy      float64       `json:"accuracy"`
	TrainAccuracy float64       `json:"train_accuracy"`
	Updates       int           `json:"updates"`
	Epochs        int           `json:"epochs"`
	Settled       bool          `json:"settled"` // the last epoch changed nothing
	Weights       []float64     `json:"weights"`
	Bias          *float64      `json:"bias,omitempty"`
	Seeds         spread        `json:"seeds"` // the accuracy with further seeds
	Ceilings      ceilingsJSON  `json:"ceilings"`
	Others        []variantJSON `json:"other_rules"` // on the same points
	Text          []string      `json:"text"`
}

type ceilingsJSON struct {
	Origin         float64    `json:"through_origin"` // on the test points
	OriginW        [2]float64 `json:"through_origin_w"`
	Line           *float64   `json:"any_line,omitempty"` // left out where there are too many points
	Bayes          float64    `json:"bayes"`              // expected
	Separable      *bool      `json:"separable,omitempty"`
	SeparableByOne *bool      `json:"separable_through_origin,omitempty"`
}

type variantJSON struct {
	Rule     string    `json:"rule"`
	Biased   bool      `json:"with_bias"`
	Accuracy float64   `json:"accuracy"`
	Updates  int       `json:"updates"`
	Epochs   int       `json:"epochs"`
	Settled  bool      `json:"settled"`
	Weights  []float64 `json:"weights"`
	Bias     *float64  `json:"bias,omitempty"`
	Seeds    spread    `json:"seeds"`
}

func (r report) json() runJSON {
	j := runJSON{Command: r.flags.set.Command("seed"), Settings: r.flags.settings(),
		Interrupted: r.interrupted != "", Fingerprint: r.fingerprint()}
	for _, res := range r.results {
		t := res.main()
		x := testJSON{
			Test: res.name, Mean1: res.pair.Mean1, Mean2: res.pair.Mean2, Cov1: res.pair.Cov1, Cov2: res.pair.Cov2,
			Report: res.told, Accuracy: t.accuracy, TrainAccuracy: t.learned.Accuracy(t.data.TrainX, t.data.TrainY),
			Updates: t.outcome.Updates, Epochs: t.outcome.Epochs, Settled: t.outcome.Settled,
			Weights: t.learned.W, Bias: t.offset(), Seeds: res.spreads[0],
			Ceilings: ceilingsJSON{Origin: res.origin, OriginW: res.originW, Bayes: res.bayes},
			Text:     r.explain(res),
		}
		if res.lines {
			x.Ceilings.Line, x.Ceilings.Separable, x.Ceilings.SeparableByOne = &res.line, &res.separable, &res.fromOrigin
		}
		for i, o := range res.trials[1:] {
			x.Others = append(x.Others, variantJSON{o.rule.String(), o.bias, o.accuracy,
				o.outcome.Updates, o.outcome.Epochs, o.outcome.Settled, o.learned.W, o.offset(), res.spreads[i+1]})
		}
		j.Tests = append(j.Tests, x)
	}
	return j
}

// offset returns the learned bias, or nil without one.
func (t trial) offset() *float64 {
	if !t.learned.Bias {
		return nil
	}
	return &t.learned.B
}
