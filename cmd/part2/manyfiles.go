package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/output"
	"glassbox/plotsvg"
)

// fingerprint is the SHA-256 of all runs' fingerprints in order.
func (s *study) fingerprint() string {
	h := sha256.New()
	for _, x := range s.series {
		for _, r := range x.runs {
			fmt.Fprintln(h, r.Fingerprint)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (s *study) write(out *output.Dir) error {
	figures, err := s.figures()
	if err != nil {
		return err
	}
	return writeAll(out, figures, []file{{"metrics.csv", s.metricsCSV()}, {"runs.csv", s.runsCSV()}}, s.json(), s.page)
}

// A point is one evaluation of a series: the statistics over the runs that
// reached it.
type point struct {
	step              int
	runs              int
	loss, train, test stat
}

// points returns the series' evaluations in order.
func (x series) points() []point {
	var list []point
	for i := 0; ; i++ {
		var loss, train, test []float64
		step := 0
		for _, r := range x.runs {
			if i < len(r.Evals) && !diverged(r) {
				v := r.Evals[i]
				step = max(step, v.Step)
				loss, train, test = append(loss, lossARow(v)), append(train, v.TrainAccuracy), append(test, v.TestAccuracy)
			}
		}
		if len(loss) == 0 {
			return list
		}
		list = append(list, point{step, len(loss), newStat(loss), newStat(train), newStat(test)})
	}
}

// metricsCSV has a row for each evaluation of each setting, over the seeds.
func (s *study) metricsCSV() []byte {
	rows := [][]string{append(append([]string{}, s.names...), "step", "runs", "loss_per_row_mean", "loss_per_row_sd",
		"train_accuracy_mean", "train_accuracy_sd", "test_accuracy_mean", "test_accuracy_sd")}
	for _, x := range s.series {
		for _, p := range x.points() {
			rows = append(rows, append(append([]string{}, x.texts...), strconv.Itoa(p.step), strconv.Itoa(p.runs),
				full(p.loss.Mean), full(p.loss.SD), full(p.train.Mean), full(p.train.SD), full(p.test.Mean), full(p.test.SD)))
		}
	}
	return csvBytes(rows)
}

// runsCSV has a row for each run.
func (s *study) runsCSV() []byte {
	rows := [][]string{append(append([]string{}, s.names...), "seed", "steps", "loss", "batch_rows", "train_accuracy", "test_accuracy", "fingerprint", "error")}
	for _, x := range s.series {
		for i, r := range x.runs {
			row := append(append([]string{}, x.texts...), fmt.Sprint(x.config.Seed+uint32(i)), strconv.Itoa(r.Steps))
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
	LossPerRow    *stat             `json:"loss_per_row"`
	TrainAccuracy *stat             `json:"train_accuracy"`
	TestAccuracy  *stat             `json:"test_accuracy"`
	Each          []manyRunJSON     `json:"each"`
}

type manyRunJSON struct {
	Seed        uint32    `json:"seed"`
	Steps       int       `json:"steps"`
	Final       *evalJSON `json:"final,omitempty"`
	Fingerprint string    `json:"fingerprint"`
	Error       string    `json:"error,omitempty"`
}

func (s *study) json() manyJSON {
	j := manyJSON{Command: s.flags.set.Command("seed"), Settings: s.flags.set.Settings("out", "v"),
		Data: newDataJSON(s.data), Interrupted: s.interrupted, Fingerprint: s.fingerprint()}
	for _, x := range s.series {
		sj := seriesJSON{Values: map[string]string{}}
		for i, name := range s.names {
			sj.Values[name] = x.texts[i]
		}
		loss, n := x.over(lossARow)
		if sj.Runs = n; n > 0 {
			train, _ := x.over(trainAcc)
			test, _ := x.over(testAcc)
			sj.LossPerRow, sj.TrainAccuracy, sj.TestAccuracy = &loss, &train, &test
		}
		for i, r := range x.runs {
			rj := manyRunJSON{Seed: x.config.Seed + uint32(i), Steps: r.Steps, Fingerprint: r.Fingerprint, Error: why(r)}
			if len(r.Evals) > 0 {
				rj.Final = new(evalJSON(r.Last()))
			}
			sj.Each = append(sj.Each, rj)
		}
		j.Series = append(j.Series, sj)
	}
	return j
}

// most is the number of curves a figure can hold and still be read.
const most = 8

// figures draws the test accuracy and the loss of each setting with a band of
// one standard deviation.
func (s *study) figures() ([]figure, error) {
	shown := s.series
	if len(shown) > most {
		shown = nil
		for _, i := range spread(len(s.series), most) {
			shown = append(shown, s.series[i])
		}
	}
	acc := &plotsvg.Figure{Title: "Test accuracy", Desc: "Mean test accuracy over the seeds, with a band of one standard deviation.",
		X: plotsvg.Axis{Label: "step"}, Y: plotsvg.Axis{Label: "share of test rows classified right"}}
	loss := &plotsvg.Figure{Title: "Loss", Desc: "Mean loss a row over the seeds, with a band of one standard deviation.",
		X: plotsvg.Axis{Label: "step"}, Y: plotsvg.Axis{Label: "loss a row of the batch in hand"}}
	low, high := math.Inf(1), 0.0
	for class, x := range shown {
		points := x.points()
		if len(points) == 0 {
			continue
		}
		var steps []float64
		for _, p := range points {
			steps = append(steps, float64(p.step))
			low, high = min(low, p.loss.Min), max(high, p.loss.Max)
		}
		name := x.label
		if name == "" {
			name = "mean"
		}
		bandAndLine(acc, name, class, steps, points, func(p point) stat { return p.test })
		bandAndLine(loss, name, class, steps, points, func(p point) stat { return p.loss })
	}
	if len(acc.Layers) == 0 {
		return nil, nil
	}
	loss.Y.Log = low > 0 && high/low > 10
	caption := fmt.Sprintf(", mean over %d seeds and a band of one standard deviation that ends at the lowest and the highest run.", s.seeds)
	if len(s.series) > most {
		caption += fmt.Sprintf(" %d of the %d settings are drawn; the table has all.", most, len(s.series))
	}
	return draw([]sketch{
		{"accuracy.svg", "Test accuracy" + caption, func() *plotsvg.Figure { return acc }},
		{"loss.svg", "Loss a row" + caption, func() *plotsvg.Figure { return loss }},
	})
}

func bandAndLine(f *plotsvg.Figure, name string, class int, steps []float64, points []point, of func(point) stat) {
	var mean, lo, hi []float64
	spread := false
	for _, p := range points {
		s := of(p)
		mean, lo, hi = append(mean, s.Mean), append(lo, max(s.Mean-s.SD, s.Min)), append(hi, min(s.Mean+s.SD, s.Max))
		spread = spread || s.SD > 0
	}
	if spread {
		f.Layers = append(f.Layers, plotsvg.Band{X: steps, Lo: lo, Hi: hi, Class: class})
	}
	f.Layers = append(f.Layers, plotsvg.Line{Name: name, X: steps, Y: mean, Class: class})
}
