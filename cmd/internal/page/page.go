// Package page builds the index.html of a run: one self-contained file, without
// a script, that can be read, printed and handed in.
package page

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Page is one report. Every text in it is plain text and escaped; `code`
// between backticks is set as code where a field says so.
type Page struct {
	Title       string
	Subtitle    string // code between backticks
	Lang        string // "en" (also ""), or "zh": the page's own words
	Interrupted string // non-empty: a banner above all else, and a mark in the title
	Sections    []Section
	Files       []File // the other files of the run, beside the page
	Run         Run
}

// Section is a heading and what stands under it.
type Section struct {
	ID      string // for links: letters, digits, "-"; made from the position when empty
	Heading string
	Blocks  []Block
}

// File is a link to a file in the page's own directory.
type File struct {
	Name string
	Note string // what it holds; code between backticks
}

// Run is what the foot of the page says about the run.
type Run struct {
	Command     string // repeats the run
	Seed        string // "42", or "0–9"
	Fingerprint string // of the results; may be empty
	Built       string // program and compiler; empty: Built()
}

// Block is what a section is made of: Text, List, Note, Settings, Facts,
// Table, Figure, Figures, Code or Details.
type Block interface{ kind() string }

// Text is a paragraph; code between backticks.
type Text string

// List is a bulleted list; code between backticks.
type List []string

// Note is a paragraph set apart from the text.
type Note struct {
	Warning bool   // something is wrong, or not as it seems; otherwise it is a help
	Title   string // a few words; may be empty
	Text    string // code between backticks
}

// Settings are names and values in several columns where there is room.
type Settings struct {
	Caption string
	Rows    []Setting
}

// Setting is a name and its value, shown as a dash when empty; Given marks a
// value the user chose.
type Setting struct {
	Name, Value string
	Given       bool
}

// Facts are a few numbers set large: the outcome of a run at a glance.
type Facts []Fact

// Fact is a number, what it is, and how it is to be read.
type Fact struct {
	Label string
	Value string
	Note  string // may be empty; code between backticks
}

// Table is a table of data with a numbered caption.
type Table struct {
	Caption  string // code between backticks
	Head     []string
	Align    string // a letter a column, l, c or r; numbers are r; missing ones are l
	Rows     [][]string
	RowHeads bool   // the first column names its row
	Note     string // under the table; code between backticks
}

// Figure is one drawing with a numbered caption. SVG is one <svg> element, as
// plotsvg makes it; Render checks it.
type Figure struct {
	SVG     string
	Caption string // code between backticks
}

// Figures stand side by side where there is room.
type Figures []Figure

// Code is text kept line by line, such as a command.
type Code struct {
	Caption string // may be empty; code between backticks
	Text    string
}

// Details is folded away under its summary until it is opened; it prints open
// only when the reader opened it.
type Details struct {
	Summary string
	Blocks  []Block
}

func (Text) kind() string     { return "text" }
func (List) kind() string     { return "list" }
func (Note) kind() string     { return "note" }
func (Settings) kind() string { return "settings" }
func (Facts) kind() string    { return "facts" }
func (Table) kind() string    { return "table" }
func (Figure) kind() string   { return "figures" }
func (Figures) kind() string  { return "figures" }
func (Code) kind() string     { return "code" }
func (Details) kind() string  { return "details" }

// Built names this program and the Go that compiled it, as far as the build
// recorded them: "glassbox 1f2e3d4c (changed), go1.26".
func Built() string {
	name := "glassbox"
	if info, ok := debug.ReadBuildInfo(); ok {
		revision, changed := "", ""
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = " " + s.Value[:min(len(s.Value), 12)]
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = " (changed)"
			}
		}
		if revision != "" {
			name += revision + changed
		} else if v := info.Main.Version; v != "" && v != "(devel)" {
			name += " " + v
		}
	}
	return name + ", " + runtime.Version()
}

// checkTable panics when a table's rows and columns do not fit together.
func checkTable(t Table) {
	for i, row := range t.Rows {
		if len(row) != len(t.Head) {
			panic(fmt.Sprintf("page.Table: %q: row %d has %d cells, the head has %d", t.Caption, i, len(row), len(t.Head)))
		}
	}
	if len(t.Align) > len(t.Head) || strings.Trim(t.Align, "lcr") != "" {
		panic(fmt.Sprintf("page.Table: %q: alignment %q for %d columns", t.Caption, t.Align, len(t.Head)))
	}
}
