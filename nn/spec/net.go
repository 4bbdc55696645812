package spec

import (
	"strings"

	"glassbox/mat"
)

// A Net is a network trained by the plain loops: the reference that faster
// ones are compared with, and the way to run a network with a fault in it.
type Net struct {
	Settings
	Ops      Ops // operations in training, not to change after the first step
	Predicts Ops // operations in prediction, likewise

	params []mat.Matrix // W1, b1, W2, b2, …
	states []mat.Matrix // what the optimizer keeps beside them
	names  []string     // of params
	kept   []string     // of states
	after  []string     // of both after the update
	count  int          // of the tensors of a step
	step   *Step
	passes int // begun

	// The steps that take turns, so that a step of one row costs no new tables:
	// that in hand and the one before, and that of predictions.
	taught [2]Step
	asked  Step

	forward, backward, updates, predicts []task // from the first time on
}

// NewNet returns a net that starts from params: W1, b1, W2, b2, … as clones.
func NewNet(params []mat.Matrix, set Settings) *Net {
	L := len(params) / 2
	n := &Net{Settings: set, Ops: Right(), Predicts: Right(), names: ParamNames(L), kept: set.States(L)}
	n.count = len(All(L, set))
	for i, p := range params {
		n.params, n.after = append(n.params, p.Clone()), append(n.after, n.names[i]+SuffixNext)
	}
	for _, name := range n.kept {
		m := mat.New(1, 1)
		for i, of := range n.names {
			if strings.HasSuffix(name, of) {
				m = mat.New(params[i].Rows, params[i].Cols)
			}
		}
		n.states, n.after = append(n.states, m), append(n.after, name+SuffixNew)
	}
	return n
}

// Params returns W1, b1, W2, b2, … as they stand.
func (n *Net) Params() []mat.Matrix { return n.params }

// States returns what the optimizer keeps, as Settings.States names it and as it
// stands, which is where the next step goes on from.
func (n *Net) States() []mat.Matrix { return n.states }

// Tensors returns the tensors of the last step, nil before the first. They are
// good until the step after the next takes the table.
func (n *Net) Tensors() Tensors {
	if n.step == nil {
		return nil
	}
	return n.step.T
}

// begin makes s a new step over the batch x.
func (n *Net) begin(s *Step, x mat.Matrix) {
	n.passes++
	t := s.T
	if t == nil {
		t = make(Tensors, n.count)
	}
	clear(t)
	*s = Step{Settings: n.Settings, Serial: n.passes, L: len(n.params) / 2, T: t}
	t["x"] = x
	for i, name := range n.names {
		t[name] = n.params[i]
	}
	for i, name := range n.kept {
		t[name] = n.states[i]
	}
}

// Resume makes before the tensors of the step that came last, for mistakes that go
// on from them: with the parameters and velocities of that moment the net goes on
// as the one did that they were taken from.
func (n *Net) Resume(before Tensors) {
	n.step = &n.taught[1]
	*n.step = Step{Settings: n.Settings, L: len(n.params) / 2, T: before}
}

// run runs the tasks of passes of s; they are listed once.
func (n *Net) run(list *[]task, ops *Ops, s *Step, passes ...Pass) {
	if *list == nil {
		*list = ops.tasks(s, passes...)
	}
	s.run(*list)
}

// Forward runs the batch x (N×in), y (N×C one-hot) through the network and
// returns p (N×C).
func (n *Net) Forward(x, y mat.Matrix) mat.Matrix {
	before, s := n.step, &n.taught[0]
	if s == before {
		s = &n.taught[1]
	}
	n.begin(s, x)
	s.T["y"] = y
	if before != nil { // one step back is enough for every fault
		s.Prev, before.Prev = before.T, nil
	}
	n.step = s
	n.run(&n.forward, &n.Ops, s, InForward, InOutput)
	return s.T["p"]
}

// Loss returns the loss of the batch in hand.
func (n *Net) Loss() float64 { return n.step.T["loss"].At(0, 0) }

// Backward computes the gradients of the batch in hand.
func (n *Net) Backward() { n.run(&n.backward, &n.Ops, n.step, InBackward) }

// Update steps every parameter down its gradient.
func (n *Net) Update() {
	n.run(&n.updates, &n.Ops, n.step, InCount, InUpdate, InBetween)
	for i, name := range n.after {
		if at := i - len(n.params); at < 0 {
			n.params[i] = n.step.T[name]
		} else {
			n.states[at] = n.step.T[name]
		}
	}
}

// Predict returns p (N×C) for x (N×in) and leaves the batch in hand alone.
func (n *Net) Predict(x mat.Matrix) mat.Matrix {
	s := &n.asked
	n.begin(s, x)
	n.run(&n.predicts, &n.Predicts, s, InForward, InOutput)
	return s.T["p"]
}

// NonFinite returns the first tensor of the step, in its order, that holds a
// NaN or an infinity, with the element and its value; "" when there is none.
func (n *Net) NonFinite() (name string, i, j int, v float64) {
	for _, tasks := range [][]task{n.forward, n.backward, n.updates} {
		for k := range tasks {
			t := &tasks[k]
			if t.pass != n.step.Serial {
				break // these have not run in this step
			}
			if i, j, v, found := t.out.NonFinite(); found {
				return t.name, i, j, v
			}
		}
	}
	return "", 0, 0, 0
}
