package audit

import (
	"fmt"
	"slices"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/listing"
	"glassbox/nn/audit"
	"glassbox/nn/audit/program"
	"glassbox/nn/graph"
)

// mostShown steps and mostValues values bound what the page of a program holds.
const (
	mostShown  = 6
	mostValues = 20000
)

// page is the page of a program with its verdict and the values of the wanted
// steps, nil for a choice.
func (l *lines) page(v *program.Verdict, wanted []int) *listing.Page {
	p := &listing.Page{
		Title:    lang.T("The program %s", v.Program),
		Subtitle: lang.Join(lang.Text{EN: "; ", ZH: "；"}, lang.Of(v.Summary()).Capital(), lang.Of(v.Covers()), lang.Of(audit.Areas(v.Areas, v.Looked))),
		Steps:    l.shown(v, wanted),
	}
	if len(p.Steps) > 0 {
		p.Shown = p.Steps[0]
	}
	if len(v.Findings) > 0 && slices.Contains(p.Steps, v.Findings[0].Step) {
		p.Shown = v.Findings[0].Step
	}
	if v.Loss != "" {
		p.Notes = append(p.Notes, lang.T("against the loss at %s", v.Loss))
	}
	for _, t := range slices.Concat(v.Notes, v.Unjudged) {
		p.Notes = append(p.Notes, lang.Of(t))
	}
	p.Findings = listed(l.g, v)
	for i := range l.g.Files {
		p.Files = append(p.Files, l.listing(i, p))
	}
	return p
}

// shown are the steps to keep: those wanted, else the first few, those that
// findings speak of, and the last.
func (l *lines) shown(v *program.Verdict, wanted []int) (steps []int) {
	if len(wanted) == 0 {
		wanted = []int{0, 1, 2}
		for _, f := range v.Findings {
			wanted = append(wanted, f.Step)
		}
		wanted = append(wanted[:min(len(wanted), mostShown-1)], len(l.ends)-1)
	}
	for _, k := range wanted {
		if k >= 0 && k < len(l.ends) && !slices.Contains(steps, k) {
			steps = append(steps, k)
		}
	}
	slices.Sort(steps)
	return steps
}

// listed are the findings as the page has them, and before them what the
// program raised.
func listed(g *graph.Graph, v *program.Verdict) (list []listing.Finding) {
	id := func(file string, line int) string {
		return lineID(slices.IndexFunc(g.Files, func(f graph.File) bool { return f.Name == file }), line)
	}
	if r := v.Raised; r != nil {
		text := lang.Same(r.Type + ": " + r.Message)
		list = append(list, listing.Finding{ID: id(r.File, r.Line), Place: fmt.Sprintf("%s:%d", r.File, r.Line), Level: "error", Text: text, Fix: lang.Of(r.ShapesText())})
	}
	for _, f := range v.Findings {
		x := listing.Finding{ID: id(f.File, f.Line), Place: fmt.Sprintf("%s:%d", f.File, f.Line), Level: f.Severity, Text: lang.T("step %d: %s", f.Step, lang.Of(f.Text))}
		if !f.Fix.IsZero() {
			x.Fix = lang.Of(f.Fix)
		}
		list = append(list, x)
	}
	return list
}

func lineID(file, line int) string { return fmt.Sprintf("file-%d-line-%d", file+1, line) }

// listing is a file with its findings and values.
func (l *lines) listing(file int, p *listing.Page) listing.File {
	f := &l.g.Files[file]
	out := listing.File{Name: f.Name}
	left := mostValues / max(1, len(l.g.Files))
	for n := 1; n <= f.Lines(); n++ {
		line := listing.Line{ID: lineID(file, n), Number: n, Code: f.Line(n)}
		for _, x := range p.Findings {
			if x.ID == line.ID {
				line.Findings = append(line.Findings, x)
			}
		}
		sites := l.begin[[2]int{file, n}]
		for _, k := range p.Steps {
			rounds := l.rounds(sites, k)
			if len(rounds) == 0 || left <= 0 {
				continue
			}
			values := listing.Values{Step: k, Rounds: len(rounds)}
			for _, n := range rounds[0] {
				if name, ok := l.title(n); ok {
					least, largest, numbers := sample(l.g, n, 3)
					values.Rows = append(values.Rows, listing.Row{Name: name, Shape: graph.ShapeText(l.g.Nodes[n].Shape), Least: least, Largest: largest, Numbers: numbers})
				}
			}
			values.Name = lang.Same(l.name(slices.Max(rounds[0]))).Cut(32).EN
			if left -= len(values.Rows); len(values.Rows) > 0 {
				line.Values = append(line.Values, values)
			}
		}
		out.Lines = append(out.Lines, line)
	}
	if k := len(out.Lines); k > 1 && out.Lines[k-1].Code == "" {
		out.Lines = out.Lines[:k-1] // what follows the last line's end
	}
	return out
}
