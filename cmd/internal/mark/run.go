package mark

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/parallel"
	"glassbox/nn/message"
)

// Options are what and how to mark.
type Options struct {
	Folder     string // that holds the submissions
	Out        string // that gets the marks
	Judge      func(trace string) Judged
	Limits     Limits
	Settings   string // what else decides what is found
	Level      int    // of the deepest hint that students see, 1 to Deepest
	Require    Requirement
	Rubric     Rubric
	Roster     map[string]Person
	Assignment string // its name in grade books
	Command    string // repeats the run
	Progress   func(total int) (done func())
}

// Run marks every submission of a folder. Each student's files are written as
// soon as the submission is marked; those of the class follow when all are. If
// ctx ends before that, the error says what is there, and a later run goes on
// from it.
func Run(ctx context.Context, o Options) ([]Marked, error) {
	list, err := Find(o.Folder)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, message.Errorf("%s holds no submission: a folder, a trace (.npz) or a program (.py, .ipynb) for each student", o.Folder)
	}
	names := []string{"index.html"}
	for _, f := range classFiles {
		names = append(names, f.name)
	}
	out, err := output.Open("o", o.Out, names)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	if o.Limits.Beside != "" {
		sum, err := Submission{Files: within(o.Limits.Beside)}.sum()
		if err != nil {
			return nil, err
		}
		o.Settings += " " + sum
	}
	done := o.Progress(len(list))
	class := make([]Marked, len(list))
	working, stop := context.WithCancel(ctx)
	defer stop()
	var mu sync.Mutex
	var first error // of writing, which ends the run
	kept := 0
	parallel.Do(working, len(list), func(i int) {
		err := o.one(working, list[i], &class[i])
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			kept++
			done()
		} else if first == nil && working.Err() == nil {
			first = err
			stop()
		}
	})
	if first != nil {
		return nil, first
	}
	if ctx.Err() != nil {
		return nil, message.Errorf("%w after %d of %d submissions, which are in %s; the same command goes on from there", cli.ErrInterrupted, kept, len(list), filepath.Join(o.Out, "students"))
	}
	files := o.tables(class)
	junit, err := o.junit(class)
	if err != nil {
		return nil, err
	}
	return class, out.WriteAll(append(files, junit), o.classPage(class).Render)
}

// one marks a submission and writes what its student gets. Whatever is wrong
// with the submission, or with how we look at it, is said in its own marks.
func (o *Options) one(ctx context.Context, s Submission, m *Marked) (err error) {
	sum, err := s.sum(o.Settings, cli.Built(), o.Limits.Program, duration(o.Limits.Time), fmt.Sprint(o.Limits.Memory))
	r, ok := Record{}, false
	if err != nil {
		r.Why = said(message.Of(err), o.Folder)
	} else if r, ok = o.kept(s, sum); !ok {
		if r, err = o.guarded(ctx, s); err != nil {
			return err
		}
		r.Sum = sum
	}
	*m = Marked{Submission: s, Record: r, Person: o.person(s)}
	if !m.Unmarked() {
		m.Lacks = o.Require.lacks(r.Areas, r.Steps)
		m.Points = o.Rubric.grade(r, m.Lacks)
	}
	files, err := o.sheet(*m)
	if err != nil {
		return err
	}
	if err := writeAll(filepath.Join(o.Out, "students", s.Folder), files...); err != nil {
		return err
	}
	if !ok && r.Sum != "" {
		return o.keep(s, r)
	}
	return nil
}

// guarded is find, with a defect of ours said instead of ending the run.
func (o *Options) guarded(ctx context.Context, s Submission) (r Record, err error) {
	defer func() {
		if x := recover(); x != nil {
			r = Record{Why: lang.T("a defect of glassbox: %v", x)}
		}
	}()
	return o.find(ctx, s)
}

// person is the student's row of the roster, by the submission's name.
func (o *Options) person(s Submission) Person { return o.Roster[s.Student] }
