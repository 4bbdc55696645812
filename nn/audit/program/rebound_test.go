package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// A name that is given a new array is told where the array that it stood for is meant,
// and only there.
func TestNamesGivenNewArrays(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(2)
X = r.randn(24, 4)
Y = np.sin(X @ r.randn(4, 2))
w = [r.randn(4, 6) * .5, np.zeros(6), r.randn(6, 2) * .5]
v = [np.zeros_like(p) for p in w]
for step in range(9):
    h = np.tanh(X @ w[0] + w[1])
    d = h @ w[2] - Y
    loss = np.mean(d ** 2)
    d = 2 * d / d.size
    e = (d @ w[2].T) * (1 - h * h)
    g = [X.T @ e, e.sum(0), h.T @ d]
    LOOP
    print(loss)
`
	for loop, line := range map[string]string{
		"new = []\nfor p, q, s in zip(w, g, v):\n    s = .9 * s - .1 * q\n    new.append(s)\n    p += s\nv = new": "",
		"for p, q in zip(w, g):\n    q = q * .5\n    p -= .1 * q":                                                 "",
		"for s in w:\n    s = s * s\n    print(s.sum())\nfor p, q in zip(w, g):\n    p -= .1 * q":                 "",
		"for p, q, s in zip(w, g, v):\n    s = .9 * s - .1 * q\n    p += s":                                       "s = .9 * s - .1 * q",
		"for q in g:\n    q = q * .5\nfor p, q in zip(w, g):\n    p -= .1 * q":                                    "q = q * .5",
	} {
		source := strings.Replace(text, "LOOP", strings.ReplaceAll(loop, "\n", "\n    "), 1)
		list := errorsOf(judged(t, python, "names", source))
		if line == "" && len(list) > 0 || line != "" && (len(list) != 1 || list[0].Statement != line) {
			t.Errorf("%s: %v", loop, list)
		}
	}
}
