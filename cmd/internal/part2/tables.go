package part2

import (
	"fmt"
	"strconv"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/mat"
)

// EvalHead are the columns of EvalRow.
func EvalHead() []lang.Text {
	return []lang.Text{lang.T("step"), lang.T("loss"), lang.T("loss a row"), lang.T("train acc."), lang.T("test acc.")}
}

// EvalRow returns evaluation i as a table shows it.
func (r *Run) EvalRow(i int) []string {
	v := r.Result.Evals[i]
	return []string{strconv.Itoa(v.Step), Digits(v.Loss), Digits(v.LossPerRow()), fmt.Sprintf("%.4f", v.TrainAccuracy), fmt.Sprintf("%.4f", v.TestAccuracy)}
}

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
	t := page.Table{Head: EvalHead(), Align: "rrrrr"}
	for _, i := range at {
		t.Rows = append(t.Rows, page.Row(r.EvalRow(i)...))
		t.Keys = append(t.Keys, r.key(r.Result.Evals[i]))
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

// Confusion counts the test rows of each class (down) by the class p gives them
// (across), as sklearn.metrics.confusion_matrix does; the first row and column
// are names.
func (r *Run) Confusion() [][]string {
	d := r.Exp.Data
	table := [][]string{append([]string{""}, d.Classes...)}
	for i, row := range r.confusion() {
		texts := []string{d.Classes[i]}
		for _, n := range row {
			texts = append(texts, strconv.Itoa(n))
		}
		table = append(table, texts)
	}
	return table
}

// confusion counts the test rows by class and by prediction.
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

// ConfusionTable is Confusion as a map: each cell is as dark as its share of
// the row's class is large.
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
