// Package listing builds the page of a recorded program: its source, with what
// is wrong at the lines and the values of a chosen step beside them.
package listing

import (
	"bytes"
	_ "embed"
	"fmt"
	"glassbox/cmd/internal/cli"
	"html/template"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// A Page is a program, what was found in it and what it computed.
type Page struct {
	Title    lang.Text
	Subtitle lang.Text   // what was found and how much was checked; code between backticks
	Notes    []lang.Text // code between backticks
	Findings []Finding   // all, as links to their lines
	Steps    []int       // those that the page has values of, ascending
	Shown    int         // the one that is shown first
	Files    []File
	Run      page.Run
}

// A File is a source file.
type File struct {
	Name  string
	Lines []Line
}

// A Line is one of a file.
type Line struct {
	ID       string // for links
	Number   int    // from 1
	Code     string
	Findings []Finding
	Values   []Values // of the steps in which it ran
}

// A Finding is what is wrong at a line.
type Finding struct {
	ID    string    // of its line
	Place string    // "net.py:41"
	Level string    // "error", "warning" or "note"
	Text  lang.Text // code between backticks
	Fix   lang.Text // may be empty; code between backticks
}

// Values are those that a line computed in a step, at its first execution.
type Values struct {
	Step   int
	Name   string // of the last value: what the line assigns to, or its expression
	Rounds int    // how often the line ran in the step
	Hidden bool   // another step is shown first
	Rows   []Row
}

// Result is the last value, that of the whole expression, by its name.
func (v Values) Result() Row {
	r := v.Rows[len(v.Rows)-1]
	r.Name = v.Name
	return r
}

// Indent and Text are the code's two parts.
func (l Line) Indent() string { return l.Code[:len(l.Code)-len(l.Text())] }
func (l Line) Text() string   { return strings.TrimLeft(l.Code, " \t") }

// A Row is a value: its name or expression, its shape and some of its numbers.
type Row struct {
	Name, Shape, Least, Largest, Numbers string
}

var (
	//go:embed listing.html
	html string
	//go:embed listing.css
	css string
	//go:embed listing.js
	js string

	tmpl   = page.Template(html)
	style  = page.BaseCSS + css
	script = page.LanguagesJS + js
)

// Name is the title in a browser's tab.
func (p *Page) Name() lang.Text { return p.Title }

// Policy, CSS and JS are what the head of the page and its end need.
func (p *Page) Policy() string    { return page.Policy([]string{style}, []string{script}) }
func (p *Page) CSS() template.CSS { return template.CSS(style) }
func (p *Page) JS() template.JS   { return template.JS(script) }

// Parts returns the style and the script of the page, by which a page that holds
// it allows them.
func Parts() (css, js string) { return style, script }

// Render returns the page as one HTML file.
func (p *Page) Render() ([]byte, error) {
	if p.Run.Built == "" {
		p.Run.Built = cli.Built()
	}
	for f := range p.Files {
		for l := range p.Files[f].Lines {
			values := p.Files[f].Lines[l].Values
			for v := range values {
				values[v].Hidden = values[v].Step != p.Shown
			}
		}
	}
	var b bytes.Buffer
	if err := tmpl().Execute(&b, p); err != nil {
		return nil, fmt.Errorf("page %q: %w", p.Title.EN, err)
	}
	return page.Clean(b.Bytes()), nil
}

// LevelText is the level in words.
func (f Finding) LevelText() lang.Text {
	switch f.Level {
	case "error":
		return lang.T("error")
	case "warning":
		return lang.T("warning")
	}
	return lang.T("note")
}

// RoundsText says how often the line ran.
func (v Values) RoundsText() lang.Text {
	return lang.T("runs %d times in the step; the first is shown", v.Rounds)
}
