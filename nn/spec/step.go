package spec

import (
	"maps"
	"slices"

	"glassbox/mat"
)

// Tensors are the numbers of one step by name: x, y, W1, b1, z1, h1, … p,
// loss (1×1), dz2, dW2, db2, dh1, …, W1_new, b1_new, … and, as the next step
// finds them, W1_next, b1_next, …. Weights are in×out, biases 1×out; what has
// a row a sample has N rows. With momentum the velocities vW1, vb1, … and their
// _new come too.
type Tensors map[string]mat.Matrix

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

	Serial int // numbers a net's passes from 1 on; 0 for a step of no net
}

// ParamNames returns W1, b1, W2, b2, … in layer order.
func ParamNames(L int) []string {
	var names []string
	for k := 1; k <= L; k++ {
		names = append(names, Name("W", k), Name("b", k))
	}
	return slices.Clip(names)
}

// Given returns the names of what a step of L layers is given, in order: x, y, the
// parameters and, with momentum, their velocities.
func Given(L int, momentum bool) []string {
	params := ParamNames(L)
	names := append([]string{"x", "y"}, params...)
	if momentum {
		for _, name := range params {
			names = append(names, "v"+name)
		}
	}
	return names
}

// All returns the names of all tensors of a step of L layers, in order: what it
// is given, and what it computes.
func All(L int, momentum bool) []string { return append(Given(L, momentum), Order(L, momentum)...) }

// Sorted returns the names of t in alphabetical order.
func Sorted(t Tensors) []string { return slices.Sorted(maps.Keys(t)) }
