package audit

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// A way is how a right network may be written.
type way struct {
	activation, loss string  // "" for ReLU, for softmax and cross-entropy
	scale            float64 // of the squared error, beside 1/N
	lambda           float64 // of the penalty on weights
	noBias           bool
	single           bool
	drops            func(g, mask float64) float64                 // passes the gradient of dropped units; nil where none are
	update           func(name string, W, d mat.Matrix) mat.Matrix // nil for a step along the gradient
}

// wayTrace is a trace of three steps of a right network written in a way, in a
// batch of 12 rows.
func wayTrace(w way) Trace {
	const N, rate = 12, 0.1
	sizes := []int{3, 5, 2}
	if w.loss == "binary_cross_entropy" {
		sizes[2] = 1
	}
	state := uint64(7)
	draw := func() float64 {
		s := 0.0
		for range 4 {
			state ^= state << 13
			state ^= state >> 7
			state ^= state << 17
			s += float64(state>>11)/(1<<53) - 0.5
		}
		return s
	}
	random := func(r, c int) mat.Matrix {
		m := mat.New(r, c)
		for k := range m.Data {
			m.Data[k] = draw()
		}
		return m
	}
	q := declaredActivation(w.activation)
	var o *output
	switch w.loss {
	case "binary_cross_entropy":
		o = &output{*spec.FindLoss("binary_cross_entropy")}
	case "squared_error":
		o = &output{*spec.FindLoss("squared_error")}
	}
	params := map[string]mat.Matrix{"W1": random(3, 5), "W2": random(5, sizes[2]), "b1": random(1, 5), "b2": random(1, sizes[2])}
	if w.noBias {
		params["b1"], params["b2"] = mat.New(1, 5), mat.New(1, sizes[2])
	}
	t := Trace{File: "ways.npz", Rate: rate}
	for n := range 3 {
		s := Step{Number: n, T: spec.Tensors{}, Single: map[string]bool{}}
		T := s.T
		T["x"], T["y"] = random(N, 3), mat.New(N, sizes[2])
		for i := range N {
			switch {
			case w.loss == "squared_error":
				T["y"].Row(i)[0], T["y"].Row(i)[1] = draw(), draw()
			case sizes[2] == 1:
				T["y"].Data[i] = float64(i % 2)
			default:
				T["y"].Set(i, i%2, 1)
			}
		}
		for name, m := range params {
			T[name] = m.Clone()
		}
		T["z1"] = spec.Linear(T["x"], T["W1"], T["b1"])
		T["h1"] = spec.ReLU(T["z1"])
		if q != nil {
			T["h1"] = activate(q, recorded(T["z1"]), u64).V
		}
		mask := mat.New(N, 5)
		for k := range mask.Data {
			if (k*7+n)%5 != 0 {
				mask.Data[k] = 1 / 0.8
			}
			if w.drops != nil {
				T["h1"].Data[k] *= mask.Data[k]
			}
		}
		T["z2"] = spec.Linear(T["h1"], T["W2"], T["b2"])
		T["p"] = spec.SoftMax(T["z2"])
		loss := 0.0
		if o != nil {
			T["p"] = activate(o.Output, recorded(T["z2"]), u64).V
			loss = o.sum(T["p"], T["y"], 0)
		} else {
			loss = spec.LossSum(T["p"], T["y"])
		}
		by := 1.0 / N
		if o != nil && !o.Binary {
			loss *= w.scale
			by *= 2 * w.scale
		}
		T["dz2"] = spec.DLogits(T["p"], T["y"], false)
		for k := range T["dz2"].Data {
			T["dz2"].Data[k] *= by
		}
		T["dW2"], T["db2"], T["dh1"] = spec.DW(T["h1"], T["dz2"]), spec.DB(T["dz2"]), spec.DH(T["dz2"], T["W2"])
		T["dz1"] = spec.DReLU(T["dh1"], T["z1"])
		if q != nil {
			T["dz1"] = deactivate(q, recorded(T["dh1"]), recorded(T["z1"]), u64).V
		}
		if w.drops != nil {
			for k, g := range T["dz1"].Data {
				T["dz1"].Data[k] = w.drops(g, mask.Data[k])
			}
		}
		T["dW1"], T["db1"] = spec.DW(T["x"], T["dz1"]), spec.DB(T["dz1"])
		squares := 0.0
		for _, name := range []string{"W1", "W2"} {
			for k, v := range T[name].Data {
				squares += v * v
				T["d"+name].Data[k] += w.lambda * v
			}
		}
		T["loss"] = mat.Of(1, 1, loss/N+w.lambda/2*squares)
		for name, m := range params {
			next := spec.Update(m, rate, T["d"+name])
			switch {
			case w.noBias && name[0] == 'b':
				next = m
			case w.update != nil:
				next = w.update(name, m, T["d"+name])
			}
			T[name+"_new"], params[name] = next, next
		}
		for name, m := range T {
			if w.noBias && strings.Contains(name, "b") {
				delete(T, name)
			}
			if w.single {
				s.Single[name] = true
				for k, v := range m.Data {
					m.Data[k] = float64(float32(v))
				}
			}
		}
		t.Steps = append(t.Steps, s)
	}
	return t
}

// TestWays: a right network is clean however it is written, and one wrong number
// in any of its tensors is found.
func TestWays(t *testing.T) {
	var list []way
	for _, activation := range []string{"", "tanh", "sigmoid", "elu", "gelu", "gelu_tanh"} {
		list = append(list, way{activation: activation}, way{activation: activation, loss: "binary_cross_entropy"}, way{activation: activation, single: true})
		for _, scale := range []float64{1, 0.5, 0.25} {
			list = append(list, way{activation: activation, loss: "squared_error", scale: scale})
		}
	}
	list = append(list, way{noBias: true}, way{noBias: true, activation: "tanh", loss: "binary_cross_entropy"}, way{lambda: 0.01},
		way{lambda: 0.3, activation: "tanh", loss: "squared_error", scale: 1}, way{lambda: 0.05, loss: "binary_cross_entropy"})
	for i, w := range list {
		t.Run(fmt.Sprintf("%+v", w), func(t *testing.T) {
			v := Compare(wayTrace(w))
			if v.Verdict != "clean" || len(v.Unjudged) > 0 {
				for _, f := range v.Findings {
					t.Logf("step %d, %s: %s", f.Step, f.Tensor, f.Message)
				}
				t.Fatalf("%s, not judged: %v", v.Verdict, v.Unjudged)
			}
			if w.single {
				return
			}
			names := []string{"h1", "p", "loss", "dz2", "dz1", "dW1", "W2_new"}
			if testing.Short() { // another one for each way
				names = names[i%len(names):][:1]
			}
			for _, name := range names {
				trace := wayTrace(w)
				if m, ok := trace.Steps[1].T[name]; ok {
					m.Data[0] += 1e-9 * max(1, math.Abs(m.Data[0]))
				}
				found := false
				for _, f := range Compare(trace).Findings {
					found = found || f.Tensor == name && f.Step == 1 && f.Index[0] == 0 && f.Index[1] == 0
				}
				if !found {
					t.Errorf("%s[0,0] of step 1 is off by 1e-9, and nothing is said of it", name)
				}
			}
		})
	}
}

// TestDeclaredActivation: identity is right only where it is declared.
func TestDeclaredActivation(t *testing.T) {
	w := way{activation: "identity"}
	if v := Compare(wayTrace(w)); v.Verdict != "findings" || v.Findings[0].Cause != "relu-missing" {
		t.Errorf("not declared: %s %v", v.Verdict, v.Findings)
	}
	trace := wayTrace(w)
	trace.Activation = []string{"identity"}
	if v := Compare(trace); v.Verdict != "clean" {
		t.Errorf("declared: %v", v.Findings)
	}
}

// TestPenaltyLeftOut: a penalty of which a gradient knows nothing is told there.
func TestPenaltyLeftOut(t *testing.T) {
	trace := wayTrace(way{lambda: 0.1})
	for i := range trace.Steps {
		T := trace.Steps[i].T
		for _, v := range T["b2"].Data {
			T["loss"].Data[0] += 0.05 * v * v
		}
		for _, v := range T["b1"].Data {
			T["loss"].Data[0] += 0.05 * v * v
		}
	}
	v := Compare(trace)
	if len(v.Findings) == 0 || v.Findings[0].Tensor != "db2" || !strings.Contains(v.Findings[0].Message.String(), "penalty on b2, and its gradient has not: 0.1 times it is missing") {
		t.Errorf("%v", v.Findings)
	}
}
