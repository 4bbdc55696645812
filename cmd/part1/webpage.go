package main

import (
	"encoding/json"
	"strconv"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part1"
)

// write makes the files of the run.
func (r report) write(out *output.Dir) error {
	for i, t := range r.run.Tests {
		f, err := t.Figure()
		if err != nil {
			return err
		}
		if err := out.Write(figureName(i), []byte(f.Drawing.First())); err != nil {
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
	p, err := r.page()
	if err != nil {
		return err
	}
	html, err := p.Render()
	if err != nil {
		return err
	}
	if err := out.Write("index.html", html); err != nil {
		return err
	}
	return out.Commit()
}

func figureName(i int) string { return "test" + strconv.Itoa(i+1) + ".svg" }

// page is the run's index.html.
func (r report) page() (*page.Page, error) {
	p := &page.Page{
		Title:    lang.T("Part I: the perceptron"),
		Subtitle: r.run.Subtitle(),
		Run: page.Run{Command: r.flags.set.Command("seed"), Seed: strconv.FormatUint(uint64(r.run.Seed), 10),
			Fingerprint: r.run.Fingerprint()},
	}
	if r.run.Cut {
		p.Interrupted = lang.T("%s; what follows is what there was.", r.run.Progress().Capital())
	}
	var err error
	if p.Sections, err = r.run.Sections(""); err != nil {
		return nil, err
	}
	p.Sections = append(p.Sections, page.SettingsSection(r.flags.settings()))
	for i, t := range r.run.Tests {
		p.Files = append(p.Files, page.File{Name: figureName(i), Note: figureNote(t)})
	}
	p.Files = append(p.Files, page.File{Name: "run.json", Note: lang.T("settings, results and weights at full precision")})
	return p, nil
}

func figureNote(t part1.Test) lang.Text {
	if t.Report == nil {
		return lang.T("the figure of the pair")
	}
	return lang.T("the figure of test %s", t.Name)
}
