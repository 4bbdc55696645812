package main

import (
	"encoding/json"

	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
)

// A file is a name and what it holds.
type file struct {
	name string
	data []byte
}

// writeAll writes the figures, the tables, run.json and, knowing all of these,
// the page: all or none.
func writeAll(out *output.Dir, figures []figure, tables []file, run any, index func(figures []figure, written []string) *page.Page) error {
	js, err := json.MarshalIndent(run, "", "  ")
	if err != nil {
		return err
	}
	var files []file
	for _, f := range figures {
		files = append(files, file{f.file, []byte(f.svg)})
	}
	files = append(append(files, tables...), file{"run.json", append(js, '\n')})
	for _, f := range files {
		if err := out.Write(f.name, f.data); err != nil {
			return err
		}
	}
	html, err := index(figures, out.Names()).Render()
	if err != nil {
		return err
	}
	if err := out.Write("index.html", html); err != nil {
		return err
	}
	return out.Commit()
}
