package reported

import (
	"context"
	"testing"

	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/nn/faults"
)

func config(list []faults.Fault, sgd bool, hidden ...int) experiment.Config {
	c := experiment.Config{Hidden: hidden, Rate: 0.01, Steps: 40, EvalFreq: 7, SGD: sgd, Seed: 42, N: 250, Noise: 0.05, Faults: list}
	c.Init, _ = experiment.InitKind.Parse("0.5")
	return c
}

// The plain loops with the same faults have the same bits in every evaluation
// and in the final parameters.
func TestSameBits(t *testing.T) {
	for name, list := range map[string][]faults.Fault{
		"both": faults.AsReported, "softmax": faults.AsReported[:1], "bias": faults.AsReported[1:],
	} {
		for _, c := range []experiment.Config{config(list, false, 20), config(list, true, 20), config(list, false, 6, 5, 4)} {
			plain := experiment.New(c).Run(context.Background(), nil, nil)
			e := experiment.New(c)
			Put(e)
			fast := e.Run(context.Background(), nil, nil)
			if fast.Fingerprint != plain.Fingerprint {
				t.Errorf("%s, hidden %v, sgd %v: the parameters differ", name, c.Hidden, c.SGD)
			}
			for i, v := range plain.Evals {
				if fast.Evals[i] != v {
					t.Errorf("%s, hidden %v, sgd %v: %+v, the plain loops have %+v", name, c.Hidden, c.SGD, fast.Evals[i], v)
				}
			}
			if len(plain.Evals) != 7 {
				t.Errorf("%d evaluations", len(plain.Evals))
			}
		}
	}
}

// Forward is that of training and Predict that of prediction, on any rows.
func TestForwardAndPredict(t *testing.T) {
	c := config(faults.AsReported, false, 20)
	plain, e := experiment.New(c), experiment.New(c)
	Put(e)
	x, y := e.Data.TrainX, e.Data.TrainY
	if !mat.EqualBits(e.Net.Forward(x, y), plain.Net.Forward(x, y)) {
		t.Error("Forward differs")
	}
	if e.Net.Loss() != plain.Net.Loss() {
		t.Error("the loss differs")
	}
	if !mat.EqualBits(e.Net.Predict(e.Data.TestX), plain.Net.Predict(e.Data.TestX)) {
		t.Error("Predict differs")
	}
}

func TestNonFinite(t *testing.T) {
	e := experiment.New(config(faults.AsReported, false, 20))
	Put(e)
	if name, _, _, _ := e.Net.NonFinite(); name != "" {
		t.Errorf("%s is not finite", name)
	}
	inf := 1.0
	for range 2000 {
		inf *= 2
	}
	e.Net.Params()[3].Set(0, 1, inf)
	if name, i, j, v := e.Net.NonFinite(); name != "b2_new" || i != 0 || j != 1 || v != inf {
		t.Errorf("found %s[%d,%d] = %v, want b2_new[0,1]", name, i, j, v)
	}
}

func TestPutRefuses(t *testing.T) {
	other, err := faults.Find("relu-missing")
	if err != nil {
		t.Fatal(err)
	}
	mean, momentum := config(faults.AsReported, false, 3), config(faults.AsReported, false, 3)
	mean.Mean, momentum.Momentum = true, 0.9
	for name, c := range map[string]experiment.Config{
		"right": config(nil, false, 3), "another fault": config([]faults.Fault{other}, false, 3), "mean": mean, "momentum": momentum,
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			Put(experiment.New(c))
		}()
	}
}
