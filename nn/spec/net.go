package spec

import "glassbox/mat"

// A Net is a network trained by the plain loops: the reference that faster
// ones are compared with, and the way to run a network with a fault in it.
type Net struct {
	Settings
	Ops      Ops // operations in training
	Predicts Ops // operations in prediction

	params []mat.Matrix // W1, b1, W2, b2, …
	vel    []mat.Matrix // their velocities, with momentum
	names  []string
	step   *Step
}

// NewNet returns a net that starts from params: W1, b1, W2, b2, … as clones.
func NewNet(params []mat.Matrix, set Settings) *Net {
	n := &Net{Settings: set, Ops: Right(), Predicts: Right(), names: ParamNames(len(params) / 2)}
	for _, p := range params {
		n.params = append(n.params, p.Clone())
		n.vel = append(n.vel, mat.New(p.Rows, p.Cols))
	}
	return n
}

// Params returns W1, b1, W2, b2, … as they stand.
func (n *Net) Params() []mat.Matrix { return n.params }

// Tensors returns the tensors of the last step.
func (n *Net) Tensors() Tensors { return n.step.T }

func (n *Net) newStep(x mat.Matrix) *Step {
	s := &Step{Settings: n.Settings, L: len(n.params) / 2, T: Tensors{"x": x}}
	for i, name := range n.names {
		s.T[name] = n.params[i]
		if n.Momentum != 0 {
			s.T["v"+name] = n.vel[i]
		}
	}
	return s
}

// Forward runs the batch x (N×in), y (N×C one-hot) through the network and
// returns p (N×C).
func (n *Net) Forward(x, y mat.Matrix) mat.Matrix {
	s := n.newStep(x)
	s.T["y"] = y
	if n.step != nil {
		s.Prev = n.step.T
		// One step back is enough for every fault, and lets the rest go.
		n.step.Prev = nil
	}
	n.step = s
	n.Ops.Forward(s)
	return s.T["p"]
}

// Loss returns the loss of the batch in hand.
func (n *Net) Loss() float64 { return n.step.T["loss"].At(0, 0) }

// Backward computes the gradients of the batch in hand.
func (n *Net) Backward() { n.Ops.Backward(n.step) }

// Update steps every parameter down its gradient.
func (n *Net) Update() {
	n.Ops.Updates(n.step)
	for i, name := range n.names {
		n.params[i] = n.step.T[name+"_next"]
		if n.Momentum != 0 {
			n.vel[i] = n.step.T["v"+name+"_new"]
		}
	}
}

// Predict returns p (N×C) for x (N×in) and leaves the batch in hand alone.
func (n *Net) Predict(x mat.Matrix) mat.Matrix {
	s := n.newStep(x)
	n.Predicts.Forward(s)
	return s.T["p"]
}

// NonFinite returns the first tensor of the step, in its order, that holds a
// NaN or an infinity, with the element and its value; "" when there is none.
func (n *Net) NonFinite() (name string, i, j int, v float64) {
	for _, name := range Order(n.step.L, n.Momentum != 0) {
		if i, j, v, found := n.step.T[name].NonFinite(); found {
			return name, i, j, v
		}
	}
	return "", 0, 0, 0
}
