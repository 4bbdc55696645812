package trials

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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

	OnLine    Outcome = "line"      // the first error names the fault's line
	Elsewhere Outcome = "elsewhere" // the first error names another
	Missed    Outcome = "missed"    // no error
)

// A Result is a trial and its outcome.
type Result struct {
	Trial
	Outcome
	First   program.Finding // the first error, if there is one
	Missing string          // why it was not judged
	Seconds float64         // of judging
}

// patience bounds one recording: no program of the trials runs for a second.
const patience = 2 * time.Minute

// A Runner records programs with a python3 that has NumPy.
type Runner struct {
	Python   string
	recorder string
	dir      string
}

// NewRunner puts the recorder into a directory of its own; Close removes it.
func NewRunner(python string) (*Runner, error) {
	dir, err := os.MkdirTemp("", "glassbox-trials-")
	if err != nil {
		return nil, err
	}
	r := &Runner{python, filepath.Join(dir, "glassbox_record.py"), dir}
	if err := os.WriteFile(r.recorder, recorder.Source, 0o666); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Close removes what the runner wrote.
func (r *Runner) Close() { os.RemoveAll(r.dir) }

// All runs trials on all cores and calls each for every result, one at a time
// and in any order. The results come in the order of the trials.
func (r *Runner) All(ctx context.Context, trials []Trial, each func(Result)) ([]Result, error) {
	results := make([]Result, len(trials))
	errs := make([]error, len(trials))
	err := parallel.Do(ctx, len(trials), func(i int) {
		results[i], errs[i] = r.Run(ctx, trials[i])
		each(results[i])
	})
	return results, errors.Join(append(errs, err)...)
}

// Run records and judges one.
func (r *Runner) Run(ctx context.Context, t Trial) (Result, error) {
	dir, err := os.MkdirTemp(r.dir, "run-")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(dir)
	file, trace := filepath.Join(dir, t.Program.Name+".py"), filepath.Join(dir, "trace.npz")
	if err := os.WriteFile(file, []byte(t.Source), 0o666); err != nil {
		return Result{}, err
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	cmd := exec.CommandContext(ctx, r.Python, r.recorder, "-o", trace, file)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1")
	output, failed := cmd.CombinedOutput() // a program may well raise: what was recorded until then is judged
	if _, err := os.Stat(trace); err != nil {
		return Result{}, fmt.Errorf("%s: no trace was recorded (%v): %.300s", t.name(), failed, output)
	}
	g, err := graph.Read(trace)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", t.name(), err)
	}
	start := time.Now()
	v, err := judged(g)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", t.name(), err)
	}
	result := t.result(v)
	result.Seconds = time.Since(start).Seconds()
	return result, nil
}

// judged judges; a defect of the judge is an error like another, so that one
// program does not end the trials of all.
func judged(g *graph.Graph) (v *program.Verdict, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the judge panics: %v", r)
		}
	}()
	return program.Judge(g), nil
}

// result holds a verdict against the trial's truth.
func (t Trial) result(v *program.Verdict) Result {
	r := Result{Trial: t}
	i := slices.IndexFunc(v.Findings, func(f program.Finding) bool { return f.Severity == "error" })
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
