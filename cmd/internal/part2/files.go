package part2

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/stat"
)

// files are those this command may write into its directory beside index.html,
// and what they hold.
func files() []page.File {
	return []page.File{
		{Name: "run.json", Note: lang.T("settings, evaluations, final numbers, fingerprint")},
		{Name: "metrics.csv", Note: lang.T("every evaluation at full precision")},
		{Name: "runs.csv", Note: lang.T("the final numbers of every run")},
		{Name: "data.svg", Note: lang.T("the data")},
		{Name: "accuracy.svg", Note: lang.T("the accuracy curves")},
		{Name: "loss.svg", Note: lang.T("the loss curve")},
		{Name: "boundary.svg", Note: lang.T("the decision boundary")},
		{Name: "sweep.svg", Note: lang.T("the test accuracy by the swept setting")},
	}
}

// open makes the directory of -out ready.
func (f *flags) open() (*output.Dir, error) {
	names := []string{"index.html"}
	for _, x := range files() {
		names = append(names, x.Name)
	}
	return output.Open("out", f.out, names)
}

// write writes the figures, the tables, run.json and the page, all or none, and
// says so.
func (f *flags) write(out *output.Dir, stdout io.Writer, sketches []Sketch, run any, index func([]Figure) *page.Page, tables ...output.Content) error {
	figures, err := Draw(sketches)
	if err != nil {
		return err
	}
	known := files()
	rec := page.Record{Command: f.command(), Settings: f.settings(), Numbers: known[0], Values: run,
		Index: func() (*page.Page, error) { return index(figures), nil }}
	var contents []output.Content
	for _, x := range figures {
		contents = append(contents, output.Content{Name: x.File, Data: []byte(x.Drawing.First())})
	}
	for _, x := range append(contents, tables...) {
		i := slices.IndexFunc(known, func(o page.File) bool { return o.Name == x.Name })
		rec.Results = append(rec.Results, page.Result{Content: x, Note: known[i].Note})
	}
	return rec.Write(out, stdout)
}

// Metrics has a row for each evaluation.
func Metrics(evals []experiment.Eval) output.Content {
	rows := [][]string{{"step", "loss", "train_accuracy", "test_accuracy"}}
	for _, v := range evals {
		rows = append(rows, []string{strconv.Itoa(v.Step), cli.FormatFloat(v.Loss), cli.FormatFloat(v.TrainAccuracy), cli.FormatFloat(v.TestAccuracy)})
	}
	return output.CSV("metrics.csv", rows)
}

// metrics has a row for each evaluation of each setting, over the seeds.
func (s *Study) metrics() [][]string {
	rows := [][]string{append(slices.Clone(s.Names), "step", "runs", "loss_per_row_mean", "loss_per_row_sd",
		"train_accuracy_mean", "train_accuracy_sd", "test_accuracy_mean", "test_accuracy_sd")}
	for _, x := range s.Series {
		for _, p := range x.Points() {
			rows = append(rows, append(slices.Clone(x.Texts), strconv.Itoa(p.Step), strconv.Itoa(p.Runs),
				cli.FormatFloat(p.Loss.Mean), cli.FormatFloat(p.Loss.SD), cli.FormatFloat(p.Train.Mean), cli.FormatFloat(p.Train.SD), cli.FormatFloat(p.Test.Mean), cli.FormatFloat(p.Test.SD)))
		}
	}
	return rows
}

// runs has a row for each run.
func (s *Study) runs() [][]string {
	rows := [][]string{append(slices.Clone(s.Names), "seed", "steps", "loss", "batch_rows", "train_accuracy", "test_accuracy", "fingerprint", "error")}
	for _, x := range s.Series {
		for i, r := range x.Runs {
			row := append(slices.Clone(x.Texts), fmt.Sprint(x.Config.Seed+uint32(i)), strconv.Itoa(r.Steps))
			if len(r.Evals) > 0 {
				v := r.Last()
				row = append(row, cli.FormatFloat(v.Loss), strconv.Itoa(v.Rows), cli.FormatFloat(v.TrainAccuracy), cli.FormatFloat(v.TestAccuracy))
			} else {
				row = append(row, "", "", "", "")
			}
			rows = append(rows, append(row, r.Fingerprint, why(r)))
		}
	}
	return rows
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

// runJSON is run.json: everything needed to repeat the run and to compare it.
type runJSON struct {
	Command     string            `json:"command"`
	Settings    cli.Settings      `json:"settings"`
	Build       cli.Build         `json:"build"`
	Data        dataJSON          `json:"data"`
	Network     string            `json:"network"`
	Steps       int               `json:"steps"`
	Interrupted bool              `json:"interrupted"`
	Error       string            `json:"error,omitempty"`
	Final       *experiment.Eval  `json:"final,omitempty"`
	Report      *reportJSON       `json:"report,omitempty"`
	Fingerprint string            `json:"fingerprint"`
	Evaluations []experiment.Eval `json:"evaluations"`
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

func newDataJSON(d experiment.Data) dataJSON {
	return dataJSON{d.Name, d.TrainX.Rows, d.TestX.Rows, d.Features, d.Classes}
}

func (f *flags) runJSON(r *Run) runJSON {
	e, result := r.Exp, r.Result
	j := runJSON{
		Command: f.command(), Settings: f.settings(), Build: cli.ThisBuild(),
		Data: newDataJSON(e.Data), Network: r.Exp.Network(), Steps: result.Steps,
		Interrupted: result.Interrupted(), Fingerprint: result.Fingerprint, Evaluations: []experiment.Eval{},
	}
	if rep := r.Reported(); rep != nil {
		j.Report = &reportJSON{rep.Accuracy, rep.Loss, rep.Text.EN}
	}
	if result.Err != nil {
		j.Error = result.Err.Error()
	}
	if n := len(result.Evals); n > 0 {
		j.Evaluations, j.Final = result.Evals, &result.Evals[n-1]
	}
	return j
}

// studyJSON is run.json of a study.
type studyJSON struct {
	Command     string       `json:"command"`
	Settings    cli.Settings `json:"settings"`
	Build       cli.Build    `json:"build"`
	Data        dataJSON     `json:"data"`
	Interrupted bool         `json:"interrupted"`
	Fingerprint string       `json:"fingerprint"`
	Series      []seriesJSON `json:"series"`
}

type seriesJSON struct {
	Values        map[string]string `json:"values"`
	Runs          int               `json:"runs"` // that went to the end
	LossPerRow    *stat.Stat        `json:"loss_per_row"`
	TrainAccuracy *stat.Stat        `json:"train_accuracy"`
	TestAccuracy  *stat.Stat        `json:"test_accuracy"`
	Each          []seedJSON        `json:"each"`
}

type seedJSON struct {
	Seed        uint32           `json:"seed"`
	Steps       int              `json:"steps"`
	Final       *experiment.Eval `json:"final,omitempty"`
	Fingerprint string           `json:"fingerprint"`
	Error       string           `json:"error,omitempty"`
}

func (f *flags) studyJSON(s *Study) studyJSON {
	j := studyJSON{Command: f.command(), Settings: f.settings(), Build: cli.ThisBuild(),
		Data: newDataJSON(s.Data), Interrupted: s.Interrupted, Fingerprint: s.Fingerprint()}
	for _, x := range s.Series {
		sj := seriesJSON{Values: map[string]string{}}
		for i, name := range s.Names {
			sj.Values[name] = x.Texts[i]
		}
		loss, n := x.Over(experiment.Eval.LossPerRow)
		if sj.Runs = n; n > 0 {
			train, _ := x.Over(Train)
			test, _ := x.Over(Test)
			sj.LossPerRow, sj.TrainAccuracy, sj.TestAccuracy = &loss, &train, &test
		}
		for i, r := range x.Runs {
			rj := seedJSON{Seed: x.Config.Seed + uint32(i), Steps: r.Steps, Fingerprint: r.Fingerprint, Error: why(r)}
			if len(r.Evals) > 0 {
				rj.Final = new(r.Last())
			}
			sj.Each = append(sj.Each, rj)
		}
		j.Series = append(j.Series, sj)
	}
	return j
}
