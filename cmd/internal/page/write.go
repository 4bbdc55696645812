package page

import (
	"fmt"
	"io"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
)

// A Result is a file that a run leaves beside its page.
type Result struct {
	output.Content
	Note lang.Text // what it holds; code between backticks
}

// A Record is all that a command leaves of its run.
type Record struct {
	Command  string       // repeats the run
	Settings cli.Settings // that decide the results
	Results  []Result
	Numbers  File // the JSON file of Values
	Values   any
	Index    func() (*Page, error) // makes the page, which Write completes by the above
}

// Write writes the record, or nothing: the results, the numbers and index.html,
// which is made while the disk takes in the others and lists them. It says on w
// what it wrote.
func (r Record) Write(out *output.Dir, w io.Writer) error {
	js, err := output.JSON(r.Numbers.Name, r.Values)
	if err != nil {
		return err
	}
	var files []output.Content
	results := append(r.Results, Result{js, r.Numbers.Note})
	for _, x := range results {
		files = append(files, x.Content)
	}
	err = out.WriteAll(files, func() ([]byte, error) {
		p, err := r.Index()
		if err != nil {
			return nil, err
		}
		p.Run.Command = r.Command
		for _, x := range results {
			p.Files = append(p.Files, File{x.Name, x.Note})
		}
		p.Sections = append(p.Sections, settingsSection(r.Settings))
		return p.Render()
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w, lang.SayOf("wrote %s/:", out.Path()))
	cli.Wrap(w, strings.Join(out.Names(), ", "), "  ", cli.Columns)
	return nil
}

// settingsSection is the section of a command's settings.
func settingsSection(list cli.Settings) Section {
	return Section{ID: "settings", Heading: lang.T("Settings"), Blocks: []Block{
		Settings{lang.T("All settings; those given on the command line are marked."), list},
	}}
}
