package nn

import (
	"math"
	"strings"

	"glassbox/mat"
	"glassbox/mat/step"
	"glassbox/nn/message"
)

// Looking for NaN and infinities in every tensor of every step would cost as
// much as a layer. Instead the parameters are held against a limit below which
// no product of a step can overflow, whatever the data: with |x| ≤ 2^100,
// |y| ≤ 2^20, batches of at most 2^40 rows, and every |W|, |b| ≤ limit, a tensor
// is at most 2^161 · Π (fan-in + fan-out + 1)·limit < 2^1022. Only above it are
// the tensors searched.
const inputLimit, targetLimit = 0x1p100, 0x1p20

var limits = step.Limits{X: inputLimit, Y: targetLimit}

func paramLimit(m *MLP) float64 {
	room := 1000.0 - 140
	for _, l := range m.Linears {
		room -= math.Ceil(math.Log2(float64(l.W.Rows + l.W.Cols + 1)))
	}
	return math.Ldexp(1, int(math.Floor(room/float64(len(m.Linears)))))
}

// NonFinite returns the first tensor of the current step, in its order, that
// holds a NaN or an infinity, with the element and its value; "" when none
// does.
func (s *SGD) NonFinite() (tensor string, i, j int, v float64) {
	if s.safe {
		return "", 0, 0, 0
	}
	s.Each(func(name string, t mat.Matrix) {
		if r, c, x, found := t.NonFinite(); found && tensor == "" {
			tensor, i, j, v = name, r, c, x
		}
	})
	return tensor, i, j, v
}

// A NonFiniteError says where the first number that is not finite appeared.
type NonFiniteError struct {
	Step   int    // the training step, from 0
	Tensor string // its name, "dW1" or "W1_new"
	I, J   int    // the first such element
	Value  float64
}

func (e *NonFiniteError) Error() string { return e.Message().String() }

// Message is what Error says.
func (e *NonFiniteError) Message() message.Text {
	return message.New("step %d, %s: tensor %s became %v at [%d,%d]: the run has diverged; a smaller learning rate would be right",
		e.Step, e.layer(), e.Tensor, e.Value, e.I, e.J)
}

// layer names the layer that the tensor belongs to.
func (e *NonFiniteError) layer() message.Text {
	switch e.Tensor {
	case "x":
		return message.New("input")
	case "p", "loss":
		return message.New("output")
	}
	return message.New("layer %s", strings.TrimLeft(strings.TrimSuffix(e.Tensor, "_new"), "dhvzWb"))
}
