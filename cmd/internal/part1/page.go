package part1

import (
	"fmt"
	"math"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/perceptron"
)

// sections are all of the command's page but its settings: a summary, the
// results, and a section for each test. The error names the figure that cannot
// be drawn.
func (r *Run) sections() ([]page.Section, error) {
	var summary []page.Block
	if facts := r.facts(); len(facts) > 0 {
		summary = append(summary, facts)
	}
	summary = append(summary, page.Paragraphs(r.Summary())...)
	fig, ok, err := r.SpreadFigure("")
	if err != nil {
		return nil, err
	}
	if ok {
		summary = append(summary, fig)
	}
	var list []page.Section
	if len(summary) > 0 {
		list = append(list, page.Section{ID: "summary", Heading: lang.T("Summary"), Blocks: summary})
	}
	list = append(list, page.Section{ID: "results", Heading: lang.T("Results"),
		Blocks: []page.Block{r.Results(""), r.Compared(), r.Learned(), r.Pairs()}})
	for _, t := range r.Tests {
		blocks, err := t.Blocks()
		if err != nil {
			return nil, err
		}
		list = append(list, page.Section{ID: Key("", t), Heading: t.Title(), Blocks: blocks})
	}
	return list, nil
}

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
		t.Caption = lang.T("Accuracy on the test points by %s; mean ± sd and the range over %s.", r.Variant.Name(), r.span())
		t.Head, t.Align = append(t.Head, lang.T("Mean ± sd"), lang.T("Range")), t.Align+"rr"
	}
	t.Head, t.Align = append(t.Head, lang.T("Through 0"), lang.T("Bayes")), t.Align+"rr"
	for _, x := range r.Tests {
		row := page.Row(x.Name, x.told(), share(x.Main().Accuracy))
		row[0] = page.Cell{Text: x.rowName(), Link: "#" + Key(prefix, x)}
		row[2].Explain = key(x, 0, "accuracy")
		if r.Seeds > 0 {
			row = append(row, page.Row(x.Spreads[0].cell(r.Seeds), x.Spreads[0].rangeCell())...)
			row[3].Explain, row[4].Explain = key(x, 0, "sd"), key(x, 0, "least")
		}
		ceilings := page.Row(share(x.Origin), fmt.Sprintf("%.4f", x.Bayes))
		ceilings[0].Explain, ceilings[1].Explain = key(x, 0, "origin"), key(x, 0, "bayes")
		t.Rows = append(t.Rows, append(row, ceilings...))
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
	return share(s.Min) + "–" + share(s.Max)
}

// Pairs is the table of means and covariances.
func (r *Run) Pairs() page.Table {
	t := page.Table{
		Caption: lang.T("The pairs of Gaussians: means and covariances, row by row."),
		Head:    []lang.Text{lang.T("Test"), lang.T("Mean 1"), lang.T("Mean 2"), lang.T("Covariance 1"), lang.T("Covariance 2")},
		Align:   "lcccc", RowHeads: true,
	}
	for _, x := range r.Tests {
		row := page.Row(x.Name, numbers(x.Pair.Mean1[:]), numbers(x.Pair.Mean2[:]), rows(x.Pair.Cov1), rows(x.Pair.Cov2))
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
		row := page.Row(x.Name, strconv.Itoa(m.Outcome.Epochs), strconv.Itoa(m.Outcome.Updates), weight(m.Learned.W[0]), weight(m.Learned.W[1]))
		row[0].Text = x.rowName()
		if r.Bias {
			row = append(row, page.Row(weight(m.Learned.B))...)
		}
		for i, name := range []string{"epochs", "updates", "w[0]", "w[1]", "b"}[:len(row)-1] {
			row[i+1].Explain = key(x, 0, name)
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
		t.Caption = lang.T("The rules on the same points, and their mean ± sd over %s; the better, the stronger the colour.", r.span())
	}
	for _, v := range r.Variants() {
		t.Head, t.Align = append(t.Head, v.Name().Capital()), t.Align+"r"
	}
	for _, x := range r.Tests {
		row := page.Cells(x.rowName())
		for i, trial := range x.Trials {
			c := page.Cell{Text: lang.Same(share(trial.Accuracy)), Explain: key(x, i, "accuracy")}
			if r.Seeds > 0 {
				c.Text = lang.T("%s; %s", share(trial.Accuracy), x.Spreads[i].cell(r.Seeds))
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

// share shows an accuracy.
func share(v float64) string { return fmt.Sprintf("%.3f", v) }

// told shows the report's accuracy.
func (s Setup) told() string {
	if s.own() {
		return "–"
	}
	return share(*s.Report)
}

// String shows mean and sd of accuracies.
func (s Spread) String() string { return s.Text(3) }

// cell shows a spread over seeds of which there should be so many, with the
// number of those there are where some are missing.
func (s Spread) cell(seeds int) string {
	switch {
	case s.Count == 0:
		return "–"
	case s.Count < seeds:
		return fmt.Sprintf("%s (%d)", s, s.Count)
	}
	return s.String()
}

// weight shows a weight with the digits that a reader can use.
func weight(v float64) string { return strconv.FormatFloat(v, 'g', 5, 64) }

// numbers shows a list as a flag takes it.
func numbers(list []float64) string { return cli.Join(list, ",", cli.FormatFloat) }

// rows shows a covariance as a flag takes it.
func rows(c [2][2]float64) string { return numbers([]float64{c[0][0], c[0][1], c[1][0], c[1][1]}) }

// pointsOf is how many of n a share of them is.
func pointsOf(v float64, n int) int { return int(math.Round(v * float64(n))) }

func epochs(n int) lang.Text { return lang.Count(n, lang.T("1 epoch"), lang.T("%d epochs", n)) }
func corrections(n int) lang.Text {
	return lang.Count(n, lang.T("1 correction"), lang.T("%d corrections", n))
}
func times(n int) lang.Text { return lang.Count(n, lang.T("once"), lang.T("%d times", n)) }

// names are tests within a sentence: "test 3", "tests 2 and 3".
func names(tests []Test) lang.Text {
	var list []lang.Text
	for _, t := range tests {
		list = append(list, lang.Same(t.Name))
	}
	return lang.Count(len(list), lang.T("test %s", list[0]), lang.T("tests %s", lists(list)))
}

// lists is lang.And for items that end in figures or brackets, between which
// the Chinese is better without a word.
func lists(items []lang.Text) lang.Text {
	return lang.Text{EN: lang.And(items...).EN, ZH: lang.Join(lang.Same("、"), items...).ZH}
}

// own reports whether it is a pair of the user's own.
func (s Setup) own() bool { return s.Report == nil }

// Title names a setup.
func (s Setup) Title() lang.Text {
	if s.own() {
		return lang.T("A pair of one's own")
	}
	return lang.T("Test %s", s.Name)
}

// subject says what the run is about.
func (c Config) subject() lang.Text {
	if len(c.Setups) == 1 {
		return lang.T("%s on a pair of one's own", c.Variant.Name())
	}
	return lang.T("%s on the report's five tests", c.Variant.Name())
}

// sizes says how many points there are.
func (c Config) sizes() lang.Text {
	train := perceptron.TrainCount(c.N)
	return lang.T("%d training and %d test points of each class", train, c.N-train)
}

// span names the further seeds.
func (c Config) span() lang.Text {
	first := uint64(c.Seed) + 1
	return lang.Count(c.Seeds, lang.T("seed %d", first), lang.T("seeds %d–%d", first, first-1+uint64(c.Seeds)))
}

// Progress says how far the run came.
func (r *Run) Progress() lang.Text {
	draws := 0
	for _, t := range r.Tests {
		draws += t.Spreads[0].Count
	}
	all := len(r.Setups) * r.Seeds
	if len(r.Setups) == 1 {
		return lang.T("%d of 1 test and %d of the %d draws with further seeds were done", len(r.Tests), draws, all)
	}
	return lang.T("%d of %d tests and %d of the %d draws with further seeds were done", len(r.Tests), len(r.Setups), draws, all)
}
