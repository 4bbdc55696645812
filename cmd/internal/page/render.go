package page

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/plotsvg"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

var tmpl = Template(pageHTML)

var style, script = BaseCSS + pageCSS, LanguagesJS + pageJS

// view is what the template sees.
type view struct {
	*Page
	Policy   string
	CSS      template.CSS
	JS       template.JS
	Name     lang.Text // in a browser's tab
	Sections []sectionView
	Run      Run
	Data     template.JS // of explanations; "" without
	More     template.JS // the script of explanations
}

type sectionView struct {
	Section
	ID     string
	Blocks []blockView
	Claims bool // in it or in the minor sections that follow it
}

// blockView is a block and what the template needs beside it.
type blockView struct {
	Kind    string
	Block   Block
	ID      string       // of a table's caption
	Number  lang.Text    // "Table 3"
	Head    []cell       // of a table
	Rows    []rowView    // of a table
	Figures []figureView // of figures
	Blocks  []blockView  // of details
}

type rowView struct {
	Key   string
	Cells []cell
}

type figureView struct {
	ID       string
	Number   lang.Text
	Caption  lang.Text
	Drawings []drawingView
	Scales   bool // there are drawings of another scale
	Log      bool // the first are logarithmic
}

// drawingView is a drawing and where it shows.
type drawingView struct {
	SVG    template.HTML
	Narrow bool // on narrow screens, the others on wide ones
	Other  bool // once the reader asks for the other scale
}

// narrow is the side of a drawing for a phone, on which its texts then have the
// size they should.
const narrow = 340

// cell is a table's cell: its class aligns it. Most are a number and no more,
// which the template then writes at once.
type cell struct {
	Number  string
	Text    lang.Text
	Link    string
	Explain string
	Class   string
	Shade   int
	Sort    string
	RowHead bool
}

// renderer counts tables and figures.
type renderer struct {
	tables, figures int
	length          int // of the figures' texts
	explained       map[string]Explained
}

// Render returns the whole file. It panics on a table whose rows do not fit its
// head.
func (p *Page) Render() ([]byte, error) {
	r := &renderer{explained: p.Explained}
	style, scripts := style, []string{script}
	v := view{Page: p, JS: template.JS(script), Name: p.title(), Run: p.Run.built()}
	if len(p.Explained) > 0 {
		style, scripts, v.More = style+ExplainCSS, append(scripts, explainScript), template.JS(explainScript)
		var err error
		if v.Data, err = explained(p.Explained); err != nil {
			return nil, fmt.Errorf("page %q: %w", p.Title.EN, err)
		}
	}
	v.CSS = template.CSS(style)
	for i, s := range p.Sections {
		id := s.ID
		if id == "" {
			id = fmt.Sprintf("section-%d", i+1)
		}
		v.Sections = append(v.Sections, sectionView{s, id, r.blocks(s.Blocks), hasClaims(p.Sections[i:])})
	}
	styles := []string{style}
	if r.figures > 0 {
		styles = append(styles, plotsvg.Style)
	}
	v.Policy = Policy(styles, scripts)
	var b bytes.Buffer
	b.Grow(r.length + len(style) + len(script) + len(v.Data) + 1<<15)
	if err := tmpl().Execute(&b, v); err != nil {
		return nil, fmt.Errorf("page %q: %w", p.Title.EN, err)
	}
	return Clean(b.Bytes()), nil
}

// hasClaims reports whether the first section, or a minor one of it, has claims.
func hasClaims(list []Section) bool {
	for i, s := range list {
		if i > 0 && (!s.Minor || list[0].Minor) {
			break
		}
		if slices.ContainsFunc(s.Blocks, func(b Block) bool { return b.kind() == "claim" }) {
			return true
		}
	}
	return false
}

// Claims reports whether there is a short version, of the claims alone.
func (v view) Claims() bool {
	return slices.ContainsFunc(v.Sections, func(s sectionView) bool { return s.Claims })
}

// title is the page's name in a browser's tab.
func (p *Page) title() lang.Text {
	if p.Interrupted.Empty() {
		return p.Title
	}
	return lang.T("Interrupted: %s", p.Title)
}

// Contents are the sections that the contents list.
func (v view) Contents() []sectionView {
	var list []sectionView
	for _, s := range v.Sections {
		if !s.Minor {
			list = append(list, s)
		}
	}
	return list
}

func (r *renderer) blocks(list []Block) []blockView {
	var views []blockView
	for _, b := range list {
		v := blockView{Kind: b.kind(), Block: b}
		switch b := b.(type) {
		case Table:
			r.table(&v, b)
		case Figure:
			v.Figures = r.figuresOf(Figures{b})
		case Figures:
			v.Figures = r.figuresOf(b)
		case Code:
			b.Text = lang.Text{EN: strings.TrimRight(b.Text.EN, "\n"), ZH: strings.TrimRight(b.Text.ZH, "\n")}
			v.Block = b
		case Details:
			v.Blocks = r.blocks(b.Blocks)
		}
		views = append(views, v)
	}
	return views
}

func (r *renderer) table(v *blockView, t Table) {
	checkTable(t)
	r.tables++
	v.ID = fmt.Sprintf("table-%d", r.tables)
	v.Number = lang.T("Table %d", r.tables)
	class := func(j int) string {
		if j < len(t.Align) && t.Align[j] != 'l' {
			return string(t.Align[j])
		}
		return ""
	}
	for j, text := range t.Head {
		v.Head = append(v.Head, cell{Text: text, Class: class(j)})
	}
	for i, row := range t.Rows {
		var view rowView
		if t.Keys != nil {
			view.Key = t.Keys[i]
		}
		for j, in := range row {
			c := cell{Text: in.Text, Link: in.Link, Class: class(j), Shade: in.Shade, RowHead: t.RowHeads && j == 0}
			if _, ok := r.explained[in.Explain]; ok {
				c.Explain = in.Explain
			}
			if c.Class == "" && utf8.RuneCountInString(in.Text.EN) <= 24 {
				c.Class = "n" // a narrow screen scrolls rather than break a few words
			}
			if in.Sort != 0 {
				c.Sort = strconv.FormatFloat(in.Sort, 'g', -1, 64)
			}
			if c.Text.EN == c.Text.ZH && !strings.Contains(in.Text.EN, "`") && c.Class != "" && c.Link == "" && c.Explain == "" && c.Shade == 0 && c.Sort == "" && !c.RowHead {
				c.Number = in.Text.EN
			}
			view.Cells = append(view.Cells, c)
		}
		v.Rows = append(v.Rows, view)
	}
}

func (r *renderer) figuresOf(list Figures) []figureView {
	var views []figureView
	for _, f := range list {
		r.figures++
		v := figureView{ID: fmt.Sprintf("figure-%d", r.figures), Number: lang.T("Figure %d", r.figures), Caption: f.Caption}
		add := func(d plotsvg.Drawing, other bool) {
			for _, x := range []plotsvg.Drawing{d, d.Resized(narrow, narrow)} {
				svg := strings.TrimSpace(x.SVG())
				r.length += len(svg)
				v.Drawings = append(v.Drawings, drawingView{template.HTML(svg), len(v.Drawings)%2 == 1, other}) // plotsvg escapes its texts
			}
		}
		add(f.Drawing, false)
		if other, ok := f.Drawing.Rescaled(); ok && f.Scales {
			v.Scales, v.Log = true, f.Drawing.Log()
			add(other, true)
		}
		views = append(views, v)
	}
	return views
}

// Clean ends every line with \n, as an HTML parser would before it takes a
// style's hash, and writes as an escape what no HTML file may hold and what a
// reader would not see: control characters, those that turn the direction of
// others, and bytes that are no UTF-8.
func Clean(page []byte) []byte {
	if isClean(page) {
		return page // as most are
	}
	page = bytes.ReplaceAll(page, []byte("\r\n"), []byte("\n"))
	var b []byte
	for len(page) > 0 {
		r, size := utf8.DecodeRune(page)
		switch {
		case r == '\r':
			b = append(b, '\n')
		case unfit(r):
			b = append(b, cli.OneLine(string(page[:size]))...)
		default:
			b = append(b, page[:size]...)
		}
		page = page[size:]
	}
	return b
}

// Data is the JSON of v to stand in a page for its script, which shows the texts
// in it as they are: escapes in them mean themselves.
func Data(v any) ([]byte, error) {
	text, err := json.Marshal(v) // which escapes <, > and &
	return escapes.ReplaceAllFunc(cli.JSON(text), func(escape []byte) []byte {
		if strings.Contains(`\u003c \u003e \u0026 \\ \" \n \t`, string(escape)) {
			return escape
		}
		return append([]byte{'\\'}, escape...)
	}), err
}

// escapes finds those in JSON.
var escapes = regexp.MustCompile(`\\(?:u[0-9a-f]{4}|.)`)

func isClean(page []byte) bool {
	for i := 0; i < len(page); {
		if ' ' <= page[i] && page[i] <= '~' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(page[i:])
		if unfit(r) {
			return false
		}
		i += size
	}
	return true
}

// unfit reports whether r cannot stand in an HTML file, or may come from bytes
// that cannot.
func unfit(r rune) bool {
	return cli.Hidden(r) || r == utf8.RuneError
}
