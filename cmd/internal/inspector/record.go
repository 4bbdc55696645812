package inspector

import (
	"maps"

	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

// A capture is what a step was made of: enough to make it again.
type capture struct {
	n                  int // the step
	x, y               mat.Matrix
	params, velocities []mat.Matrix // before the step; velocities with momentum
	// All of the step, for a network with faults: a step may depend on the one
	// before, and is not made again. The parameters are not set then.
	tensors spec.Tensors
}

// A recorder looks on while a network trains and keeps chosen steps, and the
// last one.
type recorder struct {
	exp    *experiment.Experiment
	wanted func(n int) bool
	each   func(n int, t spec.Tensors) // is told of every step of a network of loops before wanted is asked; may be nil

	last capture // shares its numbers with the network
	open bool    // the step has begun and not ended
	kept []capture
}

// before is nn.Hooks.Before.
func (r *recorder) before(n int, x, y mat.Matrix) {
	r.open = true
	r.last.n, r.last.x, r.last.y = n, x, y
	if net, ok := r.exp.Net.(*nn.SGD); ok {
		keepIn(&r.last.params, net.Params())
		keepIn(&r.last.velocities, net.Velocities())
	}
}

// after ends the step that has begun.
func (r *recorder) after() {
	r.open = false
	if net, ok := r.exp.Net.(*spec.Net); ok {
		r.last.tensors = net.Tensors()
		if r.each != nil {
			r.each(r.last.n, r.last.tensors)
		}
	}
	if r.wanted(r.last.n) {
		r.kept = append(r.kept, r.snapshot())
	}
}

// snapshot is the last step with numbers of its own.
func (r *recorder) snapshot() capture {
	c := r.last
	if r.exp.BatchSize > 0 { // the next batch lies where this one does
		c.x, c.y = c.x.Clone(), c.y.Clone()
	}
	c.params, c.velocities, c.tensors = clones(c.params), clones(c.velocities), maps.Clone(c.tensors)
	for name, m := range c.tensors {
		c.tensors[name] = m.Clone()
	}
	if c.tensors != nil {
		c.tensors["x"], c.tensors["y"] = c.x, c.y
	}
	return c
}

// captures are the steps kept, when training is over. A step that diverged
// half-way is brought to its end.
func (r *recorder) captures() []capture {
	if r.open {
		if net, ok := r.exp.Net.(*spec.Net); ok {
			if _, done := net.Tensors()["W1_next"]; !done {
				net.Update()
			}
		}
		r.after()
	}
	if n := len(r.kept); r.last.x.Rows > 0 && (n == 0 || r.kept[n-1].n != r.last.n) {
		r.kept = append(r.kept, r.snapshot())
	}
	return r.kept
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
	for i := range to {
		to[i].CopyFrom(from[i])
	}
}

// remake makes a captured step of the network that trains again, twice: by the
// plain loops, from which its numbers are explained, and as it trains, which
// are the numbers shown.
func remake(c capture, set spec.Settings) *source {
	s := spec.Step{Settings: set, L: len(c.params) / 2, T: spec.Tensors{"x": c.x, "y": c.y}}
	names := spec.ParamNames(s.L)
	for i, name := range names {
		s.T[name] = c.params[i]
		if set.Momentum != 0 {
			s.T["v"+name] = c.velocities[i]
		}
	}
	ops := spec.Right()
	ops.Forward(&s)
	ops.Backward(&s)
	ops.Updates(&s)
	net := nn.NewSGD(network(c.params), set.Rate, set.Momentum, set.Mean)
	copyAll(net.Velocities(), c.velocities)
	net.Forward(c.x, c.y)
	values := spec.Tensors{"loss": mat.Of(1, 1, net.Loss())}
	net.Backward()
	net.Update()
	net.Each(func(name string, m mat.Matrix) { values[name] = m })
	return &source{Numbered: audit.Numbered{Number: c.n, Step: s}, values: values}
}

// network returns a network with these parameters: W1, b1, W2, b2, ….
func network(params []mat.Matrix) *nn.MLP {
	var hidden []int
	for k := 0; k+2 < len(params); k += 2 {
		hidden = append(hidden, params[k].Cols)
	}
	m := nn.NewMLP(params[0].Rows, hidden, params[len(params)-1].Cols)
	copyAll(m.Params(), params)
	return m
}
