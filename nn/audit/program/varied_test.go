package program

import (
	"path/filepath"
	"strconv"
	"testing"

	"glassbox/mat/nptest"
)

// Right programs put together at random are not called wrong. `bench judge
// -varied` tries more of them.
func TestVaried(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	dir, err := filepath.Abs(programs + "varied")
	if err != nil {
		t.Fatal(err)
	}
	var seeds []int
	for seed := range 16 + 32 {
		seeds = append(seeds, seed)
	}
	// Once called wrong: a decay of its own beside a target network, beside steps by
	// signs, inside a velocity times a falling rate.
	seeds = append(seeds, 90043, 90046, 71045)
	for _, seed := range seeds {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			script := "vary.py"
			if seed >= 16 && seed < 16+32 {
				script = "combine.py" // activations, losses, optimisers, layouts, precisions
			}
			text, err := nptest.Script(t, python, dir, filepath.Join(dir, script), strconv.Itoa(seed))
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			t.Logf("%.300s", text)
			for _, f := range judged(t, python, "varied", string(text)).Findings {
				if f.Severity == "error" || f.Severity == "warning" {
					t.Errorf("line %d: %s: %s %s", f.Line, f.Relation, f.Text, f.Fix)
				}
			}
		})
	}
}
