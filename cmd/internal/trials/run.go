package trials

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"glassbox/cmd/internal/audit/recorder"
	"glassbox/cmd/internal/parallel"
	"glassbox/nn/audit/program"
	"glassbox/nn/graph"
)

// An Outcome is what the judge made of a trial.
type Outcome string

// The outcomes of a right program, then those of one with a fault.
const (
	Clean      Outcome = "clean"
	NotJudged  Outcome = "not judged" // nothing wrong was said, nor that all is right
	FalseError Outcome = "false error"

	OnLine    Outcome = "line"      // the first error, or else warning, names the fault's line
	Elsewhere Outcome = "elsewhere" // it names another
	Missed    Outcome = "missed"    // there is none
)

// A Result is a trial and its outcome.
type Result struct {
	Trial `json:"-"`
	Outcome
	First   program.Finding // the first error, or else the first warning, if there is one
	Missing string          // why it was not judged
	// Named says how the first error's correction, relation or cause is right:
	// "the right statement", "the right run", "the right operand" (changes.py
	// tells them apart) or "the cause". It is empty where none is.
	Named   string  `json:"-"`
	Seconds float64 // of judging
}

// patience bounds one recording, and one judgement: no program of the trials
// runs for a second.
const patience = 2 * time.Minute

// A Runner records programs with a python3 that has NumPy.
type Runner struct {
	Python   string
	recorder string
	dir      string
	keep     string // a directory that recordings stay in, if not ""
	helpers  helpers
	printed  sync.Map // by *Program: what the right program prints, a func() (string, error)
}

// NewRunner puts the recorder into a directory of its own; Close removes it.
func NewRunner(python string) (*Runner, error) {
	dir, err := os.MkdirTemp("", "glassbox-trials-")
	if err != nil {
		return nil, err
	}
	r := &Runner{Python: python, recorder: filepath.Join(dir, "glassbox_record.py"), dir: dir, helpers: helpers{python: python, script: filepath.Join(dir, "changes.py")}}
	if err := os.WriteFile(r.recorder, recorder.Source, 0o666); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Close ends what the runner started and removes what it wrote.
func (r *Runner) Close() {
	r.helpers.close()
	os.RemoveAll(r.dir)
}

// All runs trials on all cores and calls each for every result, one at a time
// and in any order. The results come in the order of the trials. What log has is
// not run again. A trial that comes to no verdict is not judged, or missed.
func (r *Runner) All(ctx context.Context, trials []Trial, log *Log, each func(Result)) ([]Result, error) {
	results := make([]Result, len(trials))
	errs := make([]error, len(trials))
	var mu sync.Mutex
	err := parallel.Do(ctx, len(trials), func(i int) {
		t := trials[i]
		x := Result{Trial: t}
		if !log.find("judged", t, &x) {
			var err error
			x, err = r.Run(ctx, t)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil && t.Fault < 0:
				x = Result{Trial: t, Outcome: NotJudged, Missing: err.Error()}
			case err != nil:
				x = Result{Trial: t, Outcome: Missed, Missing: err.Error()}
			}
			errs[i] = log.keep("judged", t, x)
		}
		if errs[i] == nil && (x.Outcome == OnLine || x.Outcome == Elsewhere) {
			x.Named, errs[i] = r.named(ctx, t, x.First)
		}
		x.Trial = t
		results[i] = x
		mu.Lock()
		defer mu.Unlock()
		each(x)
	})
	return slices.DeleteFunc(results, func(x Result) bool { return x.Outcome == "" }), errors.Join(append(errs, err)...)
}

// Run records and judges one.
func (r *Runner) Run(ctx context.Context, t Trial) (Result, error) {
	start := time.Now()
	_, v, err := r.judge(ctx, t)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", t.name(), err)
	}
	result := t.result(v)
	result.Seconds = time.Since(start).Seconds()
	return result, nil
}

// judge records a program and judges it. What is kept of the same program and
// recorder is not recorded again.
func (r *Runner) judge(ctx context.Context, t Trial) (*graph.Graph, *program.Verdict, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	record, err := os.ReadFile(r.recorder)
	if err != nil {
		return nil, nil, err
	}
	of, kept := fmt.Sprintf("%x\n", sha256.Sum256(append(record, t.Source...))), filepath.Join(r.keep, t.name())
	dir := kept
	if was, err := os.ReadFile(filepath.Join(kept, made)); r.keep == "" || err != nil || string(was) != of {
		if dir, err = os.MkdirTemp(cmp.Or(r.keep, r.dir), ".run-"); err != nil {
			return nil, nil, err
		}
		defer os.RemoveAll(dir)
		if err := r.record(ctx, dir, t.Program.Name, t.Source); err != nil {
			return nil, nil, err
		}
	}
	g, err := graph.Read(filepath.Join(dir, trace))
	if err != nil {
		return nil, nil, err
	}
	if r.keep != "" && dir != kept {
		// Of two that record the same at a time either may stay.
		err := errors.Join(os.WriteFile(filepath.Join(dir, made), []byte(of), 0o666), os.MkdirAll(filepath.Dir(kept), 0o777), os.RemoveAll(kept))
		if again := os.Rename(dir, kept); err != nil || again != nil && !errors.Is(again, fs.ErrExist) {
			return nil, nil, errors.Join(err, again)
		}
	}
	v, err := judged(ctx, g)
	return g, v, err
}

// The files beside a kept program: its recording, and what that was made of.
const trace, made = "trace.npz", "made.txt"

// record records a program in a directory.
func (r *Runner) record(ctx context.Context, dir, name, source string) error {
	file, trace := filepath.Join(dir, name+".py"), filepath.Join(dir, trace)
	if err := os.WriteFile(file, []byte(source), 0o666); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, r.Python, r.recorder, "-o", trace, file)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1")
	output, failed := cmd.CombinedOutput() // a program may well raise: what was recorded until then is judged
	if _, err := os.Stat(trace); err != nil {
		return fmt.Errorf("no trace was recorded (%v): %.300s", failed, output)
	}
	return nil
}

// judged judges; a defect of the judge is an error like another, so that one
// program does not end the trials of all. A judge that does not come to an end
// is left behind.
func judged(ctx context.Context, g *graph.Graph) (*program.Verdict, error) {
	type end struct {
		v   *program.Verdict
		err error
	}
	done := make(chan end, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- end{nil, fmt.Errorf("the judge panics: %v", r)}
			}
		}()
		done <- end{program.Judge(g), nil}
	}()
	select {
	case e := <-done:
		return e.v, e.err
	case <-ctx.Done():
		return nil, fmt.Errorf("the judge comes to no end: %w", ctx.Err())
	}
}

// named says how the correction, relation or cause of an error is right.
func (r *Runner) named(ctx context.Context, t Trial, f program.Finding) (string, error) {
	said := fmt.Sprintf("%s: %s; %s", f.Relation, f.Text, f.Fix)
	for _, phrase := range t.Cause {
		if strings.Contains(strings.ToLower(said), strings.ToLower(phrase)) {
			return "the cause", nil
		}
	}
	right, err := r.prints(ctx, t.Program)
	if err != nil {
		return "", err
	}
	a, err := r.helpers.ask(ctx, question{Do: "mend", Name: t.Program.Name, Source: t.Source, Right: t.Program.Source, Out: right, Line: f.Line, Text: said})
	return a.By, err
}

// prints returns what a right program prints.
func (r *Runner) prints(ctx context.Context, p *Program) (string, error) {
	run, _ := r.printed.LoadOrStore(p, sync.OnceValues(func() (string, error) {
		a, err := r.helpers.ask(ctx, question{Do: "run", Name: p.Name, Source: p.Source})
		if err == nil && a.Error != "" {
			err = fmt.Errorf("%s.py fails: %s", p.Name, a.Error)
		}
		return a.Out, err
	}))
	return run.(func() (string, error))()
}

// result holds a verdict against the trial's truth.
func (t Trial) result(v *program.Verdict) Result {
	r := Result{Trial: t}
	// What is only warned of was said as well: of a right program it is as wrong.
	i := -1
	for _, severity := range []string{"error", "warning"} {
		if i < 0 {
			i = slices.IndexFunc(v.Findings, func(f program.Finding) bool { return f.Severity == severity })
		}
	}
	if i >= 0 {
		r.First = v.Findings[i]
	}
	switch {
	case t.Fault < 0 && i >= 0:
		r.Outcome = FalseError
	case t.Fault < 0 && v.Clean():
		r.Outcome = Clean
	case t.Fault < 0:
		r.Outcome = NotJudged
		r.Missing = missing(v)
	case i < 0:
		r.Outcome = Missed
		r.Missing = missing(v)
	case slices.Contains(t.Lines, r.First.Line):
		r.Outcome = OnLine
	default:
		r.Outcome = Elsewhere
	}
	return r
}

// missing is the first reason for which something was not judged.
func missing(v *program.Verdict) string {
	for _, text := range v.Unjudged {
		return text.String()
	}
	for _, p := range v.Parameters {
		if p.Gradient == "not judged" {
			return p.Name + ": " + p.Why.String()
		}
	}
	return ""
}
