package part1

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/perceptron"
)

var reference = filepath.Join("..", "..", "..", "testdata", "reference")

// numpyRuns is what testdata/reference/part1.py prints.
type numpyRuns struct {
	Runs []struct {
		Seed     uint32
		Test     int
		Rule     string
		Bias     bool
		Weights  []float64
		B        float64
		Accuracy float64
		Updates  int
	}
}

// compare checks each of NumPy's runs: weights and bias to 1e-12 relative,
// accuracies and updates exactly. It returns the number of runs.
func compare(t *testing.T, text []byte) int {
	t.Helper()
	var numpy numpyRuns
	if err := json.Unmarshal(text, &numpy); err != nil {
		t.Fatal(err)
	}
	type key struct {
		Variant
		seed uint32
	}
	ours := map[key][]Trial{}
	same := func(got, want float64) bool { return math.Abs(got-want) <= 1e-12*math.Abs(want) }
	for _, want := range numpy.Runs {
		rule, ok := map[string]perceptron.Rule{"report": perceptron.RuleReport, "rosenblatt": perceptron.RuleRosenblatt}[want.Rule]
		if !ok {
			t.Fatalf("rule %q", want.Rule)
		}
		k := key{Variant{rule, want.Bias}, want.Seed}
		if ours[k] == nil {
			ours[k] = trialsOf(t, k.seed, k.Variant)
		}
		got := ours[k][want.Test-1]
		p := got.Learned
		if len(want.Weights) != 2 || !same(p.W[0], want.Weights[0]) || !same(p.W[1], want.Weights[1]) || !same(p.B, want.B) ||
			got.Accuracy != want.Accuracy || got.Outcome.Updates != want.Updates {
			t.Errorf("seed %d, test %d, %s: w %v b %v accuracy %v, %d updates; NumPy w %v b %v accuracy %v, %d updates",
				want.Seed, want.Test, k.Variant, p.W, p.B, got.Accuracy, got.Outcome.Updates, want.Weights, want.B, want.Accuracy, want.Updates)
		}
	}
	return len(numpy.Runs)
}

func TestGolden(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(reference, "golden", "part1.json"))
	if err != nil {
		t.Fatal(err)
	}
	if n := compare(t, text); n != 10*5*4 {
		t.Errorf("%d runs, want seeds 0–9 × 5 tests × 2 rules × with and without a bias", n)
	}
}

func TestLive(t *testing.T) {
	python := nptest.Python(t, "numpy", "sklearn")
	seeds := "42-44"
	if testing.Short() {
		seeds = "42"
	}
	var stderr bytes.Buffer
	cmd := exec.Command(python, filepath.Join(reference, "part1.py"), "--seeds", seeds)
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	if n := compare(t, text); n == 0 {
		t.Error("the script ran nothing")
	}
}
