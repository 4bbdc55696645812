package nn

import (
	"fmt"
	"math"
	"strconv"

	"glassbox/mat"
)

// SGD trains an MLP by gradient descent, with momentum if wanted: it takes a
// batch forward, back, and steps the parameters.
//
//	v = momentum·v + dW;  W = W − rate·v
//
// as in Sutskever, Martens, Dahl, Hinton, "On the importance of initialization
// and momentum in deep learning", 2013, in the form PyTorch uses.
type SGD struct {
	*MLP
	CrossEntropy
	Rate, Momentum float64

	x, y, p  mat.Matrix   // the batch in hand and its probabilities
	dzL      mat.Matrix   // gradient at the logits
	velocity []mat.Matrix // one a parameter, with momentum
	safe     bool         // no number of a step can overflow: see guard
	limit    float64
}

// NewSGD returns a trainer of m; mean says whether loss and gradient are the
// mean over a batch or the sum.
func NewSGD(m *MLP, rate, momentum float64, mean bool) *SGD {
	s := &SGD{MLP: m, CrossEntropy: CrossEntropy{Mean: mean}, Rate: rate, Momentum: momentum, limit: paramLimit(m)}
	if momentum != 0 {
		for _, p := range m.Params() {
			s.velocity = append(s.velocity, mat.New(p.Rows, p.Cols))
		}
	}
	s.safe = s.guard()
	return s
}

// Forward takes a batch, x (N×in) and y (N×C), and returns p (N×C).
func (s *SGD) Forward(x, y mat.Matrix) mat.Matrix {
	if in, out := s.Linears[0].W.Rows, s.Linears[len(s.Linears)-1].W.Cols; x.Cols != in || y.Cols != out || y.Rows != x.Rows {
		panic(fmt.Sprintf("nn.SGD.Forward: x %s, y %s for a network from %d to %d", x.Shape(), y.Shape(), in, out))
	}
	if !withinAll(x, inputLimit) {
		s.safe = false
	}
	s.x, s.y = x, y
	if x.Rows == 1 {
		s.p = s.forwardOne(x)
	} else {
		s.p = s.MLP.Forward(x)
	}
	return s.p
}

// Loss returns the loss of the batch in hand.
func (s *SGD) Loss() float64 { return s.CrossEntropy.Forward(s.p, s.y) }

// Backward sets the gradients of the batch in hand.
func (s *SGD) Backward() {
	if s.x.Rows == 1 {
		s.dzL = s.backwardOne()
	} else {
		s.dzL = s.CrossEntropy.Backward(s.p, s.y)
		s.MLP.Backward(s.dzL)
	}
}

// Update steps the parameters.
func (s *SGD) Update() {
	s.safe = true
	for k, l := range s.Linears {
		dW, dB := l.DW.Data, l.DB.Data
		if s.Momentum != 0 {
			dW, dB = s.accelerate(2*k, dW), s.accelerate(2*k+1, dB)
		}
		s.descend(l.W.Data, dW)
		s.descend(l.B.Data, dB)
	}
}

// accelerate takes the gradient d of parameter i into its velocity.
func (s *SGD) accelerate(i int, d []float64) []float64 {
	v := s.velocity[i].Data[:len(d)]
	for j, g := range d {
		v[j] = float64(s.Momentum*v[j]) + g
	}
	return v
}

// descend sets w −= rate·d and holds the new w against the limit of guard.
func (s *SGD) descend(w, d []float64) {
	safe := s.safe
	w = w[:len(d)]
	for j, g := range d {
		v := w[j] - float64(s.Rate*g)
		w[j] = v
		if !(math.Abs(v) <= s.limit) {
			safe = false
		}
	}
	s.safe = safe
}

// Each calls f with the tensors of the step in hand, by name and in the order
// of the step: x, z1, h1, … p, dzL, dWL, dbL, … db1, W1_new, b1_new, ….
func (s *SGD) Each(f func(name string, t mat.Matrix)) {
	L := len(s.Linears)
	name := func(kind string, k int) string { return kind + strconv.Itoa(k) }
	f("x", s.x)
	for k := 1; k <= L; k++ {
		f(name("z", k), s.Linears[k-1].z)
		if k < L {
			f(name("h", k), s.ReLUs[k-1].h)
		}
	}
	f("p", s.p)
	f(name("dz", L), s.dzL)
	for k := L; k >= 1; k-- {
		f(name("dW", k), s.Linears[k-1].DW)
		f(name("db", k), s.Linears[k-1].DB)
		if k > 1 {
			f(name("dh", k-1), s.Linears[k-1].dx)
			f(name("dz", k-1), s.ReLUs[k-2].dz)
		}
	}
	for k := 1; k <= L; k++ {
		f(name("W", k)+"_new", s.Linears[k-1].W)
		f(name("b", k)+"_new", s.Linears[k-1].B)
	}
}
