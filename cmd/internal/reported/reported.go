// Package reported is the network behind the report's figures, built from the
// assignment's modules, with the bits of nn/spec's plain loops and nn/faults'
// two faults and some twenty times as fast: for whoever trains it often.
package reported

import (
	"fmt"

	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/nn"
)

// A Net is a network in training with one or both of the report's faults. Its
// loss and its gradients are sums over the batch. It is an nn.Stepper; use it
// from one goroutine.
type Net struct {
	*nn.MLP // predicts as a right network does
	rate    float64
	every   bool // a softmax in place behind every layer
	mean    bool // the bias gradient is a mean

	loss   nn.CrossEntropy
	behind [][2]nn.SoftMax // of each hidden layer: behind its Linear and its ReLU
	hidden []mat.Matrix    // N×out, what the next layer and the mask are given
	masked []mat.Matrix    // N×out, dz
	x, y   mat.Matrix      // the batch in hand
	p, dzL mat.Matrix      // N×C
}

// Put gives e, which nothing has trained yet, such a network with the same
// first weights in the place of the plain loops. It panics unless e's faults
// are some of the report's two and its other settings are the report's: summed
// gradients and no momentum.
func Put(e *experiment.Experiment) {
	if e.Mean || e.Momentum != 0 || len(e.Faults) == 0 {
		panic(fmt.Sprintf("reported.Put: mean %v, momentum %v, %d faults", e.Mean, e.Momentum, len(e.Faults)))
	}
	n := &Net{MLP: nn.NewMLP(e.Data.TrainX.Cols, e.Hidden, len(e.Data.Classes)), rate: e.Rate}
	for _, f := range e.Faults {
		switch f.Name {
		case "softmax-every-layer":
			n.every = true
		case "bias-gradient-mean":
			n.mean = true
		default:
			panic("reported.Put: " + f.Name + " is not one of the report's faults")
		}
	}
	for i, w := range e.Net.Params() {
		n.Params()[i].CopyFrom(w)
	}
	n.behind = make([][2]nn.SoftMax, len(e.Hidden))
	n.hidden, n.masked = make([]mat.Matrix, len(e.Hidden)), make([]mat.Matrix, len(e.Hidden))
	e.Net = n
}

// Forward runs the batch x (N×in), y (N×C one-hot) through the network as it
// is in training, and returns p (N×C).
func (n *Net) Forward(x, y mat.Matrix) mat.Matrix {
	n.x, n.y = x, y
	for k, l := range n.Linears {
		x = l.Forward(x)
		if k == len(n.ReLUs) {
			break
		}
		if n.every {
			x = n.behind[k][0].Forward(x)
		}
		x = n.ReLUs[k].Forward(x)
		if n.every {
			x = n.behind[k][1].Forward(x)
		}
		n.hidden[k] = x
	}
	n.p = n.SoftMax.Forward(x)
	return n.p
}

// Loss returns the summed loss of the batch in hand.
func (n *Net) Loss() float64 { return n.loss.Forward(n.p, n.y) }

// Backward sets the gradients of the batch in hand.
func (n *Net) Backward() {
	n.dzL = n.loss.Backward(n.p, n.y)
	dz := n.dzL
	for k := len(n.Linears) - 1; k >= 0; k-- {
		l := n.Linears[k]
		dx := l.Backward(dz)
		if n.mean {
			for j := range l.DB.Data {
				l.DB.Data[j] /= float64(dz.Rows)
			}
		}
		if k == 0 {
			return
		}
		// The mask is that of what the softmax left, which is above 0 wherever
		// it does not underflow.
		if m := &n.masked[k-1]; m.Rows != dx.Rows {
			*m = mat.New(dx.Rows, dx.Cols)
		}
		mat.ReLUGrad(n.masked[k-1], dx, n.hidden[k-1])
		dz = n.masked[k-1]
	}
}

// Update steps the parameters.
func (n *Net) Update() { n.MLP.Update(n.rate) }

// NonFinite returns the first parameter that holds a NaN or an infinity, with
// the element and its value; "" when there is none. What is not finite anywhere
// in a step ends in a parameter.
func (n *Net) NonFinite() (name string, i, j int, v float64) {
	for k, l := range n.Linears {
		for _, m := range []struct {
			kind string
			of   mat.Matrix
		}{{"W", l.W}, {"b", l.B}} {
			if i, j, v, found := m.of.NonFinite(); found {
				return fmt.Sprintf("%s%d_new", m.kind, k+1), i, j, v
			}
		}
	}
	return "", 0, 0, 0
}
