// Package page builds the index.html of a run: one self-contained file in two
// languages that can be read without a network, printed and handed in.
package page

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/plotsvg"
)

// Page is one report. Every text in it is plain text in two languages and
// escaped; `code` between backticks is set as code where a field says so.
type Page struct {
	Title       lang.Text
	Subtitle    lang.Text // code between backticks
	Interrupted lang.Text // not empty: a banner above all else, and a mark in the title
	Sections    []Section
	Files       []File // the other files of the run, beside the page
	Explained   map[string]Explained
	Run         Run
}

// Section is a heading and what stands under it.
type Section struct {
	ID      string // for links: letters, digits, "-"; made from the position when empty
	Heading lang.Text
	Minor   bool // one level lower, and not in the contents
	Blocks  []Block
}

// File is a link to a file in the page's own directory.
type File struct {
	Name string
	Note lang.Text // what it holds; code between backticks
}

// Run is what the foot of the page says about the run.
type Run struct {
	Command     string // repeats the run
	Seed        string // "42", or "0–9"
	Fingerprint string // of the results; may be empty
	Built       string // program and compiler; empty: cli.Built()
}

// built returns the run with the name of this program where none is given.
func (r Run) built() Run {
	if r.Built == "" {
		r.Built = cli.Built()
	}
	return r
}

// Block is what a section is made of: Text, List, Note, Settings, Facts,
// Claim, Table, Figure, Figures, Code or Details.
type Block interface{ kind() string }

// Text is a paragraph; code between backticks.
type Text lang.Text

// Paragraphs makes a paragraph of each text.
func Paragraphs(texts []lang.Text) []Block {
	blocks := make([]Block, len(texts))
	for i, t := range texts {
		blocks[i] = Text(t)
	}
	return blocks
}

// List is a bulleted list; code between backticks.
type List []lang.Text

// Note is a paragraph set apart from the text.
type Note struct {
	Warning bool      // something is wrong, or not as it seems; otherwise it is a help
	Title   lang.Text // a few words; may be empty
	Text    lang.Text // code between backticks
}

// Settings are a command's flags in several columns where there is room: a dash
// for an empty text, and those that the user gave marked.
type Settings struct {
	Caption lang.Text
	Rows    cli.Settings
}

// Facts are a few numbers set large: the outcome of a run at a glance.
type Facts []Fact

// Fact is a number, what it is, and how it is to be read.
type Fact struct {
	Label lang.Text
	Value string
	Note  lang.Text // may be empty; code between backticks
}

// Claim is what somebody says beside what was found.
type Claim struct {
	ID      string    // for links, like a section's
	Says    lang.Text // code between backticks
	Found   lang.Text // code between backticks
	Verdict Verdict
}

// Verdict is how a claim fares.
type Verdict int

// Holds is borne out, Partly needs a condition or another reason, Fails is not
// what was found.
const (
	Holds Verdict = iota
	Partly
	Fails
)

// String names the verdict as the page's style does.
func (v Verdict) String() string { return [...]string{"holds", "partly", "fails"}[v] }

// Text names the verdict.
func (v Verdict) Text() lang.Text {
	return [...]lang.Text{lang.T("holds"), lang.T("holds in part"), lang.T("does not hold")}[v]
}

// Table is a table of data with a numbered caption.
type Table struct {
	Caption  lang.Text // code between backticks
	Head     []lang.Text
	Align    string // a letter a column, l, c or r; numbers are r; missing ones are l
	Rows     [][]Cell
	RowHeads bool      // the first column names its row
	Note     lang.Text // under the table; code between backticks
	Keys     []string  // one a row, or nil: the row and the points of a figure with this Key belong together
	Long     bool      // many rows: they scroll in a frame, and print in full
	Sortable bool      // a column's head sorts by it
	Less     []int     // columns that a terminal leaves out first
}

// Cell is one cell of a table.
type Cell struct {
	Text lang.Text
	Link string // "#id" of a section of the page, or ""
	// Explain is the key of the number's explanation; one that Page.Explained lacks
	// is as good as none.
	Explain string
	Shade   int     // 0 none, 1 to 9 ever darker: a table as a map
	Sort    float64 // what a sortable column goes by where the text is no number; else 0
}

// Cells makes a row of texts.
func Cells(texts ...lang.Text) []Cell {
	cells := make([]Cell, len(texts))
	for i, t := range texts {
		cells[i].Text = t
	}
	return cells
}

// Row makes a row of texts that are the same in both languages.
func Row(texts ...string) []Cell { return Cells(lang.Sames(texts...)...) }

// Print prints the table's head and rows on a terminal.
func (t Table) Print(w io.Writer) {
	var rows [][]string
	for _, cells := range slices.Concat([][]Cell{Cells(t.Head...)}, t.Rows) {
		var row []string
		for _, c := range cells {
			row = append(row, c.Text.Plain())
		}
		rows = append(rows, row)
	}
	cli.Table(w, rows, "   ", 3, "r", t.Less...)
}

// Figure is one drawing, of the languages lang.Codes, with a numbered caption.
// The page has it once more laid out for narrow screens.
type Figure struct {
	Drawing plotsvg.Drawing
	Scales  bool      // a button changes between a linear and a logarithmic y axis
	Caption lang.Text // code between backticks
}

// Figures stand side by side where there is room.
type Figures []Figure

// Code is text kept line by line, such as a command.
type Code struct {
	Caption lang.Text // may be empty; code between backticks
	Text    lang.Text
}

// Details is folded away under its summary until it is opened; it prints open
// only when the reader opened it.
type Details struct {
	Summary lang.Text
	Blocks  []Block
}

func (Text) kind() string     { return "text" }
func (List) kind() string     { return "list" }
func (Note) kind() string     { return "note" }
func (Settings) kind() string { return "settings" }
func (Facts) kind() string    { return "facts" }
func (Claim) kind() string    { return "claim" }
func (Table) kind() string    { return "table" }
func (Figure) kind() string   { return "figures" }
func (Figures) kind() string  { return "figures" }
func (Code) kind() string     { return "code" }
func (Details) kind() string  { return "details" }

// checkTable panics when a table's rows and columns do not fit together.
func checkTable(t Table) {
	for i, row := range t.Rows {
		if len(row) != len(t.Head) {
			panic(fmt.Sprintf("page.Table: %q: row %d has %d cells, the head has %d", t.Caption.EN, i, len(row), len(t.Head)))
		}
	}
	if t.Keys != nil && len(t.Keys) != len(t.Rows) {
		panic(fmt.Sprintf("page.Table: %q: %d keys for %d rows", t.Caption.EN, len(t.Keys), len(t.Rows)))
	}
	if len(t.Align) > len(t.Head) || strings.Trim(t.Align, "lcr") != "" {
		panic(fmt.Sprintf("page.Table: %q: alignment %q for %d columns", t.Caption.EN, t.Align, len(t.Head)))
	}
}
