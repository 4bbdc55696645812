package spec

import (
	"maps"
	"slices"
	"strconv"

	"glassbox/mat"
)

// Tensors are the numbers of one step by name: x, y, W1, b1, z1, h1, … p,
// loss (1×1), dz2, dW2, db2, dh1, …, W1_new, b1_new, … and, as the next step
// finds them, W1_next, b1_next, …. Weights are in×out, biases 1×out; what has
// a row a sample has N rows. With momentum the velocities vW1, vb1, … and their
// _new come too.
type Tensors map[string]mat.Matrix

// Name returns the name of a tensor of layer k, "dW2".
func Name(kind string, k int) string { return kind + strconv.Itoa(k) }

// Layers returns how many linear layers t has weights for.
func (t Tensors) Layers() int {
	k := 0
	for {
		if _, ok := t[Name("W", k+1)]; !ok {
			return k
		}
		k++
	}
}

// H returns the input of layer k: h(k−1), or x for the first.
func (t Tensors) H(k int) mat.Matrix {
	if k == 1 {
		return t["x"]
	}
	return t[Name("h", k-1)]
}

// Settings are what a step needs beside its tensors.
type Settings struct {
	Rate     float64 // learning rate, above 0
	Momentum float64 // 0 for none
	Mean     bool    // the loss is the mean over the batch, not the sum
}

// A Step is one training step in the making: what an operation may look at.
type Step struct {
	Settings
	T    Tensors
	L    int     // number of linear layers
	Prev Tensors // the step before, nil for the first
}

// Ops is the list of operations that make a step, each from the tensors that
// stand in s.T when its turn comes. k is the layer, 1 to L.
type Ops struct {
	Z      func(s *Step, k int) mat.Matrix       // zk, N×out
	H      func(s *Step, k int) mat.Matrix       // hk, N×out, k < L
	P      func(s *Step) mat.Matrix              // p, N×C
	Loss   func(s *Step) mat.Matrix              // loss, 1×1
	DZL    func(s *Step) mat.Matrix              // dzL, N×C
	DW     func(s *Step, k int) mat.Matrix       // dWk, in×out
	DB     func(s *Step, k int) mat.Matrix       // dbk, 1×out
	DH     func(s *Step, k int) mat.Matrix       // dhk, N×out, k < L
	DZ     func(s *Step, k int) mat.Matrix       // dzk, N×out, k < L
	Update func(s *Step, name string) mat.Matrix // name_new for name = W1, b1, …
	Next   func(s *Step, name string) mat.Matrix // name_next, what the next step starts from
}

// Right returns the operations as they are defined.
func Right() Ops {
	return Ops{
		Z:   func(s *Step, k int) mat.Matrix { return Linear(s.T.H(k), s.T[Name("W", k)], s.T[Name("b", k)]) },
		H:   func(s *Step, k int) mat.Matrix { return ReLU(s.T[Name("z", k)]) },
		P:   func(s *Step) mat.Matrix { return SoftMax(s.T[Name("z", s.L)]) },
		DZL: func(s *Step) mat.Matrix { return DLogits(s.T["p"], s.T["y"], s.Mean) },
		Loss: func(s *Step) mat.Matrix {
			loss := LossSum(s.T["p"], s.T["y"])
			if s.Mean {
				loss /= float64(s.T["p"].Rows)
			}
			return mat.Of(1, 1, loss)
		},
		DW: func(s *Step, k int) mat.Matrix { return DW(s.T.H(k), s.T[Name("dz", k)]) },
		DB: func(s *Step, k int) mat.Matrix { return DB(s.T[Name("dz", k)]) },
		DH: func(s *Step, k int) mat.Matrix { return DH(s.T[Name("dz", k+1)], s.T[Name("W", k+1)]) },
		DZ: func(s *Step, k int) mat.Matrix { return DReLU(s.T[Name("dh", k)], s.T[Name("z", k)]) },
		Update: func(s *Step, name string) mat.Matrix {
			if s.Momentum != 0 {
				return Update(s.T[name], s.Rate, s.T["v"+name+"_new"])
			}
			return Update(s.T[name], s.Rate, s.T["d"+name])
		},
		Next: func(s *Step, name string) mat.Matrix { return s.T[name+"_new"] },
	}
}

// Order returns the names of what a step of L layers computes, in order.
func Order(L int, momentum bool) []string {
	var names []string
	for k := 1; k <= L; k++ {
		names = append(names, Name("z", k))
		if k < L {
			names = append(names, Name("h", k))
		}
	}
	names = append(names, "p", "loss", Name("dz", L))
	for k := L; k >= 1; k-- {
		names = append(names, Name("dW", k), Name("db", k))
		if k > 1 {
			names = append(names, Name("dh", k-1), Name("dz", k-1))
		}
	}
	for k := 1; k <= L; k++ {
		for _, kind := range []string{"W", "b"} {
			if momentum {
				names = append(names, "v"+Name(kind, k)+"_new")
			}
			names = append(names, Name(kind, k)+"_new")
		}
	}
	for _, name := range ParamNames(L) {
		names = append(names, name+"_next")
	}
	return names
}

// Forward computes z1 … p and the loss from x, y, the weights and the biases.
func (ops Ops) Forward(s *Step) {
	for k := 1; k <= s.L; k++ {
		s.T[Name("z", k)] = ops.Z(s, k)
		if k < s.L {
			s.T[Name("h", k)] = ops.H(s, k)
		}
	}
	s.T["p"] = ops.P(s)
	if _, ok := s.T["y"]; ok {
		s.T["loss"] = ops.Loss(s)
	}
}

// Backward computes dzL, dWL, dbL, dh(L−1), … db1 from what Forward left.
func (ops Ops) Backward(s *Step) {
	s.T[Name("dz", s.L)] = ops.DZL(s)
	for k := s.L; k >= 1; k-- {
		s.T[Name("dW", k)] = ops.DW(s, k)
		s.T[Name("db", k)] = ops.DB(s, k)
		if k > 1 {
			s.T[Name("dh", k-1)] = ops.DH(s, k-1)
			s.T[Name("dz", k-1)] = ops.DZ(s, k-1)
		}
	}
}

// Updates computes the new parameters (and velocities) from the gradients, and
// what the next step finds in their place, which is the same unless something
// happens in between.
func (ops Ops) Updates(s *Step) {
	for _, name := range ParamNames(s.L) {
		if s.Momentum != 0 {
			s.T["v"+name+"_new"] = Velocity(s.T["v"+name], s.Momentum, s.T["d"+name])
		}
		s.T[name+"_new"] = ops.Update(s, name)
	}
	for _, name := range ParamNames(s.L) {
		s.T[name+"_next"] = ops.Next(s, name)
	}
}

// ParamNames returns W1, b1, W2, b2, … in layer order.
func ParamNames(L int) []string {
	var names []string
	for k := 1; k <= L; k++ {
		names = append(names, Name("W", k), Name("b", k))
	}
	return slices.Clip(names)
}

// Sorted returns the names of t in alphabetical order.
func Sorted(t Tensors) []string { return slices.Sorted(maps.Keys(t)) }
