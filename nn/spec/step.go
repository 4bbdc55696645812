package spec

import (
	"maps"
	"slices"

	"glassbox/mat"
)

// Tensors are the numbers of one step by name: x, y, W1, b1, z1, h1, … p,
// loss (1×1), dz2, dW2, db2, dh1, …, W1_new, b1_new, … and, as the next step
// finds them, W1_next, b1_next, …. Weights are in×out, biases 1×out; what has
// a row a sample has N rows. With an optimizer that keeps something its states
// vW1, vb1, …, sW1, sb1, … and t come too, and their _new.
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

// Settings are what a step needs beside its tensors. Without the last four it is
// that of the coursework: ReLU, softmax and cross-entropy, no penalty, and a plain
// step or one with momentum.
type Settings struct {
	Rate     float64 // learning rate, above 0
	Momentum float64 // 0 for none
	Mean     bool    // the loss is the mean over the batch, not the sum

	Activation *Activation // of the hidden layers; nil: ReLU
	Loss       *Loss       // nil: cross-entropy behind a softmax
	Decay      float64     // λ: the loss has λ/2·ΣW² on top, and dW its λ·W; not for biases
	Optimizer  *Optimizer  // nil: the step down the gradient, or with momentum
}

// Rule is how the parameters step.
func (set Settings) Rule() *Optimizer {
	switch {
	case set.Optimizer != nil:
		return set.Optimizer
	case set.Momentum != 0:
		return Optimizers[1]
	}
	return Optimizers[0]
}

// Plain reports whether the step is that of the coursework.
func (set Settings) Plain() bool {
	return set.Activation == nil && set.Loss == nil && set.Decay == 0 && set.Optimizer == nil
}

// Outputs is how many units the last layer has for so many classes.
func (set Settings) Outputs(classes int) int {
	if set.Loss != nil && set.Loss.Binary {
		return 1
	}
	return classes
}

// States returns the names of what the optimizer keeps beside the parameters of L
// layers, in order: vW1, vb1, … sW1, sb1, … and t.
func (set Settings) States(L int) []string {
	var names []string
	rule := set.Rule()
	for _, kind := range rule.kept() {
		for _, name := range ParamNames(L) {
			names = append(names, kind+name)
		}
	}
	if rule.Counts {
		names = append(names, "t")
	}
	return names
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
// parameters and what the optimizer keeps beside them.
func Given(L int, set Settings) []string {
	return append(append([]string{"x", "y"}, ParamNames(L)...), set.States(L)...)
}

// All returns the names of all tensors of a step of L layers, in order: what it
// is given, and what it computes.
func All(L int, set Settings) []string { return append(Given(L, set), Order(L, set)...) }

// Sorted returns the names of t in alphabetical order.
func Sorted(t Tensors) []string { return slices.Sorted(maps.Keys(t)) }
