package part2

import (
	"context"
	"errors"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
	"glassbox/nn"
)

// study has runs that end with these test accuracies, a list a setting; 0 is a
// run that diverged, −1 one that was not run.
func study(t *testing.T, names []string, texts [][]string, accuracies ...[]float64) *Study {
	t.Helper()
	var cells []Cell
	for _, text := range texts {
		cells = append(cells, Cell{text, config(t, "-seed 7")})
	}
	s := NewStudy(names, cells, len(accuracies[0]))
	for i, list := range accuracies {
		for k, v := range list {
			r := experiment.Result{Steps: 1500, Fingerprint: strings.Repeat("ab", 32), Evals: []experiment.Eval{
				{Step: 0, Loss: 500, Rows: 800, TrainAccuracy: 0.5, TestAccuracy: 0.5}, {Step: 1500, Loss: 160, Rows: 800, TrainAccuracy: v, TestAccuracy: v}}}
			switch v {
			case 0:
				r = experiment.Result{Steps: 3, Fingerprint: "cd", Evals: r.Evals[:1], Err: &nn.NonFiniteError{Step: 3, Tensor: "z2"}}
			case -1:
				r = experiment.Result{}
			}
			s.Series[i].Runs[k] = r
		}
	}
	return s
}

var (
	rate  = []string{"learning_rate"}
	two   = [][]string{{"0.1"}, {"1"}}
	three = [][]string{{"0.1"}, {"1"}, {"10"}}
)

func TestStudySummary(t *testing.T) {
	for _, c := range []struct {
		s    *Study
		want string
	}{
		{study(t, nil, [][]string{nil}, []float64{0.75, 1, 0.875}), "Over 3 seeds the test accuracy is 0.8750 ± 0.1021, from 0.750 with seed 7 to 1.000 with seed 8. The report's 0.845 lies in that range."},
		{study(t, nil, [][]string{nil}, []float64{0.9, 1}), "The report's 0.845 lies outside of that range."},
		{study(t, rate, two, []float64{0.5, 0.75, 0.5, 0.75}, []float64{0.75, 0.75, 1, 1}),
			"The best of 2 settings on the test rows is learning_rate 1: 0.8750 ± 0.1250 over 4 seeds. The next, learning_rate 0.1, is 0.2500 behind, 2 times the larger standard deviation of the two. With the same seed the best is ahead of it 3 times of 4."},
		{study(t, rate, two, []float64{1, 1}, []float64{0.5, 0.5}), "The next, learning_rate 1, is 0.5000 behind, and neither depends on the seed."},
		{study(t, rate, two, []float64{0.5}, []float64{0.75}), "is learning_rate 1: 0.7500. The next, learning_rate 0.1, is 0.2500 behind; whether that is chance only more seeds can tell."},
		{study(t, rate, two, []float64{0.5}, []float64{0.5}), "is learning_rate 0.1: 0.5000. As good is learning_rate 1."},
		{study(t, rate, three, []float64{0.5}, []float64{0.5}, []float64{0.5}), "As good are learning_rate 1; learning_rate 10."},
		{study(t, rate, two, []float64{0, 0.5}, []float64{0, 0}), "is learning_rate 0.1: 0.5000 ± 0.0000 over 1 of 2 seeds. 3 of the 4 runs diverged: their numbers stopped being finite."},
		{study(t, rate, two, []float64{0}, []float64{-1}), "No run went to its end. 1 of the 2 runs diverged"},
	} {
		says(t, c.s.Summary(), c.want)
	}
}

func TestMap(t *testing.T) {
	s := study(t, []string{"learning_rate", "momentum"}, [][]string{{"0.1", "0"}, {"0.1", "0.9"}, {"1", "0"}, {"1", "0.9"}},
		[]float64{0.5, 0.5}, []float64{0.75, 1}, []float64{0, 0}, []float64{0, 0.9375})
	table, ok := s.Map()
	if !ok || len(table.Rows) != 2 || len(table.Head) != 3 || table.Head[2].EN != "0.9" {
		t.Fatalf("the map is %+v", table)
	}
	for _, c := range []struct {
		row, column, shade int
		text               string
	}{{0, 0, 0, "0.1"}, {0, 1, 1, "0.5000 ± 0.0000"}, {0, 2, 8, "0.8750 ± 0.1250"}, {1, 0, 0, "1"}, {1, 1, 0, "diverged"}, {1, 2, 9, "0.9375 ± 0.0000, 1 diverged"}} {
		if got := table.Rows[c.row][c.column]; got.Text.EN != c.text || got.Shade != c.shade {
			t.Errorf("row %d, column %d: %q, shade %d; want %q, %d", c.row, c.column, got.Text.EN, got.Shade, c.text, c.shade)
		}
	}
	if _, ok := study(t, rate, two, []float64{1}, []float64{1}).Map(); ok {
		t.Error("a map of one setting")
	}
}

func TestSweepFigure(t *testing.T) {
	for _, c := range []struct {
		s    *Study
		want []string
	}{
		{study(t, rate, [][]string{{"1"}, {"0.01"}, {"0.1"}}, []float64{0.5, 0.75}, []float64{0.75, 0.75}, []float64{1, 1}), []string{"sweep.svg", "accuracy.svg", "loss.svg"}},
		{study(t, []string{"init"}, [][]string{{"he"}, {"1"}}, []float64{0.5}, []float64{0.75}), []string{"accuracy.svg", "loss.svg"}},
		{study(t, rate, two, []float64{0.5}, []float64{0}), []string{"accuracy.svg", "loss.svg"}},
		{study(t, rate, two, []float64{-1}, []float64{-1}), nil},
	} {
		figures, err := Draw(c.s.Sketches())
		if err != nil {
			t.Fatal(err)
		}
		var files []string
		for _, f := range figures {
			files = append(files, f.File)
		}
		if strings.Join(files, " ") != strings.Join(c.want, " ") {
			t.Errorf("the figures are %v, want %v", files, c.want)
		}
		if len(files) < 3 {
			continue
		}
		svg := figures[0].Drawing.First()
		// From left to right, however they were given; the keys are the rows'.
		at := func(text string) int { return strings.Index(svg, text) }
		if a, b, c := at(`data-key="setting-1"><title>learning_rate 0.01: mean test accuracy 0.7500 ± 0.0000`), at(`data-key="setting-2"`), at(`data-key="setting-0"`); a < 0 || b < a || c < b {
			t.Errorf("the settings stand at %d, %d, %d", a, b, c)
		}
		if at("learning_rate 1, seed 8: test accuracy 0.7500") < 0 {
			t.Error("a run is missing")
		}
	}
}

func TestRunsTable(t *testing.T) {
	s := study(t, rate, two, []float64{0.5, 0, -1}, []float64{1, 1, 1})
	s.Series[1].Runs[0] = experiment.Result{Steps: 9, Err: context.Canceled, Fingerprint: "ef"}
	s.Series[1].Runs[1] = experiment.Result{Steps: 8, Err: errors.New("p became NaN"), Fingerprint: "ef"}
	var got []string
	for _, row := range s.RunsTable().Rows {
		var texts []string
		for _, c := range row {
			texts = append(texts, c.Text.EN)
		}
		got = append(got, strings.Join(texts, " | "))
	}
	want := []string{
		"0.1 | 7 | 0.2000 | 0.5000 | 0.5000 | abababab | went to its end",
		"0.1 | 8 | 0.6250 | 0.5000 | 0.5000 | cd | diverged at step 3, in z2",
		"0.1 | 9 | – | – | – |  | not run",
		"1 | 7 | – | – | – | ef | interrupted after step 9",
		"1 | 8 | – | – | – | ef | diverged after step 8",
		"1 | 9 | 0.2000 | 1.0000 | 1.0000 | abababab | went to its end",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the runs are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := s.Finished(); n != 4 {
		t.Errorf("%d runs are finished, want 4", n)
	}
}
