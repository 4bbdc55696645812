package program

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// TestLosses plants faults in programs that compute no loss where the gradients
// are, or another than the gradients are of.
func TestLosses(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ program, kind, severity, text string }{
		{"fresh/residual_layernorm", "skip path missing on the way back", "error", "the term `dstream`"},
		{"fresh/movie_factors", "user gradient with the user's own factors", "error", "`Q[i]`"},
		{"fresh/residual_layernorm", "gamma forgotten in the layer-norm gradient", "error", "the factor"},
		{"fresh/spiral_script", "L2 penalty of W3 missing in the loss, though in its gradient", "warning", "the penalty leaves `params[\"W3\"]` out"},
		{"seen/two_layer", "penalty left out of the loss", "warning", "the penalty leaves `W1` out"},
		{"fresh/conv_windows", "penalty of another kernel than the one in the gradient", "error", "the loss has the penalty of"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			folder, name, _ := strings.Cut(c.program, "/")
			list := plants(t, folder)[name]
			k := slices.IndexFunc(list, func(f plant) bool { return f.Kind == c.kind })
			if k < 0 {
				t.Fatalf("no fault %q", c.kind)
			}
			v, lines := planted(t, python, c.program, list[k])
			if len(v.Findings) == 0 {
				t.Fatalf("nothing was found: %s %v", v.Verdict, v.Unjudged)
			}
			if f := v.Findings[0]; f.Severity != c.severity || !slices.Contains(lines, f.Line) || !strings.Contains(f.Text.String()+f.Fix.String(), c.text) {
				t.Errorf("planted at %v: %v", lines, f)
			}
		})
	}
}

// TestRulesOfTheirOwn has programs that compute no loss and step by what is no
// derivative on purpose: errors that come back through other weights, or without
// the derivative of the output.
func TestRulesOfTheirOwn(t *testing.T) {
	python := nptest.Python(t, "numpy")
	const start = `import numpy as np
rng = np.random.default_rng(0)
X, Y = rng.normal(size=(50, 6)), np.eye(3)[rng.integers(0, 3, 50)]
U, V, B = rng.normal(size=(6, 8)) / 3, rng.normal(size=(8, 3)) / 3, rng.normal(size=(3, 8))
for i in range(20):
    h = np.tanh(X @ U)
    o = 1 / (1 + np.exp(-(h @ V)))
    e = o - Y
`
	for name, text := range map[string]string{
		"other_weights": "    dh = e @ B\n    V -= 0.01 * h.T @ e\n",
		"no_derivative": "    dh = e @ V.T\n    V -= 0.01 * h.T @ (e * o * (1 - o))\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, name, start+text+"    U -= 0.01 * X.T @ (dh * (1 - h ** 2))\n")
			if len(v.Findings) > 0 || v.Clean() {
				t.Errorf("%s: %v", v.Verdict, v.Findings)
			}
		})
	}
}
