package audit

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// perceptronTrace is a trace of a perceptron that sees one sample a step; what
// changes the parameters it would go to.
func perceptronTrace(zeroOne bool, what func(w, b mat.Matrix, x []float64, label, p float64)) Trace {
	t := Trace{Rate: 0.1}
	w, b := mat.New(2, 1), mat.New(1, 1)
	for n := range 12 {
		x := mat.Of(1, 2, math.Sin(float64(3*n)), math.Cos(float64(5*n)))
		label := side(x.Data[0] + 0.5*x.Data[1] - 0.1)
		z := spec.Linear(x, w, b)
		p := side(z.Data[0])
		T := spec.Tensors{"x": x, "y": mat.Of(1, 1, label), "W1": w, "b1": b, "z1": z, "p": mat.Of(1, 1, p)}
		if zeroOne {
			T["y"], T["p"] = mat.Of(1, 1, (label+1)/2), mat.Of(1, 1, (p+1)/2)
		}
		w, b = w.Clone(), b.Clone()
		what(w, b, x.Row(0), label, p)
		T["W1_new"], T["b1_new"] = w, b
		t.Steps = append(t.Steps, Step{Number: n, T: T, Single: map[string]bool{}})
	}
	return t
}

func TestPerceptron(t *testing.T) {
	add := func(w, b mat.Matrix, x []float64, by, offset float64) {
		for k, v := range x {
			w.Data[k] += by * v
		}
		b.Data[0] += offset
	}
	for _, c := range []struct {
		name, tensor, says string
		what               func(w, b mat.Matrix, x []float64, label, p float64)
	}{
		{"right", "", "", func(w, b mat.Matrix, x []float64, label, p float64) {
			if p != label {
				add(w, b, x, 0.1*label, 0.1*label)
			}
		}},
		{"offset once a feature", "b1_new", "2 times where the weights are stepped once: once for each feature", func(w, b mat.Matrix, x []float64, label, p float64) {
			if p != label {
				add(w, b, x, 0.1*label, 0.2*label)
			}
		}},
		{"sign", "W1_new", "the step goes the wrong way", func(w, b mat.Matrix, x []float64, label, p float64) {
			if p != label {
				add(w, b, x, -0.1*label, -0.1*label)
			}
		}},
		{"without the label", "W1_new", "", func(w, b mat.Matrix, x []float64, label, p float64) {
			if p != label {
				add(w, b, x, 0.1, 0.1)
			}
		}},
		{"right samples too", "W1_new", "though every sample of the step is right", func(w, b mat.Matrix, x []float64, label, p float64) {
			add(w, b, x, 0.1*label, 0.1*label)
		}},
	} {
		for _, zeroOne := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, zeroOne), func(t *testing.T) {
				v := Compare(perceptronTrace(zeroOne, c.what))
				if c.tensor == "" {
					if v.Verdict != "clean" || v.Judged < 30 {
						t.Errorf("%v, %d judged", v.Findings, v.Judged)
					}
					return
				}
				if len(v.Findings) == 0 || v.Findings[0].Tensor != c.tensor || !strings.Contains(v.Findings[0].Message.String(), c.says) {
					t.Errorf("%v", v.Findings)
				}
			})
		}
	}
}

// TestClipped: gradients that are cut at one length are right, and said.
func TestClipped(t *testing.T) {
	clip := func(i int, T spec.Tensors) {
		for _, name := range []string{"W1", "W2"} {
			d := T["d"+name].Clone()
			for k, v := range d.Data {
				d.Data[k] = min(max(v, -0.03), 0.03)
			}
			T["d"+name], T[name+"_new"] = d, spec.Update(T[name], 0.1, d)
		}
	}
	trace := changed(clip)
	trace.Steps = trace.Steps[:1]
	if v := Compare(trace); v.Verdict != "clean" || !slices.Contains(noteTexts(v), "the gradients are clipped at 0.03") {
		t.Errorf("%v %v", v.Findings, v.Notes)
	}
	trace = changed(clip)
	trace.Steps = trace.Steps[:1]
	trace.Steps[0].T["dW2"].Data[0] += 1e-6
	if v := Compare(trace); v.Verdict != "findings" {
		t.Error("an element beside the clipped ones is off, and nothing is said")
	}
}
