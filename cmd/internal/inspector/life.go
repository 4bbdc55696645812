package inspector

import (
	"context"
	"math"

	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

// A life is the training of a network, with the steps of it that may be kept.
type life struct {
	exp    *experiment.Experiment
	result experiment.Result
	steps  []int // ascending
	made   map[int]capture
	rows   index
	next   bool // what the next step starts from is shown
}

// live trains a network. Wanted are the steps to keep beside the last one. Each
// is told of every step of a network with faults.
func live(ctx context.Context, c experiment.Config, wanted map[int]bool, each func(n int, t spec.Tensors), done func()) *life {
	e := experiment.New(c)
	l := &life{exp: e, made: map[int]capture{}, rows: indexRows(e.Data.TrainX, e.Data.TrainY)}
	r := recorder{exp: e, wanted: func(n int) bool { return wanted[n] }, each: each}
	e.Before = r.before
	l.result = e.Run(ctx, nil, func(int) {
		r.after()
		done()
	})
	for _, c := range r.captures() {
		l.steps = append(l.steps, c.n)
		l.made[c.n] = c
	}
	return l
}

// last is the last step there is, −1 where there is none.
func (l *life) last() int {
	if len(l.steps) == 0 {
		return -1
	}
	return l.steps[len(l.steps)-1]
}

// source makes a kept step again.
func (l *life) source(n int) *source {
	c := l.made[n]
	s := &source{Numbered: audit.Numbered{Number: n, Step: spec.Step{Settings: l.exp.Settings(), L: len(l.exp.Hidden) + 1, T: c.tensors}}}
	if c.tensors == nil {
		s = again(c, l.exp.Settings())
	}
	s.next = l.next
	s.rows = l.batch(s.T["x"], s.T["y"])
	return s
}

// batch returns which training rows a batch is made of.
func (l *life) batch(x, y mat.Matrix) []int {
	if !l.exp.SGD && l.exp.BatchSize == 0 {
		return upTo(x.Rows)
	}
	return l.rows.of(x, y)
}

// moves reports whether anything happens to the parameters between two of the
// kept steps.
func (l *life) moves() bool {
	for _, c := range l.made {
		for _, name := range spec.ParamNames(len(l.exp.Hidden) + 1) {
			if c.tensors != nil && !sameBits(c.tensors[name+"_new"], c.tensors[name+"_next"]) {
				return true
			}
		}
	}
	return false
}

// predict is what the network with these parameters predicts for the rows of
// x.
func (l *life) predict(params []mat.Matrix, x mat.Matrix) mat.Matrix {
	if _, ok := l.exp.Net.(*nn.SGD); ok {
		return network(params).Predict(x)
	}
	return l.exp.Loops(params).Predict(x)
}

// units are the tensors of the network's way forward in training.
func (l *life) units(params []mat.Matrix, x mat.Matrix) spec.Tensors {
	s := spec.Step{Settings: l.exp.Settings(), L: len(params) / 2, T: spec.Tensors{"x": x}}
	for i, name := range spec.ParamNames(s.L) {
		s.T[name] = params[i]
	}
	l.exp.Loops(params).Ops.Forward(&s)
	return s.T
}

// sameBits reports whether two tensors are the same. Every NaN counts as the
// same one: which it is depends on the processor.
func sameBits(a, b mat.Matrix) bool {
	_, _, differ := parts(a, b)
	return !differ
}

// parts returns the first element in which two tensors differ.
func parts(a, b mat.Matrix) (i, j int, differ bool) {
	if a.Rows != b.Rows || a.Cols != b.Cols {
		return 0, 0, true
	}
	for i := range a.Rows {
		other := b.Row(i)
		for j, v := range a.Row(i) {
			if w := other[j]; math.Float64bits(v) != math.Float64bits(w) && (v == v || w == w) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}
