package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"glassbox/cmd/internal/coursework"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
)

// A report is the judged work and the command line that it comes from.
type report struct {
	flags flags
	coursework.Report
}

func printHead(w io.Writer, f flags) {
	fmt.Fprintln(w, "The whole coursework, as the report ran it and right")
	fmt.Fprintln(w, "settings")
	f.settings().Print(w)
	fmt.Fprintln(w)
}

// chapters are the headings of the printed table.
var chapters = [...]string{"Part I: the perceptron", "Part II: the multi-layer perceptron", "Part III: stochastic gradient descent"}

// print writes a line a claim, and the summary.
func (r report) print(w io.Writer) {
	if r.Cut {
		fmt.Fprintf(w, "Interrupted: %s.\n\n", r.Progress())
	}
	name, words := 0, 0
	for _, j := range r.Claims {
		name, words = max(name, utf8.RuneCountInString(j.Name.EN)), max(words, len(j.Verdict.Text().EN))
	}
	for i, heading := range chapters {
		head := heading
		for _, j := range r.Claims {
			if j.Chapter != i+1 {
				continue
			}
			if head != "" {
				fmt.Fprintln(w, head)
				head = ""
			}
			fmt.Fprintf(w, "  %s  %s  %s\n", pad(j.Name.EN, name), pad(j.Verdict.Text().EN, words), j.Short)
		}
	}
	fmt.Fprintln(w)
	for _, text := range r.Summary() {
		wrap(w, strings.ReplaceAll(text.EN, "`", ""), 78)
	}
	fmt.Fprintln(w, "\nfingerprint", r.Fingerprint())
}

// pad fills a text up to a width.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", width-utf8.RuneCountInString(text))
}

// wrap writes text in lines of at most width columns.
func wrap(w io.Writer, text string, width int) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			fmt.Fprintln(w, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	fmt.Fprintln(w, line)
}

// write makes the files: all or none.
func (r report) write(out *output.Dir) error {
	js, err := json.MarshalIndent(r.json(), "", "  ")
	if err != nil {
		return err
	}
	if err := out.Write(numbersFile, append(js, '\n')); err != nil {
		return err
	}
	p, err := r.Page(coursework.Foot{
		Command: r.flags.set.Command("seed"), Settings: r.flags.settings(),
		Files: []page.File{{Name: numbersFile, Note: lang.T("every claim, and all numbers of all runs at full precision")}},
	})
	if err != nil {
		return err
	}
	html, err := p.Render()
	if err != nil {
		return err
	}
	if err := out.Write(indexFile, html); err != nil {
		return err
	}
	return out.Commit()
}
