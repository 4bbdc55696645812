package engine

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/audit"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/listing"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
	steps "glassbox/nn/audit"
)

//go:embed judge.html
var judgeHTML string

var judgeParts = page.Template(judgeHTML)

// A row is a trace in the table of a class.
type row struct {
	File     string `json:"file"`
	Verdict  string `json:"verdict"`
	Errors   int    `json:"errors"`
	Warnings int    `json:"warnings"`
	First    string `json:"first"`
}

// A sheet is what the page shows of one judged trace.
type sheet struct {
	Row  row    `json:"row"`
	HTML string `json:"html"`
	JSON string `json:"json"` // as compare -json prints it
	Text string `json:"text"` // as compare prints it
	Page bool   `json:"page"` // there is one to look into it
}

type named struct {
	Name string `json:"name"`
}

// judgeFile judges a trace.
func judgeFile(_ *Engine, args json.RawMessage, file []byte) (any, []byte, error) {
	a, err := read[named](args)
	if err != nil {
		return nil, nil, err
	}
	j := audit.JudgeBytes(file, a.Name, 0)
	list := []audit.Verdict{j.Verdict}
	var js, text bytes.Buffer
	if err := audit.WriteJSON(&js, list); err != nil {
		return nil, nil, err
	}
	audit.WriteText(&text, list)
	s := sheet{Row: rowOf(j.Verdict), JSON: js.String(), Text: text.String(), Page: j.Verdict.Word() != "unreadable"}
	s.HTML, err = fragment(judgeParts, "sheet", newView(j))
	return s, nil, err
}

// judgePage is the page to look into a trace, as audit page writes it.
func judgePage(_ *Engine, args json.RawMessage, file []byte) (any, []byte, error) {
	a, err := read[named](args)
	if err != nil {
		return nil, nil, err
	}
	html, err := audit.JudgeBytes(file, a.Name, 0).Page()
	return struct{}{}, html, err
}

func rowOf(v audit.Verdict) row {
	file, levels, first := v.Row()
	r := row{File: file, Verdict: v.Word(), First: first}
	for _, level := range levels {
		switch level {
		case "error":
			r.Errors++
		case "warning":
			r.Warnings++
		}
	}
	return r
}

// classCSV is the table of a class as a file, its rows in the order of the page.
func classCSV(_ *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	rows, err := read[[]row](args)
	if err != nil {
		return nil, nil, err
	}
	table := [][]string{{"file", "verdict", "errors", "warnings", "first finding"}}
	for _, r := range rows {
		table = append(table, []string{r.File, r.Verdict, strconv.Itoa(r.Errors), strconv.Itoa(r.Warnings), r.First})
	}
	return struct{}{}, output.CSV("class.csv", table).Data, nil
}

// A view is a verdict for the template.
type view struct {
	File     string
	Word     string // clean, warnings, findings, not judged, unreadable
	Summary  lang.Text
	Findings []finding
	Notes    []lang.Text
}

type finding struct {
	Level   string
	Place   string // "net.py:41", or "step 0, dW1"
	Said    string // the statement, or the cause's name
	Texts   []lang.Text
	Excerpt []listing.Source
}

// LevelText is the level in words.
func (f finding) LevelText() lang.Text {
	switch f.Level {
	case "error":
		return lang.T("error")
	case "warning":
		return lang.T("warning")
	}
	return lang.T("note")
}

// WordText is the verdict in words.
func (v view) WordText() lang.Text {
	if v.Word == "unreadable" {
		return lang.T("cannot be judged")
	}
	return audit.VerdictText(v.Word)
}

func newView(j audit.Judged) view {
	v := view{Word: j.Verdict.Word()}
	if p := j.Verdict.Program; p != nil {
		v.File = p.File
		v.Summary = lang.Join(lang.Text{EN: "; ", ZH: "；"}, lang.Of(p.Summary()).Capital(), lang.Of(p.Covers()))
		if r := p.Raised; r != nil {
			v.Findings = append(v.Findings, finding{Level: "error", Place: fmt.Sprintf("%s:%d", p.Path(r.File), r.Line), Said: r.Statement,
				Texts: lang.Paragraphs(lang.Same(r.Type+": "+r.Message), lang.Of(r.ShapesText())), Excerpt: listing.Excerpt(j.Graph, r.File, r.Line)})
		}
		for _, f := range p.Findings {
			v.Findings = append(v.Findings, finding{Level: f.Severity, Place: fmt.Sprintf("%s:%d", p.Path(f.File), f.Line), Said: f.Statement,
				Texts: lang.Paragraphs(lang.T("step %d: %s", f.Step, lang.Of(f.Text)), lang.Of(f.Fix)), Excerpt: listing.Excerpt(j.Graph, f.File, f.Line)})
		}
		if p.Loss != "" {
			v.Notes = append(v.Notes, lang.T("against the loss at %s", p.Loss))
		}
		v.Notes = append(v.Notes, lang.Of(steps.Areas(p.Areas, p.Looked)))
		for _, t := range slices.Concat(p.Notes, p.Unjudged) {
			v.Notes = append(v.Notes, lang.Of(t))
		}
		return v
	}
	t := j.Verdict.Tensors
	v.File = t.File
	switch t.Verdict {
	case "unreadable":
		v.Summary = lang.Of(t.Error)
		for _, s := range []*string{&v.Summary.EN, &v.Summary.ZH} {
			*s = strings.TrimPrefix(*s, t.File+": ")
		}
	case "clean":
		v.Summary = lang.T("Clean: all %d tensors of %d steps follow from their inputs within rounding", t.Judged, t.Steps)
	default:
		v.Summary = lang.T("%d findings in %d tensors judged of %d steps", len(t.Findings), t.Judged, t.Steps)
	}
	for _, f := range t.Findings {
		x := finding{Level: f.Level, Place: fmt.Sprintf("step %d, %s", f.Step, f.Tensor), Said: f.Cause}
		if f.Off > 0 {
			x.Texts = append(x.Texts, lang.T("%s[%d,%d] is %s; from its inputs it would be %s; %d of %d elements are off",
				f.Tensor, f.Index[0], f.Index[1], shortest(f.Got), shortest(f.Want), f.Off, f.Elements))
		}
		x.Texts = append(x.Texts, lang.Of(f.Message))
		v.Findings = append(v.Findings, x)
	}
	if t.Verdict != "unreadable" {
		v.Notes = append(v.Notes, lang.Of(steps.Areas(t.Areas, t.Looked)))
	}
	for _, n := range slices.Concat(t.Notes, t.Unjudged) {
		v.Notes = append(v.Notes, lang.Of(n))
	}
	return v
}

func shortest[T ~float64](v T) string { return strconv.FormatFloat(float64(v), 'g', 9, 64) }
