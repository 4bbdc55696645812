package program

import (
	"testing"

	"glassbox/mat/nptest"
)

// Perceptrons are clean where they are right, and each planted fault is told at
// its line, with its cause in all but one.
func TestPerceptrons(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for name, faults := range plants(t, "perceptrons") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := judged(t, python, name, source(t, "perceptrons/"+name)); !v.Clean() || v.Updates() != len(v.Parameters) {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
			for _, f := range faults {
				if name == "pocket" {
					f.Cause = nil
				}
				v, lines := planted(t, python, "perceptrons/"+name, f)
				f.told(t, v, lines)
			}
		})
	}
}

// Of a single weight every step is along the sample: nothing is proven.
func TestPerceptronOfOneWeight(t *testing.T) {
	t.Parallel()
	v := judged(t, nptest.Python(t, "numpy"), "one", `import numpy as np
rng = np.random.RandomState(0)
x = rng.randn(60, 1) + 0.3
y = np.where(x[:, 0] > 0.2, 1.0, -1.0)
w = np.full(1, 0.4)
for k in range(60):
    if np.sign(x[k] @ w - 0.5) != y[k]:
        w = w + 0.05 * np.sign(x[k]) * y[k]
`)
	if v.Verdict != "not judged" {
		t.Errorf("%s: %v", v.Verdict, v.Findings)
	}
}
