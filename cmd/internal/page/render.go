package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
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
	SVGs    []svgView
}

// svgView is a drawing, in one language or, with Lang "", in both.
type svgView struct {
	Lang string
	SVG  template.HTML
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

// renderer counts tables and figures and collects the styles to be allowed.
type renderer struct {
	tables, figures int
	styles          []string
	length          int // of the figures' texts
}

// Render returns the whole file. It fails when a figure's SVG could not stand
// in a self-contained page: not well-formed, with a script, a style attribute
// or a reference to something outside. It panics on a table whose rows do not
// fit its head.
func (p *Page) Render() ([]byte, error) {
	r := &renderer{styles: []string{style}}
	v := view{Page: p, CSS: template.CSS(style), JS: template.JS(script), Name: BothOf(p.title()), Heading: BothOf(p.Title), Sub: BothOf(p.Subtitle), Stopped: BothOf(p.Interrupted)}
	v.Run = p.Run.built()
	for i, s := range p.Sections {
		blocks, err := r.blocks(s.Blocks)
		if err != nil {
			return nil, fmt.Errorf("page %q, section %q: %w", p.Title.EN, s.Heading.EN, err)
		}
		id := s.ID
		if id == "" {
			id = fmt.Sprintf("section-%d", i+1)
		}
		v.Sections = append(v.Sections, sectionView{id, BothOf(s.Heading), s.Minor, blocks})
	}
	for _, f := range p.Files {
		v.FileList = append(v.FileList, fileView{f.Name, BothOf(f.Note)})
	}
	v.Policy = Policy(r.styles, []string{script})
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

func (r *renderer) blocks(list []Block) ([]blockView, error) {
	var views []blockView
	for _, b := range list {
		v, err := r.block(b)
		if err != nil {
			return nil, err
		}
		v.Kind = b.kind()
		views = append(views, v)
	}
	return views, nil
}

func (r *renderer) block(b Block) (v blockView, err error) {
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
		v.Figures, err = r.figuresOf(Figures{b})
	case Figures:
		v.Figures, err = r.figuresOf(b)
	case Code:
		v.Caption, v.Code = BothOf(b.Caption), lang.Text{EN: strings.TrimRight(b.Text.EN, "\n"), ZH: strings.TrimRight(b.Text.ZH, "\n")}
	case Details:
		v.Title = BothOf(b.Summary)
		v.Blocks, err = r.blocks(b.Blocks)
	}
	return v, err
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

func (r *renderer) figuresOf(list Figures) ([]figureView, error) {
	var views []figureView
	for _, f := range list {
		r.figures++
		svgs, err := r.drawings(f.SVG)
		if err != nil {
			return nil, fmt.Errorf("figure %d: %w", r.figures, err)
		}
		views = append(views, figureView{
			ID:      fmt.Sprintf("figure-%d", r.figures),
			Number:  BothOf(lang.T("Figure %d", r.figures)),
			Caption: BothOf(f.Caption),
			SVGs:    svgs,
		})
	}
	return views, nil
}

// drawings returns a figure once, with its texts in both languages, or, where
// the two differ in more than their texts, twice.
func (r *renderer) drawings(svg lang.Text) ([]svgView, error) {
	views := []svgView{{"", template.HTML(merge(svg))}} // inspected below
	if views[0].SVG == "" {
		views = []svgView{{lang.EN, template.HTML(strings.TrimSpace(svg.EN))}, {lang.ZH, template.HTML(strings.TrimSpace(svg.ZH))}}
	}
	for _, v := range views {
		styles, err := inspect(string(v.SVG))
		if err != nil {
			return nil, err
		}
		r.styles = append(r.styles, styles...)
		r.length += len(v.SVG)
	}
	return views, nil
}
