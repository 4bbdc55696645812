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
	Report      *reportJSON  `json:"report,omitempty"`
	Fingerprint string       `json:"fingerprint"`
	Evaluations []evalJSON   `json:"evaluations"`
}

// reportJSON is what the report found where this run does the same work.
type reportJSON struct {
	Accuracy float64 `json:"test_accuracy"`
	Loss     float64 `json:"loss,omitempty"` // 0: the report gives none
	Words    string  `json:"words"`
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
	e, result := r.run.Exp, r.run.Result
	j := runJSON{
		Command: r.set.Command("seed"), Settings: r.set.Settings("out", "v"),
		Data: newDataJSON(e.Data), Network: r.run.Network(), Steps: result.Steps,
		Interrupted: result.Interrupted(), Fingerprint: result.Fingerprint, Evaluations: []evalJSON{},
	}
	if rep := r.run.Reported(); rep != nil {
		j.Report = &reportJSON{rep.Accuracy, rep.Loss, rep.Text.EN}
	}
	if result.Err != nil {
		j.Error = result.Err.Error()
	}
	for _, v := range result.Evals {
		j.Evaluations = append(j.Evaluations, evalJSON(v))
	}
	if n := len(j.Evaluations); n > 0 {
		j.Final = &j.Evaluations[n-1]
	}
	return j
}
