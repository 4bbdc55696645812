package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"unicode"
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
	Name     Both // in a browser's tab
	Heading  Both
	Sub      Both
	Stopped  Both
	Sections []sectionView
	FileList []fileView
	Run      Run
}

type fileView struct {
	Name string
	Note Both
}

type sectionView struct {
	ID      string
	Heading Both
	Minor   bool
	Blocks  []blockView
}

// blockView is one block, with its texts cut into spans. Only the fields its
// Kind needs are set.
type blockView struct {
	Kind     string
	ID       string // of the caption
	Number   Both   // "Table 3"
	Title    Both
	Warning  bool
	Text     Both
	Caption  Both
	Note     Both
	Items    []Both
	Facts    []factView
	Pairs    cli.Settings
	Head     []cell
	Rows     []rowView
	Long     bool
	Sortable bool
	Figures  []figureView
	Code     lang.Text
	Verdict  string
	Blocks   []blockView
}

type rowView struct {
	Key   string
	Cells []cell
}

type factView struct {
	Label Both
	Value string
	Note  Both
}

type figureView struct {
	ID      string
	Number  Both
	Caption Both
	SVG     template.HTML
}

// cell is a table's cell: its class aligns it. Most are a number and no more,
// which the template then writes at once.
type cell struct {
	Number  string
	Text    Both
	Link    string
	Class   string
	Shade   int
	Sort    string
	RowHead bool
}

// renderer counts tables and figures.
type renderer struct {
	tables, figures int
	length          int // of the figures' texts
}

// Render returns the whole file. It panics on a table whose rows do not fit its
// head.
func (p *Page) Render() ([]byte, error) {
	r := &renderer{}
	v := view{Page: p, CSS: template.CSS(style), JS: template.JS(script), Name: BothOf(p.title()), Heading: BothOf(p.Title), Sub: BothOf(p.Subtitle), Stopped: BothOf(p.Interrupted)}
	v.Run = p.Run.built()
	for i, s := range p.Sections {
		id := s.ID
		if id == "" {
			id = fmt.Sprintf("section-%d", i+1)
		}
		v.Sections = append(v.Sections, sectionView{id, BothOf(s.Heading), s.Minor, r.blocks(s.Blocks)})
	}
	for _, f := range p.Files {
		v.FileList = append(v.FileList, fileView{f.Name, BothOf(f.Note)})
	}
	styles := []string{style}
	if r.figures > 0 {
		styles = append(styles, plotsvg.Style)
	}
	v.Policy = Policy(styles, []string{script})
	var b bytes.Buffer
	b.Grow(r.length + len(style) + len(script) + 1<<15)
	if err := tmpl.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("page %q: %w", p.Title.EN, err)
	}
	return Clean(b.Bytes()), nil
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
		v := r.block(b)
		v.Kind = b.kind()
		views = append(views, v)
	}
	return views
}

func (r *renderer) block(b Block) (v blockView) {
	switch b := b.(type) {
	case Text:
		v.Text = BothOf(lang.Text(b))
	case List:
		for _, item := range b {
			v.Items = append(v.Items, BothOf(item))
		}
	case Note:
		v.Warning, v.Title, v.Text = b.Warning, BothOf(b.Title), BothOf(b.Text)
	case Settings:
		v.Caption, v.Pairs = BothOf(b.Caption), b.Rows
	case Facts:
		for _, f := range b {
			v.Facts = append(v.Facts, factView{BothOf(f.Label), f.Value, BothOf(f.Note)})
		}
	case Claim:
		v.Text, v.Note, v.Verdict = BothOf(b.Says), BothOf(b.Found), []string{"holds", "partly", "fails"}[b.Verdict]
		v.Title = BothOf(b.Verdict.Text())
	case Table:
		r.table(&v, b)
	case Figure:
		v.Figures = r.figuresOf(Figures{b})
	case Figures:
		v.Figures = r.figuresOf(b)
	case Code:
		v.Caption, v.Code = BothOf(b.Caption), lang.Text{EN: strings.TrimRight(b.Text.EN, "\n"), ZH: strings.TrimRight(b.Text.ZH, "\n")}
	case Details:
		v.Title = BothOf(b.Summary)
		v.Blocks = r.blocks(b.Blocks)
	}
	return v
}

func (r *renderer) table(v *blockView, t Table) {
	checkTable(t)
	r.tables++
	v.ID = fmt.Sprintf("table-%d", r.tables)
	v.Number = BothOf(lang.T("Table %d", r.tables))
	v.Caption, v.Note, v.Long, v.Sortable = BothOf(t.Caption), BothOf(t.Note), t.Long, t.Sortable
	class := func(j int) string {
		if j < len(t.Align) && t.Align[j] != 'l' {
			return string(t.Align[j])
		}
		return ""
	}
	for j, text := range t.Head {
		v.Head = append(v.Head, cell{Text: BothOf(text), Class: class(j)})
	}
	for i, row := range t.Rows {
		var view rowView
		if t.Keys != nil {
			view.Key = t.Keys[i]
		}
		for j, in := range row {
			c := cell{Text: BothOf(in.Text), Link: in.Link, Class: class(j), Shade: in.Shade, RowHead: t.RowHeads && j == 0}
			if c.Class == "" && utf8.RuneCountInString(in.Text.EN) <= 24 {
				c.Class = "n" // a narrow screen scrolls rather than break a few words
			}
			if in.Sort != 0 {
				c.Sort = strconv.FormatFloat(in.Sort, 'g', -1, 64)
			}
			if c.Text.Same() && !strings.Contains(in.Text.EN, "`") && c.Class != "" && c.Link == "" && c.Shade == 0 && c.Sort == "" && !c.RowHead {
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
		svg := strings.TrimSpace(f.Drawing.SVG())
		r.length += len(svg)
		views = append(views, figureView{
			ID:      fmt.Sprintf("figure-%d", r.figures),
			Number:  BothOf(lang.T("Figure %d", r.figures)),
			Caption: BothOf(f.Caption),
			SVG:     template.HTML(svg), // plotsvg escapes its texts
		})
	}
	return views
}

// Clean ends every line with \n, as an HTML parser would before it takes a
// style's hash, and replaces what no HTML file may hold: control characters
// and bytes that are no UTF-8.
func Clean(page []byte) []byte {
	if isClean(page) {
		return page // as most are
	}
	page = bytes.ReplaceAll(page, []byte("\r\n"), []byte("\n"))
	return bytes.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case unfit(r):
			return utf8.RuneError
		}
		return r
	}, page)
}

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
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff || r == utf8.RuneError
}
