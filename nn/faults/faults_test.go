package faults

import (
	"math"
	"regexp"
	"slices"
	"testing"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// instruction is how a text begins that says what to do.
var instruction = regexp.MustCompile(`^(in [A-Z]\w+\.|in the |(add|call|cut|decide|divide|draw|drop|encode|end|evaluate|give|index|keep|leave|let|look|make|move|multiply|normalise|put|raise|report|return|scale|seed|shuffle|split|start|step|subtract|take|turn|use|write)\b)`)

var called = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// The catalogue says of each mistake what is wrong and then what to do, in the
// order of training.
func TestCatalogue(t *testing.T) {
	kind := 0
	seen := map[string]bool{}
	for _, f := range All {
		if !called.MatchString(f.Name) || instruction.MatchString(f.Doc) || !instruction.MatchString(f.Fix) {
			t.Errorf("%s: %q, %q", f.Name, f.Doc, f.Fix)
		}
		at := slices.Index(Kinds, f.Kind)
		if at < kind || seen[f.Name] {
			t.Errorf("%s, of kind %q, stands at a wrong place", f.Name, f.Kind)
		}
		kind, seen[f.Name] = at, true
	}
	kind = 0
	for _, f := range InStep {
		at := slices.Index(Kinds, f.Kind)
		if at < kind {
			t.Errorf("%s, of kind %q, stands at a wrong place in the step", f.Name, f.Kind)
		}
		kind = at
	}
}

// Adam's steps counted once for each parameter: those of W2 in step 3 of a
// network with four are 2·4 + 3.
func TestStepsCountedTooOften(t *testing.T) {
	f, err := Find("adam-step-counted-twice")
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range []float64{9, 10, 11, 12} {
		count := 0.0
		adam := *spec.FindOptimizer("adam")
		adam.Along = func(_ spec.Settings, of [3]float64) float64 { count = of[2]; return 0 }
		one := mat.Of(1, 1, 1)
		net := spec.NewNet([]mat.Matrix{one, one, one, one}, spec.Settings{Rate: 0.1, Optimizer: &adam})
		Put(net, f)
		name, _ := spec.ParseName(spec.ParamNames(2)[k] + spec.SuffixNew)
		s := &spec.Step{Settings: net.Settings, L: 2}
		net.Ops.New.Run(s, name, []mat.Matrix{one, one, one, mat.Of(1, 1, 3)})
		if count != want {
			t.Errorf("%v: %g, want %g", name, count, want)
		}
	}
}

// Without its memory RMSprop moves every parameter by rate/√0.1.
func TestMeanSquaresThatStartAnew(t *testing.T) {
	f, err := Find("rmsprop-reset")
	if err != nil {
		t.Fatal(err)
	}
	net := spec.NewNet([]mat.Matrix{mat.Of(1, 1, 0), mat.Of(1, 1, 0)}, spec.Settings{Rate: 0.5})
	Put(net, f)
	name, _ := spec.ParseName("W1_new")
	for _, g := range []float64{3, -200} {
		w := net.Ops.New.Run(&spec.Step{Settings: net.Settings, L: 1}, name, []mat.Matrix{mat.Of(1, 1, 0), mat.Of(1, 1, g)})
		if got, want := w.At(0, 0), -0.5/math.Sqrt(0.1)*g/math.Abs(g); math.Abs(got-want) > 1e-6 {
			t.Errorf("by a gradient of %g: %g, want %g", g, got, want)
		}
	}
}

// A guard in the gradient adds to it, however it is written.
func TestGuardInTheGradient(t *testing.T) {
	f, err := Find("dz-plus-1e-7")
	if err != nil {
		t.Fatal(err)
	}
	name, _ := spec.ParseName("dz1")
	for n, change := range f.Changes {
		ops := spec.Right()
		change(&ops)
		s := &spec.Step{L: 1}
		dz := ops.DZL.Run(s, name, []mat.Matrix{mat.Of(1, 2, 0.25, 0.75), mat.Of(1, 2, 1, 0)})
		for k, want := range []float64{-0.75 + 1e-7, 0.75 + 1e-7} {
			if math.Abs(dz.Data[k]-want) > 1e-12 {
				t.Errorf("form %d: %g, want %g", n, dz.Data[k], want)
			}
		}
	}
}
