package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// A rule that corrects one sample at a time has no loss but the margin that it
// raises: which way is judged from what each step is made of.
func TestMarginsAreRaised(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(1)
X = np.c_[r.randn(24, 3), np.ones(24)]
T = np.where(X[:, 0] + 0.5 * X[:, 2] > 0.2, 1.0, -1.0)
w = np.zeros(4)
for k in range(24):
    x, t = X[k], T[k]
    margin = t * np.dot(w, x)
    step = -0.01 * w
    if margin < 1:
        step = step + 0.2 * t * x
    w = w + step
print(np.mean(np.sign(X @ w) == T))
`
	// Descent that ends when the loss is small: compared, and yet no margin.
	const descent = `import numpy as np
r = np.random.RandomState(1)
X, w = r.randn(24, 4), r.randn(4)
Y = X @ np.array([1.0, -1.0, 0.5, 2.0])
for k in range(24):
    miss = X @ w - Y
    cost = 1 / 48 * np.dot(miss, miss)
    if cost < 1e-9:
        break
    w = w - 0.1 / 24 * np.dot(X.T, miss)
`
	for _, c := range []struct {
		text, old, new string
		line           int
	}{
		{text, "", "", 0},
		{descent, "", "", 0},
		{text, "step + 0.2 * t * x", "step - 0.2 * t * x", 11},
		{text, "step + 0.2 * t * x", "step + 0.2 * x", 11},
		{text, "-0.01 * w", "0.01 * w", 9},
	} {
		v := judged(t, python, "margins", strings.Replace(c.text, c.old, c.new, 1))
		list := errorsOf(v)
		if (len(list) > 0) != (c.line > 0) || len(list) > 0 && list[0].Line != c.line {
			t.Errorf("%q: %s %v %v", c.new, v.Verdict, v.Findings, v.Unjudged)
		}
	}
}
