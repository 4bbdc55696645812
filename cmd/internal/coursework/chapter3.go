package coursework

import (
	"fmt"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// chapter3 is Part III.
func (r Report) chapter3(g gallery) []page.Section {
	if r.Facts.Short == nil {
		return missing(2)
	}
	top := []page.Block{
		page.Text(lang.T("The same two networks, now with one random training row a step. A mean over one row is that row, so of the two faults only the softmax after every layer counts here, and sum and mean are the same.")),
	}
	short := []page.Block{r.shortTable()}
	short = append(short, g.beside(shortReported, shortRight, "accuracy", "loss")...)
	short = append(short, r.claims("part3-short")...)
	short = append(short, evaluations(r.network(shortReported), r.network(shortRight))...)
	list := []page.Section{
		{ID: chapters[2].id, Heading: chapters[2].heading(), Blocks: top},
		{ID: "part3-setup", Minor: true, Heading: lang.T("3.1 One row a step"), Blocks: r.claims("part3-setup")},
		{ID: "part3-short", Minor: true, Heading: lang.T("3.2 Results and analysis: 1500 steps"), Blocks: short},
	}
	if r.Facts.Long == nil {
		return append(list, page.Section{ID: "part3-long", Minor: true, Heading: lang.T("3.2 Results and analysis: 45,000 steps"), Blocks: missing(2)[0].Blocks})
	}
	long := []page.Block{r.longTable()}
	long = append(long, g.beside(longReported, longRight, "accuracy", "loss")...)
	long = append(long, r.claims("part3-long")...)
	long = append(long, g.beside(longReported, longRight, "boundary")...)
	long = append(long, evaluations(r.network(longReported), r.network(longRight))...)
	return append(list,
		page.Section{ID: "part3-long", Minor: true, Heading: lang.T("3.2 Results and analysis: 45,000 steps"), Blocks: long},
		page.Section{ID: "part3-comparison", Minor: true, Heading: lang.T("3.2 Results and analysis: the comparison"),
			Blocks: append([]page.Block{r.comparison()}, r.claims("part3-comparison")...)})
}

func (r Report) shortTable() page.Table {
	s := r.Facts.Short
	t := compared(lang.T("1500 steps on single rows: the report, the network behind its figures, and a right one."))
	same := lang.Same
	t.Rows = append(t.Rows,
		page.Cells(lang.T("test accuracy at the end"), lang.T("about %s", "0.5"), same(share(s.End.Test)), same(share(s.Right.Test))),
		page.Cells(lang.T("loss of the row in hand"), lang.T("jumps, no trend"), same(rowLoss(s.Loss.Min)+"–"+rowLoss(s.Loss.Max)), same(rowLoss(s.RightLoss.Min)+"–"+rowLoss(s.RightLoss.Max))),
		page.Cells(lang.T("loss of all training rows at the end, a row"), same("–"), same(rowLoss(s.Last)), same(rowLoss(s.RightLast))))
	if s.Rights.Seeds > 1 {
		t.Rows = append(t.Rows, page.Cells(lang.T("test accuracy over %d seeds", s.Rights.Seeds), same("–"), over(share, s.Ends), over(share, s.Rights)))
	}
	return t
}

func (r Report) longTable() page.Table {
	l := r.Facts.Long
	t := compared(lang.T("45,000 steps on single rows: the report, the network behind its figures, and a right one."))
	same := lang.Same
	step := func(n int) lang.Text {
		if n < 0 {
			return lang.T("never")
		}
		return same(group(n))
	}
	t.Rows = append(t.Rows,
		page.Cells(lang.T("leaves one half at step"), lang.T("about %s", "25,000"), step(l.Settles), same("–")),
		page.Cells(lang.T("has a test accuracy of 0.99 at step"), lang.T("never"), same("–"), step(l.Reaches)),
		page.Cells(lang.T("test accuracy at the end"), lang.T("about %s", "0.8"), same(share(l.End.Test)), same(share(l.Right.Test))))
	if l.Ends.Seeds > 1 {
		t.Rows = append(t.Rows, page.Cells(lang.T("test accuracy over %d seeds", l.Ends.Seeds), same("–"), over(share, l.Ends), over(share, l.Rights)))
	}
	if l.Settled.Seeds > 1 {
		t.Rows = append(t.Rows, page.Cells(lang.T("leaves one half, over %d seeds", l.Settled.Seeds), same("–"),
			same(fmt.Sprintf("%s–%s", group(int(l.Settled.Min)), group(int(l.Settled.Max)))), same("–")))
	}
	t.Rows = append(t.Rows, page.Cells(lang.T("loss of all training rows, a row, from step 25,000 on"), lang.T("falls slowly"), lang.T("%s to %s", rowLoss(l.Turn.Mean), rowLoss(l.Last.Mean)), lang.T("%s to %s", rowLoss(l.RightTurn.Mean), rowLoss(l.RightLast.Mean))))
	return t
}

// comparison is the three ways to train beside each other.
func (r Report) comparison() page.Table {
	t := page.Table{
		Caption: lang.T("Three ways to train the same network: what comes of it, and what it takes to compute."),
		Head:    []lang.Text{{}, lang.T("full batch"), lang.T("SGD, short"), lang.T("SGD, long")},
		Align:   "lrrr", RowHeads: true,
		Note: lang.T("Multiplications are those of the three products of each Linear in a step, and of the one in an evaluation, as the assignment's modules make them."),
	}
	f, s, l := r.Facts.Full, r.Facts.Short, r.Facts.Long
	row := func(name lang.Text, cells ...string) {
		t.Rows = append(t.Rows, append(page.Cells(name), page.Row(cells...)...))
	}
	row(lang.T("test accuracy in the report"), share(toldAccuracy), "≈ 0.5", "≈ 0.8")
	row(lang.T("test accuracy as reported"), share(s.Full), share(s.End.Test), share(l.End.Test))
	if f != nil {
		row(lang.T("test accuracy of a right network"), share(f.Right.End.Test), share(s.Right.Test), share(l.Right.Test))
	}
	row(lang.T("steps"), group(s.FullCost.Steps), group(s.Cost.Steps), group(l.Cost.Steps))
	row(lang.T("rows in all steps"), group(s.FullCost.Rows), group(s.Cost.Rows), group(l.Cost.Rows))
	row(lang.T("multiplications in the steps"), group(s.FullCost.Products), group(s.Cost.Products), group(l.Cost.Products))
	row(lang.T("and in the evaluations"), group(s.FullCost.Evaluation), group(s.Cost.Evaluation), group(l.Cost.Evaluation))
	return t
}
