package mark

import (
	"bytes"
	"fmt"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/listing"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
)

// sheetNames are the files that a student gets.
var sheetNames = []string{"index.html", "feedback.en.txt", "feedback.zh.txt", "results.json"}

// sheet is what a student gets: a page, a text in each language, and the file
// that Gradescope shows. Nothing in it says more than the hints up to the level.
func (o *Options) sheet(m Marked) ([]output.Content, error) {
	html, err := o.page(m).Render()
	if err != nil {
		return nil, err
	}
	results, err := output.JSON("results.json", o.gradescope(m))
	if err != nil {
		return nil, err
	}
	return []output.Content{{Name: sheetNames[0], Data: html}, {Name: sheetNames[1], Data: o.text(m, lang.EN)}, {Name: sheetNames[2], Data: o.text(m, lang.ZH)}, results}, nil
}

// outcome says in a sentence what the marking comes to.
func (m Marked) outcome() lang.Text {
	switch m.Word() {
	case "not marked":
		return lang.T("This could not be marked, and costs no points yet: %s.", m.Why)
	case "mistakes":
		return lang.Count(len(m.Mistakes), lang.T("One mistake was found."), lang.T("%d different mistakes were found, the earliest first.", len(m.Mistakes)))
	case "incomplete":
		return lang.T("Nothing wrong was found, but not all that was asked for could be looked at.")
	}
	return lang.T("Nothing wrong was found in what was recorded.")
}

// titles of the hints.
func hintTitle(level int) lang.Text {
	return [...]lang.Text{lang.T("Hint 1: where to look"), lang.T("Hint 2: which number, and by how much"), lang.T("Hint 3: what it should follow from"), lang.T("Hint 4: what to change")}[level]
}

// heading is what a mistake is called: by name only where the last hint is shown.
func (o *Options) heading(i int, x Mistake) lang.Text {
	t := lang.Join(lang.Same(". "), lang.Same(fmt.Sprint(i+1)), x.Part.Capital())
	if o.Level >= Deepest {
		t = lang.Join(lang.Same(": "), t, lang.Same(x.Name))
	}
	return t
}

// where says where a mistake is.
func where(x Mistake) lang.Text {
	place := lang.T("First seen at `%s`, step %d.", x.Place, x.Step)
	switch {
	case x.More == 1:
		place = lang.Sentences(place, lang.T("One more place shows the same mistake."))
	case x.More > 1:
		place = lang.Sentences(place, lang.T("%d more places show the same mistake.", x.More))
	}
	if x.Level == "warning" {
		place = lang.Sentences(place, lang.T("It is a warning: the numbers follow, but they mislead."))
	}
	return place
}

// page is the student's page.
func (o *Options) page(m Marked) *page.Page {
	p := &page.Page{Title: lang.T("Feedback for %s", m.name()), Subtitle: m.outcome()}
	var blocks []page.Block
	if !m.Unmarked() {
		blocks = append(blocks, page.Facts{
			{Label: lang.T("Points"), Value: m.points(), Note: lang.T("of %s", number(o.Rubric.Points))},
			{Label: lang.T("Different mistakes"), Value: fmt.Sprint(len(m.Mistakes))},
			{Label: lang.T("Steps recorded"), Value: fmt.Sprint(m.Steps)},
		})
	}
	if list := m.lackTexts(); len(list) > 0 {
		blocks = append(blocks, page.Note{Warning: true, Title: lang.T("Not complete"), Text: lang.T("Asked for, and not there: %s. What is not recorded is neither right nor wrong.", lang.Join(lang.Text{EN: "; ", ZH: "；"}, list...))})
	}
	if len(m.Mistakes) > 0 {
		blocks = append(blocks, page.Text(lang.T("Open one hint at a time. Try to find the mistake before you open the next.")))
	}
	if len(blocks) > 0 {
		p.Sections = append(p.Sections, page.Section{ID: "outcome", Heading: lang.T("Outcome"), Blocks: blocks})
	}
	for i, x := range m.Mistakes {
		blocks := []page.Block{page.Text(where(x))}
		if len(x.Excerpt) > 0 {
			blocks = append(blocks, page.Code{Text: lang.Same(excerpt(x.Excerpt))})
		}
		for k, hint := range x.until(o.Level) {
			if k == 0 {
				blocks = append(blocks, page.Text(hint))
			} else {
				blocks = append(blocks, page.Details{Summary: hintTitle(k), Blocks: []page.Block{page.Text(hint)}})
			}
		}
		p.Sections = append(p.Sections, page.Section{ID: fmt.Sprintf("mistake-%d", i+1), Heading: o.heading(i, x), Blocks: blocks})
	}
	if !m.Unmarked() {
		p.Sections = append(p.Sections, page.Section{ID: "coverage", Heading: lang.T("What was looked at"), Blocks: o.coverage(m)}, page.Section{ID: "points", Heading: lang.T("Points"), Blocks: []page.Block{o.account(m)}})
	}
	return p
}

// lackTexts are all that was asked for and is not there.
func (m Marked) lackTexts() (list []lang.Text) {
	for _, l := range m.Lacks {
		list = append(list, l.Text)
	}
	return append(list, m.Unread...)
}

// excerpt is source with its lines' numbers and a mark at the one it is about.
func excerpt(lines []listing.Source) string {
	var b strings.Builder
	for _, l := range lines {
		mark := "  "
		if l.Marked {
			mark = "> "
		}
		fmt.Fprintf(&b, "%s%4d  %s\n", mark, l.Number, l.Code)
	}
	return b.String()
}

// coverage is what was judged, part by part.
func (o *Options) coverage(m Marked) []page.Block {
	t := page.Table{Caption: lang.T("The parts of training, how far each was judged, and whether it was asked for."), RowHeads: true,
		Head: []lang.Text{lang.T("Part"), lang.T("Judged"), lang.T("Asked for")}}
	for _, a := range m.Areas {
		asked := lang.Same("–")
		if o.Require.asks(a.Name) {
			asked = lang.T("yes")
		}
		t.Rows = append(t.Rows, page.Cells(areaText(a.Name), areaText(a.State), asked))
	}
	blocks := []page.Block{t}
	if len(m.Notes) > 0 {
		blocks = append(blocks, page.Details{Summary: lang.T("What could not be judged, and why"), Blocks: []page.Block{page.List(m.Notes)}})
	}
	return blocks
}

// account is how the points come about.
func (o *Options) account(m Marked) page.Table {
	t := page.Table{Caption: lang.T("How the points come about; there are never fewer than 0."), Head: []lang.Text{lang.T("What"), lang.T("Points")}, Align: "lr"}
	row := func(what lang.Text, points string) { t.Rows = append(t.Rows, page.Cells(what, lang.Same(points))) }
	row(lang.T("A submission without a mistake"), number(o.Rubric.Points))
	for i, x := range m.Mistakes {
		row(o.heading(i, x), "−"+number(o.Rubric.off(x)))
	}
	for _, l := range m.Lacks {
		row(l.Text.Capital(), "−"+number(o.Rubric.without(l)))
	}
	row(lang.T("Points"), m.points())
	return t
}

// text is the same as plain text.
func (o *Options) text(m Marked, language string) []byte {
	var b bytes.Buffer
	in := func(t lang.Text) string {
		s := t.EN
		if language == lang.ZH {
			s = t.ZH
		}
		return cli.OneLine(s)
	}
	write := func(t lang.Text, indent string) {
		if language == lang.ZH {
			fmt.Fprintf(&b, "%s%s\n", indent, in(t)) // which is broken anywhere by whoever shows it
		} else {
			cli.Wrap(&b, in(t), indent, 78)
		}
	}
	write(lang.T("Feedback for %s", m.name()), "")
	fmt.Fprintln(&b)
	write(m.outcome(), "")
	if !m.Unmarked() {
		write(lang.T("Points: %s of %s.", m.points(), number(o.Rubric.Points)), "")
	}
	for _, t := range m.lackTexts() {
		write(lang.T("Asked for, and not there: %s.", t), "")
	}
	for i, x := range m.Mistakes {
		fmt.Fprintln(&b)
		write(o.heading(i, x), "")
		write(where(x), "   ")
		for _, l := range x.Excerpt {
			if l.Marked {
				fmt.Fprintf(&b, "   %d  %s\n", l.Number, cli.OneLine(strings.TrimSpace(l.Code)))
			}
		}
		for k, hint := range x.until(o.Level) {
			write(hintTitle(k), "   ")
			write(hint, "     ")
		}
	}
	return b.Bytes()
}
