package mark

import (
	"cmp"
	"fmt"
	"slices"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
)

// A Group is a mistake and who made it.
type Group struct {
	Name, Level, Area string
	Who               []Marked
}

// Groups are the class by mistake, the most frequent first.
func Groups(class []Marked) (list []Group) {
	at := map[string]int{}
	for _, m := range class {
		for _, x := range m.Mistakes {
			i, ok := at[x.Name]
			if !ok {
				i, at[x.Name] = len(list), len(list)
				list = append(list, Group{Name: x.Name, Level: x.Level, Area: x.Area})
			}
			if n := len(list[i].Who); n == 0 || list[i].Who[n-1].Folder != m.Folder {
				list[i].Who = append(list[i].Who, m)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Group) int {
		return cmp.Or(len(b.Who)-len(a.Who), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// classPage is the page of the class, for whoever marks.
func (o *Options) classPage(class []Marked) *page.Page {
	count := map[string]int{}
	sum := 0.0
	for _, m := range class {
		count[m.Word()]++
		sum += m.Points
	}
	marked := len(class) - count["not marked"]
	mean := "–"
	if marked > 0 {
		mean = number(sum / float64(marked))
	}
	p := &page.Page{Title: lang.T("The class: %d submissions", len(class)),
		Subtitle: lang.T("%d clean, %d with mistakes, %d incomplete, %d not marked", count["clean"], count["mistakes"], count["incomplete"], count["not marked"])}
	list := Groups(class)
	p.Sections = []page.Section{
		{ID: "outcome", Heading: lang.T("Outcome"), Blocks: []page.Block{
			page.Facts{
				{Label: lang.T("Submissions"), Value: fmt.Sprint(len(class))},
				{Label: lang.T("Mean of the points"), Value: mean, Note: lang.T("of %s", number(o.Rubric.Points))},
				{Label: lang.T("Different mistakes"), Value: fmt.Sprint(len(list))},
			},
			page.Text(lang.T("This page names the mistakes: it is for whoever marks. What each student gets is in `students`, with hints up to level %d of %d.", o.Level, Deepest)),
		}},
		{ID: "mistakes", Heading: lang.T("By mistake"), Blocks: []page.Block{o.byMistake(list, len(class))}},
		{ID: "students", Heading: lang.T("By student"), Blocks: []page.Block{o.byStudent(class)}},
	}
	for i, g := range list {
		t := page.Table{Caption: lang.T("%d of %d: `%s`", len(g.Who), len(class), g.Name), RowHeads: true, Sortable: true, Long: len(g.Who) > 20,
			Head: []lang.Text{lang.T("Student"), lang.T("Where"), lang.T("Line")}}
		for _, m := range g.Who {
			for _, x := range m.Mistakes {
				if x.Name == g.Name {
					t.Rows = append(t.Rows, []page.Cell{link(m), {Text: lang.Same(x.Place)}, {Text: code(x.Statement)}})
				}
			}
		}
		p.Sections = append(p.Sections, page.Section{ID: fmt.Sprintf("mistake-%d", i+1), Heading: lang.Same(g.Name), Minor: true, Blocks: []page.Block{t}})
	}
	for _, f := range classFiles {
		p.Files = append(p.Files, page.File{Name: f.name, Note: f.note()})
	}
	p.Run.Command = o.Command
	return p
}

func (o *Options) byMistake(list []Group, all int) page.Table {
	t := page.Table{Caption: lang.T("Each different mistake, and how many of %d submissions have it.", all), RowHeads: true, Sortable: true, Align: "llrr",
		Head: []lang.Text{lang.T("Mistake"), lang.T("Part"), lang.T("Submissions"), lang.T("Points off")}}
	for i, g := range list {
		t.Rows = append(t.Rows, []page.Cell{{Text: lang.Same(g.Name), Link: fmt.Sprintf("#mistake-%d", i+1)}, {Text: areaText(g.Area)},
			{Text: lang.Same(fmt.Sprint(len(g.Who)))}, {Text: lang.Same(number(o.Rubric.off(Mistake{Name: g.Name, Level: g.Level, Area: g.Area})))}})
	}
	return t
}

func (o *Options) byStudent(class []Marked) page.Table {
	t := page.Table{Caption: lang.T("Each submission. A name leads to what its student gets."), RowHeads: true, Sortable: true, Align: "llrrl",
		Head: []lang.Text{lang.T("Student"), lang.T("Outcome"), lang.T("Points"), lang.T("Mistakes"), lang.T("First mistake, or what is missing")}}
	for _, m := range class {
		first := lang.Join(lang.Text{EN: "; ", ZH: "；"}, m.lackTexts()...)
		switch {
		case m.Unmarked():
			first = m.Why.Cut(160)
		case len(m.Mistakes) > 0:
			first = lang.Same(m.Mistakes[0].Place + " " + m.Mistakes[0].Name)
		}
		points := page.Cell{Text: lang.Same(cmp.Or(m.points(), "–"))}
		if m.Unmarked() {
			points.Sort = -1
		}
		t.Rows = append(t.Rows, []page.Cell{link(m), {Text: m.wordText()}, points, {Text: lang.Same(fmt.Sprint(len(m.Mistakes)))}, {Text: first}})
	}
	return t
}

// link leads from the class to a student's page.
func link(m Marked) page.Cell {
	return page.Cell{Text: lang.Same(m.name()), Link: "students/" + m.Folder + "/index.html"}
}

// code sets a statement as code, as long as a table bears.
func code(statement string) lang.Text {
	if statement == "" {
		return lang.Same("–")
	}
	return lang.Same(statement).Cut(80)
}

// classFiles are the files of the class beside its page.
var classFiles = []struct {
	name string
	note func() lang.Text
}{
	{"grades.csv", func() lang.Text { return lang.T("a row a student, with the names of the mistakes") }},
	{"canvas.csv", func() lang.Text { return lang.T("to import into Canvas's gradebook") }},
	{"prairielearn.csv", func() lang.Text { return lang.T("to upload as scores to PrairieLearn") }},
	{"junit.xml", func() lang.Text { return lang.T("for build servers: a suite a student") }},
}
