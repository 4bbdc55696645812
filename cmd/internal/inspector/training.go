package inspector

import (
	"context"
	"maps"
	"math"

	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

// A training is the training of a network, with the steps of it that may be kept:
// those wanted, and the last one.
type training struct {
	exp    *experiment.Experiment
	result experiment.Result
	steps  []int // ascending
	made   map[int]capture
	rows   index
	next   bool // what the next step starts from is shown

	wanted map[int]bool
	each   func(n int, t spec.Tensors) // is told of every step of a network of loops before wanted is asked; may be nil
	now    capture                     // the step in hand, or the last; shares its numbers with the network
	open   bool                        // it has begun and not ended
}

// A capture is what a step was made of: enough to make it again.
type capture struct {
	n                  int // the step
	x, y               mat.Matrix
	params, velocities []mat.Matrix // before the step; velocities with momentum
	// All of the step, for a network with faults: a step may depend on the one
	// before, and is not made again. The parameters are not set then.
	tensors spec.Tensors
}

// train trains a network and keeps the wanted steps.
func train(ctx context.Context, c experiment.Config, wanted map[int]bool, each func(n int, t spec.Tensors), done func()) *training {
	e := experiment.New(c)
	tr := &training{exp: e, made: map[int]capture{}, rows: indexRows(e.Data.TrainX, e.Data.TrainY), wanted: wanted, each: each}
	e.Before = tr.before
	tr.result = e.Run(ctx, nil, func(int) {
		tr.after()
		done()
	})
	tr.finish()
	return tr
}

// before is nn.Hooks.Before.
func (tr *training) before(n int, x, y mat.Matrix) {
	tr.open = true
	tr.now.n, tr.now.x, tr.now.y = n, x, y
	if net, ok := tr.exp.Net.(*nn.SGD); ok {
		keepIn(&tr.now.params, net.Params())
		keepIn(&tr.now.velocities, net.States())
	}
}

// after ends the step that has begun.
func (tr *training) after() {
	tr.open = false
	if net, ok := tr.exp.Net.(*spec.Net); ok {
		tr.now.tensors = net.Tensors()
		if tr.each != nil {
			tr.each(tr.now.n, tr.now.tensors)
		}
	}
	if tr.wanted[tr.now.n] {
		tr.keep()
	}
}

// keep keeps the step in hand, with numbers of its own.
func (tr *training) keep() {
	c := tr.now
	if tr.exp.BatchSize > 0 { // the next batch lies where this one does
		c.x, c.y = c.x.Clone(), c.y.Clone()
	}
	c.params, c.velocities, c.tensors = clones(c.params), clones(c.velocities), maps.Clone(c.tensors)
	for name, m := range c.tensors {
		c.tensors[name] = m.Clone()
	}
	if c.tensors != nil {
		c.tensors["x"], c.tensors["y"] = c.x, c.y
	}
	tr.steps, tr.made[c.n] = append(tr.steps, c.n), c
}

// finish keeps the last step, when training is over. One that diverged half-way
// is brought to its end.
func (tr *training) finish() {
	if tr.open {
		if net, ok := tr.exp.Net.(*spec.Net); ok {
			if _, done := net.Tensors()["W1_next"]; !done {
				net.Update()
			}
		}
		tr.after()
	}
	if tr.now.x.Rows > 0 && tr.last() != tr.now.n {
		tr.keep()
	}
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
		s = remake(c, tr.exp.Config)
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
	return experiment.Classes(tr.exp.Trainer(params).Predict(x))
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
	twin := experiment.New(right).Net.(experiment.Trainer)
	var differs *Place
	tr := train(ctx, wrong, wanted, func(n int, t spec.Tensors) {
		if differs != nil {
			return
		}
		c := capture{n: n, x: t["x"], y: t["y"], params: clones(twin.Params()), velocities: clones(twin.States())}
		_ = nn.Step(twin, n, c.x, c.y, nil) // where it diverges it differs as well
		if differs = firstPlace(remake(c, right), t); differs != nil {
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

func clones(list []mat.Matrix) []mat.Matrix {
	var c []mat.Matrix
	for _, m := range list {
		c = append(c, m.Clone())
	}
	return c
}

// keepIn copies a list, into the matrices of the copy before.
func keepIn(to *[]mat.Matrix, from []mat.Matrix) {
	if *to == nil {
		*to = clones(from)
	}
	copyAll(*to, from)
}

func copyAll(to, from []mat.Matrix) {
	for i := range from {
		to[i].CopyFrom(from[i])
	}
}

// remake makes a captured step of the network that trains again, twice: by the
// plain loops, from which its numbers are explained, and as it trains, which
// are the numbers shown.
func remake(c capture, config experiment.Config) *source {
	loops := spec.NewNet(c.params, config.Settings())
	copyAll(loops.States(), c.velocities)
	loops.Forward(c.x, c.y)
	loops.Backward()
	loops.Update()
	s := &source{Numbered: audit.Numbered{Number: c.n, Step: spec.Step{Settings: config.Settings(), L: len(c.params) / 2, T: loops.Tensors()}}}
	if net, ok := config.Trainer(c.params).(*nn.SGD); ok {
		copyAll(net.States(), c.velocities)
		s.values = net.Tensors(c.x, c.y)
	}
	return s
}
