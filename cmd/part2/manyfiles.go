package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part2"
)

// write makes the files of the study.
func (s study) write(out *output.Dir) error {
	figures, err := s.Figures()
	if err != nil {
		return err
	}
	tables := []file{{"metrics.csv", s.metricsCSV()}, {"runs.csv", s.runsCSV()}}
	return writeAll(out, figures, tables, s.json(), func(written []string) *page.Page {
		return s.Page(figures, s.foot(written))
	})
}

// metricsCSV has a row for each evaluation of each setting, over the seeds.
func (s study) metricsCSV() []byte {
	rows := [][]string{append(append([]string{}, s.Names...), "step", "runs", "loss_per_row_mean", "loss_per_row_sd",
		"train_accuracy_mean", "train_accuracy_sd", "test_accuracy_mean", "test_accuracy_sd")}
	for _, x := range s.Series {
		for _, p := range x.Points() {
			rows = append(rows, append(append([]string{}, x.Texts...), strconv.Itoa(p.Step), strconv.Itoa(p.Runs),
				full(p.Loss.Mean), full(p.Loss.SD), full(p.Train.Mean), full(p.Train.SD), full(p.Test.Mean), full(p.Test.SD)))
		}
	}
	return csvBytes(rows)
}

// runsCSV has a row for each run.
func (s study) runsCSV() []byte {
	rows := [][]string{append(append([]string{}, s.Names...), "seed", "steps", "loss", "batch_rows", "train_accuracy", "test_accuracy", "fingerprint", "error")}
	for _, x := range s.Series {
		for i, r := range x.Runs {
			row := append(append([]string{}, x.Texts...), fmt.Sprint(x.Config.Seed+uint32(i)), strconv.Itoa(r.Steps))
			if len(r.Evals) > 0 {
				v := r.Last()
				row = append(row, full(v.Loss), strconv.Itoa(v.Rows), full(v.TrainAccuracy), full(v.TestAccuracy))
			} else {
				row = append(row, "", "", "", "")
			}
			rows = append(rows, append(row, r.Fingerprint, why(r)))
		}
	}
	return csvBytes(rows)
}

// why says why a run has no result, "" when it has one.
func why(r experiment.Result) string {
	switch {
	case r.Err != nil:
		return r.Err.Error()
	case r.Fingerprint == "":
		return "not run"
	}
	return ""
}

func csvBytes(rows [][]string) []byte {
	var b bytes.Buffer
	_ = csv.NewWriter(&b).WriteAll(rows) // a Buffer takes all
	return b.Bytes()
}

// manyJSON is run.json of a study.
type manyJSON struct {
	Command     string       `json:"command"`
	Settings    cli.Settings `json:"settings"`
	Data        dataJSON     `json:"data"`
	Interrupted bool         `json:"interrupted"`
	Fingerprint string       `json:"fingerprint"`
	Series      []seriesJSON `json:"series"`
}

type seriesJSON struct {
	Values        map[string]string `json:"values"`
	Runs          int               `json:"runs"` // that went to the end
	LossPerRow    *part2.Stat       `json:"loss_per_row"`
	TrainAccuracy *part2.Stat       `json:"train_accuracy"`
	TestAccuracy  *part2.Stat       `json:"test_accuracy"`
	Each          []manyRunJSON     `json:"each"`
}

type manyRunJSON struct {
	Seed        uint32    `json:"seed"`
	Steps       int       `json:"steps"`
	Final       *evalJSON `json:"final,omitempty"`
	Fingerprint string    `json:"fingerprint"`
	Error       string    `json:"error,omitempty"`
}

func (s study) json() manyJSON {
	j := manyJSON{Command: s.set.Command("seed"), Settings: s.set.Settings("out", "v"),
		Data: newDataJSON(s.Data), Interrupted: s.Interrupted, Fingerprint: s.Fingerprint()}
	for _, x := range s.Series {
		sj := seriesJSON{Values: map[string]string{}}
		for i, name := range s.Names {
			sj.Values[name] = x.Texts[i]
		}
		loss, n := x.Over(experiment.Eval.LossPerRow)
		if sj.Runs = n; n > 0 {
			train, _ := x.Over(part2.Train)
			test, _ := x.Over(part2.Test)
			sj.LossPerRow, sj.TrainAccuracy, sj.TestAccuracy = &loss, &train, &test
		}
		for i, r := range x.Runs {
			rj := manyRunJSON{Seed: x.Config.Seed + uint32(i), Steps: r.Steps, Fingerprint: r.Fingerprint, Error: why(r)}
			if len(r.Evals) > 0 {
				rj.Final = new(evalJSON(r.Last()))
			}
			sj.Each = append(sj.Each, rj)
		}
		j.Series = append(j.Series, sj)
	}
	return j
}
