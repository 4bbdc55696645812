package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part2"
)

// A Report is the work judged.
type Report struct {
	*Work
	Facts    Facts
	Claims   []Judged
	Unjudged int // claims for which there are no runs, or nothing to judge
}

// Report judges the work.
func (w *Work) Report() Report {
	r := Report{Work: w, Facts: w.Measure()}
	r.Claims, r.Unjudged = Judge(&r.Facts)
	return r
}

// Page is the page that follows the report's chapters, without the settings
// and the files of the command. Its error names the figure that cannot be drawn.
func (r Report) Page() (*page.Page, error) {
	g, err := r.draw()
	if err != nil {
		return nil, err
	}
	p := &page.Page{
		Title:    lang.T("The coursework and its report"),
		Subtitle: lang.T("A perceptron, a multi-layer perceptron and stochastic gradient descent: what the report says beside what its runs show, as it ran them and done right; seed %d.", r.Seed),
		Run:      page.Run{Seed: strconv.FormatUint(uint64(r.Seed), 10), Fingerprint: r.Fingerprint()},
	}
	if r.Cut {
		p.Interrupted = lang.T("%s; what follows is what there was.", r.Progress().Capital())
	}
	if r.Perceptron != nil {
		if p.Explained, err = r.Perceptron.Explained(); err != nil {
			return nil, err
		}
	}
	one, err := r.chapter1()
	if err != nil {
		return nil, err
	}
	p.Sections = slices.Concat([]page.Section{r.summary()}, one, r.chapter2(g), r.chapter3(g), r.verdicts(), []page.Section{r.repeat()})
	return p, nil
}

// chapters are the headings of the report's three parts, and their ids.
var chapters = [...]struct {
	id      string
	short   func() lang.Text
	heading func() lang.Text
}{
	{"part1", func() lang.Text { return lang.T("Part I") }, func() lang.Text { return lang.T("1 Part I: the perceptron") }},
	{"part2", func() lang.Text { return lang.T("Part II") }, func() lang.Text { return lang.T("2 Part II: the multi-layer perceptron") }},
	{"part3", func() lang.Text { return lang.T("Part III") }, func() lang.Text { return lang.T("3 Part III: stochastic gradient descent") }},
}

// missing is a chapter whose runs are missing.
func missing(i int) []page.Section {
	return []page.Section{{ID: chapters[i].id, Heading: chapters[i].heading(), Blocks: []page.Block{
		page.Text(lang.T("The runs of this chapter did not come to their end."))}}}
}

// claims are the blocks of a section's claims.
func (r Report) claims(section string) []page.Block {
	var blocks []page.Block
	for _, j := range r.Claims {
		if j.Section == section {
			blocks = append(blocks, page.Claim{ID: j.anchor(), Says: j.Says, Found: j.Found, Verdict: j.Verdict})
		}
	}
	return blocks
}

// evaluations are the long tables of runs, folded away, which their curves lead
// to.
func evaluations(runs ...*Network) []page.Block {
	var blocks []page.Block
	for _, n := range runs {
		blocks = append(blocks, page.Details{Summary: lang.T("All evaluations: %s", n.title), Blocks: []page.Block{n.AllEvaluations()}})
	}
	return blocks
}

// A gallery is the figures of the networks by run and name, "full-right-loss".
type gallery map[string]page.Figure

// draw draws all figures of the networks, on all cores.
func (w *Work) draw() (gallery, error) {
	var sketches []part2.Sketch
	for _, n := range w.Networks {
		whose := lang.T("A right network.")
		if n.Exp.AsReported {
			whose = lang.T("As reported.")
		}
		for _, s := range n.Sketches(n.figures...) {
			if !strings.HasSuffix(s.File, "-data.svg") { // it is of all networks
				s.Caption = lang.Sentences(whose, s.Caption)
			}
			sketches = append(sketches, s)
		}
	}
	align(sketches)
	list, err := part2.Draw(sketches)
	if err != nil {
		return nil, err
	}
	g := gallery{}
	for _, f := range list {
		g[strings.TrimSuffix(f.File, ".svg")] = f.Figure
	}
	return g, nil
}

// align gives the curves that stand beside each other one range.
func align(sketches []part2.Sketch) {
	for _, pair := range [][2]string{{fullReported, fullRight}, {shortReported, shortRight}, {longReported, longRight}} {
		for _, name := range []string{"accuracy", "loss"} {
			var both []*part2.Sketch
			for i, s := range sketches {
				if s.File == pair[0]+"-"+name+".svg" || s.File == pair[1]+"-"+name+".svg" {
					both = append(both, &sketches[i])
				}
			}
			part2.Align(both...)
		}
	}
}

// one is a figure alone, nothing where it was not drawn.
func (g gallery) one(name string) []page.Block {
	if f, ok := g[name]; ok {
		return []page.Block{f}
	}
	return nil
}

// beside puts figures of a run as reported and of the right one side by side, a
// pair for each of names.
func (g gallery) beside(reported, right string, names ...string) []page.Block {
	var blocks []page.Block
	for _, name := range names {
		var pair page.Figures
		for _, run := range []string{reported, right} {
			if f, ok := g[run+"-"+name]; ok {
				pair = append(pair, f)
			}
		}
		if len(pair) > 0 {
			blocks = append(blocks, pair)
		}
	}
	return blocks
}

// summary is the section on top.
func (r Report) summary() page.Section {
	var blocks []page.Block
	if len(r.Claims) > 0 {
		blocks = append(blocks, r.facts())
	}
	blocks = append(blocks, page.Paragraphs(r.Summary())...)
	if len(r.Claims) > 0 {
		blocks = append(blocks, r.counts(), page.Details{Summary: lang.T("All claims"), Blocks: []page.Block{r.all()}})
	}
	return page.Section{ID: "summary", Heading: lang.T("Summary"), Blocks: blocks}
}

// Summary says in sentences what came of it, a paragraph each on the claims,
// on Part I, on the network behind the figures and on a right one.
func (r Report) Summary() []lang.Text {
	return lang.Paragraphs(r.onClaims(), r.onPerceptron(), r.onFaults(), r.onRight())
}

func (r Report) onClaims() lang.Text {
	n := Count(r.Claims)
	text := lang.T("Of the %d claims of the report that were judged %d hold, %d hold in part and %d do not hold.",
		len(r.Claims), n[page.Holds], n[page.Partly], n[page.Fails])
	if r.Unjudged == 0 {
		return text
	}
	return lang.Sentences(text, lang.Count(r.Unjudged, lang.T("Of one more nothing can be said."), lang.T("Of %d more nothing can be said.", r.Unjudged)))
}

func (r Report) onPerceptron() lang.Text {
	p := r.Facts.Perceptron
	if p == nil {
		return lang.Text{}
	}
	ordinary := 0
	for _, t := range p.Tests {
		if t.accuracy().Verdict != page.Fails {
			ordinary++
		}
	}
	names, _ := p.stopped()
	text := lang.T("Part I: %d of the 5 accuracies are such as the report's code gives.", ordinary)
	if ordinary == len(p.Tests) {
		text = lang.T("Part I: all 5 accuracies are such as the report's code gives.")
	}
	if len(names) > 0 {
		text = lang.Sentences(text, lang.T("But its rule looks at the batch as a whole and stops in %d of the tests with points still wrong, so low accuracies are not the data's fault alone.", len(names)))
	}
	return text
}

func (r Report) onFaults() lang.Text {
	m := r.Facts.Modules
	if m == nil {
		return lang.Text{}
	}
	causes := m.causes()
	var docs []lang.Text
	for _, x := range causes {
		docs = append(docs, doc(x))
	}
	said := lang.Join(lang.Text{EN: "; and ", ZH: "；"}, docs...)
	switch len(causes) {
	case 0:
		return lang.T("Parts II and III: in the network whose figures the report shows the audit finds no fault.")
	case 1:
		return lang.T("Parts II and III: the figures are those of a network with a fault, which the audit names from its first %d steps: %s.", m.Reported.Steps, said)
	}
	return lang.T("Parts II and III: the figures are those of a network with %d faults, which the audit names from its first %d steps: %s.", len(causes), m.Reported.Steps, said)
}

func (r Report) onRight() lang.Text {
	var parts []lang.Text
	if f := r.Facts.Full; f != nil {
		parts = append(parts, lang.T("%s with %s steps on the whole batch (as reported %s)", share(f.Right.End.Test), group(f.Right.End.Step), share(f.Reported.End.Test)))
	}
	if s := r.Facts.Short; s != nil {
		parts = append(parts, lang.T("%s with %s steps on single rows (as reported %s)", share(s.Right.Test), group(s.Right.Step), share(s.End.Test)))
	}
	if l := r.Facts.Long; l != nil {
		parts = append(parts, lang.T("%s with %s steps on single rows (as reported %s)", share(l.Right.Test), group(l.Right.Step), share(l.End.Test)))
	}
	if len(parts) == 0 {
		return lang.Text{}
	}
	text := lang.T("A right network with the same rate has a test accuracy of %s.", lang.Text{EN: lang.And(parts...).EN, ZH: lang.Join(lang.Same("；"), parts...).ZH})
	if f := r.Facts.Full; f != nil && f.Fast != nil {
		text = lang.Sentences(text, lang.T("At a rate of %g it has %s on the whole batch.", fastRate, share(f.Fast.Test)))
	}
	return text
}

// facts are the outcome at a glance.
func (r Report) facts() page.Facts {
	n := Count(r.Claims)
	of := func(k int) string { return fmt.Sprintf("%d/%d", k, len(r.Claims)) }
	facts := page.Facts{
		{Label: lang.T("Claims that hold"), Value: of(n[page.Holds])},
		{Label: lang.T("Claims that hold in part"), Value: of(n[page.Partly])},
		{Label: lang.T("Claims that do not hold"), Value: of(n[page.Fails])},
	}
	if f := r.Facts.Full; f != nil {
		facts = append(facts, page.Fact{Label: lang.T("Test accuracy of a right network"), Value: share(f.Right.End.Test),
			Note: lang.T("as reported %s, the report %s", share(f.Reported.End.Test), share(toldAccuracy))})
	}
	return facts
}

// counts is the table of verdicts by chapter.
func (r Report) counts() page.Table {
	t := page.Table{
		Caption:  lang.T("How the claims fare, by chapter."),
		Head:     []lang.Text{lang.T("Chapter"), lang.T("holds"), lang.T("holds in part"), lang.T("does not hold")},
		Align:    "lrrr",
		RowHeads: true,
	}
	for i, c := range chapters {
		var list []Judged
		for _, j := range r.Claims {
			if j.Chapter == i+1 {
				list = append(list, j)
			}
		}
		n := Count(list)
		row := page.Row("", strconv.Itoa(n[0]), strconv.Itoa(n[1]), strconv.Itoa(n[2]))
		row[0] = page.Cell{Text: c.short(), Link: "#" + c.id}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// mark is a verdict after the sign that stands beside a claim.
func mark(v page.Verdict) lang.Text {
	sign, words := [...]string{"✓ ", "≈ ", "✗ "}[v], v.Text()
	return lang.Text{EN: sign + words.EN, ZH: sign + words.ZH}
}

// all is the table of all claims.
func (r Report) all() page.Table {
	t := page.Table{
		Caption:  lang.T("Every claim and its verdict; each leads to its place on this page."),
		Head:     []lang.Text{lang.T("Claim"), lang.T("Verdict"), lang.T("Chapter")},
		Align:    "llr",
		RowHeads: true, Sortable: true,
	}
	for _, j := range r.Claims {
		row := page.Cells(j.Name, mark(j.Verdict), lang.Same(strconv.Itoa(j.Chapter)))
		row[0].Link = "#" + j.anchor()
		row[1].Sort = float64(j.Verdict) + 1
		t.Rows = append(t.Rows, row)
	}
	return t
}
