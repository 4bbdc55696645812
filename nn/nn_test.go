package nn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/moons"
	"glassbox/nn"
	"glassbox/nn/faults"
	"glassbox/nn/spec"
)

// The gradients are those of the loss: central differences agree to what their
// step allows.
func TestGradientsOfTheLoss(t *testing.T) {
	for _, mean := range []bool{false, true} {
		rng := nprand.New(3)
		mlp := nn.NewMLP(3, []int{6, 4}, 3)
		mlp.Init(rng, nn.He)
		for _, l := range mlp.Linears {
			for j := range l.B.Data {
				l.B.Data[j] = 0.3 * rng.StandardNormal()
			}
		}
		x, y, _ := batch(rng, 9, 3, 3)
		s := nn.NewSGD(mlp, 1, 0, mean)
		s.Forward(x, y)
		s.Backward()
		var grads []mat.Matrix
		for _, l := range mlp.Linears {
			grads = append(grads, l.DW.Clone(), l.DB.Clone())
		}
		for i, p := range mlp.Params() {
			for e := range p.Data {
				const h = 1e-5
				at := p.Data[e]
				p.Data[e] = at + h
				s.Forward(x, y)
				up := s.Loss()
				p.Data[e] = at - h
				s.Forward(x, y)
				down := s.Loss()
				p.Data[e] = at
				// ε in the loss is not in the gradient: it moves it by about 1e-7.
				if num, got := (up-down)/(2*h), grads[i].Data[e]; math.Abs(num-got) > 1e-6*(1+math.Abs(got))*float64(x.Rows) {
					t.Errorf("mean=%v, parameter %d, element %d: gradient %v, numerically %v", mean, i, e, got, num)
				}
			}
		}
	}
}

var allocates bool // in this build anything may

func TestStepAllocatesNothing(t *testing.T) {
	if allocates {
		t.Skip("the race detector allocates")
	}
	runs := 50
	if testing.Short() {
		runs = 5
	}
	for _, hidden := range [][]int{{20}, {20, 10}} {
		for _, n := range []int{1, 32, 800} {
			rng := nprand.New(1)
			mlp := nn.NewMLP(2, hidden, 2)
			mlp.Init(rng, nn.He)
			x, y, _ := batch(rng, 810, 2, 2)
			next := nn.MiniBatches(x, y, n, rng)
			if n == 1 {
				next = nn.OneSample(x, y, rng)
			}
			for _, momentum := range []float64{0, 0.9} {
				s := nn.NewSGD(mlp, 0.01, momentum, true)
				for name, step := range map[string]func(){
					"layer by layer": func() {
						s.Forward(next())
						s.Backward()
						s.Update()
						s.NonFinite()
					},
					"in one piece": func() {
						s.Step(next())
						s.NonFinite()
					},
					"with a look at the loss and a prediction": func() {
						s.Gradients(next())
						s.NonFinite()
						s.Loss()
						s.Predict(x)
						s.Update()
					},
				} {
					// An epoch first: its last batch is a smaller one.
					for range 800/n + 1 {
						step()
					}
					if got := testing.AllocsPerRun(runs, step); got != 0 {
						t.Errorf("hidden %v: a step with %d rows and momentum %v, %s, allocates %v times", hidden, n, momentum, name, got)
					}
				}
			}
		}
	}
}

func TestTrainEvaluatesAsTheReport(t *testing.T) {
	rng := nprand.New(1)
	x, y, _ := batch(rng, 10, 2, 2)
	mlp := nn.NewMLP(2, []int{3}, 2)
	mlp.Init(rng, nn.He)
	s := nn.NewSGD(mlp, 0.1, 0, true)
	var at []int
	var w [][]float64
	done := 0
	n, err := nn.Train(context.Background(), s, nn.FullBatch(x, y), 7, 3, nn.Hooks{
		Eval: func(t int, loss float64, rows int) error {
			at = append(at, t)
			w = append(w, slices.Clone(mlp.Linears[0].W.Data))
			return nil
		},
		Step: func(n int) { done = n },
	})
	if err != nil || n != 7 || done != 7 || !slices.Equal(at, []int{0, 3, 6, 7}) {
		t.Fatalf("n = %d, done = %d, evaluated at %v, error %v", n, done, at, err)
	}
	if slices.Equal(w[2], w[3]) {
		t.Error("the evaluation after the last step saw the parameters before its update")
	}
}

func TestTrainStops(t *testing.T) {
	rng := nprand.New(1)
	x, y, _ := batch(rng, 10, 2, 2)
	build := func() *nn.SGD {
		mlp := nn.NewMLP(2, []int{3}, 2)
		mlp.Init(nprand.New(2), nn.He)
		return nn.NewSGD(mlp, 0.1, 0, true)
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		var at []int
		n, err := nn.Train(ctx, build(), nn.FullBatch(x, y), 100, 10, nn.Hooks{
			Eval: func(t int, _ float64, _ int) error { at = append(at, t); return nil },
			Step: func(n int) {
				if n == 25 {
					cancel()
				}
			},
		})
		if n != 25 || !errors.Is(err, context.Canceled) || !slices.Equal(at, []int{0, 10, 20, 25}) {
			t.Errorf("stopped after %d steps, evaluated at %v, error %v", n, at, err)
		}
	})
	t.Run("by the hook", func(t *testing.T) {
		stop := errors.New("enough")
		_, err := nn.Train(context.Background(), build(), nn.FullBatch(x, y), 100, 10, nn.Hooks{
			Eval: func(int, float64, int) error { return stop },
		})
		if err != stop {
			t.Errorf("error %v, want %v", err, stop)
		}
	})
}

// A number that is not finite is named where it first appears.
func TestNonFinite(t *testing.T) {
	rng := nprand.New(1)
	x, y, _ := batch(rng, 10, 2, 2)
	for _, c := range []struct {
		name   string
		change func(s *nn.SGD)
		want   string
	}{
		{"a weight is NaN", func(s *nn.SGD) { s.Linears[0].W.Set(1, 2, math.NaN()) }, "layer 1: tensor z1 became NaN at [0,2]"},
		{"a bias is infinite", func(s *nn.SGD) { s.Linears[1].B.Set(0, 1, math.Inf(-1)) }, "layer 2: tensor z2 became -Inf at [0,1]"},
		{"weights overflow a product", func(s *nn.SGD) {
			for i := range s.Linears[1].W.Data {
				s.Linears[1].W.Data[i] = math.MaxFloat64 / 2
			}
			for i := range s.Linears[0].B.Data {
				s.Linears[0].B.Data[i] = 100
			}
		}, "layer 2: tensor z2 became +Inf at [0,0]"},
		{"the rate overflows the update", func(s *nn.SGD) { s.Rate = math.MaxFloat64; s.CrossEntropy.Mean = false }, "layer 1: tensor W1_new became"},
	} {
		t.Run(c.name, func(t *testing.T) {
			mlp := nn.NewMLP(2, []int{3}, 2)
			mlp.Init(nprand.New(2), nn.He)
			s := nn.NewSGD(mlp, 0.1, 0, true)
			c.change(s)
			// A network built with these parameters knows them from the start.
			s2 := nn.NewSGD(mlp, s.Rate, 0, s.CrossEntropy.Mean)
			_, err := nn.Train(context.Background(), s2, nn.FullBatch(x, y), 3, 1, nn.Hooks{
				Eval: func(_ int, loss float64, _ int) error {
					if math.IsNaN(loss) || math.IsInf(loss, 0) {
						t.Errorf("a loss of %v was shown", loss)
					}
					return nil
				},
			})
			var bad *nn.NonFiniteError
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestForwardRefusesShapes(t *testing.T) {
	s := nn.NewSGD(nn.NewMLP(2, []int{3}, 2), 0.1, 0, true)
	for _, c := range [][2]mat.Matrix{{mat.New(1, 3), mat.New(1, 2)}, {mat.New(1, 2), mat.New(1, 3)}, {mat.New(4, 2), mat.New(3, 2)}} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, "nn.SGD.Forward: x "+c[0].Shape()+", y "+c[1].Shape()) {
					t.Errorf("panic %q", got)
				}
			}()
			s.Forward(c[0], c[1])
		}()
	}
}

func TestSamplers(t *testing.T) {
	x, labels := mat.New(7, 1), []int{0, 1, 0, 1, 0, 1, 0}
	for i := range 7 {
		x.Set(i, 0, float64(i))
	}
	y := moons.OneHot(labels, 2)
	t.Run("mini-batches", func(t *testing.T) {
		rng, same := nprand.New(5), nprand.New(5)
		next := nn.MiniBatches(x, y, 3, rng)
		for epoch := range 3 {
			var seen []int
			for _, n := range []int{3, 3, 1} {
				bx, by := next()
				if bx.Rows != n || by.Rows != n {
					t.Fatalf("epoch %d: a batch of %d and %d rows, want %d", epoch, bx.Rows, by.Rows, n)
				}
				for i := range n {
					r := int(bx.At(i, 0))
					seen = append(seen, r)
					if mat.ArgMax(by.Row(i)) != labels[r] {
						t.Errorf("row %d came with another row's class", r)
					}
				}
			}
			if want := same.Permutation(7); !slices.Equal(seen, want) {
				t.Errorf("epoch %d: rows %v, want numpy's permutation %v", epoch, seen, want)
			}
		}
	})
	t.Run("one sample", func(t *testing.T) {
		rng, same := nprand.New(5), nprand.New(5)
		next := nn.OneSample(x, y, rng)
		for range 20 {
			if bx, _ := next(); bx.Rows != 1 || int(bx.At(0, 0)) != same.Intn(7) {
				t.Fatalf("got row %v, want randint's", bx.Data)
			}
		}
	})
}

func TestAccuracy(t *testing.T) {
	p := mat.Of(4, 2, 0.9, 0.1, 0.2, 0.8, 0.5, 0.5, 0.4, 0.6)
	if got := nn.Accuracy(p, []int{0, 1, 0, 0}); got != 0.75 {
		t.Errorf("accuracy %v, want 0.75", got)
	}
}

// Each fault changes the numbers it says it changes, and none before them.
func TestFaultsChangeWhatTheySay(t *testing.T) {
	first := map[string]string{"softmax-every-layer": "z1", "bias-gradient-mean": "db2", "softmax-twice": "p", "dz-sign": "dz2",
		"dx-with-dw": "dh1", "relu-mask-from-gradient": "dz1", "dw-from-z": "dW2", "update-sign": "W1_new", "stale-gradient-again": "W1_next"}
	for _, f := range faults.InStep {
		if first[f.Name] == "" {
			continue
		}
		rng := nprand.New(4)
		mlp := nn.NewMLP(2, []int{5}, 3)
		mlp.Init(rng, nn.He)
		x, y, _ := batch(rng, 6, 2, 3)
		right := spec.NewNet(mlp.Params(), spec.Settings{Rate: 0.1})
		wrong := spec.NewNet(mlp.Params(), spec.Settings{Rate: 0.1})
		faults.Put(wrong, f)
		for _, n := range []*spec.Net{right, wrong} {
			n.Forward(x, y)
			n.Backward()
			n.Update()
		}
		got := ""
		for _, name := range spec.Order(2, spec.Settings{}) {
			if !mat.EqualBits(right.Tensors()[name], wrong.Tensors()[name]) {
				got = name
				break
			}
		}
		if got != first[f.Name] {
			t.Errorf("%s first changes %q, want %q", f.Name, got, first[f.Name])
		}
	}
	if _, err := faults.Find("nonsense"); err == nil || !strings.Contains(err.Error(), "bias-gradient-mean") {
		t.Errorf("an unknown fault: %v", err)
	}
}

func ExampleMLP() {
	rng := nprand.New(42)
	x, labels := moons.Make(1000, 0.05, rng)
	y := moons.OneHot(labels, 2)

	mlp := nn.NewMLP(2, []int{20}, 2)
	mlp.Init(rng, nn.He)
	loss := nn.CrossEntropy{Mean: true}
	for range 500 {
		p := mlp.Forward(x)
		mlp.Backward(loss.Backward(p, y))
		mlp.Update(0.5)
	}
	fmt.Printf("accuracy %.3f\n", nn.Accuracy(mlp.Predict(x), labels))
	// Output: accuracy 1.000
}

// Labels of another shape are a mistake in the program.
func TestLossRefusesOtherShapes(t *testing.T) {
	for name, call := range map[string]func(c *nn.CrossEntropy, p, y mat.Matrix){
		"Forward":  func(c *nn.CrossEntropy, p, y mat.Matrix) { c.Forward(p, y) },
		"Backward": func(c *nn.CrossEntropy, p, y mat.Matrix) { c.Backward(p, y) },
	} {
		func() {
			defer func() {
				if got, want := fmt.Sprint(recover()), "nn.CrossEntropy."+name+": "; !strings.HasPrefix(got, want) {
					t.Errorf("%q, want %q", got, want)
				}
			}()
			call(&nn.CrossEntropy{}, mat.New(2, 3), mat.New(3, 3))
		}()
	}
}
