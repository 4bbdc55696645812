package part1

import "glassbox/cmd/internal/cli"

// runJSON is run.json: everything needed to repeat the run and to compare it.
type runJSON struct {
	Command     string       `json:"command"`
	Settings    cli.Settings `json:"settings"`
	Build       cli.Build    `json:"build"`
	Interrupted bool         `json:"interrupted"`
	Tests       []testJSON   `json:"tests"`
	Fingerprint string       `json:"fingerprint"` // of the weights, see Run.Fingerprint
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
	learnedJSON
	Ceilings ceilingsJSON  `json:"ceilings"`
	Others   []variantJSON `json:"other_rules"` // on the same points
	Text     []string      `json:"text"`
}

type learnedJSON struct {
	Updates   int       `json:"updates"`
	Epochs    int       `json:"epochs"`
	Converged bool      `json:"settled"` // the last epoch changed nothing
	Weights   []float64 `json:"weights"`
	Bias      *float64  `json:"bias,omitempty"`
	Seeds     Spread    `json:"seeds"` // the accuracy with further seeds
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
	Rule     string  `json:"rule"`
	Biased   bool    `json:"with_bias"`
	Accuracy float64 `json:"accuracy"`
	learnedJSON
}

func (f *flags) json(r *Run) runJSON {
	j := runJSON{Command: f.command(), Settings: f.settings(), Build: cli.ThisBuild(), Interrupted: r.Cut, Fingerprint: r.Fingerprint()}
	for _, t := range r.Tests {
		m := t.Main()
		x := testJSON{
			Test: t.Name, Mean1: t.Pair.Mean1, Mean2: t.Pair.Mean2, Cov1: t.Pair.Cov1, Cov2: t.Pair.Cov2,
			Report: t.Report, Accuracy: m.Accuracy, TrainAccuracy: m.Learned.Accuracy(m.Data.TrainX, m.Data.TrainY),
			learnedJSON: m.json(t.Spreads[0]),
			Ceilings:    ceilingsJSON{Origin: t.Origin, OriginW: t.OriginW, Bayes: t.Bayes},
		}
		for _, text := range t.explain() {
			x.Text = append(x.Text, text.EN)
		}
		if t.Lines {
			x.Ceilings.Line, x.Ceilings.Separable, x.Ceilings.SeparableByOne = &t.Line, &t.Separable, &t.FromOrigin
		}
		for i, o := range t.Trials[1:] {
			x.Others = append(x.Others, variantJSON{o.Rule.String(), o.Bias, o.Accuracy, o.json(t.Spreads[i+1])})
		}
		j.Tests = append(j.Tests, x)
	}
	return j
}

func (t Trial) json(seeds Spread) learnedJSON {
	j := learnedJSON{t.Outcome.Updates, t.Outcome.Epochs, t.Outcome.Converged, t.Learned.W, nil, seeds}
	if t.Learned.Bias {
		j.Bias = &t.Learned.B
	}
	return j
}
