package main

import (
	"encoding/json"
	"fmt"
	"strconv"

	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
	"glassbox/perceptron"
)

// write makes the files of the run.
func (r report) write(out *output.Dir) error {
	var figures []figure
	for i := range r.results {
		f, err := r.figure(i)
		if err != nil {
			return err
		}
		figures = append(figures, f)
		if err := out.Write(f.file, []byte(f.svg)); err != nil {
			return err
		}
	}
	js, err := json.MarshalIndent(r.json(), "", "  ")
	if err != nil {
		return err
	}
	if err := out.Write("run.json", append(js, '\n')); err != nil {
		return err
	}
	html, err := r.page(figures).Render()
	if err != nil {
		return err
	}
	if err := out.Write("index.html", html); err != nil {
		return err
	}
	return out.Commit()
}

// page is the run's index.html.
func (r report) page(figures []figure) *page.Page {
	p := &page.Page{
		Title:    "Part I: the perceptron",
		Subtitle: fmt.Sprintf("%s, %s, seed %d", capital(r.subject()), r.sizes(), r.config.seed),
		Run: page.Run{Command: r.flags.set.Command("seed"), Seed: strconv.FormatUint(uint64(r.config.seed), 10),
			Fingerprint: r.fingerprint()},
	}
	if r.interrupted != "" {
		p.Interrupted = capital(r.interrupted) + "; what follows is what there was."
	}
	p.Sections = append(p.Sections, page.Section{ID: "results", Heading: "Results", Blocks: r.tables()})
	for i, res := range r.results {
		blocks := []page.Block{page.Figure{SVG: figures[i].svg, Caption: figures[i].caption}}
		for _, text := range r.explain(res) {
			blocks = append(blocks, page.Text(text))
		}
		p.Sections = append(p.Sections, page.Section{ID: "test" + strconv.Itoa(i+1), Heading: r.title(res), Blocks: blocks})
		p.Files = append(p.Files, page.File{Name: figures[i].file, Note: "the figure of " + lower(r.title(res))})
	}
	settings := page.Settings{Caption: "All settings; those given on the command line are marked."}
	for _, x := range r.flags.settings() {
		settings.Rows = append(settings.Rows, page.Setting{Name: x.Name, Value: x.Text, Given: x.Given})
	}
	p.Sections = append(p.Sections, page.Section{ID: "settings", Heading: "Settings", Blocks: []page.Block{settings}})
	p.Files = append(p.Files, page.File{Name: "run.json", Note: "settings, results and weights at full precision"})
	return p
}

// tables are the results in tables as wide as a page.
func (r report) tables() []page.Block {
	pairs := page.Table{Caption: "The pairs of Gaussians: means and covariances, row by row.",
		Head: []string{"Test", "Mean 1", "Mean 2", "Covariance 1", "Covariance 2"}, Align: "lcccc", RowHeads: true}
	results := page.Table{
		Caption: fmt.Sprintf("Accuracy on the test points by %s.", r.config.variant),
		Head:    []string{"Test", "Report", "This run"}, Align: "lrr", RowHeads: true,
		Note: "Through 0: the most that any line through the origin has right of these test points. " +
			"Bayes: the most that anything can expect to have right of fresh points.",
	}
	if r.config.seeds > 0 {
		results.Head = append(results.Head, capital(r.span()))
		results.Align += "r"
	}
	results.Head, results.Align = append(results.Head, "Through 0", "Bayes"), results.Align+"rr"
	learned := page.Table{Caption: "What was learned.", Head: []string{"Test", "Epochs", "Updates", "w0", "w1"}, Align: "lrrrr", RowHeads: true}
	if r.config.rule == perceptron.RuleReport {
		learned.Note = "An epoch without an update ends the training: every later one would find the same."
	}
	if r.config.bias {
		learned.Head, learned.Align = append(learned.Head, "b"), learned.Align+"r"
	}
	rules := page.Table{Caption: "The rules on the same points.", Head: []string{"Test"}, Align: "l", RowHeads: true}
	if r.config.seeds > 0 {
		rules.Caption = "The rules on the same points, and their mean ± sd over " + r.span() + "."
	}
	for _, v := range r.config.variants() {
		rules.Head, rules.Align = append(rules.Head, capital(v.String())), rules.Align+"r"
	}

	for _, res := range r.results {
		t := res.main()
		pairs.Rows = append(pairs.Rows, []string{res.name, numbers(res.pair.Mean1[:]), numbers(res.pair.Mean2[:]), rows(res.pair.Cov1), rows(res.pair.Cov2)})
		told := "–"
		if res.told != nil {
			told = share(*res.told)
		}
		row := []string{res.name, told, share(t.accuracy)}
		if r.config.seeds > 0 {
			row = append(row, r.spreadCell(res.spreads[0]))
		}
		results.Rows = append(results.Rows, append(row, share(res.origin), fmt.Sprintf("%.4f", res.bayes)))

		row = []string{res.name, strconv.Itoa(t.outcome.Epochs), strconv.Itoa(t.outcome.Updates), weight(t.learned.W[0]), weight(t.learned.W[1])}
		if r.config.bias {
			row = append(row, weight(t.learned.B))
		}
		learned.Rows = append(learned.Rows, row)

		row = []string{res.name}
		for i, t := range res.trials {
			cell := share(t.accuracy)
			if r.config.seeds > 0 {
				cell += "; " + r.spreadCell(res.spreads[i])
			}
			row = append(row, cell)
		}
		rules.Rows = append(rules.Rows, row)
	}
	return []page.Block{pairs, results, learned, rules}
}
