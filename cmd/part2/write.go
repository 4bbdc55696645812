package main

import (
	"encoding/json"
	"slices"

	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part2"
)

// A file is a name and what it holds.
type file struct {
	name string
	data []byte
}

// writeAll writes the figures, the tables, run.json and the page that index
// makes, knowing the names of all of these: all or none. The page is made while
// the other files are written.
func writeAll(out *output.Dir, figures []part2.Figure, tables []file, run any, index func(written []string) *page.Page) error {
	js, err := json.MarshalIndent(run, "", "  ")
	if err != nil {
		return err
	}
	var files []file
	for _, f := range figures {
		files = append(files, file{f.File, []byte(f.SVG.EN)})
	}
	files = slices.Concat(files, tables, []file{{"run.json", append(js, '\n')}})
	var names []string
	for _, f := range files {
		names = append(names, f.name)
	}
	type rendered struct {
		html []byte
		err  error
	}
	made := make(chan rendered, 1)
	go func() {
		html, err := index(names).Render()
		made <- rendered{html, err}
	}()
	for _, f := range files {
		if err := out.Write(f.name, f.data); err != nil {
			<-made
			return err
		}
	}
	p := <-made
	if p.err != nil {
		return p.err
	}
	if err := out.Write("index.html", p.html); err != nil {
		return err
	}
	return out.Commit()
}

// foot is what the page says of where it comes from.
func (f *flags) foot(written []string) part2.Foot {
	return part2.Foot{Command: f.set.Command("seed"), Settings: f.set.Settings("out", "v"), Files: written}
}
