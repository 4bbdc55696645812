package part1

import (
	"fmt"
	"strconv"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/perceptron"
)

// Results is the table of accuracies: the report's, this run's, over the
// further seeds, and the ceilings. Its rows have the keys of SpreadFigure and
// link to the tests' sections.
func (r *Run) Results(prefix string) page.Table {
	t := page.Table{
		Caption:  lang.T("Accuracy on the test points by %s.", r.Variant.Name()),
		Head:     []lang.Text{lang.T("Test"), lang.T("Report"), lang.T("This run")},
		Align:    "lrr",
		RowHeads: true,
		Note: lang.T("Through 0: the most that any line through the origin has right of these test points. " +
			"Bayes: the most that anything can expect to have right of fresh points."),
	}
	if r.Seeds > 0 {
		t.Caption = lang.T("Accuracy on the test points by %s; mean ± sd and the range over %s.", r.Variant.Name(), r.Span())
		t.Head, t.Align = append(t.Head, lang.T("Mean ± sd"), lang.T("Range")), t.Align+"rr"
	}
	t.Head, t.Align = append(t.Head, lang.T("Through 0"), lang.T("Bayes")), t.Align+"rr"
	for _, x := range r.Tests {
		told := "–"
		if x.Report != nil {
			told = Share(*x.Report)
		}
		row := page.Row(x.Name, told, Share(x.Main().Accuracy))
		row[0] = page.Cell{Text: x.rowName(), Link: "#" + section(prefix, x)}
		if r.Seeds > 0 {
			row = append(row, page.Row(x.Spreads[0].Cell(r.Seeds), x.Spreads[0].rangeCell())...)
		}
		t.Rows = append(t.Rows, append(row, page.Row(Share(x.Origin), fmt.Sprintf("%.4f", x.Bayes))...))
		t.Keys = append(t.Keys, Key(prefix, x))
	}
	return t
}

// rowName is what a test is called in a table's column of tests.
func (s Setup) rowName() lang.Text {
	if s.own() {
		return lang.T("own")
	}
	return lang.Same(s.Name)
}

func (s Spread) rangeCell() string {
	if s.Count == 0 {
		return "–"
	}
	return Share(s.Min) + "–" + Share(s.Max)
}

// Pairs is the table of means and covariances.
func (r *Run) Pairs() page.Table {
	t := page.Table{
		Caption: lang.T("The pairs of Gaussians: means and covariances, row by row."),
		Head:    []lang.Text{lang.T("Test"), lang.T("Mean 1"), lang.T("Mean 2"), lang.T("Covariance 1"), lang.T("Covariance 2")},
		Align:   "lcccc", RowHeads: true,
	}
	for _, x := range r.Tests {
		row := page.Row(x.Name, Numbers(x.Pair.Mean1[:]), Numbers(x.Pair.Mean2[:]), Rows(x.Pair.Cov1), Rows(x.Pair.Cov2))
		row[0].Text = x.rowName()
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Learned is the table of epochs, updates and weights.
func (r *Run) Learned() page.Table {
	t := page.Table{
		Caption: lang.T("What was learned."),
		Head:    []lang.Text{lang.T("Test"), lang.T("Epochs"), lang.T("Updates"), lang.Same("w0"), lang.Same("w1")},
		Align:   "lrrrr", RowHeads: true,
	}
	if r.Rule == perceptron.RuleReport {
		t.Note = lang.T("An epoch without an update ends the training: every later one would find the same.")
	}
	if r.Bias {
		t.Head, t.Align = append(t.Head, lang.Same("b")), t.Align+"r"
	}
	for _, x := range r.Tests {
		m := x.Main()
		row := page.Row(x.Name, strconv.Itoa(m.Outcome.Epochs), strconv.Itoa(m.Outcome.Updates), Weight(m.Learned.W[0]), Weight(m.Learned.W[1]))
		row[0].Text = x.rowName()
		if r.Bias {
			row = append(row, page.Row(Weight(m.Learned.B))...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Compared is the table of the variants on the same points. The more a mean over
// the further seeds is above another, the stronger its cell's colour.
func (r *Run) Compared() page.Table {
	t := page.Table{Caption: lang.T("The rules on the same points."), Head: []lang.Text{lang.T("Test")}, Align: "l", RowHeads: true}
	if r.Seeds > 0 {
		t.Caption = lang.T("The rules on the same points, and their mean ± sd over %s; the better, the stronger the colour.", r.Span())
	}
	for _, v := range r.Variants() {
		t.Head, t.Align = append(t.Head, v.Name().Capital()), t.Align+"r"
	}
	for _, x := range r.Tests {
		row := page.Cells(x.rowName())
		for i, trial := range x.Trials {
			c := page.Cell{Text: lang.Same(Share(trial.Accuracy))}
			if r.Seeds > 0 {
				c.Text = lang.T("%s; %s", Share(trial.Accuracy), x.Spreads[i].Cell(r.Seeds))
				c.Shade = shade(x.Spreads[i])
			}
			row = append(row, c)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// shade goes from 0 for chance to 6 for all right.
func shade(s Spread) int {
	if s.Count == 0 {
		return 0
	}
	return max(0, min(6, int((s.Mean-0.5)*12)))
}
