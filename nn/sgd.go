package nn

import (
	"fmt"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// SGD trains an MLP by gradient descent, with momentum if wanted. A step is
// Forward, Backward and Update, layer by layer, after which Each shows every
// tensor of it. Gradients, which is Forward and Backward in one, and Step, which
// is all three, give the same parameters in less time.
//
//	v = momentum·v + dW;  W = W − rate·v
//
// as in Sutskever, Martens, Dahl, Hinton, "On the importance of initialization
// and momentum in deep learning", 2013, in the form PyTorch uses.
type SGD struct {
	*MLP
	CrossEntropy
	Rate, Momentum float64

	x, y mat.Matrix // the current batch
	p    mat.Matrix // its probabilities, 0×0 while they are not known
	dzL  mat.Matrix // gradient at the logits
	have tensors    // which of the current step's there are

	memory memory
	limit  float64 // of the parameters: see paramLimit
	safe   bool    // they are within it, so that no number of a step can overflow

	predicted mat.Matrix // N×C
	loss      mat.Matrix // N×C, p where only the loss asks for it
}

// tensors says which tensors of the current step there are.
type tensors int

const (
	nothing   tensors = iota
	layers            // the layers have all
	gradients         // the gradients alone
	stepped           // not even them: the parameters have moved on
)

// NewSGD returns a trainer of m; mean says whether loss and gradient are the
// mean over a batch or the sum.
func NewSGD(m *MLP, rate, momentum float64, mean bool) *SGD {
	s := &SGD{MLP: m, CrossEntropy: CrossEntropy{Mean: mean}, Rate: rate, Momentum: momentum, limit: paramLimit(m)}
	s.memory.arrange(m)
	s.safe = s.memory.within(s.limit)
	return s
}

// Forward takes a batch, x (N×in) and y (N×C), and returns p (N×C).
func (s *SGD) Forward(x, y mat.Matrix) mat.Matrix {
	s.take("nn.SGD.Forward", &x, &y)
	if !mat.Within(x, inputLimit) || !mat.Within(y, targetLimit) {
		s.safe = false
	}
	s.p, s.have = s.MLP.Forward(x), layers
	return s.p
}

// take makes x, y the current batch.
func (s *SGD) take(op string, x, y *mat.Matrix) {
	if in, out := s.Linears[0].W.Rows, s.Linears[len(s.Linears)-1].W.Cols; x.Cols != in || y.Cols != out || y.Rows != x.Rows {
		panic(fmt.Sprintf("%s: x %s, y %s for a network from %d to %d", op, x.Shape(), y.Shape(), in, out))
	}
	s.x, s.y = *x, *y
	if !s.memory.holds(s.MLP) {
		s.memory.arrange(s.MLP)
	}
}

// Backward sets the gradients of the current batch.
func (s *SGD) Backward() {
	s.dzL = s.CrossEntropy.Backward(s.p, s.y)
	s.MLP.Backward(s.dzL)
}

// Gradients is Forward and Backward fused. It sets the same DW and DB,
// and does not keep the tensors in between.
func (s *SGD) Gradients(x, y mat.Matrix) {
	s.take("nn.SGD.Gradients", &x, &y)
	s.gradients()
}

func (s *SGD) gradients() {
	if s.safe && s.x.Rows > 0 && s.memory.fused != nil && s.memory.fused.Gradients(s.x, s.y, s.Mean, limits) {
		s.p, s.have = mat.Matrix{}, gradients
		return
	}
	s.Forward(s.x, s.y)
	s.Backward()
}

// Update steps the parameters.
func (s *SGD) Update() {
	s.memory.update(s.Rate, s.Momentum)
	s.safe = s.memory.within(s.limit)
	if s.have == gradients {
		s.have = stepped
	}
}

// States returns vW1, vb1, vW2, vb2, … as they stand, of the parameters'
// shapes and good until the next step, which goes on from what is in them; nil
// without momentum.
func (s *SGD) States() []mat.Matrix {
	if s.Momentum == 0 {
		return nil
	}
	s.memory.prepareVelocity()
	var list []mat.Matrix
	rest := s.memory.velocity
	for _, p := range s.Params() {
		n := p.Rows * p.Cols
		list, rest = append(list, mat.Of(p.Rows, p.Cols, rest[:n]...)), rest[n:]
	}
	return list
}

// Step is a training step on the batch x, y: Gradients and Update. What
// DW and DB are afterwards is left open.
func (s *SGD) Step(x, y mat.Matrix) {
	s.take("nn.SGD.Step", &x, &y)
	if s.safe && x.Rows == 1 && s.Momentum == 0 && s.memory.fused != nil {
		if done, within := s.memory.fused.StepOne(x.Data[:x.Cols], y.Data[:y.Cols], s.Rate, s.limit, limits); done {
			s.p, s.have, s.safe = mat.Matrix{}, stepped, within
			return
		}
	}
	s.gradients()
	s.Update()
}

// Loss returns the loss of the current batch. After Gradients and Update it can
// no longer be known, and Loss panics.
func (s *SGD) Loss() float64 {
	if s.have == stepped {
		panic("nn.SGD.Loss: the parameters have moved on since Gradients; Forward would be right")
	}
	if s.have == gradients && s.p.Rows == 0 {
		s.p = resize(&s.loss, s.y.Rows, s.y.Cols)
		s.memory.fused.Predict(s.p, s.x)
	}
	return s.CrossEntropy.Forward(s.p, s.y)
}

// Predict returns p (N×C) for x (N×in) and leaves the current batch alone.
func (s *SGD) Predict(x mat.Matrix) mat.Matrix {
	if s.memory.fused == nil || x.Cols != s.Linears[0].W.Rows || !s.memory.holds(s.MLP) || !s.memory.within(s.limit) || !mat.Within(x, inputLimit) {
		return s.MLP.Predict(x)
	}
	p := resize(&s.predicted, x.Rows, s.Linears[len(s.Linears)-1].W.Cols)
	s.memory.fused.Predict(p, x)
	return p
}

// Tensors makes a step on the batch x, y layer by layer and returns its tensors
// by name, the loss among them. They are good until the next step.
func (s *SGD) Tensors(x, y mat.Matrix) spec.Tensors {
	s.Forward(x, y)
	t := spec.Tensors{"loss": mat.Of(1, 1, s.Loss())}
	s.Backward()
	s.Update()
	s.Each(func(name string, m mat.Matrix) { t[name] = m })
	return t
}

// Each calls f with the tensors of the current step, by name and in the order
// of the step: x, z1, h1, … p, dzL, dWL, dbL, … db1, W1_new, b1_new, …. After
// Gradients it makes them anew, layer by layer; after Update on top of that
// only x and the new parameters are left.
func (s *SGD) Each(f func(name string, t mat.Matrix)) {
	if s.have == gradients {
		s.Forward(s.x, s.y)
		s.Backward()
	}
	L, name := len(s.Linears), spec.Name
	f("x", s.x)
	if s.have == layers {
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
	}
	for k := 1; k <= L; k++ {
		f(name("W", k)+"_new", s.Linears[k-1].W)
		f(name("b", k)+"_new", s.Linears[k-1].B)
	}
}
