package part2

import (
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// Sketches are the figures that the run can show, in the order data, accuracy,
// loss, boundary; with names ("loss"), those of them.
func (r *Run) Sketches(names ...string) []Sketch {
	var list []Sketch
	wanted := func(name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	if r.Planar() && wanted("data") {
		list = append(list, r.dataSketch())
	}
	if len(r.Result.Evals) > 0 {
		if wanted("accuracy") {
			list = append(list, r.accuracySketch())
		}
		if wanted("loss") {
			list = append(list, r.lossSketch())
		}
	}
	if r.Planar() && wanted("boundary") {
		if s, ok := r.boundarySketch(); ok {
			list = append(list, s)
		}
	}
	return list
}

// Page is the run's index.html with the figures drawn before, but for what the
// command line tells.
func (r *Run) Page(figures []Figure) *page.Page {
	d := r.Exp.Data
	p := &page.Page{
		Title:    lang.T("Multi-layer perceptron: %s on %s", strings.ReplaceAll(r.Exp.Network(), "-", "\u2011"), d.Name),
		Subtitle: lang.T("%d training rows, %d test rows, %s, seed %d", d.TrainX.Rows, d.TestX.Rows, Batches(r.Exp.Config), r.Exp.Seed),
		Run:      page.Run{Seed: strconv.FormatUint(uint64(r.Exp.Seed), 10), Fingerprint: r.Result.Fingerprint},
		Sections: r.Sections(figures),
	}
	if r.Result.Interrupted() {
		p.Interrupted = r.Stopped()
	}
	return p
}

// Sections are the outcome, the figures drawn before and the numbers of the
// run; those that have nothing to show are left out.
func (r *Run) Sections(figures []Figure) []page.Section {
	sections := []page.Section{
		{ID: r.named("result"), Heading: lang.T("Result"), Blocks: r.outcome()},
		{ID: r.named("figures"), Heading: lang.T("Figures"), Blocks: blocks(figures)},
		{ID: r.named("numbers"), Heading: lang.T("Numbers"), Blocks: r.numbers()},
	}
	return slices.DeleteFunc(sections, func(s page.Section) bool { return len(s.Blocks) == 0 })
}

// outcome is what is to be known first.
func (r *Run) outcome() []page.Block {
	var list []page.Block
	if said := r.Preface(); said != nil {
		list = append(list, page.Note{Warning: true, Title: lang.T("Not a right network"), Text: lang.Sentences(said...).Capital()})
	}
	if why := r.Stopped(); !why.Empty() && !r.Result.Interrupted() {
		list = append(list, page.Note{Warning: true, Title: lang.T("Stopped"), Text: why})
	}
	if len(r.Result.Evals) == 0 {
		return list
	}
	list = append(list, r.Facts(), page.Text(lang.Sentences(r.Summary()...)))
	for _, hint := range r.Advice() {
		list = append(list, page.Note{Title: lang.T("Hint"), Text: hint})
	}
	if t, ok := r.BesideTable(); ok {
		list = append(list, page.Text(lang.Sentences(r.Beside()...)), t)
	}
	return list
}

// blocks puts figures on a page, the two curves over the steps side by side.
func blocks(figures []Figure) []page.Block {
	var list []page.Block
	for i := 0; i < len(figures); i++ {
		f := figures[i]
		if i+1 < len(figures) && strings.HasSuffix(f.File, "accuracy.svg") && strings.HasSuffix(figures[i+1].File, "loss.svg") {
			i++
			list = append(list, page.Figures{f.Figure, figures[i].Figure})
			continue
		}
		list = append(list, f.Figure)
	}
	return list
}

func (r *Run) numbers() []page.Block {
	n := len(r.Result.Evals)
	if n == 0 {
		return nil
	}
	list := []page.Block{r.Evaluations(ShortTable)}
	if n > ShortTable {
		list = append(list, page.Details{Summary: lang.T("All evaluations, tied to the curves"), Blocks: []page.Block{r.AllEvaluations()}})
	}
	return append(list, r.ConfusionTable())
}

// Page is the study's index.html with the figures drawn before.
func (s *Study) Page(figures []Figure) *page.Page {
	first := s.first()
	seeds := strconv.FormatUint(uint64(first.Seed), 10)
	if s.Seeds > 1 {
		seeds += "–" + strconv.FormatUint(uint64(first.Seed)+uint64(s.Seeds)-1, 10)
	}
	p := &page.Page{
		Title:    lang.T("%d runs on %s", s.Count(), s.Data.Name),
		Subtitle: lang.T("%d settings × %d seeds, %s", len(s.Series), s.Seeds, Batches(first)),
		Run:      page.Run{Seed: seeds, Fingerprint: s.Fingerprint()},
		Sections: s.Sections(figures),
	}
	if len(s.Series) == 1 {
		p.Subtitle = lang.T("%d seeds, %s", s.Seeds, Batches(first))
	}
	if s.Interrupted {
		p.Interrupted = lang.T("The study was interrupted after %d of %d runs; what follows is what there was.", s.Finished(), s.Count())
	}
	return p
}

// Sections are the outcome, the figures drawn before and every run of the
// study.
func (s *Study) Sections(figures []Figure) []page.Section {
	result := []page.Block{page.Text(lang.Sentences(s.Summary()...))}
	if warning := s.Chosen(); !warning.Empty() {
		result = append(result, page.Note{Warning: true, Title: lang.T("Chosen by the test rows"), Text: warning})
	}
	if grid, ok := s.Map(); ok {
		result = append(result, grid)
	}
	sections := []page.Section{
		{ID: "result", Heading: lang.T("Result"), Blocks: append(result, s.SettingsTable())},
		{ID: "figures", Heading: lang.T("Figures"), Blocks: blocks(figures)},
		{ID: "runs", Heading: lang.T("Every run"), Blocks: []page.Block{s.RunsTable()}},
	}
	return slices.DeleteFunc(sections, func(s page.Section) bool { return len(s.Blocks) == 0 })
}
