package coursework

import (
	"fmt"
	"strconv"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/nn/audit"
)

// Progress says how far an interrupted work came.
func (w *Work) Progress() lang.Text {
	if w.Perceptron != nil && w.Perceptron.Cut {
		return w.Perceptron.Progress()
	}
	done := len(w.Networks)
	for _, list := range w.Further {
		done += len(list)
	}
	return lang.T("Part I and %d of %d trainings of networks were done", done, len(w.jobs(w.plans())))
}

// summary is the section on top.
func (r Report) summary() page.Section {
	var blocks []page.Block
	if len(r.Claims) > 0 {
		blocks = append(blocks, r.facts())
	}
	for _, text := range r.Summary() {
		blocks = append(blocks, page.Text(text))
	}
	if len(r.Claims) > 0 {
		blocks = append(blocks, r.counts(), page.Details{Summary: lang.T("All claims"), Blocks: []page.Block{r.all()}})
	}
	return page.Section{ID: "summary", Heading: lang.T("Summary"), Blocks: blocks}
}

// Summary says in sentences what came of it, a paragraph each on the claims,
// on Part I, on the network behind the figures and on a right one.
func (r Report) Summary() []lang.Text {
	var list []lang.Text
	for _, t := range []lang.Text{r.onClaims(), r.onPerceptron(), r.onFaults(), r.onRight()} {
		if !t.Empty() {
			list = append(list, t)
		}
	}
	return list
}

func (r Report) onClaims() lang.Text {
	n := Count(r.Claims)
	text := lang.T("Of the %d claims of the report that were judged %d hold, %d hold in part and %d do not hold.",
		len(r.Claims), n[page.Holds], n[page.Partly], n[page.Fails])
	switch {
	case r.Unjudged == 1:
		text = lang.Sentences(text, lang.T("Of one more nothing can be said."))
	case r.Unjudged > 1:
		text = lang.Sentences(text, lang.T("Of %d more nothing can be said.", r.Unjudged))
	}
	return text
}

func (r Report) onPerceptron() lang.Text {
	p := r.Facts.Perceptron
	if p == nil {
		return lang.Text{}
	}
	ordinary := 0
	for _, t := range p.Tests {
		if _, v := t.accuracyFound(); v != page.Fails {
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

// causes are the audit's errors on the report's network, the first of each
// cause.
func (m *Modules) causes() []audit.Finding {
	var list []audit.Finding
	known := map[string]bool{}
	for _, x := range m.Reported.Findings {
		if x.Level == "error" && !known[x.Cause] {
			known[x.Cause] = true
			list = append(list, x)
		}
	}
	return list
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

// mark is a verdict behind the sign that stands beside a claim.
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
		row[0].Link = "#" + j.Section
		row[1].Sort = float64(j.Verdict) + 1
		t.Rows = append(t.Rows, row)
	}
	return t
}
