package audit

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"glassbox/cmd/internal/audit/recorder"
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/mark"
	"glassbox/cmd/internal/progress"
	"glassbox/nn/message"
)

// errUnmarked ends mark when someone has to look at a submission.
var errUnmarked = message.Errorf("could not be marked")

// runMark marks a folder of submissions.
func runMark(args []string, stdout, stderr io.Writer) error {
	set := cli.New("audit mark", "Marks a folder of submissions, traces or programs: a page and a text for each student, grades for the course.",
		"submissions", "-o marks -hints 2 -require steps=3,backward,update,evaluation submissions", "-rubric rubric.json -beside handout submissions")
	o := mark.Options{Out: "marks", Level: 3, Require: mark.Require, Assignment: "glassbox", Rubric: mark.DefaultRubric()}
	rate, seconds, memory := 0.01, 60, 4096
	var rubric, roster, python string
	cli.Var(set, &o.Out, "o", cli.Text("DIR"), "folder for the marks; a later run goes on from what is there")
	cli.Var(set, &o.Level, "hints", cli.Between(1, mark.Deepest), "deepest hint that students see: 1 where to look, 2 which number, 3 what it follows from, 4 what to change")
	cli.Var(set, &o.Require, "require", mark.RequirementKind, "what each submission has to show; less is incomplete, never clean")
	cli.Var(set, &rubric, "rubric", cli.Text("FILE.json"), "points: what a mistake, a part of training or a level takes off")
	cli.Var(set, &roster, "roster", cli.Text("FILE.csv"), "who handed in which submission: columns submission,name,id,login,section")
	cli.Var(set, &o.Assignment, "assignment", cli.Text("NAME"), "what Canvas and PrairieLearn call the assignment")
	cli.Var(set, &rate, "learning_rate", cli.Positive, "the rate that traces were trained with, if they do not say")
	set.Group("Programs")
	cli.Var(set, &python, "python", cli.Text("COMMAND"), "the Python to run programs with; the first python3 on PATH that has NumPy by default")
	cli.Var(set, &o.Limits.Program, "program", cli.Text("FILE.py"), "the file to run, where a submission has several")
	cli.Var(set, &o.Limits.Beside, "beside", cli.Text("DIR"), "a folder whose files are put beside each program: data, modules of the handout")
	cli.Var(set, &seconds, "time", cli.AtLeast(1), "seconds that a program, and judging a trace, may take")
	cli.Var(set, &memory, "memory", cli.AtLeast(64), "megabytes that a program may address, where the system holds it to that")
	set.Operands("FOLDER", 1, 1)
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	var err error
	o.Folder = set.Rest()[0]
	if inside(o.Out, o.Folder) {
		return cli.Usagef("-o %s lies in %s, whose folders are submissions: name another one", o.Out, o.Folder)
	}
	if rubric != "" {
		if o.Rubric, err = mark.ReadRubric(rubric); err != nil {
			return cli.Usagef("-%s: %w", "rubric", err)
		}
	}
	if roster != "" {
		if o.Roster, err = mark.ReadRoster(roster); err != nil {
			return cli.Usagef("-%s: %w", "roster", err)
		}
	}
	if !set.Given("learning_rate") {
		rate = 0
	}
	o.Limits.Time, o.Limits.Memory, o.Limits.Recorder = time.Duration(seconds)*time.Second, memory, recorder.Source
	o.Limits.Python = sync.OnceValues(func() (string, error) { return findPython(python) })
	if python != "" {
		if _, err := o.Limits.Python(); err != nil {
			return cli.Usagef("-%s: %w", "python", err)
		}
	}
	o.Judge = func(trace string) mark.Judged {
		j := JudgeFile(trace, rate)
		return mark.Judged{Tensors: j.Verdict.Tensors, Program: j.Verdict.Program, Graph: j.Graph}
	}
	o.Settings, o.Command = cli.FormatFloat(rate)+" "+python, set.Command()
	var bar *progress.Bar
	o.Progress = func(total int) func() {
		bar = progress.New(stderr, "marking", total)
		bar.SetUnit("submissions")
		return func() { bar.Add(1) }
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	class, err := mark.Run(ctx, o)
	bar.Clear()
	if err != nil {
		return err
	}
	return sayMarks(stdout, o, class)
}

// inside reports whether a path lies in a folder, or is it.
func inside(path, folder string) bool {
	a, errA := filepath.Abs(path)
	b, errB := filepath.Abs(folder)
	rel, err := filepath.Rel(b, a)
	return errors.Join(errA, errB, err) == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// sayMarks prints the outcome of a class.
func sayMarks(w io.Writer, o mark.Options, class []mark.Marked) error {
	count := map[string]int{}
	for _, m := range class {
		count[m.Word()]++
		if m.Unmarked() {
			cli.Wrap(w, cli.OneLine(lang.Say("not marked: %s: %s", m.Student, m.Why)), "", 78)
		}
	}
	all := lang.Count(len(class), lang.T("1 submission"), lang.T("%d submissions", len(class)))
	fmt.Fprintln(w, lang.Say("%s: %d clean, %d with mistakes, %d incomplete, %d not marked", all, count["clean"], count["mistakes"], count["incomplete"], count["not marked"]))
	for i, g := range mark.Groups(class) {
		if i == 8 {
			fmt.Fprintln(w, "  …")
			break
		}
		fmt.Fprintf(w, "  %s: %s\n", lang.Say("%d of %d", len(g.Who), len(class)), cli.OneLine(g.Name))
	}
	out := cli.OneLine(filepath.Clean(o.Out))
	cli.Wrap(w, lang.Say("wrote %s/index.html, grades.csv, canvas.csv, prairielearn.csv, junit.xml, and a folder each in %s/students", out, out), "", cli.Columns)
	if n := count["not marked"]; n > 0 {
		return cli.Status(exitUnjudged, message.Errorf("%d of %d submissions %w: someone has to look at them", n, len(class), errUnmarked))
	}
	return nil
}
