package coursework

import (
	"fmt"
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// chapter2 is Part II.
func (r Report) chapter2(g gallery) []page.Section {
	rep, right := r.network(fullReported), r.network(fullRight)
	if rep == nil || right == nil {
		return missing(1)
	}
	top := []page.Block{
		page.Text(lang.T("The report's network has two inputs, 20 hidden units and two classes, and learns make_moons in 1500 steps on all training rows. Its text tells of one network; its figures are those of another. As reported is here the one that gives the figures; right is the one that the text tells of, with a usual start: weights of `randn·√(2/in)` and the gradient of the mean loss.")),
		page.Note{Warning: true, Title: lang.T("Not a right network"), Text: lang.Sentences(rep.Preface()...).Capital()},
	}
	modules := []page.Block{page.Text(lang.T("The text describes the classes; the audit has judged three steps of the network whose figures it shows, each tensor from its own inputs. Its verdict in full stands at the end of this page."))}
	data := append(r.claims("part2-settings"), g.one(fullRight+"-data")...)
	results := []page.Block{r.fullTable()}
	results = append(results, g.beside(fullReported, fullRight, "accuracy", "loss")...)
	results = append(results, r.claims("part2-results")...)
	if t, ok := r.causesTable(); ok {
		results = append(results, page.Text(lang.T("Which cause does what can be told apart by running each alone, on the same data and from the same draws.")), t)
	}
	results = append(results, g.beside(fullReported, fullRight, "boundary")...)
	results = append(results, evaluations(rep, right)...)
	return []page.Section{
		{ID: chapters[1].id, Heading: chapters[1].heading(), Blocks: top},
		{ID: "part2-modules", Minor: true, Heading: lang.T("2.1 The modules"), Blocks: append(modules, r.claims("part2-modules")...)},
		{ID: "part2-settings", Minor: true, Heading: lang.T("2.2 The data and the settings"), Blocks: append(data, settingsTable(rep, right))},
		{ID: "part2-results", Minor: true, Heading: lang.T("2.3 Results and analysis"), Blocks: results},
	}
}

// settingsTable is how the two networks are set.
func settingsTable(rep, right *Network) page.Table {
	t := page.Table{
		Caption: lang.T("The settings that both have, and those in which they differ."),
		Head:    []lang.Text{lang.T("Setting"), lang.T("as reported"), lang.T("right")},
		Align:   "lrr", RowHeads: true,
	}
	row := func(name string, of func(n *Network) lang.Text) {
		t.Rows = append(t.Rows, page.Cells(lang.Same(name), of(rep), of(right)))
	}
	same := func(of func(n *Network) string) func(*Network) lang.Text {
		return func(n *Network) lang.Text { return lang.Same(of(n)) }
	}
	row("dnn_hidden_units", same(func(n *Network) string { return strconv.Itoa(n.Exp.Hidden[0]) }))
	row("learning_rate", same(func(n *Network) string { return cli.FormatFloat(n.Exp.Rate) }))
	row("max_steps", same(func(n *Network) string { return strconv.Itoa(n.Exp.Steps) }))
	row("eval_freq", same(func(n *Network) string { return strconv.Itoa(n.Exp.EvalFreq) }))
	row("init", same(func(n *Network) string { return n.Exp.Init.Text }))
	row("reduction", same(func(n *Network) string {
		if n.Exp.Mean {
			return "mean"
		}
		return "sum"
	}))
	row("fault", func(n *Network) lang.Text {
		if len(n.Exp.Faults) == 0 {
			return lang.T("none")
		}
		var names []string
		for _, f := range n.Exp.Faults {
			names = append(names, f.Name)
		}
		return commas(names)
	})
	return t
}

// compared starts a table of the report's numbers beside those of the two runs.
func compared(caption lang.Text) page.Table {
	return page.Table{Caption: caption, Align: "lrrr", RowHeads: true,
		Head: []lang.Text{{}, lang.T("the report"), lang.T("as reported"), lang.T("right")}}
}

// over shows a spread over seeds.
func over(show func(float64) string, s Spread) lang.Text {
	if s.Seeds < 2 {
		return lang.Same("–")
	}
	return lang.Same(fmt.Sprintf("%s ± %s", show(s.Mean), show(s.SD)))
}

// fullTable is the whole batch.
func (r Report) fullTable() page.Table {
	f := r.Facts.Full
	t := compared(lang.T("1500 steps on the whole batch: the report, the network behind its figures, and a right one."))
	row := func(cells ...lang.Text) { t.Rows = append(t.Rows, page.Cells(cells...)) }
	same := func(v string) lang.Text { return lang.Same(v) }
	none := same("–")
	row(lang.T("test accuracy at step 50"), lang.T("about %s", "0.8"), same(share(f.Reported.Early.Test)), same(share(f.Right.Early.Test)))
	row(lang.T("loss at step 50"), lang.T("almost %s", "554"), same(loss(f.Reported.Early.Loss)), same(loss(f.Right.Early.Loss)))
	row(lang.T("test accuracy at the end"), same(share(toldAccuracy)), same(share(f.Reported.End.Test)), same(share(f.Right.End.Test)))
	row(lang.T("training accuracy at the end"), lang.T("a little above"), same(trainShare(f.Reported.End.Train)), same(trainShare(f.Right.End.Train)))
	row(lang.T("loss at the end"), lang.T("about %s", "340"), same(loss(f.Reported.End.Loss)), same(loss(f.Right.End.Loss)))
	if n := f.Reported.Accuracy.Seeds; n > 1 {
		row(lang.T("test accuracy over %d seeds", n), none, over(share, f.Reported.Accuracy), over(share, f.Right.Accuracy))
		row(lang.T("loss over %d seeds", n), none, over(loss, f.Reported.Loss), over(loss, f.Right.Loss))
	}
	if m := r.Facts.More; m != nil {
		row(lang.T("test accuracy after %d steps", m.Reported.After.Step), none, same(share(m.Reported.After.Test)), same(share(m.Right.After.Test)))
	}
	return t
}

// causesTable tells the causes apart; false where none of them was run alone.
func (r Report) causesTable() (page.Table, bool) {
	f := r.Facts.Full
	t := page.Table{
		Caption: lang.T("What each cause does in 1500 steps on the whole batch."),
		Head:    []lang.Text{lang.T("Network"), lang.T("test acc."), lang.T("loss"), lang.T("train acc."), lang.T("first weights"), lang.T("gradient"), lang.T("rate")},
		Align:   "lrrrrrr", RowHeads: true,
	}
	row := func(name lang.Text, weights string, mean bool, rate float64, at *At) {
		if at == nil {
			return
		}
		kind := lang.T("sum")
		if mean {
			kind = lang.T("mean")
		}
		t.Rows = append(t.Rows, page.Cells(name, lang.Same(share(at.Test)), lang.Same(loss(at.Loss)),
			lang.Same(trainShare(at.Train)), lang.Same(weights), kind, lang.Same(cli.FormatFloat(rate))))
	}
	const tiny, he = "randn·10⁻⁴", "randn·√(2/in)"
	row(lang.T("as reported: both faults"), tiny, false, 0.01, &f.Reported.End)
	row(lang.T("the softmax after every layer alone"), tiny, false, 0.01, f.Softmax)
	row(lang.T("the mean bias gradient alone"), tiny, false, 0.01, f.Bias)
	row(lang.T("neither fault"), tiny, false, 0.01, f.Neither)
	row(lang.T("right"), he, true, 0.01, &f.Right.End)
	row(lang.T("right, larger steps"), he, true, fastRate, f.Fast)
	return t, len(t.Rows) > 2
}

// evaluations are the long tables of runs, folded away, which their curves lead
// to.
func evaluations(runs ...*Network) []page.Block {
	var blocks []page.Block
	for _, n := range runs {
		blocks = append(blocks, page.Details{Summary: lang.T("All evaluations: %s", n.Title), Blocks: []page.Block{n.AllEvaluations()}})
	}
	return blocks
}
