package inspector

import (
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/spec"
)

// A capture is what a step was made of: enough to make it again.
type capture struct {
	n             int // the step
	x, y          mat.Matrix
	params, after []mat.Matrix // before and after the step
	velocities    []mat.Matrix // before it, with momentum
	tensors       spec.Tensors // all of the step, of a network of plain loops; the others are not set then
}

// A recorder is a network in training that keeps chosen steps.
type recorder interface {
	nn.Stepper
	captures() []capture // the chosen steps that were made, and the last one
}

// A fast recorder is the network that trains. Its steps can be made again from
// the parameters, so only these are kept.
type fast struct {
	*nn.SGD
	wanted func(n int) bool
	copies bool // batches lie where the next one will

	n    int     // steps done
	open bool    // another is under way
	now  capture // that one, or the last
	kept []capture
	vel  []mat.Matrix // velocities as they stand, with momentum
}

func newFast(net *nn.SGD, wanted func(n int) bool, copies bool) *fast {
	f := &fast{SGD: net, wanted: wanted, copies: copies}
	f.now.params = clones(net.Params())
	if net.Momentum != 0 {
		for _, p := range net.Params() {
			f.vel = append(f.vel, mat.New(p.Rows, p.Cols))
		}
		f.now.velocities = clones(f.vel)
	}
	return f
}

// begin notes what a step starts from.
func (f *fast) begin(x, y mat.Matrix) {
	f.open = true
	f.now.n, f.now.x, f.now.y = f.n, x, y
	copyAll(f.now.params, f.Params())
	copyAll(f.now.velocities, f.vel)
}

// Gradients begins a step.
func (f *fast) Gradients(x, y mat.Matrix) {
	f.begin(x, y)
	f.SGD.Gradients(x, y)
}

// Step makes a whole step.
func (f *fast) Step(x, y mat.Matrix) {
	if f.Momentum != 0 { // the gradients are wanted on the way
		f.Gradients(x, y)
		f.Update()
		return
	}
	f.begin(x, y)
	f.SGD.Step(x, y)
	f.end()
}

// Update ends a step. The velocities go along as nn/spec has them, since the
// network does not show its own.
func (f *fast) Update() {
	for k, l := range f.Linears {
		if f.Momentum == 0 {
			break
		}
		for i, d := range []mat.Matrix{l.DW, l.DB} {
			f.vel[2*k+i].CopyFrom(spec.Velocity(f.vel[2*k+i], f.Momentum, d))
		}
	}
	f.SGD.Update()
	f.end()
}

func (f *fast) end() {
	f.open = false
	if f.wanted(f.n) {
		f.kept = append(f.kept, f.snapshot())
	}
	f.n++
}

// snapshot is the last step, which must not be overtaken by another.
func (f *fast) snapshot() capture {
	c := f.now
	if f.copies {
		c.x, c.y = c.x.Clone(), c.y.Clone()
	}
	c.params, c.velocities, c.after = clones(c.params), clones(c.velocities), clones(f.Params())
	return c
}

// captures brings a step that diverged half-way to its end.
func (f *fast) captures() []capture {
	if f.open {
		f.Update()
	}
	if n := len(f.kept); f.n > 0 && (n == 0 || f.kept[n-1].n != f.now.n) {
		f.kept = append(f.kept, f.snapshot())
	}
	return f.kept
}

// A plain recorder is a network of plain loops, with mistakes in it perhaps: its
// tensors are kept, since a step may hang on the one before.
type plain struct {
	*spec.Net
	wanted func(n int) bool
	copies bool
	each   func(n int, t spec.Tensors) // is told of every step before wanted is asked

	n    int
	open bool
	last capture
	kept []capture
}

// Gradients begins a step.
func (p *plain) Gradients(x, y mat.Matrix) {
	if p.copies {
		x, y = x.Clone(), y.Clone()
	}
	p.open = true
	p.Forward(x, y)
	p.Backward()
	p.last = capture{n: p.n, x: x, y: y, tensors: p.Tensors()}
}

// Step makes a whole step.
func (p *plain) Step(x, y mat.Matrix) {
	p.Gradients(x, y)
	p.Update()
}

// Update ends a step.
func (p *plain) Update() {
	p.Net.Update()
	p.open = false
	p.each(p.n, p.last.tensors)
	if p.wanted(p.n) {
		p.kept = append(p.kept, p.last)
	}
	p.n++
}

func (p *plain) captures() []capture {
	if p.open {
		p.Update()
	}
	if n := len(p.kept); p.n > 0 && (n == 0 || p.kept[n-1].n != p.last.n) {
		p.kept = append(p.kept, p.last)
	}
	return p.kept
}

func clones(list []mat.Matrix) []mat.Matrix {
	if list == nil {
		return nil
	}
	c := make([]mat.Matrix, len(list))
	for i, m := range list {
		c[i] = m.Clone()
	}
	return c
}

func copyAll(to, from []mat.Matrix) {
	for i := range to {
		to[i].CopyFrom(from[i])
	}
}
