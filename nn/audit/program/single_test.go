package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// A parameter of one element is judged over several steps: in one alone any
// number is a multiple of its derivative.
func TestParametersOfOneElement(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(4)
X = r.randn(40, 3)
Y = np.sin(X[:, 0]) + 0.3 * X[:, 1]
W, v, gain, b, usual = r.randn(3, 5), r.randn(5) * 0.5, np.ones(1), np.zeros(1), 0.0
for step in range(10):
    x, y = X[step % 4::2], Y[step % 4::2]
    n, rate = len(y), 0.1 * 0.9 ** step
    usual = 0.9 * usual + 0.1 * np.mean(y)
    h = np.tanh(x @ W)
    z = h @ v
    o = gain * z + b
    print(np.mean((o - y) ** 2) + 0.01 * np.sum(gain ** 2), np.mean(np.abs(o - usual)))
    d = 2 * (o - y) / n
    dz = d * gain
    dgain = np.sum(d * z, keepdims=True) + 0.02 * gain
    db = d.sum(keepdims=True)
    dv = h.T @ dz
    dW = x.T @ (np.outer(dz, v) * (1 - h ** 2))
    gain = gain - rate * dgain
    b = b - rate * db
    v = v - rate * dv
    W = W - rate * dW
`
	for _, c := range []struct {
		old, new string
		line     int // 0 where nothing is wrong
	}{
		{"", "", 0},
		{"np.sum(d * z, keepdims=True)", "np.sum(d * o, keepdims=True)", 16},
		{"np.sum(d * z, keepdims=True)", "d[:1] * z[:1]", 16},
		{"db = d.sum(keepdims=True)", "db = d.sum(keepdims=True) + 0.01", 17},
	} {
		v := judged(t, python, "single", strings.Replace(text, c.old, c.new, 1))
		list := errorsOf(v)
		if (len(list) > 0) != (c.line > 0) || len(list) > 0 && list[0].Line != c.line {
			t.Errorf("%s: %s %v %v", c.new, v.Verdict, v.Findings, v.Unjudged)
		}
	}
}
