package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// ordinary is a network of the size that digits are learnt with.
const ordinary = `import numpy as np
rng = np.random.RandomState(0)
X, y = rng.rand(128, 784), rng.randint(0, 10, 128)
X[:, :80] = 0  # pixels at the edge
W1, b1 = rng.randn(784, 128) * .05, np.zeros(128)
W2, b2 = rng.randn(128, 10) * .05, np.zeros(10)
for it in range(8):
    xb, yb = X[it % 4 * 32:it % 4 * 32 + 32], y[it % 4 * 32:it % 4 * 32 + 32]
    z = xb @ W1 + b1
    h = np.tanh(z)
    s = h @ W2 + b2
    p = np.exp(s - s.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    loss = -np.log(p[range(32), yb]).mean()
    d = p.copy()
    d[range(32), yb] -= 1
    d /= 32
    dW2, db2 = h.T @ d, d.sum(0)
    dz = d @ W2.T * (1 - h * h)
    dW1, db1 = xb.T @ dz, dz.sum(0)
    for w, g in ((W1, dW1), (b1, db1), (W2, dW2), (b2, db2)):
        w -= .1 * g
`

// TestSizes has networks of ordinary size judged in seconds: where each element
// of an array asked for all of them it would be hours.
func TestSizes(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, x := range []struct{ name, old, new, line string }{
		{name: "right"},
		{"gradient", " * (1 - h * h)", "", "dz = d @ W2.T"},
		{"update", "w -= .1 * g", "w += .1 * g", "w += .1 * g"},
	} {
		t.Run(x.name, func(t *testing.T) {
			g := recorded(t, python, "sizes", strings.Replace(ordinary, x.old, x.new, 1))
			var lines []string
			for _, f := range errorsOf(Judge(g)) {
				lines = append(lines, f.Statement)
			}
			if all := strings.Join(lines, "; "); (x.line == "") != (len(lines) == 0) || !strings.Contains(all, x.line) {
				t.Errorf("found: %q", all)
			}
		})
	}
}
