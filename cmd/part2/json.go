package main

import (
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
)

// runJSON is run.json: everything needed to repeat the run and to compare it.
type runJSON struct {
	Command     string       `json:"command"`
	Settings    cli.Settings `json:"settings"`
	Data        dataJSON     `json:"data"`
	Network     string       `json:"network"`
	Steps       int          `json:"steps"`
	Interrupted bool         `json:"interrupted"`
	Error       string       `json:"error,omitempty"`
	Final       *evalJSON    `json:"final,omitempty"`
	Report      *reported    `json:"report,omitempty"`
	Fingerprint string       `json:"fingerprint"`
	Evaluations []evalJSON   `json:"evaluations"`
}

type dataJSON struct {
	Name     string   `json:"name"`
	Train    int      `json:"train_rows"`
	Test     int      `json:"test_rows"`
	Features []string `json:"features"`
	Classes  []string `json:"classes"`
}

type evalJSON struct {
	Step          int     `json:"step"`
	Loss          float64 `json:"loss"` // summed over the batch in hand
	Rows          int     `json:"rows"` // of that batch
	TrainAccuracy float64 `json:"train_accuracy"`
	TestAccuracy  float64 `json:"test_accuracy"`
}

func newDataJSON(d experiment.Data) dataJSON {
	return dataJSON{d.Name, d.TrainX.Rows, d.TestX.Rows, d.Features, d.Classes}
}

func (r report) json() runJSON {
	j := runJSON{
		Command: r.flags.set.Command("seed"), Settings: r.flags.set.Settings("out", "v"),
		Data: newDataJSON(r.exp.Data), Network: r.network(), Steps: r.result.Steps,
		Interrupted: r.result.Interrupted(), Report: reportedFor(r.exp.Config), Fingerprint: r.result.Fingerprint,
		Evaluations: []evalJSON{},
	}
	if r.result.Err != nil {
		j.Error = r.result.Err.Error()
	}
	for _, v := range r.result.Evals {
		j.Evaluations = append(j.Evaluations, evalJSON(v))
	}
	if n := len(j.Evaluations); n > 0 {
		j.Final = &j.Evaluations[n-1]
	}
	return j
}
