package nn_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/mat/nptest"
	"glassbox/nn/spec"
)

// peer is a script that makes the steps it is given again, by PyTorch's modules,
// autograd and optimizers, or by NumPy and the formulas of textbooks.
//
//go:embed testdata/ways_peer.py
var peer string

// A peerStep is a step for the peer and, coming back, what it makes of it.
type peerStep struct {
	X       [][]float64   `json:"x"`
	Y       [][]float64   `json:"y"`
	Params  [][][]float64 `json:"params"` // before the step
	Grads   [][][]float64 `json:"grads"`  // the optimizer of the peer is given ours
	P       [][]float64   `json:"p"`
	Loss    float64       `json:"loss"`
	Updated [][][]float64 `json:"updated"`
}

type peerRun struct {
	Activation string     `json:"activation"`
	Loss       string     `json:"loss"`
	Optimizer  string     `json:"optimizer"`
	Rate       float64    `json:"rate"`
	Momentum   float64    `json:"momentum"`
	Decay      float64    `json:"decay"`
	Mean       bool       `json:"mean"`
	Factor     float64    `json:"factor"`
	Steps      []peerStep `json:"steps"`
}

func rows(m mat.Matrix) (list [][]float64) {
	for i := range m.Rows {
		list = append(list, append([]float64{}, m.Row(i)...))
	}
	return list
}

// TestPeers: activation by activation, loss by loss and optimizer by optimizer,
// PyTorch and NumPy find spec's numbers.
//
// No number of these steps has more than 200 roundings behind it: three layers of
// up to 17 terms, activations good to 4 ulp on either side. So p and the gradients
// may differ by 500·2⁻⁵³ of the largest number on the way, which is below 10 here.
// The loss has ε in its logarithm and the peers' has not, at most ε/p_t a row. The
// updates are made of our gradients, and have 20 roundings.
func TestPeers(t *testing.T) {
	for library, modules := range map[string][]string{"torch": {"numpy", "torch"}, "numpy": {"numpy"}} {
		t.Run(library, func(t *testing.T) {
			if library == "torch" && testing.Short() {
				t.Skip("importing it takes seconds")
			}
			python := nptest.Python(t, modules...)
			var runs []peerRun
			var nets []*spec.Net
			for _, set := range ways() {
				run := peerRun{Activation: "relu", Loss: spec.CrossEntropy, Optimizer: set.Rule().Name, Rate: set.Rate, Momentum: set.Momentum, Decay: set.Decay, Mean: set.Mean, Factor: 1}
				rng := nprand.New(3)
				_, y, params := wayBatch(rng, set, 17)
				if set.Activation != nil {
					run.Activation = set.Activation.Name
				}
				if set.Loss != nil {
					run.Loss, run.Factor = set.Loss.Name, set.Loss.Factor(y.Cols)
				}
				net := spec.NewNet(params, set)
				for range 4 {
					x, y, _ := wayBatch(rng, set, 17)
					s := peerStep{X: rows(x), Y: rows(y)}
					for _, p := range net.Params() {
						s.Params = append(s.Params, rows(p))
					}
					net.Forward(x, y)
					net.Backward()
					net.Update()
					T := net.Tensors()
					s.P, s.Loss = rows(T["p"]), net.Loss()
					for _, name := range spec.ParamNames(3) {
						s.Grads, s.Updated = append(s.Grads, rows(T["d"+name])), append(s.Updated, rows(T[name+"_new"]))
					}
					run.Steps = append(run.Steps, s)
				}
				runs, nets = append(runs, run), append(nets, net)
			}
			text, err := json.Marshal(runs)
			if err != nil {
				t.Fatal(err)
			}
			var theirs []peerRun
			if err := json.Unmarshal(nptest.Run(t, python, peer, text, library), &theirs); err != nil || len(theirs) != len(runs) {
				t.Fatalf("%d runs of %d: %v", len(theirs), len(runs), err)
			}
			for i, run := range runs {
				for n, s := range run.Steps {
					his := theirs[i].Steps[n]
					at := fmt.Sprintf("%s, step %d", describe(nets[i].Settings), n)
					const u = 0x1p-53
					near(t, at+", p", s.P, his.P, 500*u*10)
					guard := 0.0
					for r, row := range s.P {
						for c, p := range row {
							switch y := s.Y[r][c]; {
							case run.Loss == spec.CrossEntropy:
								guard += spec.Epsilon * y / p
							case run.Loss == "binary_cross_entropy":
								guard += spec.Epsilon / min(p, 1-p)
							}
						}
					}
					if run.Mean {
						guard /= float64(len(s.P))
					}
					if d := math.Abs(s.Loss - his.Loss); !(d <= guard+500*u*10*(1+math.Abs(s.Loss))) {
						t.Errorf("%s: the loss is %v, theirs %v", at, s.Loss, his.Loss)
					}
					for k, name := range spec.ParamNames(3) {
						near(t, at+", d"+name, s.Grads[k], his.Grads[k], 500*u*10*17)
						near(t, at+", "+name+"_new", s.Updated[k], his.Updated[k], 20*u*10)
					}
				}
			}
		})
	}
}

func near(t *testing.T, what string, a, b [][]float64, bound float64) {
	t.Helper()
	if len(a) != len(b) {
		t.Errorf("%s: %d rows, theirs %d", what, len(a), len(b))
		return
	}
	for i := range a {
		for j := range a[i] {
			if d := math.Abs(a[i][j] - b[i][j]); !(d <= bound) {
				t.Errorf("%s[%d,%d] is %v, theirs %v: %.2g apart, %.2g allowed", what, i, j, a[i][j], b[i][j], d, bound)
				return
			}
		}
	}
}
