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
	"glassbox/nn"
	"glassbox/nn/spec"
)

// layersOnly hides that a Stepper can do more than one thing at once.
type layersOnly struct{ nn.Stepper }

// A training is what Train did and was seen to do.
type training struct {
	done   int
	err    string
	seen   []string
	params []mat.Matrix
}

// notFinite stands where a loss was shown that nobody should see.
const notFinite = "a loss that is not finite"

type trainingCase struct {
	name     string
	hidden   []int
	rows     int // a step; 0 for all
	momentum float64
	freq     int
	spoil    func(x, y mat.Matrix, s *nn.SGD)
	cancelAt int
}

func (c trainingCase) run(layers bool) training {
	rng := nprand.New(9)
	x, y, _ := batch(rng, 70, 2, 2)
	mlp := nn.NewMLP(2, c.hidden, 2)
	mlp.Init(rng, nn.He)
	s := nn.NewSGD(mlp, 0.1, c.momentum, true)
	if c.spoil != nil {
		c.spoil(x, y, s)
		s = nn.NewSGD(mlp, s.Rate, c.momentum, true)
	}
	next := nn.FullBatch(x, y)
	switch {
	case c.rows == 1:
		next = nn.OneSample(x, y, rng)
	case c.rows > 1:
		next = nn.MiniBatches(x, y, c.rows, rng)
	}
	var net nn.Stepper = s
	if layers {
		net = layersOnly{s}
	}
	var r training
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n, err := nn.Train(ctx, net, next, 60, c.freq, nn.Hooks{
		Eval: func(t int, loss float64, rows int) error {
			if math.IsNaN(loss) || math.IsInf(loss, 0) {
				r.seen = append(r.seen, notFinite)
			}
			// Whoever looks predicts, which must not disturb the step.
			p := net.Predict(x)
			r.seen = append(r.seen, fmt.Sprintf("step %d: loss %x of %d rows, p[3] %x", t, loss, rows, p.Row(3)))
			return nil
		},
		Step: func(done int) {
			if done == c.cancelAt {
				cancel()
			}
		},
	})
	r.done, r.err, r.params = n, fmt.Sprint(err), s.Params()
	return r
}

// Training in one piece a step and layer by layer: everything that can be seen
// is the same, and so is where it ends and why.
func TestTrainInOnePieceOrLayers(t *testing.T) {
	spoils := []struct {
		name  string
		spoil func(x, y mat.Matrix, s *nn.SGD)
		ends  string // the tensor in which training ends, "no" or "" where it depends
	}{
		{"", nil, "no"},
		{"NaN in x", func(x, _ mat.Matrix, _ *nn.SGD) { x.Set(41, 1, math.NaN()) }, "x"},
		{"Inf in x", func(x, _ mat.Matrix, _ *nn.SGD) { x.Set(41, 0, math.Inf(-1)) }, "x"},
		{"an x that overflows", func(x, _ mat.Matrix, _ *nn.SGD) {
			for i := range 20 {
				x.Set(41+i, 0, 0x1.ffp1022)
				x.Set(41+i, 1, 0x1.ffp1022)
			}
		}, "z"},
		{"a large x", func(x, _ mat.Matrix, _ *nn.SGD) { x.Set(41, 0, 0x1p101) }, ""},
		{"NaN in y", func(_, y mat.Matrix, _ *nn.SGD) { y.Set(41, 1, math.NaN()) }, "dz"},
		{"Inf in y", func(_, y mat.Matrix, _ *nn.SGD) { y.Set(41, 1, math.Inf(1)) }, "dz"},
		{"a large y", func(_, y mat.Matrix, _ *nn.SGD) { y.Set(41, 1, 0x1p21) }, ""},
		{"a y that overflows a gradient", func(x, y mat.Matrix, _ *nn.SGD) {
			x.Set(41, 0, 0x1p60)
			y.Set(41, 1, 0x1p990)
		}, ""},
		{"the largest y", func(_, y mat.Matrix, _ *nn.SGD) { y.Set(41, 1, math.MaxFloat64) }, ""},
		{"a rate that overflows", func(_, _ mat.Matrix, s *nn.SGD) { s.Rate = math.MaxFloat64 }, ""},
		{"a rate that leaves the limit", func(_, _ mat.Matrix, s *nn.SGD) { s.Rate = 0x1p500 }, "z"},
		{"NaN in W1", func(_, _ mat.Matrix, s *nn.SGD) { s.Linears[0].W.Set(1, 2, math.NaN()) }, "z1"},
		{"Inf in b2", func(_, _ mat.Matrix, s *nn.SGD) { s.Linears[1].B.Set(0, 1, math.Inf(1)) }, "z2"},
		{"a large W2", func(_, _ mat.Matrix, s *nn.SGD) { s.Linears[1].W.Set(0, 1, 0x1p900) }, "z"},
	}
	for _, sp := range spoils {
		for _, hidden := range [][]int{{20}, {6, 4}, {600, 30}} {
			if hidden[0] == 600 && sp.name != "" {
				continue // too wide for one piece
			}
			for _, rows := range []int{0, 1, 32} {
				if hidden[0] == 600 && rows == 0 {
					continue
				}
				for _, momentum := range []float64{0, 0.9} {
					c := trainingCase{sp.name, hidden, rows, momentum, []int{1, 7, 61}[rows%3], sp.spoil, 0}
					t.Run(fmt.Sprintf("%s/%v/rows=%d/momentum=%v", sp.name, hidden, rows, momentum), func(t *testing.T) {
						got, want := c.run(false), c.run(true)
						compareTraining(t, got, want)
						if slices.Contains(got.seen, notFinite) {
							t.Error(notFinite + " was shown")
						}
						if sp.ends == "no" && want.err != "<nil>" || sp.ends != "no" && !strings.Contains(want.err, "tensor "+sp.ends) && sp.ends != "" {
							t.Errorf("the layers end with %s, want in %s", want.err, sp.ends)
						}
					})
				}
			}
		}
	}
	for _, at := range []int{1, 7, 8, 25} {
		c := trainingCase{"cancelled", []int{20}, 0, 0, 7, nil, at}
		got, want := c.run(false), c.run(true)
		compareTraining(t, got, want)
		if got.done != at || got.err != context.Canceled.Error() {
			t.Errorf("cancelled at %d: %d done, error %s", at, got.done, got.err)
		}
	}
}

func compareTraining(t *testing.T, got, want training) {
	t.Helper()
	if got.done != want.done || got.err != want.err {
		t.Errorf("%d steps and error %s; layer by layer %d and %s", got.done, got.err, want.done, want.err)
	}
	if !slices.Equal(got.seen, want.seen) {
		t.Errorf("seen:\n%q\nlayer by layer:\n%q", got.seen, want.seen)
	}
	for i := range got.params {
		if !mat.EqualBits(got.params[i], want.params[i]) {
			t.Errorf("parameter %d differs from the one trained layer by layer", i)
		}
	}
}

// Without hooks nobody looks at any step.
func TestTrainWithoutHooks(t *testing.T) {
	rng := nprand.New(1)
	x, y, _ := batch(rng, 10, 2, 2)
	build := func() *nn.SGD {
		mlp := nn.NewMLP(2, []int{3}, 2)
		mlp.Init(nprand.New(2), nn.He)
		return nn.NewSGD(mlp, 0.1, 0, true)
	}
	a, b := build(), build()
	for _, net := range []nn.Stepper{a, layersOnly{b}} {
		if n, err := nn.Train(context.Background(), net, nn.FullBatch(x, y), 9, 3, nn.Hooks{}); n != 9 || err != nil {
			t.Fatalf("%d steps, error %v", n, err)
		}
	}
	for i := range a.Params() {
		if !mat.EqualBits(a.Params()[i], b.Params()[i]) {
			t.Errorf("parameter %d differs from the one trained layer by layer", i)
		}
	}
	bad := build()
	bad.Rate = math.Inf(1)
	_, err := nn.Train(context.Background(), bad, nn.FullBatch(x, y), 9, 3, nn.Hooks{})
	var e *nn.NonFiniteError
	if !errors.As(err, &e) || e.Step != 0 || e.Tensor != "W1_new" {
		t.Errorf("error %v, want one of W1_new in step 0", err)
	}
}

// A network that diverges row by row stops where the plain loops stop, with the
// same words: what a whole step on one row found of its parameters is heeded.
func TestSingleRowsDiverge(t *testing.T) {
	for _, rate := range []float64{1e40, 1e100, 1e250} {
		run := func(plain bool) (int, error) {
			rng := nprand.New(9)
			mlp := nn.NewMLP(2, []int{7}, 2)
			mlp.Init(rng, nn.He)
			x, y, _ := batch(rng, 30, 2, 2)
			var net nn.Stepper = nn.NewSGD(mlp, rate, 0, true)
			if plain {
				net = spec.NewNet(mlp.Params(), spec.Settings{Rate: rate, Mean: true})
			}
			return nn.Train(context.Background(), net, nn.OneSample(x, y, rng), 1000, 1, nn.Hooks{})
		}
		done, err := run(false)
		wantDone, want := run(true)
		if want == nil {
			t.Fatalf("rate %v: it does not diverge: the test no longer tests", rate)
		}
		if err == nil || err.Error() != want.Error() || done != wantDone {
			t.Errorf("rate %v: after %d steps %v, the plain loops after %d: %v", rate, done, err, wantDone, want)
		}
	}
}

// Before shows each step's batch, and the parameters and velocities that the
// step starts from: a network that takes them over makes the same step.
func TestBefore(t *testing.T) {
	for _, momentum := range []float64{0, 0.9} {
		for _, rows := range []int{1, 20, 70} {
			rng := nprand.New(uint32(rows))
			x, y, _ := batch(rng, 70, 2, 3)
			mlp := nn.NewMLP(2, []int{6}, 3)
			mlp.Init(rng, nn.He)
			s := nn.NewSGD(mlp, 0.1, momentum, true)
			plain := spec.NewNet(mlp.Params(), spec.Settings{Rate: 0.1, Momentum: momentum, Mean: true})
			var again *nn.SGD
			steps := 0
			_, err := nn.Train(context.Background(), s, nn.MiniBatches(x, y, rows, rng), 8, 3, nn.Hooks{
				Before: func(step int, bx, by mat.Matrix) {
					if step != steps || bx.Rows > rows || by.Rows != bx.Rows {
						t.Fatalf("step %d of %d rows, after %d steps", step, bx.Rows, steps)
					}
					steps++
					m := nn.NewMLP(2, []int{6}, 3)
					again = nn.NewSGD(m, 0.1, momentum, true)
					for i, p := range s.Params() {
						m.Params()[i].CopyFrom(p)
						same(t, step, "a parameter", p, plain.Params()[i])
					}
					if len(s.States()) != map[bool]int{true: 4}[momentum != 0] {
						t.Fatalf("%d velocities", len(s.States()))
					}
					for i, v := range s.States() {
						again.States()[i].CopyFrom(v)
						same(t, step, "a velocity", v, plain.States()[i])
					}
					again.Step(bx, by)
					plain.Forward(bx, by)
					plain.Backward()
					plain.Update()
				},
				Eval: func(int, float64, int) error { return nil },
				Step: func(done int) {
					for i, p := range s.Params() {
						same(t, done, "a parameter of the step made again", again.Params()[i], p)
					}
				},
			})
			if err != nil || steps != 8 {
				t.Errorf("%d steps, error %v", steps, err)
			}
		}
	}
}
