package part1

import (
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// Sections are all of a page on the run but its settings and its files: a
// summary, the results, and a section for each test. prefix stands before their
// ids and before the keys that tie rows to points, so that a page can hold other
// parts too; it may be empty. The error names the figure that cannot be drawn.
func (r *Run) Sections(prefix string) ([]page.Section, error) {
	var summary []page.Block
	if facts := r.Facts(); len(facts) > 0 {
		summary = append(summary, facts)
	}
	for _, text := range r.Summary() {
		summary = append(summary, page.Text(text))
	}
	fig, ok, err := r.SpreadFigure(prefix)
	if err != nil {
		return nil, err
	}
	if ok {
		summary = append(summary, fig)
	}
	var list []page.Section
	if len(summary) > 0 {
		list = append(list, page.Section{ID: prefix + "summary", Heading: lang.T("Summary"), Blocks: summary})
	}
	list = append(list, page.Section{ID: prefix + "results", Heading: lang.T("Results"),
		Blocks: []page.Block{r.Results(prefix), r.Compared(), r.Learned(), r.Pairs()}})
	for _, t := range r.Tests {
		blocks, err := t.Blocks()
		if err != nil {
			return nil, err
		}
		list = append(list, page.Section{ID: section(prefix, t), Heading: t.Title(), Blocks: blocks})
	}
	return list, nil
}

// section is the id of a test's section.
func section(prefix string, t Test) string { return prefix + "test" + t.Name }
