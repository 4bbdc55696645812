package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Steps that all go up are right for what is below zero, as a log-likelihood's bound is,
// and wrong for what is above.
func TestStepsThatAllGoUp(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	if v := judged(t, python, "gain", source(t, "visitors/vae_ascent_elbo")); !v.Clean() || len(v.Notes) == 0 || !strings.Contains(v.Notes[0].String(), "taken for a gain") {
		t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Notes)
	}
	const text = `import numpy as np
r = np.random.RandomState(3)
x, y = r.randn(30, 4), r.randn(30, 2)
w, b = np.zeros((4, 2)), np.zeros(2)
for step in range(9):
    out = x @ w + b
    loss = np.mean((out - y) ** 2)
    print(loss)
    d = 2 * (out - y) / y.size
    w += 0.01 * x.T @ d
    b += 0.01 * d.sum(0)
`
	v := judged(t, python, "loss", text)
	if len(v.Findings) != 1 || !strings.Contains(v.Findings[0].Text.String(), "every step goes up the loss") {
		t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
	}
}
