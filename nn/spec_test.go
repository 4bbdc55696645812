package nn_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn"
	"glassbox/nn/spec"
)

// batch returns N random rows with random classes, one-hot.
func batch(rng *nprand.RandomState, n, in, classes int) (x, y mat.Matrix, labels []int) {
	x = mat.New(n, in)
	for i := range x.Data {
		x.Data[i] = rng.StandardNormal()
	}
	labels = make([]int, n)
	for i := range labels {
		labels[i] = rng.Intn(classes)
	}
	return x, moons.OneHot(labels, classes), labels
}

// Two networks, one of modules and one of plain loops, start equal and see the
// same batches; every tensor of every step has the same bits.
func TestStepsAreSpecsBits(t *testing.T) {
	steps := 50
	if testing.Short() {
		steps = 5
	}
	for _, shape := range []struct {
		in      int
		hidden  []int
		classes int
	}{{2, []int{20}, 2}, {2, []int{7, 5}, 3}, {3, []int{1}, 2}, {4, nil, 3}} {
		for _, n := range []int{1, 2, 17, 800} {
			for _, mean := range []bool{false, true} {
				for _, momentum := range []float64{0, 0.9} {
					name := fmt.Sprintf("%d-%v-%d/N=%d/mean=%v/momentum=%v", shape.in, shape.hidden, shape.classes, n, mean, momentum)
					t.Run(name, func(t *testing.T) {
						rng := nprand.New(7)
						mlp := nn.NewMLP(shape.in, shape.hidden, shape.classes)
						mlp.Init(rng, nn.He)
						rate := 0.3
						if !mean {
							rate /= float64(n)
						}
						plain := spec.NewNet(mlp.Params(), spec.Settings{Rate: rate, Momentum: momentum, Mean: mean})
						fast := nn.NewSGD(mlp, rate, momentum, mean)
						x, y, _ := batch(rng, n, shape.in, shape.classes)
						for step := range steps {
							compareStep(t, step, fast, plain, x, y)
						}
					})
				}
			}
		}
	}
}

func compareStep(t *testing.T, step int, fast *nn.SGD, plain *spec.Net, x, y mat.Matrix) {
	t.Helper()
	fast.Forward(x, y)
	plain.Forward(x, y)
	fast.Backward()
	plain.Backward()
	// Prediction in the middle of a step must change nothing.
	if p, q := fast.Predict(x.RowRange(0, 1)), plain.Predict(x.RowRange(0, 1)); !mat.EqualBits(p, q) {
		t.Fatalf("step %d: predictions differ: %v and %v", step, p, q)
	}
	if l, m := mat.Of(1, 1, fast.Loss()), mat.Of(1, 1, plain.Loss()); !mat.EqualBits(l, m) {
		t.Fatalf("step %d: losses differ: %v and %v", step, l, m)
	}
	fast.Update()
	plain.Update()
	seen := map[string]bool{}
	fast.Each(func(name string, got mat.Matrix) {
		seen[name] = true
		if want := plain.Tensors()[name]; !mat.EqualBits(got, want) {
			t.Fatalf("step %d: %s differs from spec's: %v and %v", step, name, got, want)
		}
	})
	for _, name := range spec.Order(len(fast.Linears), plain.Settings) {
		if !seen[name] && name != "loss" && name[0] != 'v' && !strings.HasSuffix(name, "_next") {
			t.Fatalf("step %d: %s was not compared", step, name)
		}
	}
	if name, _, _, _ := plain.NonFinite(); name != "" {
		t.Fatalf("step %d: %s is not finite: the test no longer tests", step, name)
	}
}

// The buffers serve batches of changing size, as the last one of an epoch is.
func TestChangingBatchSizes(t *testing.T) {
	rng := nprand.New(8)
	mlp := nn.NewMLP(2, []int{7}, 3)
	mlp.Init(rng, nn.He)
	plain := spec.NewNet(mlp.Params(), spec.Settings{Rate: 0.1, Mean: true})
	fast := nn.NewSGD(mlp, 0.1, 0, true)
	x, y, _ := batch(rng, 32, 2, 3)
	for step, n := range []int{5, 32, 1, 31, 2, 32} {
		compareStep(t, step, fast, plain, x.RowRange(0, n), y.RowRange(0, n))
	}
}

// A term of the loss whose target is 0 counts where it is no number.
func TestLossIsSpecs(t *testing.T) {
	values := []float64{0, math.Copysign(0, -1), 0.25, 0.5, 1, 1 - 0x1p-53, 1 + 0x1p-52, 0x1p-1074, -nn.Epsilon, -1, 2, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, p := range values {
		for _, y := range []float64{0, math.Copysign(0, -1), 1, -1, 0.5, math.Inf(1), math.NaN()} {
			for _, first := range []float64{0, 1} {
				pm, ym := mat.Of(2, 2, 0.25, p, p, 0.75), mat.Of(2, 2, first, y, y, 1-first)
				got := (&nn.CrossEntropy{}).Forward(pm, ym)
				if want := spec.LossSum(pm, ym); !mat.EqualBits(mat.Of(1, 1, got), mat.Of(1, 1, want)) {
					t.Errorf("loss of p %v, y %v: %v, want %v", pm.Data, ym.Data, got, want)
				}
			}
		}
	}
}
