package coursework

import (
	"strconv"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// A Foot is what the page says of where it comes from.
type Foot struct {
	Command  string // repeats all
	Settings cli.Settings
	Files    []page.File // written beside the page
}

// A Report is the work judged.
type Report struct {
	*Work
	Facts    Facts
	Claims   []Judged
	Unjudged int // claims for which there are no runs, or nothing to judge
}

// Report judges the work.
func (w *Work) Report() Report {
	r := Report{Work: w, Facts: w.Measure()}
	r.Claims, r.Unjudged = Judge(&r.Facts)
	return r
}

// Page is the page that follows the report's chapters. Its error names the
// figure that cannot be drawn.
func (r Report) Page(foot Foot) (*page.Page, error) {
	g, err := r.draw()
	if err != nil {
		return nil, err
	}
	p := &page.Page{
		Title:    lang.T("The coursework and its report"),
		Subtitle: lang.T("A perceptron, a multi-layer perceptron and stochastic gradient descent: what the report says beside what its runs show, as it ran them and done right; seed %d.", r.Seed),
		Files:    foot.Files,
		Run:      page.Run{Command: foot.Command, Seed: strconv.FormatUint(uint64(r.Seed), 10), Fingerprint: r.Fingerprint()},
	}
	if r.Cut {
		p.Interrupted = lang.T("%s; what follows is what there was.", r.Progress().Capital())
	}
	one, err := r.chapter1()
	if err != nil {
		return nil, err
	}
	p.Sections = append(p.Sections, r.summary())
	p.Sections = append(p.Sections, one...)
	p.Sections = append(p.Sections, r.chapter2(g)...)
	p.Sections = append(p.Sections, r.chapter3(g)...)
	p.Sections = append(p.Sections, r.verdicts()...)
	p.Sections = append(p.Sections, r.repeat(), page.SettingsSection(foot.Settings))
	return p, nil
}

// claims are the blocks of a section's claims.
func (r Report) claims(section string) []page.Block {
	var blocks []page.Block
	for _, j := range r.Claims {
		if j.Section == section {
			blocks = append(blocks, j.Block())
		}
	}
	return blocks
}
