package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var tmpl = template.Must(template.New("page").Parse(pageHTML))

// view is what the template sees.
type view struct {
	*Page
	Words    words
	Policy   string
	CSS      template.CSS
	Sub      []span
	Sections []sectionView
	FileList []fileView
	Built    string
}

type fileView struct {
	Name string
	Note []span
}

type sectionView struct {
	ID, Heading string
	Blocks      []blockView
}

// blockView is one block, with its texts cut into spans. Only the fields its
// Kind needs are set.
type blockView struct {
	Kind    string
	ID      string // of the caption
	Number  string // "Table 3"
	Title   string
	Warning bool
	Text    []span
	Caption []span
	Note    []span
	Items   [][]span
	Facts   []factView
	Pairs   []Setting
	Head    []cell
	Rows    [][]cell
	Figures []figureView
	Code    string
	Blocks  []blockView
}

type factView struct {
	Label, Value string
	Note         []span
}

type figureView struct {
	ID, Number string
	Caption    []span
	SVG        template.HTML
}

// cell is a table's cell: its class aligns it.
type cell struct {
	Text, Class string
	RowHead     bool
}

// span is a piece of text, set as code or not.
type span struct {
	Text string
	Code bool
}

// Short reports whether code is better kept on one line than broken, at a
// hyphen for instance; it then still fits a narrow screen.
func (s span) Short() bool { return s.Code && utf8.RuneCountInString(s.Text) <= 24 }

// renderer counts tables and figures and collects the styles to be allowed.
type renderer struct {
	words           words
	tables, figures int
	styles          []string
	length          int // of the figures' texts
}

// Render returns the whole file. It fails when a figure's SVG could not stand
// in a self-contained page: not well-formed, with a script, a style attribute
// or a reference to something outside. It panics on a table whose rows do not
// fit its head and on a language it has no words for.
func (p *Page) Render() ([]byte, error) {
	r := &renderer{words: wordsOf(p.Lang), styles: []string{pageCSS}}
	v := view{Page: p, Words: r.words, CSS: template.CSS(pageCSS), Sub: spans(p.Subtitle), Built: p.Run.Built}
	if v.Built == "" {
		v.Built = Built()
	}
	for i, s := range p.Sections {
		blocks, err := r.blocks(s.Blocks)
		if err != nil {
			return nil, fmt.Errorf("page %q, section %q: %w", p.Title, s.Heading, err)
		}
		id := s.ID
		if id == "" {
			id = fmt.Sprintf("section-%d", i+1)
		}
		v.Sections = append(v.Sections, sectionView{id, s.Heading, blocks})
	}
	for _, f := range p.Files {
		v.FileList = append(v.FileList, fileView{f.Name, spans(f.Note)})
	}
	v.Policy = policy(r.styles)
	var b bytes.Buffer
	b.Grow(r.length + len(pageCSS) + 1<<15)
	if err := tmpl.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("page %q: %w", p.Title, err)
	}
	return clean(b.Bytes()), nil
}

// clean ends every line with \n, as an HTML parser would before it takes a
// style's hash, and replaces what no HTML file may hold: control characters
// and bytes that are no UTF-8.
func clean(page []byte) []byte {
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

// policy returns the Content-Security-Policy: nothing is loaded and nothing
// runs; of styles only those with these texts apply.
func policy(styles []string) string {
	var hashes []string
	for _, s := range styles {
		sum := sha256.Sum256([]byte(s))
		hashes = append(hashes, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	slices.Sort(hashes)
	return "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src " +
		strings.Join(slices.Compact(hashes), " ")
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
		v.Text = spans(string(b))
	case List:
		for _, item := range b {
			v.Items = append(v.Items, spans(item))
		}
	case Note:
		v.Warning, v.Title, v.Text = b.Warning, b.Title, spans(b.Text)
	case Settings:
		v.Caption, v.Pairs = spans(b.Caption), b.Rows
	case Facts:
		for _, f := range b {
			v.Facts = append(v.Facts, factView{f.Label, f.Value, spans(f.Note)})
		}
	case Table:
		r.table(&v, b)
	case Figure:
		v.Figures, err = r.figuresOf(Figures{b})
	case Figures:
		v.Figures, err = r.figuresOf(b)
	case Code:
		v.Caption, v.Code = spans(b.Caption), strings.TrimRight(b.Text, "\n")
	case Details:
		v.Title = b.Summary
		v.Blocks, err = r.blocks(b.Blocks)
	}
	return v, err
}

func (r *renderer) table(v *blockView, t Table) {
	checkTable(t)
	r.tables++
	v.ID = fmt.Sprintf("table-%d", r.tables)
	v.Number = fmt.Sprintf(r.words.Table, r.tables)
	v.Caption, v.Note = spans(t.Caption), spans(t.Note)
	class := func(j int) string {
		if j < len(t.Align) && t.Align[j] != 'l' {
			return string(t.Align[j])
		}
		return ""
	}
	for j, text := range t.Head {
		v.Head = append(v.Head, cell{Text: text, Class: class(j)})
	}
	for _, row := range t.Rows {
		var cells []cell
		for j, text := range row {
			c := cell{text, class(j), t.RowHeads && j == 0}
			if c.Class == "" && utf8.RuneCountInString(text) <= 24 {
				c.Class = "n" // a narrow screen scrolls rather than break a few words
			}
			cells = append(cells, c)
		}
		v.Rows = append(v.Rows, cells)
	}
}

func (r *renderer) figuresOf(list Figures) ([]figureView, error) {
	var views []figureView
	for _, f := range list {
		r.figures++
		styles, err := inspect(f.SVG)
		if err != nil {
			return nil, fmt.Errorf("figure %d: %w", r.figures, err)
		}
		r.styles = append(r.styles, styles...)
		r.length += len(f.SVG)
		views = append(views, figureView{
			ID:      fmt.Sprintf("figure-%d", r.figures),
			Number:  fmt.Sprintf(r.words.Figure, r.figures),
			Caption: spans(f.Caption),
			SVG:     template.HTML(strings.TrimSpace(f.SVG)), // inspected above
		})
	}
	return views, nil
}

// spans cuts text at its backticks; a last one without a partner stays.
func spans(text string) []span {
	var list []span
	for text != "" {
		before, rest, ok := strings.Cut(text, "`")
		code, after, closed := strings.Cut(rest, "`")
		if !ok || !closed {
			return append(list, span{Text: text})
		}
		if before != "" {
			list = append(list, span{Text: before})
		}
		if code != "" {
			list = append(list, span{Text: code, Code: true})
		}
		text = after
	}
	return list
}
