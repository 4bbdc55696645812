package nn_test

import (
	"fmt"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/nn"
	"glassbox/nn/spec"
)

// ways are settings in which every activation, loss and optimizer comes, with a
// penalty and without.
func ways() (list []spec.Settings) {
	base := spec.Settings{Rate: 0.1, Mean: true}
	for i, a := range spec.Activations {
		set := base
		set.Activation, set.Mean = a, i%2 == 0
		list = append(list, set)
	}
	for i, l := range spec.Losses {
		set := base
		set.Loss, set.Activation, set.Decay = l, spec.Activations[i], float64(i%2)*0.01
		list = append(list, set)
	}
	for i, o := range spec.Optimizers {
		set := base
		set.Decay = float64(i%2) * 0.1
		if o.Velocity != nil && o.Squares == nil {
			set.Momentum = 0.9
		}
		if !o.Plain() {
			set.Optimizer = o
		}
		list = append(list, set)
	}
	return list
}

func describe(set spec.Settings) string {
	text := fmt.Sprintf("decay %g, momentum %g, mean %v", set.Decay, set.Momentum, set.Mean)
	if set.Activation != nil {
		text += ", " + set.Activation.Name
	}
	if set.Loss != nil {
		text += ", " + set.Loss.Name
	}
	if set.Optimizer != nil {
		text += ", " + set.Optimizer.Name
	}
	return text
}

// wayBatch returns a batch for a network 3-5-4-C, which has one output for a
// binary loss.
func wayBatch(rng *nprand.RandomState, set spec.Settings, n int) (x, y mat.Matrix, params []mat.Matrix) {
	x, y, labels := batch(rng, n, 3, 3)
	if set.Outputs(2) == 1 {
		y = mat.New(n, 1)
		for i, l := range labels {
			y.Set(i, 0, float64(l%2))
		}
	}
	mlp := nn.NewMLP(3, []int{5, 4}, y.Cols)
	mlp.Init(rng, nn.He)
	return x, y, mlp.Params()
}

// TestWaysAreSpecsBits: with any activation, loss, penalty and optimizer the
// operations by kernels give the plain loops' bits, and a step of them asks for no
// memory.
func TestWaysAreSpecsBits(t *testing.T) {
	for _, set := range ways() {
		t.Run(describe(set), func(t *testing.T) {
			rng := nprand.New(7)
			x, y, params := wayBatch(rng, set, 17)
			plain, fast := spec.NewNet(params, set), spec.NewNet(params, set)
			fast.Ops, fast.Predicts = nn.Ops(), nn.Ops()
			step := func(net *spec.Net, x, y mat.Matrix) {
				net.Forward(x, y)
				net.Backward()
				net.Predict(x)
				net.Update()
			}
			for n := range 12 {
				step(plain, x, y)
				step(fast, x, y)
				for _, name := range spec.Order(3, set) {
					if !mat.EqualBits(plain.Tensors()[name], fast.Tensors()[name]) {
						t.Fatalf("step %d: %s differs: %v and %v", n, name, plain.Tensors()[name], fast.Tensors()[name])
					}
				}
			}
			if got := testing.AllocsPerRun(20, func() { step(fast, x, y) }); got != 0 && !allocates {
				t.Errorf("a step asks for memory %v times", got)
			}
		})
	}
}
