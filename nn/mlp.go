package nn

import (
	"fmt"
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/mat/nprand"
)

// MLP is a multi-layer perceptron: Linear and ReLU in turn, a Linear to the
// classes, and one SoftMax at the end.
type MLP struct {
	Linears []*Linear // L of them
	ReLUs   []*ReLU   // L−1, one behind each Linear but the last
	SoftMax SoftMax

	twin      *MLP       // predicts with the same parameters
	predicted mat.Matrix // N×C
}

// NewMLP returns a network from in features through the hidden layers' sizes
// to classes probabilities, with all parameters 0. W1, b1, W2, b2, … lie one
// behind the other in memory, and so do their gradients.
func NewMLP(in int, hidden []int, classes int) *MLP {
	sizes := slices.Concat([]int{in}, hidden, []int{classes})
	count := 0
	for k, out := range sizes[1:] {
		if sizes[k] < 1 || out < 1 {
			panic(fmt.Sprintf("nn.NewMLP: layer %d is %d×%d", k+1, sizes[k], out))
		}
		count += (sizes[k] + 1) * out
	}
	params, grads := make([]float64, count), make([]float64, count)
	m := &MLP{}
	for k, out := range sizes[1:] {
		m.Linears = append(m.Linears, newLinear(sizes[k], out, params, grads))
		n := (sizes[k] + 1) * out
		params, grads = params[n:], grads[n:]
	}
	for range hidden {
		m.ReLUs = append(m.ReLUs, &ReLU{})
	}
	return m
}

// FromParams returns a network with a copy of W1, b1, W2, b2, …, as Params lists
// them.
func FromParams(params []mat.Matrix) *MLP {
	var hidden []int
	for k := 0; k+2 < len(params); k += 2 {
		hidden = append(hidden, params[k].Cols)
	}
	m := NewMLP(params[0].Rows, hidden, params[len(params)-1].Cols)
	for i, p := range m.Params() {
		p.CopyFrom(params[i])
	}
	return m
}

// He returns √(2/in), the standard deviation that keeps the size of the
// activations through layers with ReLU: He, Zhang, Ren, Sun, "Delving Deep
// into Rectifiers", 2015.
func He(in int) float64 { return math.Sqrt(2 / float64(in)) }

// Init draws the weights as numpy.random.randn(in, out)·std(in), row by row,
// W1 first, and sets the biases to 0, which takes no draws.
func (m *MLP) Init(rng *nprand.RandomState, std func(in int) float64) {
	for _, l := range m.Linears {
		s := std(l.W.Rows)
		for i := range l.W.Data {
			l.W.Data[i] = rng.StandardNormal() * s
		}
		clear(l.B.Data)
	}
}

// Params returns W1, b1, W2, b2, …: the network's own, not copies.
func (m *MLP) Params() []mat.Matrix {
	var params []mat.Matrix
	for _, l := range m.Linears {
		params = append(params, l.W, l.B)
	}
	return params
}

// Forward returns the probabilities p (N×C) for x (N×in) and keeps what
// Backward needs.
func (m *MLP) Forward(x mat.Matrix) mat.Matrix {
	for k, l := range m.Linears {
		x = l.Forward(x)
		if k < len(m.ReLUs) {
			x = m.ReLUs[k].Forward(x)
		}
	}
	return m.SoftMax.Forward(x)
}

// Backward takes the gradient from the loss (N×C) and sets the gradients DW
// and DB of every layer, from the last to the first.
func (m *MLP) Backward(dout mat.Matrix) {
	dz := m.SoftMax.Backward(dout)
	for k := len(m.Linears) - 1; k > 0; k-- {
		dz = m.ReLUs[k-1].Backward(m.Linears[k].Backward(dz))
	}
	m.Linears[0].gradients(dz)
}

// Update steps every layer down its gradient.
func (m *MLP) Update(rate float64) {
	for _, l := range m.Linears {
		l.Update(rate)
	}
}

// Predict returns p (N×C) for x (N×in) like Forward, but leaves what Backward
// needs untouched, so it may come between the two. It goes through x in blocks
// of rows, which keeps what lies between x and p small.
func (m *MLP) Predict(x mat.Matrix) mat.Matrix {
	if m.twin == nil || len(m.twin.Linears) != len(m.Linears) {
		m.twin = &MLP{}
		for k := range m.Linears {
			m.twin.Linears = append(m.twin.Linears, &Linear{})
			if k > 0 {
				m.twin.ReLUs = append(m.twin.ReLUs, &ReLU{})
			}
		}
	}
	for k, l := range m.Linears {
		m.twin.Linears[k].W, m.twin.Linears[k].B = l.W, l.B
	}
	p := resize(&m.predicted, x.Rows, m.Linears[len(m.Linears)-1].W.Cols)
	const rows = 256
	for i := 0; i < x.Rows; i += rows {
		end := min(i+rows, x.Rows)
		p.RowRange(i, end).CopyFrom(m.twin.Forward(x.RowRange(i, end)))
	}
	return p
}
