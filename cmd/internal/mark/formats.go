package mark

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
)

// results is what Gradescope reads of an autograder, results.json.
type results struct {
	Score        float64        `json:"score"`
	Output       string         `json:"output"`
	OutputFormat string         `json:"output_format"`
	Visibility   string         `json:"visibility"`
	Tests        []test         `json:"tests"`
	Extra        map[string]any `json:"extra_data"`
}

type test struct {
	Name         string `json:"name"`
	Number       string `json:"number"`
	Status       string `json:"status"` // "passed" or "failed"
	Output       string `json:"output"`
	OutputFormat string `json:"output_format"`
	Visibility   string `json:"visibility"`
}

// gradescope are a student's results. The score stands by itself: the tests say
// what it is made of.
func (o *Options) gradescope(m Marked) results {
	r := results{Score: m.Points, Output: plainText(m.outcome()), OutputFormat: "text", Visibility: "visible", Tests: []test{},
		Extra: map[string]any{"marked": !m.Unmarked(), "verdict": m.Word()}}
	add := func(name, status, output string) {
		r.Tests = append(r.Tests, test{name, fmt.Sprint(len(r.Tests) + 1), status, output, "text", "visible"})
	}
	if m.Unmarked() {
		add("marking", "failed", plainText(m.Why))
		return r
	}
	for i, x := range m.Mistakes {
		add(strings.TrimPrefix(plainText(o.heading(i, x)), fmt.Sprintf("%d. ", i+1)), "failed", o.feedback(x))
	}
	for _, p := range o.Require.parts {
		status, output := "passed", "recorded and judged"
		for _, l := range m.Lacks {
			if l.Part == p.area {
				status, output = "failed", l.Text.EN
			}
		}
		add(p.area+" is recorded", status, output)
	}
	return r
}

// feedback are the hints on a mistake as one text.
func (o *Options) feedback(x Mistake) string {
	lines := []string{plainText(where(x))}
	for _, hint := range x.until(o.Level) {
		lines = append(lines, plainText(hint))
	}
	return strings.Join(lines, "\n")
}

func plainText(t lang.Text) string { return t.Plain() }

// names are those of a student's mistakes, for whoever marks.
func (m Marked) names() string {
	var list []string
	for _, x := range m.Mistakes {
		list = append(list, x.Name)
	}
	return strings.Join(list, " ")
}

// summary is what a grade book shows beside the points.
func (o *Options) summary(m Marked) string {
	lines := []string{plainText(m.outcome())}
	for i, x := range m.Mistakes {
		lines = append(lines, plainText(o.heading(i, x))+" ("+x.Place+")")
	}
	for _, t := range m.lackTexts() {
		lines = append(lines, plainText(t))
	}
	return strings.Join(lines, "; ")
}

// tables are the class as grade books read it: a row a student; where there is
// nothing to give points for, the cell is empty and changes nothing there.
func (o *Options) tables(class []Marked) []output.Content {
	grades := [][]string{{"student", "id", "login", "verdict", "points", "of", "mistakes", "first", "missing", "names", "page"}}
	// Canvas takes a student by any of ID, SIS User ID and SIS Login ID.
	canvas := [][]string{{"Student", "ID", "SIS User ID", "SIS Login ID", "Section", o.Assignment}, {"    Points Possible", "", "", "", "", number(o.Rubric.Points)}}
	prairie := [][]string{{"uid", "instance", "qid", "score_perc", "feedback"}}
	for _, m := range class {
		id, login := cmp.Or(m.Person.ID, m.ID), m.Person.Login
		first := ""
		if len(m.Mistakes) > 0 {
			first = m.Mistakes[0].Place
		}
		grades = append(grades, []string{m.name(), id, login, m.Word(), m.points(), number(o.Rubric.Points), fmt.Sprint(len(m.Mistakes)), first,
			plainText(lang.Join(lang.Same("; "), m.lackTexts()...)), m.names(), "students/" + m.Folder + "/index.html"})
		canvas = append(canvas, []string{m.name(), id, "", cmp.Or(login, m.Student), m.Person.Section, m.points()})
		percent := ""
		if !m.Unmarked() {
			percent = number(100 * m.Points / o.Rubric.Points)
		}
		prairie = append(prairie, []string{cmp.Or(login, m.Student), "1", o.Assignment, percent, o.summary(m)})
	}
	return []output.Content{output.CSV("grades.csv", grades), output.CSV("canvas.csv", canvas), output.CSV("prairielearn.csv", prairie)}
}

// The shape of JUnit's XML that build servers read.
type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Suites   []suite  `xml:"testsuite"`
}

type suite struct {
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Cases    []testcase `xml:"testcase"`
}

type testcase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Failure *problem `xml:"failure,omitempty"`
	Error   *problem `xml:"error,omitempty"`
}

type problem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// junit is the class as a build server reads it: a suite a student.
func (o *Options) junit(class []Marked) (output.Content, error) {
	all := suites{Name: o.Assignment}
	for _, m := range class {
		s := suite{Name: m.name()}
		add := func(name string, failure, broken *problem) {
			s.Cases = append(s.Cases, testcase{m.Folder, name, failure, broken})
			s.Tests++
			if failure != nil {
				s.Failures++
			}
			if broken != nil {
				s.Errors++
			}
		}
		if m.Unmarked() {
			add("marking", nil, &problem{plainText(m.Why), "not marked", ""})
		} else {
			for _, l := range m.Lacks {
				add(l.Part+" is recorded", &problem{plainText(l.Text), "incomplete", ""}, nil)
			}
			for _, x := range m.Mistakes {
				add(x.Name, &problem{x.Place, x.Level, o.feedback(x)}, nil)
			}
			if len(s.Cases) == 0 {
				add("nothing wrong was found", nil, nil)
			}
		}
		all.Suites = append(all.Suites, s)
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	return output.Content{Name: "junit.xml", Data: append(append([]byte(xml.Header), text...), '\n')}, err
}
