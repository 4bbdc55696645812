package report

import (
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/nn/audit"
)

// reportJSON is report.json: every claim and all measured numbers.
type reportJSON struct {
	Command     string                   `json:"command"`
	Settings    cli.Settings             `json:"settings"`
	Build       cli.Build                `json:"build"`
	Interrupted bool                     `json:"interrupted"`
	Summary     []string                 `json:"summary"`
	Claims      []claimJSON              `json:"claims"`
	Unjudged    int                      `json:"claims_not_judged"`
	Facts       Facts                    `json:"facts"`
	Perceptron  *perceptronJSON          `json:"part1"`
	Networks    []networkJSON            `json:"networks"`
	Audits      map[string]audit.Verdict `json:"audits"`
	Repeat      []repeatJSON             `json:"each_run"`
	Fingerprint string                   `json:"fingerprint"` // of all runs
}

type textJSON struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

type claimJSON struct {
	ID      string   `json:"id"`
	Chapter int      `json:"chapter"`
	Says    textJSON `json:"report"`
	Found   textJSON `json:"measured"`
	Verdict string   `json:"verdict"` // as in the printed table
	Numbers string   `json:"numbers"`
}

type perceptronJSON struct {
	Fingerprint string      `json:"fingerprint"`
	Weights     [][]float64 `json:"weights"` // a row a test, by the report's rule
}

type networkJSON struct {
	Name        string            `json:"name"`
	Title       string            `json:"title"`
	Fingerprint string            `json:"fingerprint"`
	Evaluations []experiment.Eval `json:"evaluations"`
	Probes      []Probe           `json:"loss_of_all_training_rows,omitempty"`
	Further     []furtherJSON     `json:"further_seeds,omitempty"`
}

type furtherJSON struct {
	Fingerprint string          `json:"fingerprint"`
	Final       experiment.Eval `json:"final"`
}

type repeatJSON struct {
	Title       string `json:"title"`
	Command     string `json:"command"`
	Fingerprint string `json:"fingerprint,omitempty"`
}

func (f *flags) json(r Report) reportJSON {
	j := reportJSON{
		Command: f.command(), Settings: f.settings(), Build: cli.ThisBuild(), Interrupted: r.Cut,
		Unjudged: r.Unjudged, Facts: r.Facts, Audits: r.Audits, Fingerprint: r.Fingerprint(),
		Claims: []claimJSON{}, Networks: []networkJSON{},
	}
	for _, t := range r.Summary() {
		j.Summary = append(j.Summary, t.EN)
	}
	for _, c := range r.Claims {
		j.Claims = append(j.Claims, claimJSON{c.ID, c.Chapter, textJSON(c.Says), textJSON(c.Found), c.Verdict.Text().EN, c.Short})
	}
	if run := r.Perceptron; run != nil {
		j.Perceptron = &perceptronJSON{Fingerprint: run.Fingerprint()}
		for _, t := range run.Tests {
			j.Perceptron.Weights = append(j.Perceptron.Weights, t.Main().Learned.W)
		}
	}
	for _, n := range r.Networks {
		x := networkJSON{Name: n.Name, Title: n.title.EN, Fingerprint: n.Result.Fingerprint, Evaluations: n.Result.Evals, Probes: n.Probes}
		for _, further := range r.Further[n.Name] {
			x.Further = append(x.Further, furtherJSON{further.Fingerprint, further.Last()})
		}
		j.Networks = append(j.Networks, x)
	}
	for _, x := range r.Repeats() {
		j.Repeat = append(j.Repeat, repeatJSON{x.Title.EN, x.Command, x.Fingerprint})
	}
	return j
}
