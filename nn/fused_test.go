package nn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/nn"
	"glassbox/nn/spec"
)

// fillers are numbers to train on, each from the normal deviate v.
var fillers = []struct {
	name    string
	weights func(rng *nprand.RandomState, v float64) float64
	data    func(rng *nprand.RandomState, v float64) float64
}{
	{"normal", func(_ *nprand.RandomState, v float64) float64 { return v }, func(_ *nprand.RandomState, v float64) float64 { return v }},
	{"zeros of both signs", someZeros, someZeros},
	{"denormal data", someZeros, func(rng *nprand.RandomState, v float64) float64 { return someZeros(rng, v) * 0x1p-1040 }},
	{"denormal weights", func(rng *nprand.RandomState, v float64) float64 { return someZeros(rng, v) * 0x1p-1040 }, someZeros},
	{"products that vanish", someTiny, someTiny},
	{"gradients that vanish", someSmallest, someZeros},
	{"huge data", func(_ *nprand.RandomState, v float64) float64 { return v }, func(_ *nprand.RandomState, v float64) float64 { return v * 0x1p95 }},
	{"huge weights", func(_ *nprand.RandomState, v float64) float64 { return v * 0x1p80 }, func(_ *nprand.RandomState, v float64) float64 { return v }},
}

func someZeros(rng *nprand.RandomState, v float64) float64 {
	if rng.Intn(3) == 0 {
		return math.Copysign(0, v)
	}
	return v
}

func someTiny(rng *nprand.RandomState, v float64) float64 {
	switch rng.Intn(3) {
	case 0:
		return math.Copysign(0, v)
	case 1:
		return v * 0x1p-540
	}
	return v
}

func someSmallest(rng *nprand.RandomState, v float64) float64 {
	switch rng.Intn(3) {
	case 0:
		return math.Copysign(0, v)
	case 1:
		return math.Copysign(0x1p-1074, v)
	}
	return v
}

// stepsAreSpecs trains one network by Step, or by Gradients, Loss and Update in turn,
// and one by spec's plain loops, on the same batches; every bit that can still
// be seen is the same.
func stepsAreSpecs(t *testing.T, fast *nn.SGD, x, y mat.Matrix, sizes []int, fused bool) {
	t.Helper()
	plain := spec.NewNet(fast.Params(), spec.Settings{Rate: fast.Rate, Momentum: fast.Momentum, Mean: fast.Mean})
	for step, n := range sizes {
		bx, by := x.RowRange(0, n), y.RowRange(0, n)
		plain.Forward(bx, by)
		plain.Backward()
		if step%2 == 0 {
			fast.Gradients(bx, by)
			same(t, step, "loss", mat.Of(1, 1, fast.Loss()), plain.Tensors()["loss"])
			for k, l := range fast.Linears {
				same(t, step, spec.Name("dW", k+1), l.DW, plain.Tensors()[spec.Name("dW", k+1)])
				same(t, step, spec.Name("db", k+1), l.DB, plain.Tensors()[spec.Name("db", k+1)])
			}
			same(t, step, "predicted p", fast.Predict(bx), plain.Tensors()["p"])
			fast.Update()
		} else {
			fast.Step(bx, by)
		}
		if fast.WasFused() != fused {
			t.Fatalf("step %d: in one piece: %v", step, !fused)
		}
		plain.Update()
		for i, name := range spec.ParamNames(len(fast.Linears)) {
			same(t, step, name+"_new", fast.Params()[i], plain.Tensors()[name+"_new"])
		}
		if name, _, _, _ := plain.NonFinite(); name != "" {
			t.Fatalf("step %d: %s is not finite: the test no longer tests", step, name)
		}
	}
}

func same(t *testing.T, step int, name string, got, want mat.Matrix) {
	t.Helper()
	if !mat.EqualBits(got, want) {
		t.Fatalf("step %d: %s differs from spec's:\n%.500s\n%.500s", step, name, fmt.Sprint(got), fmt.Sprint(want))
	}
}

func TestFusedStepsAreSpecs(t *testing.T) {
	sizes := []int{1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 23, 24, 25, 31, 32, 33, 40}
	large := []int{255, 256, 257, 264, 265, 511, 512, 513, 800, 1023, 1024, 1025, 1100}
	for _, in := range []int{1, 2, 3, 4, 8, 9} {
		for _, hidden := range [][]int{{}, {1}, {2}, {7}, {8}, {20}, {24}, {25}, {64}, {100}, {5, 3}, {20, 10}, {8, 16, 8}} {
			for _, classes := range []int{2, 3, 10} {
				t.Run(fmt.Sprintf("%d-%v-%d", in, hidden, classes), func(t *testing.T) {
					rng := nprand.New(uint32(7*in + 100*classes + len(hidden)))
					n := slices.Clone(sizes)
					rng.Shuffle(len(n), func(i, j int) { n[i], n[j] = n[j], n[i] })
					switch {
					case testing.Short():
						n = append(n[:4], large[rng.Intn(4)])
					case in == 2 && classes == 2:
						n = append(n, large...)
					default:
						n = append(n[:5], large[rng.Intn(len(large))])
					}
					x, y, _ := batch(rng, slices.Max(n), in, classes)
					mlp := nn.NewMLP(in, hidden, classes)
					mlp.Init(rng, nn.He)
					momentum := []float64{0, 0.9}[rng.Intn(2)]
					s := nn.NewSGD(mlp, 0.01, momentum, rng.Intn(4) > 0)
					stepsAreSpecs(t, s, x, y, n, len(hidden) > 0)
				})
			}
		}
	}
}

func TestFusedStepsOnAnyNumbers(t *testing.T) {
	for _, f := range fillers {
		for _, shape := range [][]int{{2, 20, 2}, {2, 8, 2}, {3, 7, 3}, {2, 9, 5, 2}} {
			for _, mean := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%v/mean=%v", f.name, shape, mean), func(t *testing.T) {
					rng := nprand.New(11)
					mlp := nn.NewMLP(shape[0], shape[1:len(shape)-1], shape[len(shape)-1])
					for _, p := range mlp.Params() {
						for i := range p.Data {
							p.Data[i] = f.weights(rng, rng.StandardNormal())
						}
					}
					x, y, _ := batch(rng, 300, shape[0], shape[len(shape)-1])
					for i := range x.Data {
						x.Data[i] = f.data(rng, x.Data[i])
					}
					// The rate keeps the weights in the range they began in.
					s := nn.NewSGD(mlp, 0x1p-200, 0, mean)
					stepsAreSpecs(t, s, x, y, []int{1, 1, 2, 2, 7, 8, 9, 40, 31, 300}, true)
				})
			}
		}
	}
}

// Views with a distance between their rows that is not their width.
func TestFusedStepsOnViews(t *testing.T) {
	for _, shape := range [][]int{{2, 20, 2}, {3, 7, 5, 3}} {
		in, classes := shape[0], shape[len(shape)-1]
		rng := nprand.New(3)
		x, y, _ := batch(rng, 300, in, classes)
		wide := mat.New(300, in+classes+3)
		for i := range 300 {
			copy(wide.Row(i), x.Row(i))
			copy(wide.Row(i)[in:], y.Row(i))
		}
		columns := func(at, n int) mat.Matrix {
			return mat.Matrix{Rows: wide.Rows, Cols: n, Stride: wide.Stride, Data: wide.Data[at : len(wide.Data)-wide.Stride+at+n]}
		}
		mlp := nn.NewMLP(in, shape[1:len(shape)-1], classes)
		mlp.Init(rng, nn.He)
		stepsAreSpecs(t, nn.NewSGD(mlp, 0.1, 0, true), columns(0, in), columns(in, classes), []int{1, 2, 31, 300, 1}, true)
	}
}

// The targets need not be classes: any numbers give the gradient p − y.
func TestFusedStepsOnAnyTargets(t *testing.T) {
	rng := nprand.New(4)
	x, y, _ := batch(rng, 50, 2, 2)
	rng.FillStandardNormal(y.Data)
	mlp := nn.NewMLP(2, []int{20}, 2)
	mlp.Init(rng, nn.He)
	stepsAreSpecs(t, nn.NewSGD(mlp, 0.1, 0, false), x, y, []int{50, 50, 1, 1, 3}, true)
}

// Predict goes through the rows in blocks.
func TestPredictIsSpecs(t *testing.T) {
	for _, shape := range [][]int{{2, 20, 2}, {4, 7, 3}, {3, 8, 5, 2}, {4, 3}, {100, 30, 10}} {
		rng := nprand.New(5)
		mlp := nn.NewMLP(shape[0], shape[1:len(shape)-1], shape[len(shape)-1])
		mlp.Init(rng, nn.He)
		s := nn.NewSGD(mlp, 0.1, 0, true)
		plain := spec.NewNet(mlp.Params(), spec.Settings{})
		x := mat.New(1030, shape[0])
		rng.FillStandardNormal(x.Data)
		for _, n := range []int{0, 1, 2, 8, 255, 256, 257, 512, 513, 1030} {
			want := plain.Predict(x.RowRange(0, n))
			if got := s.Predict(x.RowRange(0, n)); !mat.EqualBits(got, want) {
				t.Errorf("%v: SGD predicts %d rows otherwise than spec", shape, n)
			}
			if got := mlp.Predict(x.RowRange(0, n)); !mat.EqualBits(got, want) {
				t.Errorf("%v: MLP predicts %d rows otherwise than spec", shape, n)
			}
		}
		// What is not finite stays so.
		x.Set(700, 0, math.NaN())
		x.Set(701, 0, math.Inf(1))
		if got, want := s.Predict(x), plain.Predict(x); !mat.EqualBits(got, want) {
			t.Errorf("%v: SGD predicts NaN and Inf otherwise than spec", shape)
		}
		mlp.Linears[0].W.Set(0, 0, math.NaN())
		plain = spec.NewNet(mlp.Params(), spec.Settings{})
		if got, want := s.Predict(x), plain.Predict(x); !mat.EqualBits(got, want) {
			t.Errorf("%v: SGD predicts with a weight of NaN otherwise than spec", shape)
		}
	}
}

// After Gradients every tensor can be asked for, made anew; after the update
// only those that are left.
func TestEachAfterFusedSteps(t *testing.T) {
	rng := nprand.New(6)
	x, y, _ := batch(rng, 9, 2, 3)
	mlp := nn.NewMLP(2, []int{7, 5}, 3)
	mlp.Init(rng, nn.He)
	fast := nn.NewSGD(mlp, 0.1, 0.9, true)
	plain := spec.NewNet(mlp.Params(), spec.Settings{Rate: 0.1, Momentum: 0.9, Mean: true})
	compareStep(t, 0, fast, plain, x, y)

	plain.Forward(x, y)
	plain.Backward()
	fast.Gradients(x, y)
	plain.Tensors()["W1_new"] = plain.Params()[0]
	count := 0
	fast.Each(func(name string, got mat.Matrix) {
		count++
		if want, ok := plain.Tensors()[name]; ok && !mat.EqualBits(got, want) {
			t.Errorf("after Gradients: %s differs from spec's", name)
		}
	})
	if want := 1 + 5 + 1 + 1 + 3*2 + 2*2 + 6; count != want {
		t.Errorf("after Gradients: %d tensors, want %d", count, want)
	}
	fast.Update()
	plain.Update()
	count = 0
	fast.Each(func(name string, got mat.Matrix) {
		count++
		if want := plain.Tensors()[name]; !mat.EqualBits(got, want) {
			t.Errorf("after Each and Update: %s differs from spec's", name)
		}
	})
	if want := 1 + 5 + 1 + 1 + 3*2 + 2*2 + 6; count != want {
		t.Errorf("after Each and Update: %d tensors, want %d", count, want)
	}

	plain.Forward(x, y)
	plain.Backward()
	plain.Update()
	fast.Step(x, y)
	var names []string
	fast.Each(func(name string, got mat.Matrix) {
		names = append(names, name)
		if want := plain.Tensors()[name]; !mat.EqualBits(got, want) {
			t.Errorf("after Step: %s differs from spec's", name)
		}
	})
	if want := []string{"x", "W1_new", "b1_new", "W2_new", "b2_new", "W3_new", "b3_new"}; !slices.Equal(names, want) {
		t.Errorf("after Step: tensors %v, want %v", names, want)
	}
	defer func() {
		if got := fmt.Sprint(recover()); !strings.Contains(got, "nn.SGD.Loss") {
			t.Errorf("Loss after Step: panic %q", got)
		}
	}()
	fast.Loss()
}

// Whoever puts other matrices into a layer trains those.
func TestReplacedMatrices(t *testing.T) {
	for _, change := range []func(l *nn.Linear){
		func(l *nn.Linear) { l.W = l.W.Clone() },
		func(l *nn.Linear) { l.B = l.B.Clone() },
		func(l *nn.Linear) { l.DW = l.DW.Clone() },
		func(l *nn.Linear) {
			w := mat.New(l.W.Rows, l.W.Cols+3)
			w.Cols = l.W.Cols
			w.CopyFrom(l.W)
			l.W = w
		},
	} {
		for k := range 2 {
			rng := nprand.New(7)
			x, y, _ := batch(rng, 30, 2, 2)
			mlp := nn.NewMLP(2, []int{5}, 2)
			mlp.Init(rng, nn.He)
			fast := nn.NewSGD(mlp, 0.1, 0.9, true)
			plain := spec.NewNet(mlp.Params(), spec.Settings{Rate: 0.1, Momentum: 0.9, Mean: true})
			for step := range 4 {
				if step == 2 {
					change(mlp.Linears[k])
				}
				plain.Forward(x, y)
				plain.Backward()
				plain.Update()
				fast.Step(x, y)
				for i, name := range spec.ParamNames(2) {
					same(t, step, name+"_new", mlp.Params()[i], plain.Tensors()[name+"_new"])
				}
			}
		}
	}
}
