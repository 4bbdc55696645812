package program

import (
	"path/filepath"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// What steps by something else than a derivative is not called wrong: it is said
// what it steps by, where that can be seen.
func TestStepsWithoutADerivative(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for name, says := range map[string]string{
		"accelerated":              "it goes on along its last change (accelerated.py:24)",
		"contrastive_divergence":   "a choice at random (contrastive_divergence.py:11)",
		"differences":              "the steps are made of differences of the loss, an element being moved at a time (differences.py:17)",
		"evolution_strategy":       "no loss was found",
		"newton":                   "its step passes by `np.linalg.solve(H, g)` (newton.py:11), as in Newton's method",
		"persistent_chains":        "", // which number is watched is open
		"reweighted_least_squares": "its step passes by `np.linalg.inv(H)` (reweighted_least_squares.py:11), as in Newton's method",
		"td_lambda":                "as with eligibility traces",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, name, source(t, "underived/"+name))
			all := ""
			for _, u := range v.Unjudged {
				all += u.String() + "\n"
			}
			for _, p := range v.Parameters {
				all += p.Why.String() + "\n"
			}
			if v.Verdict != "not judged" || len(v.Findings) > 0 || !strings.Contains(all, says) {
				t.Errorf("%s, %v; said:\n%s", v.Verdict, v.Findings, all)
			}
		})
	}
	if all, _ := filepath.Glob(programs + "underived/*.py"); len(all) != 8 {
		t.Errorf("%d programs", len(all))
	}
}
