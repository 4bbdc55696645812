package audit

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// TestDropout: the mask is read off the numbers, and has to go backward as well.
func TestDropout(t *testing.T) {
	for _, activation := range []string{"", "tanh"} {
		trace := wayTrace(way{activation: activation, drops: func(g, mask float64) float64 { return g * mask }})
		if activation != "" {
			trace.Activation = []string{activation}
		}
		if v := Compare(trace); v.Verdict != "clean" {
			t.Errorf("%q: %v %v", activation, causes(v), v.Findings[0].Message)
		}
		for _, back := range []func(g, mask float64) float64{func(g, _ float64) float64 { return g / 0.8 }, func(g, _ float64) float64 { return g }} {
			trace := wayTrace(way{activation: activation, drops: back})
			if activation != "" {
				trace.Activation = []string{activation}
			}
			if v := Compare(trace); len(v.Findings) == 0 || v.Findings[0].Tensor != "dz1" || !strings.Contains(v.Findings[0].Message.String(), "the mask has to be applied backward as well") {
				t.Errorf("%q, without the mask: %v", activation, v.Findings)
			}
		}
	}
}

// TestWhatAStepIsGiven plants what no tensor shows that follows from its inputs.
func TestWhatAStepIsGiven(t *testing.T) {
	for _, c := range []struct {
		tensor, says string
		change       func(i int, T spec.Tensors)
	}{
		{"y", "column 0 is never 1", func(_ int, T spec.Tensors) {
			for i := range 12 {
				T["y"].Set(i, 0, 0)
			}
		}},
		{"W1", "as good as one unit", func(i int, T spec.Tensors) {
			for _, name := range []string{"W1", "b1", "W2"} {
				for k := range T[name].Data {
					T[name].Data[k] = 0.5
				}
			}
		}},
		{"W1_new", "an array of integers cuts", func(i int, T spec.Tensors) {
			for k := range T["W1"].Data {
				T["W1"].Data[k] = float64(k%3 - 1)
				T["W1_new"].Data[k] = float64(int(T["W1"].Data[k] - 0.1*T["dW1"].Data[k]))
			}
		}},
	} {
		v := Compare(changed(c.change))
		if !slices.ContainsFunc(v.Findings, func(f Finding) bool {
			return f.Tensor == c.tensor && f.Step == 0 && strings.Contains(f.Message.String(), c.says)
		}) {
			t.Errorf("%q is not said of %s: %v", c.says, c.tensor, v.Findings)
		}
	}
	// Class numbers taken from every column.
	trace := changed(func(_ int, T spec.Tensors) {
		numbers := mat.New(12, 1)
		for i := range 12 {
			numbers.Data[i] = float64(i % 2)
			for c := range 2 {
				T["dz2"].Set(i, c, (T["p"].At(i, c)-numbers.Data[i])/12)
			}
		}
		T["y"] = numbers
	})
	if v := Compare(normalized(t, trace)); len(v.Findings) == 0 || !strings.Contains(v.Findings[0].Message.String(), "taken from every probability") {
		t.Errorf("%v", v.Findings)
	}
	// The derivative at the result.
	trace = wayTrace(way{activation: "sigmoid"})
	q := spec.FindActivation("sigmoid")
	trace.Steps[1].T["dz1"] = deactivate(q, recorded(trace.Steps[1].T["dh1"]), recorded(trace.Steps[1].T["h1"]), u64).V
	if v := Compare(trace); len(v.Findings) == 0 || !strings.Contains(v.Findings[0].Message.String(), "the derivative of sigmoid is taken at h1") {
		t.Errorf("%v", v.Findings)
	}
}
