package part2

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/stat"
	"glassbox/mat"
)

// ShortTable is how many evaluations a table shows at most that is read as a
// whole.
const ShortTable = 12

// Evaluations is a table of about n evaluations spread over the run.
func (r *Run) Evaluations(n int) page.Table {
	t := r.evaluations(experiment.Evenly(len(r.Result.Evals), n))
	t.Caption = lang.T("Evaluations spread over the run.")
	if len(r.Result.Evals) <= n {
		t.Caption = lang.T("Every evaluation of the run.")
	}
	return t
}

// AllEvaluations is a long table of every evaluation that the curves show on
// hover.
func (r *Run) AllEvaluations() page.Table {
	at := hovered(len(r.Result.Evals))
	t := r.evaluations(at)
	t.Long = true
	t.Caption = lang.T("Every evaluation. A click on a step leads to its point in the curve, a click on a point to its row.")
	if len(at) < len(r.Result.Evals) {
		t.Caption = lang.T("%d of the %d evaluations, evenly spread. A click on a step leads to its point in the curve, a click on a point to its row.", len(at), len(r.Result.Evals))
	}
	return t
}

func (r *Run) evaluations(at []int) page.Table {
	t := page.Table{Align: "rrrrr",
		Head: []lang.Text{lang.T("step"), lang.T("loss"), lang.T("loss a row"), lang.T("train acc."), lang.T("test acc.")}}
	for _, i := range at {
		v := r.Result.Evals[i]
		t.Rows = append(t.Rows, page.Row(strconv.Itoa(v.Step), Digits(v.Loss), Digits(v.LossPerRow()), fmt.Sprintf("%.4f", v.TrainAccuracy), fmt.Sprintf("%.4f", v.TestAccuracy)))
		t.Keys = append(t.Keys, r.key(v))
	}
	return t
}

// hovered are the vertices of a curve of n that plotsvg shows on hover.
func hovered(n int) []int {
	const most = 400
	every := (n-1)/most + 1
	var at []int
	for i := range n {
		if i%every == 0 || i == n-1 {
			at = append(at, i)
		}
	}
	return at
}

// confusion counts the test rows of each class (down) by the class p gives them
// (across), as sklearn.metrics.confusion_matrix does.
func (r *Run) confusion() [][]int {
	d := r.Exp.Data
	counts := make([][]int, len(d.Classes))
	for i := range counts {
		counts[i] = make([]int, len(d.Classes))
	}
	p := r.Predict(d.TestX)
	for i, label := range d.TestLabels {
		counts[label][mat.ArgMax(p.Row(i))]++
	}
	return counts
}

// ConfusionTable is a map of the test rows by class (down) and by prediction
// (across): each cell is as dark as its share of the row's class is large.
func (r *Run) ConfusionTable() page.Table {
	d := r.Exp.Data
	t := page.Table{Caption: lang.T("Test rows by their class (down) and by the predicted one (across)."), Head: make([]lang.Text, 1), Align: "l", RowHeads: true}
	for _, name := range d.Classes {
		t.Head, t.Align = append(t.Head, lang.Same(name)), t.Align+"r"
	}
	for i, row := range r.confusion() {
		all, cells := 0, page.Row(d.Classes[i])
		for _, n := range row {
			all += n
		}
		for _, n := range row {
			cells = append(cells, page.Cell{Text: lang.Same(strconv.Itoa(n)), Shade: share(float64(n), 0, float64(all))})
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// share returns how dark a cell with v is where lo is light and hi is dark:
// 1 to 9, or 0 where all are alike.
func share(v, lo, hi float64) int {
	if !(hi > lo) {
		return 0
	}
	return 1 + int(8*(v-lo)/(hi-lo)+0.5)
}

// longTable is the number of rows above which a table scrolls in a frame.
const longTable = 24

// SettingsTable has a row for each setting: the swept flags, then the
// statistics.
func (s *Study) SettingsTable() page.Table {
	diverged := s.count(Diverged) > 0
	head := append(lang.Sames(s.Names...), lang.T("runs"))
	if diverged {
		head = append(head, lang.T("diverged"))
	}
	head = append(head, lang.T("loss a row"), lang.T("train acc."), lang.T("test acc."), lang.T("range"))
	t := page.Table{
		Caption: lang.T("Mean ± standard deviation over the seeds, after the last step; the range of the test accuracy is from the lowest run to the highest."),
		Head:    head, Align: strings.Repeat("l", len(s.Names)) + strings.Repeat("r", len(head)-len(s.Names)),
		RowHeads: len(s.Names) > 0, Sortable: len(s.Series) > 1, Long: len(s.Series) > longTable,
	}
	if n := len(head); n > 5 {
		t.Less = []int{n - 1, n - 3, len(s.Names), n - 4} // the range, training, the count, the loss
	}
	for i, x := range s.Series {
		loss, n := x.Over(experiment.Eval.LossPerRow)
		train, _ := x.Over(Train)
		test, _ := x.Over(Test)
		row := append(slices.Clone(x.Texts), strconv.Itoa(n))
		if diverged {
			row = append(row, strconv.Itoa(x.count(Diverged)))
		}
		if n == 0 {
			row = append(row, "–", "–", "–", "–")
		} else {
			row = append(row, loss.String(), train.String(), test.String(), fmt.Sprintf("%.3f–%.3f", test.Min, test.Max))
		}
		t.Rows = append(t.Rows, page.Row(row...))
		t.Keys = append(t.Keys, settingKey(i))
	}
	return t
}

// settingKey ties a setting's row to its point in the figure.
func settingKey(i int) string { return "setting-" + strconv.Itoa(i) }

// Map is a grid of two settings as a table, one down and one across, the
// stronger in colour the better. It reports false for other grids.
func (s *Study) Map() (page.Table, bool) {
	if len(s.Names) != 2 {
		return page.Table{}, false
	}
	var columns []string
	for _, x := range s.Series {
		if x.Texts[0] != s.Series[0].Texts[0] {
			break
		}
		columns = append(columns, x.Texts[1])
	}
	t := page.Table{
		Caption: lang.T("Mean test accuracy by `%s` (down) and `%s` (across), with the standard deviation over the seeds: the stronger the colour the better.", s.Names[0], s.Names[1]),
		Head:    append([]lang.Text{lang.Same(s.Names[0] + " ＼ " + s.Names[1])}, lang.Sames(columns...)...),
		Align:   "l" + strings.Repeat("r", len(columns)), RowHeads: true,
	}
	if s.Seeds == 1 {
		t.Caption = lang.T("Test accuracy by `%s` (down) and `%s` (across): the stronger the colour the better.", s.Names[0], s.Names[1])
	}
	var means []float64
	for _, x := range s.Series {
		if acc, n := x.Over(Test); n > 0 {
			means = append(means, acc.Mean)
		}
	}
	all := stat.Of(means)
	for i := 0; i < len(s.Series); i += len(columns) {
		row := page.Row(s.Series[i].Texts[0])
		for _, x := range s.Series[i : i+len(columns)] {
			row = append(row, s.mapCell(x, all))
		}
		t.Rows = append(t.Rows, row)
	}
	return t, true
}

// mapCell is one setting among all in the map.
func (s *Study) mapCell(x Series, all stat.Stat) page.Cell {
	acc, n := x.Over(Test)
	diverged := x.count(Diverged)
	if n == 0 {
		if diverged > 0 {
			return page.Cell{Text: lang.T("diverged")}
		}
		return page.Cell{Text: lang.Same("–")}
	}
	text := lang.Same(acc.String())
	if s.Seeds == 1 {
		text = lang.Same(fmt.Sprintf("%.4f", acc.Mean))
	}
	if diverged > 0 {
		text = lang.T("%s, %d diverged", text, diverged)
	}
	return page.Cell{Text: text, Shade: share(acc.Mean, all.Min, all.Max)}
}

// RunsTable has a row for each run.
func (s *Study) RunsTable() page.Table {
	t := page.Table{
		Caption: lang.T("Every run, after its last evaluation; `runs.csv` has them in full."),
		Head: append(lang.Sames(s.Names...), lang.T("seed"), lang.T("loss a row"), lang.T("train acc."), lang.T("test acc."),
			lang.T("fingerprint"), lang.T("how it ended")),
		Align: strings.Repeat("l", len(s.Names)) + "rrrrll", Sortable: true, Long: s.Count() > longTable,
	}
	for _, x := range s.Series {
		for i, r := range x.Runs {
			row := append(slices.Clone(x.Texts), strconv.FormatUint(uint64(x.Config.Seed)+uint64(i), 10))
			if len(r.Evals) > 0 {
				v := r.Last()
				row = append(row, Digits(v.LossPerRow()), fmt.Sprintf("%.4f", v.TrainAccuracy), fmt.Sprintf("%.4f", v.TestAccuracy))
			} else {
				row = append(row, "–", "–", "–")
			}
			cells := page.Row(append(row, r.Fingerprint[:min(8, len(r.Fingerprint))])...)
			t.Rows = append(t.Rows, append(cells, page.Cell{Text: ended(r)}))
		}
	}
	return t
}
