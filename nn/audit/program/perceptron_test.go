package program

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Perceptrons are clean where they are right, and each planted fault is told at
// its line, with its cause in all but one.
func TestPerceptrons(t *testing.T) {
	python := nptest.Python(t, "numpy")
	b, err := os.ReadFile(programs + "perceptrons/faults.json")
	if err != nil {
		t.Fatal(err)
	}
	var planted map[string][]struct {
		Kind, Old, New string
		Also           []int
		Cause          []string
	}
	if err := json.Unmarshal(b, &planted); err != nil {
		t.Fatal(err)
	}
	for name, faults := range planted {
		right := source(t, "perceptrons/"+name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := judged(t, python, name, right); !v.Clean() || v.Updates() != len(v.Parameters) {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
			for _, f := range faults {
				before, _, _ := strings.Cut(right, f.Old)
				lines := append(f.Also, 1+strings.Count(before, "\n"))
				list := errorsOf(judged(t, python, name, strings.Replace(right, f.Old, f.New, 1)))
				if len(list) == 0 || !slices.Contains(lines, list[0].Line) {
					t.Errorf("%s, line %d: %v", f.Kind, lines, list)
					continue
				}
				said := func(c string) bool { return strings.Contains(list[0].Relation+list[0].Text.String(), c) }
				if name != "pocket" && !slices.ContainsFunc(f.Cause, said) {
					t.Errorf("%s: said is %v", f.Kind, list[0])
				}
			}
		})
	}
}

// Of a single weight every step is along the sample: nothing is proven.
func TestPerceptronOfOneWeight(t *testing.T) {
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
