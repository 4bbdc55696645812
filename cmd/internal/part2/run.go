// Package part2 is the command part2: Parts II and III of the coursework, a
// network trained once or, with -seeds and -sweep, many times.
//
// command.go has the flags, the training and what is printed, files.go what is
// written. A Run (run.go) is one trained network and a Study (study.go) many;
// what they show is in summary.go (sentences), tables.go, page.go, and as
// figures in figures.go and, for the plane, boundary.go.
//
// Texts may hold `code` between backticks, for the page.
package part2

import (
	"fmt"
	"strconv"
	"sync"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/stat"
	"glassbox/mat"
)

// A Run is one trained network and what is said about it. Its methods may be
// called from several goroutines.
type Run struct {
	Exp    *experiment.Experiment
	Result experiment.Result

	// Name tells the runs of one page apart: with a hyphen it stands before the
	// keys that tie points to rows, and before the figures' files. "" for one.
	Name string

	predicting sync.Mutex // the network has one set of buffers
}

// New returns the run of an experiment; result may be set later.
func New(e *experiment.Experiment, result experiment.Result) *Run {
	return &Run{Exp: e, Result: result}
}

// Predict returns the trained network's p for the rows of x, N×classes.
func (r *Run) Predict(x mat.Matrix) mat.Matrix {
	r.predicting.Lock()
	defer r.predicting.Unlock()
	return r.Exp.Predict(x).Clone()
}

// named puts the run's name before the name of one of its parts.
func (r *Run) named(part string) string {
	if r.Name == "" {
		return part
	}
	return r.Name + "-" + part
}

// key ties the row of an evaluation to its points in the curves.
func (r *Run) key(v experiment.Eval) string { return r.named("step-" + strconv.Itoa(v.Step)) }

// Batches says what a step sees.
func Batches(c experiment.Config) lang.Text {
	switch {
	case c.SGD:
		return lang.T("one random row a step")
	case c.BatchSize > 0:
		return lang.T("batches of %d rows", c.BatchSize)
	}
	return lang.T("all training rows every step")
}

// Title says what was trained, on what and how, in a line.
func (r *Run) Title() lang.Text {
	return lang.T("MLP %s on %s, %s", r.Exp.Network(), r.Exp.Data.Name, Batches(r.Exp.Config))
}

// Digits shows a loss with about five digits, always with the same number of
// decimals where losses of one run are compared.
func Digits(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.3e", v)
	case v >= 100:
		return stat.Fixed(v, 2)
	}
	return stat.Fixed(v, 4)
}
