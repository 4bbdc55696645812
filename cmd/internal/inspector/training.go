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

// A training is the training of a network, with the steps of it that may be kept.
type training struct {
	exp    *experiment.Experiment
	result experiment.Result
	steps  []int // ascending
	made   map[int]capture
	rows   index
	next   bool // what the next step starts from is shown
}

// train trains a network. Wanted are the steps to keep beside the last one. Each
// is told of every step of a network with faults.
func train(ctx context.Context, c experiment.Config, wanted map[int]bool, each func(n int, t spec.Tensors), done func()) *training {
	e := experiment.New(c)
	tr := &training{exp: e, made: map[int]capture{}, rows: indexRows(e.Data.TrainX, e.Data.TrainY)}
	r := recorder{exp: e, wanted: func(n int) bool { return wanted[n] }, each: each}
	e.Before = r.before
	tr.result = e.Run(ctx, nil, func(int) {
		r.after()
		done()
	})
	for _, c := range r.captures() {
		tr.steps = append(tr.steps, c.n)
		tr.made[c.n] = c
	}
	return tr
}

// last is the last step there is, −1 where there is none.
func (tr *training) last() int {
	if len(tr.steps) == 0 {
		return -1
	}
	return tr.steps[len(tr.steps)-1]
}

// source makes a kept step again.
func (tr *training) source(n int) *source {
	c := tr.made[n]
	s := &source{Numbered: audit.Numbered{Number: n, Step: spec.Step{Settings: tr.exp.Settings(), L: len(tr.exp.Hidden) + 1, T: c.tensors}}}
	if c.tensors == nil {
		s = remake(c, tr.exp.Settings())
	}
	s.next = tr.next
	s.rows = tr.batch(s.T["x"], s.T["y"])
	return s
}

// batch returns which training rows a batch is made of.
func (tr *training) batch(x, y mat.Matrix) []int {
	if !tr.exp.SGD && tr.exp.BatchSize == 0 {
		return upTo(x.Rows)
	}
	return tr.rows.of(x, y)
}

// moves reports whether anything happens to the parameters between two of the
// kept steps.
func (tr *training) moves() bool {
	for _, c := range tr.made {
		for _, name := range spec.ParamNames(len(tr.exp.Hidden) + 1) {
			if c.tensors != nil && !sameBits(c.tensors[name+"_new"], c.tensors[name+"_next"]) {
				return true
			}
		}
	}
	return false
}

// predict is what the network with these parameters predicts for the rows of
// x.
func (tr *training) predict(params []mat.Matrix, x mat.Matrix) mat.Matrix {
	if _, ok := tr.exp.Net.(*nn.SGD); ok {
		return network(params).Predict(x)
	}
	return tr.exp.Loops(params).Predict(x)
}

// units are the tensors of the network's way forward in training.
func (tr *training) units(params []mat.Matrix, x mat.Matrix) spec.Tensors {
	s := spec.Step{Settings: tr.exp.Settings(), L: len(params) / 2, T: spec.Tensors{"x": x}}
	for i, name := range spec.ParamNames(s.L) {
		s.T[name] = params[i]
	}
	tr.exp.Loops(params).Ops.Forward(&s)
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

// mistaken trains the network with the faults of wrong. The right one goes
// along until a number differs; that step is kept too, and where it is returned.
func mistaken(ctx context.Context, wrong, right experiment.Config, wanted map[int]bool, done func()) (*training, *Place) {
	twin := experiment.New(right).Net.(*nn.SGD)
	var differs *Place
	tr := train(ctx, wrong, wanted, func(n int, t spec.Tensors) {
		if differs != nil {
			return
		}
		c := capture{n: n, x: t["x"], y: t["y"], params: clones(twin.Params()), velocities: clones(twin.Velocities())}
		twin.Step(c.x, c.y)
		if differs = firstPlace(remake(c, right.Settings()), t); differs != nil {
			differs.Step = n
			wanted[n] = true
		}
	}, done)
	return tr, differs
}

// firstPlace returns where t first differs from the right step, in the order of
// the step; nil where it does not.
func firstPlace(right *source, t spec.Tensors) *Place {
	for _, name := range right.Names() {
		if i, j, differ := parts(right.value(name), t[name]); differ {
			return &Place{Tensor: name, I: i, J: j}
		}
	}
	return nil
}

// different returns the tensors that are not as in the right step, in the order
// of the step.
func different(right, s *source) []string {
	list := []string{}
	for _, name := range s.Names() {
		if (s.next || !isNext(name)) && !sameBits(right.value(name), s.value(name)) {
			list = append(list, name)
		}
	}
	return list
}
