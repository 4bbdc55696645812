package inspector

import (
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/spec"
)

// again makes a captured step of the network that trains again, twice: by the
// plain loops, from which its numbers are explained, and as it trains, which
// are the numbers shown.
func again(c capture, set spec.Settings) *source {
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
