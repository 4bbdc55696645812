package part2

import (
	"slices"
	"strconv"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// Page is the study's index.html with the figures drawn before.
func (s *Study) Page(figures []Figure, foot Foot) *page.Page {
	first := s.first()
	seeds := strconv.FormatUint(uint64(first.Seed), 10)
	if s.Seeds > 1 {
		seeds += "–" + strconv.FormatUint(uint64(first.Seed)+uint64(s.Seeds)-1, 10)
	}
	p := &page.Page{
		Title:    lang.T("%d runs on %s", s.Count(), s.Data.Name),
		Subtitle: lang.T("%d settings × %d seeds, %s", len(s.Series), s.Seeds, Batches(first)),
		Files:    foot.files(),
		Run:      page.Run{Command: foot.Command, Seed: seeds, Fingerprint: s.Fingerprint()},
		Sections: append(s.Sections(figures), foot.settings()),
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
