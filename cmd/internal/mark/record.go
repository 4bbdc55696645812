package mark

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/nn/audit"
	"glassbox/nn/message"
)

// A Record is what was found in a submission: all that its pages and rows are
// made of, kept so that a later run need not find it again.
type Record struct {
	Sum      string       `json:"sum"` // of the submission and of what decides what is found
	Why      lang.Text    `json:"why"` // it could not be marked; else empty
	Mistakes []Mistake    `json:"mistakes"`
	Areas    []audit.Area `json:"covers"`
	Steps    int          `json:"steps"`
	Unread   []lang.Text  `json:"unread"` // files beside others that could not be judged, and why
	Notes    []lang.Text  `json:"notes"`
}

// mostNotes bounds how many reasons why something was not judged are kept.
const mostNotes = 12

// add puts a trace beside those that the record is of.
func (r *Record) add(j Judged) {
	same := func(m Mistake) func(Mistake) bool {
		return func(x Mistake) bool { return x.Name == m.Name && (x.Place == m.Place || x.Statement == "") }
	}
	for _, m := range j.mistakes() {
		if i := slices.IndexFunc(r.Mistakes, same(m)); i >= 0 {
			r.Mistakes[i].More += 1 + m.More
		} else {
			r.Mistakes = append(r.Mistakes, m)
		}
	}
	areas, steps := []audit.Area(nil), 0
	var unjudged []message.Text
	if v := j.Program; v != nil {
		areas, steps, unjudged = v.Areas, v.Steps, v.Unjudged
	} else {
		areas, steps, unjudged = j.Tensors.Areas, j.Tensors.Steps, j.Tensors.Unjudged
	}
	r.Areas, r.Steps = together(r.Areas, areas), max(r.Steps, steps)
	for _, t := range unjudged {
		if len(r.Notes) < mostNotes {
			r.Notes = append(r.Notes, lang.Of(t))
		}
	}
}

// find judges a submission: its traces, or else its program, which it runs. What
// goes wrong is said in the record; the error is that of a ctx that ended.
func (o *Options) find(ctx context.Context, s Submission) (r Record, err error) {
	work, err := os.MkdirTemp("", "glassbox")
	if err != nil {
		r.Why = said(message.Of(err))
		return r, nil
	}
	defer os.RemoveAll(work)
	var traces []File
	for _, f := range s.Files {
		if filepath.Ext(f.Name) == ".npz" {
			traces = append(traces, f)
		}
	}
	if len(traces) == 0 {
		trace, err := o.Limits.record(ctx, s, work)
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		if err != nil {
			r.Why = said(message.Of(err), filepath.Join(work, "submission"), work, o.Folder)
			return r, nil
		}
		traces = []File{{trace, "trace.npz"}}
	}
	for _, f := range traces {
		patience, cancel := context.WithTimeout(ctx, o.Limits.Time)
		j, ok := cli.Await(patience, func() Judged { return o.Judge(f.Path) })
		cancel()
		switch {
		case ctx.Err() != nil:
			return r, ctx.Err()
		case !ok:
			r.Unread = append(r.Unread, lang.T("%s: judging it took longer than %s", f.Name, duration(o.Limits.Time)))
		case j.Tensors != nil && j.Tensors.Verdict == "unreadable":
			r.Unread = append(r.Unread, said(j.Tensors.Error, filepath.Join(work, "submission"), work, o.Folder))
		default:
			r.add(j)
		}
	}
	if len(r.Unread) == len(traces) {
		r.Why, r.Unread = r.Unread[0], r.Unread[1:]
	}
	return r, nil
}

// kept returns the record that an earlier run left of the same submission.
func (o *Options) kept(s Submission, sum string) (r Record, ok bool) {
	text, err := os.ReadFile(filepath.Join(o.recordFolder(s), "record.json"))
	return r, err == nil && json.Unmarshal(text, &r) == nil && r.Sum == sum
}

// keep writes a record for later runs.
func (o *Options) keep(s Submission, r Record) error {
	js, err := output.JSON("record.json", r)
	if err != nil {
		return err
	}
	return writeAll(o.recordFolder(s), js)
}

func (o *Options) recordFolder(s Submission) string {
	return filepath.Join(o.Out, "records", s.Folder)
}

// writeAll writes files into a folder, all of them or none.
func writeAll(folder string, files ...output.Content) error {
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	dir, err := output.Open("o", folder, names)
	if err != nil {
		return err
	}
	defer dir.Close()
	for _, f := range files {
		if err := dir.Write(f.Name, f.Data); err != nil {
			return err
		}
	}
	return dir.Commit()
}

// A Marked is a submission with what was found in it and what that comes to.
type Marked struct {
	Submission
	Record
	Person Person
	Lacks  []Lack
	Points float64 // 0 where it could not be marked: see Unmarked
}

// Unmarked reports that there is nothing to give points for: someone has to look.
func (m Marked) Unmarked() bool { return !m.Why.Empty() }

// Word is what the marking comes to, in a word.
func (m Marked) Word() string {
	switch {
	case m.Unmarked():
		return "not marked"
	case len(m.Mistakes) > 0:
		return "mistakes"
	case len(m.Lacks) > 0 || len(m.Unread) > 0:
		return "incomplete"
	}
	return "clean"
}

// wordText is the word in both languages.
func (m Marked) wordText() lang.Text {
	switch m.Word() {
	case "not marked":
		return lang.T("not marked")
	case "mistakes":
		return lang.T("mistakes")
	case "incomplete":
		return lang.T("incomplete")
	}
	return lang.T("clean")
}

// points writes points as people do, "" for a submission that has none.
func (m Marked) points() string {
	if m.Unmarked() {
		return ""
	}
	return number(m.Points)
}

func number(x float64) string { return cli.FormatFloat(float64(int64(x*100+0.5)) / 100) }

// name is what the student is called.
func (m Marked) name() string { return cmp.Or(m.Person.Name, m.Student) }
