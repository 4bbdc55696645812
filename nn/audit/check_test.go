package audit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"glassbox/mat"
	"glassbox/nn/faults"
	"glassbox/nn/spec"
)

// checked makes a check of a small network on its first step, or with mistakes.
func checked(set spec.Settings, rows int, sizes []int, list ...faults.Fault) Checked {
	net, x, y := small(set, rows, sizes...)
	faults.Put(net, list...)
	return Checked{Ops: net.Ops, Settings: set, Params: net.Params(), X: x, Y: y}
}

func TestGradientsOfTheRightNetwork(t *testing.T) {
	for _, c := range []struct {
		rows  int
		sizes []int
	}{{60, []int{2, 8, 2}}, {20, []int{4, 7, 5, 3}}, {1, []int{2, 9, 2}}, {2, []int{3, 4}}, {9, []int{2, 3, 3, 3, 4}}} {
		for _, mean := range []bool{true, false} {
			in := checked(spec.Settings{Rate: 0.1, Mean: mean}, c.rows, c.sizes)
			var done atomic.Int64
			in.Progress = func(n int) { done.Add(int64(n)) }
			r, err := CheckGradients(context.Background(), in)
			if err != nil || len(r.Failed()) > 0 || len(r.Unchecked()) > 0 {
				t.Fatalf("%v: error %v, failed %v, unchecked %v", c.sizes, err, r.Failed(), r.Unchecked())
			}
			all := 0
			for _, x := range r.Tensors {
				all += x.Elements
				if x.Checked+x.Left != x.Elements || x.Checked < x.Elements*9/10 || x.Worst.Relative > 1e-6 {
					t.Errorf("%v, mean %v: %+v", c.sizes, mean, x)
				}
			}
			if want := 2 * (len(c.sizes) - 1); len(r.Tensors) != want || int64(all) != done.Load() || r.Rows != c.rows {
				t.Errorf("%v: %d tensors, want %d; %d parameters, told of %d", c.sizes, len(r.Tensors), want, all, done.Load())
			}
			sweepTradesOff(t, r)
		}
	}
}

// TestGradientsOfEveryWay: the gradients of every activation, loss and penalty are
// those of the loss, and one that leaves the penalty out or takes another derivative
// is not.
func TestGradientsOfEveryWay(t *testing.T) {
	for _, set := range waySettings() {
		in := checked(set, 9, sizesOf(set))
		r, err := CheckGradients(context.Background(), in)
		if err != nil || len(r.Failed()) > 0 || len(r.Unchecked()) > 0 {
			t.Errorf("%+v: error %v, failed %v, unchecked %v", set, err, r.Failed(), r.Unchecked())
		}
		s := &spec.Step{Settings: set, L: 3, T: spec.Tensors{"x": in.X, "y": in.Y}}
		for i, name := range spec.ParamNames(3) {
			s.T[name] = in.Params[i]
		}
		in.Ops.Forward(s)
		switch s.Decay = 0; {
		case set.Decay != 0:
		case set.Activation.Name == "relu":
			s.Activation = spec.FindActivation("identity")
		default:
			s.Activation = spec.FindActivation("relu")
		}
		in.Ops.Backward(s)
		in.Gradients = s.T
		if r, err = CheckGradients(context.Background(), in); err != nil || len(r.Failed()) == 0 {
			t.Errorf("%+v: the gradients of another network pass (error %v)", set, err)
		}
	}
}

// sweepTradesOff: too large a step truncates, too small a one rounds.
func sweepTradesOff(t *testing.T, r GradientCheck) {
	t.Helper()
	best := 1.0
	for _, s := range r.Sweep {
		if s.Checked > 0 {
			best = min(best, s.Worst)
		}
	}
	last := r.Sweep[len(r.Sweep)-1]
	if best > 1e-6 || last.Worst < 1e3*best || last.Checked == 0 || last.Median > last.Worst {
		t.Errorf("the sweep: %+v", r.Sweep)
	}
	if first := r.Sweep[0]; first.Checked > 0 && first.Worst < 10*best {
		t.Errorf("the sweep does not truncate: %+v", r.Sweep)
	}
	for _, s := range r.Sweep {
		// A quotient is off by no more than truncation, ∝ h², and rounding allow.
		if s.Rounding <= 0 || s.H <= 1e-7 && s.Left == 0 && s.Median > 1e3*s.Rounding {
			t.Errorf("h %g: median error %g, rounding bound %g", s.H, s.Median, s.Rounding)
		}
	}
}

// A single element that is off by a little is found, and said where.
func TestOneWrongElement(t *testing.T) {
	for _, name := range []string{"dW1", "db1", "dW2", "db2"} {
		in := checked(spec.Settings{Rate: 0.1, Mean: true}, 30, []int{2, 6, 2})
		net := spec.NewNet(in.Params, in.Settings)
		net.Forward(in.X, in.Y)
		net.Backward()
		in.Gradients = net.Tensors()
		g := in.Gradients[name]
		j := g.Cols - 1
		g.Set(0, j, g.At(0, j)*(1+1e-4)+1e-5)
		r, err := CheckGradients(context.Background(), in)
		if err != nil || !slices.Equal(r.Failed(), []string{name}) {
			t.Fatalf("%s: failed %v, error %v", name, r.Failed(), err)
		}
		for _, x := range r.Tensors {
			if x.Name == name && (x.Bad != 1 || x.Worst.I != 0 || x.Worst.J != j || x.Worst.Analytic != g.At(0, j) || !(x.Worst.Off > 1) || x.Ratio != 0) {
				t.Errorf("%+v", x)
			}
		}
	}
}

// kinked is a network of one unit whose z is at for x = 1.
func kinked(at float64) Checked {
	return Checked{
		Ops: spec.Right(), Settings: spec.Settings{Rate: 1, Mean: true},
		Params: []mat.Matrix{mat.Of(1, 1, at), mat.New(1, 1), mat.Of(1, 2, 1, -1), mat.New(1, 2)},
		X:      mat.Of(3, 1, 1, -2, -1), Y: mat.Of(3, 2, 1, 0, 0, 1, 1, 0),
	}
}

func TestKinks(t *testing.T) {
	r, err := CheckGradients(context.Background(), kinked(1e-10))
	if err != nil {
		t.Fatal(err)
	}
	dW1 := r.Tensors[0]
	if dW1.Left != 1 || dW1.Checked != 0 || len(dW1.Crossings) != 1 {
		t.Fatalf("%+v", dW1)
	}
	if c, want := dW1.Crossings[0], (Crossing{"W1", 0, 0, "z1", 0, 0, baseStep * 1e-3}); c != want {
		t.Errorf("crossing %+v, want %+v", c, want)
	}
	if !slices.Equal(r.Unchecked(), []string{"dW1", "db1"}) || len(r.Failed()) > 0 {
		t.Errorf("unchecked %v, failed %v", r.Unchecked(), r.Failed())
	}
	if s := r.Sweep[0]; s.Left != 2 || s.Checked != 4 {
		t.Errorf("sweep %+v", s)
	}
	// Further from the kink a smaller step does.
	r, err = CheckGradients(context.Background(), kinked(1e-7))
	if err != nil || r.Tensors[0].Smaller != 1 || r.Tensors[0].Left != 0 || len(r.Failed()) > 0 || r.Tensors[0].Worst.H != baseStep*1e-2 {
		t.Errorf("%+v, error %v", r.Tensors[0], err)
	}
	r, err = CheckGradients(context.Background(), kinked(1))
	if err != nil || r.Tensors[0].Smaller != 0 || r.Tensors[0].Left != 0 || len(r.Failed()) > 0 {
		t.Errorf("%+v, error %v", r.Tensors[0], err)
	}
}

// Where p_t is next to ε the gradient p − y is twice that of the loss; that
// share is known, and a gradient with it or without is right.
func TestEpsilonShare(t *testing.T) {
	in := kinked(1)
	in.Params[3] = mat.Of(1, 2, math.Log(spec.Epsilon), 0)
	r, err := CheckGradients(context.Background(), in)
	if err != nil || len(r.Failed()) > 0 {
		t.Fatalf("failed %v, error %v", r.Failed(), err)
	}
	db2 := r.Tensors[3]
	if x := db2.Worst; db2.Epsilon < 0.1 || math.Abs(x.Numeric-x.Exact) > 1e-6 || math.Abs(x.Numeric-x.Analytic) < 0.01 {
		t.Errorf("%+v", db2)
	}
	// With the share counted twice it is not.
	net := spec.NewNet(in.Params, in.Settings)
	net.Forward(in.X, in.Y)
	net.Backward()
	in.Gradients = net.Tensors()
	g := in.Gradients["db2"]
	for j := range g.Cols {
		g.Set(0, j, g.At(0, j)*(1-2.2*db2.Epsilon))
	}
	if r, err = CheckGradients(context.Background(), in); err != nil || !slices.Equal(r.Failed(), []string{"db2"}) {
		t.Errorf("failed %v, error %v", r.Failed(), err)
	}
}

// The bound of the loss's rounding holds and is not far from what happens: the
// rows in another order give another sum.
func TestLossError(t *testing.T) {
	in := checked(spec.Settings{Mean: true}, 300, []int{2, 8, 2})
	r, err := CheckGradients(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	x, y := mat.New(in.X.Rows, in.X.Cols), mat.New(in.Y.Rows, in.Y.Cols)
	spread := 0.0
	for by := range 40 {
		for i := range x.Rows {
			copy(x.Row((i*7+by*11)%x.Rows), in.X.Row(i))
			copy(y.Row((i*7+by*11)%x.Rows), in.Y.Row(i))
		}
		net := spec.NewNet(in.Params, in.Settings)
		net.Forward(x, y)
		spread = max(spread, math.Abs(net.Loss()-r.Loss))
	}
	if spread == 0 || spread > r.LossError || r.LossError > 1e-12 {
		t.Errorf("the loss moves by %g, bound %g", spread, r.LossError)
	}
}

// Which gradients are not those of the loss, mistake by mistake.
func TestCheckOfTheCatalogue(t *testing.T) {
	all := "dW1 db1 dW2 db2 dW3 db3"
	want := map[string]string{
		"softmax-every-layer": "dW1 db1 dW2 db2",
		"bias-not-added":      "db1 db2 db3",
		"relu-in-place":       "", "relu-missing": "dW1 db1 dW2 db2", "leaky-slope": "",
		"softmax-missing": "no loss", "softmax-axis-0": all, "softmax-twice": all, "softmax-unnormalised": all,
		"softmax-without-max": "", "softmax-global-max": "",
		"log10": all, "no-epsilon": "", "mean-loss-sum-gradient": all, "sum-loss-mean-gradient": all,
		"dz-sign": all, "dz-plus-1e-7": all, "jacobian-on-fused-gradient": all, "dz-times-derivative": all,
		"dz-without-softmax": all, "dz-wrong-class": all, "epsilon-in-gradient": all, "labels-rolled": "",
		"correct-samples-skipped": all, "dz-divided-by-nc": all,
		"dw-from-z": "dW2 dW3", "weight-gradient-mean": "dW1 dW2 dW3", "weight-gradient-sign": "dW1 dW2 dW3",
		"bias-gradient-mean": "db1 db2 db3", "bias-gradient-sum": "db1 db2 db3", "bias-gradient-total": "db1 db2 db3",
		"bias-gradient-sign": "db1 db2 db3",
		"dx-with-dw":         "dW1 db1 dW2 db2", "dx-wrong-transpose": "dW1 db1 dW2 db2", "dx-updated-weights": "dW1 db1 dW2 db2",
		"hidden-gradient-without-w": "dW1 db1 dW2 db2",
		"relu-mask-missing":         "dW1 db1 dW2 db2", "relu-mask-from-gradient": "dW1 db1 dW2 db2", "relu-mask-inverted": "dW1 db1 dW2 db2",
		"relu-passes-zero": "", "dout-changed": "",
		"leaky-backward-plain": "dW1 db1 dW2 db2",
		// The update comes after the gradients.
		"update-sign": "", "weight-decay": "", "stale-gradient": "", "momentum": "",
	}
	for name, names := range want {
		f, err := faults.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		in := checked(spec.Settings{Rate: 0.1, Mean: true}, 12, []int{3, 5, 4, 3}, f)
		r, err := CheckGradients(context.Background(), in)
		got := strings.Join(r.Failed(), " ")
		if err != nil {
			got = "no loss"
			if !strings.Contains(err.Error(), "the loss is NaN, which has no gradient to check") {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
		if got != names {
			t.Errorf("%s: %q is not the loss's gradient, want %q", f.Name, got, names)
		}
	}
}

// A factor that all elements share is found.
func TestRatio(t *testing.T) {
	for name, want := range map[string]float64{"mean-loss-sum-gradient": 12, "dz-sign": -1, "log10": math.Ln10, "dz-divided-by-nc": 1. / 3, "dz-times-derivative": 0} {
		f, err := faults.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := CheckGradients(context.Background(), checked(spec.Settings{Rate: 0.1, Mean: true}, 12, []int{3, 5, 3}, f))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range r.Tensors {
			if math.Abs(x.Ratio-want) > 1e-4*math.Abs(want) {
				t.Errorf("%s: %s is %v times the loss's, want %v", name, x.Name, x.Ratio, want)
			}
		}
	}
}

func ExampleCheckGradients() {
	r, err := CheckGradients(context.Background(), kinked(1))
	fmt.Println(len(r.Tensors), "tensors", r.Failed(), err)
	// Output: 4 tensors [] <nil>
}

// TestGradientOfWhatDoesNotMove: a derivative within what rounding of the loss
// could hide is wrong all the same where the loss does not move in a bit.
func TestGradientOfWhatDoesNotMove(t *testing.T) {
	in := checked(spec.Settings{Rate: 0.1, Mean: true}, 400, []int{2, 6, 2})
	b := in.Params[1]
	b.Set(0, 2, -50) // a unit that is dead for every row, and stays so under a larger step
	s := &spec.Step{Settings: in.Settings, L: 2, T: spec.Tensors{"x": in.X, "y": in.Y}}
	for i, name := range spec.ParamNames(2) {
		s.T[name] = in.Params[i]
	}
	in.Ops.Forward(s)
	in.Ops.Backward(s)
	in.Gradients = s.T
	r, err := CheckGradients(context.Background(), in)
	if err != nil || len(r.Failed()) > 0 {
		t.Fatalf("the gradient 0 of a dead unit: error %v, failed %v", err, r.Failed())
	}
	s.T["db1"].Set(0, 2, 1e-6)
	r, err = CheckGradients(context.Background(), in)
	if db1 := r.Tensors[1]; err != nil || db1.Bad != 1 || db1.Flat != 1 || !slices.Equal(r.Failed(), []string{"db1"}) {
		t.Errorf("a gradient of 1e-6 where the loss does not move: error %v, %+v", err, r.Tensors[1])
	}
	// Far below what any row's loss can show nothing can be said.
	s.T["db1"].Set(0, 2, 1e-19)
	if r, err = CheckGradients(context.Background(), in); err != nil || r.Tensors[1].Bad != 0 {
		t.Errorf("a gradient of 1e-19: error %v, %+v", err, r.Tensors[1])
	}
}
