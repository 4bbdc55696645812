package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Ratings one at a time: rows that decay when they are looked up, biases of rows,
// and a rate of their own for them. Each has a mistake beside it.
func TestRowsLookedUp(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(4)
P, Q, b = r.randn(9, 3) * 0.4, r.randn(7, 3) * 0.4, np.zeros(9)
for step in range(40):
    u, i, y = r.randint(9), r.randint(7), r.randn()
    e = P[u] @ Q[i] + b[u] - y
    p = P[u].copy()
    b[u] -= BIAS * (e + 0.02 * b[u])
    P[u] -= 0.1 * (e * Q[i] + 0.02 * PENALTY)
    Q[i] -= 0.1 * (e * p + 0.02 * Q[i])
`
	for _, c := range []struct {
		bias, penalty string
		line          int
	}{
		{"0.1", "P[u]", 0},
		{"0.1", "Q[i]", 9},
		{"-0.1", "P[u]", 8},
	} {
		v := judged(t, python, "rows", strings.NewReplacer("BIAS", c.bias, "PENALTY", c.penalty).Replace(text))
		list := errorsOf(v)
		if len(v.Parameters) != 3 || c.line == 0 && (v.Verdict != "clean" || len(list) > 0) || c.line > 0 && (len(list) != 1 || list[0].Line != c.line) {
			t.Errorf("%v: %s %v %v %v", c, v.Verdict, v.Findings, v.Unjudged, v.Parameters)
		}
	}
}

// A number that is written before the rate is a rate of its own; one that comes
// out of a shape is not.
func TestRatesOfTheirOwn(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(4)
W, b, rate = r.randn(10, 3) * 0.4, np.zeros(3), 0.2
X, Y = r.randn(25, 10), r.randn(25, 3)
for step in range(9):
    d = X @ W + b - Y
    print(np.mean(d ** 2))
    d = 2 * d / d.size
    W -= rate * (X.T @ d)
    b -= FACTOR * rate * d.sum(axis=0)
`
	for _, c := range []struct {
		factor string
		line   int
	}{{"1", 0}, {"0.1", 0}, {"1 / len(W)", 10}} {
		v := judged(t, python, "rates", strings.Replace(text, "FACTOR", c.factor, 1))
		list := errorsOf(v)
		if c.line == 0 && (v.Verdict != "clean" || len(list) > 0) || c.line > 0 && (len(list) != 1 || list[0].Line != c.line) {
			t.Errorf("%v: %s %v %v", c, v.Verdict, v.Findings, v.Unjudged)
		}
	}
}

// A hidden state larger than all weights is carried on at one place as often as
// parameters are stepped; it is none.
func TestGatedStates(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(4)
U, V = r.randn(4, 4) * 0.4, r.randn(4, 4) * 0.4
for step in range(9):
    xs = [r.randn(50, 4) for t in range(9)]
    h, cache = np.zeros((50, 4)), []
    for x in xs:
        z, c = 1 / (1 + np.exp(-h @ U)), np.tanh(x @ V)
        cache.append((h, z, c, x))
        h = (1 - z) * h + z * c
    d = (h - 1) / h.size
    print(0.5 * np.mean((h - 1) ** 2))
    dU, dV = np.zeros_like(U), np.zeros_like(V)
    for h, z, c, x in reversed(cache):
        da = d * (c - h) * z * (1 - z)
        dU += h.T @ da
        dV += x.T @ (d * z * SLOPE)
        d = d * (1 - z) + da @ U.T
    U -= 0.3 * dU
    V -= 0.3 * dV
`
	for slope, line := range map[string]int{"(1 - c ** 2)": 0, "(1 - c)": 17} {
		v := judged(t, python, "gates", strings.Replace(text, "SLOPE", slope, 1))
		list := errorsOf(v)
		if line == 0 && (v.Verdict != "clean" || len(list) > 0) || line > 0 && (len(list) != 1 || list[0].Line != line) {
			t.Errorf("%s: %s %v %v", slope, v.Verdict, v.Findings, v.Unjudged)
		}
	}
}

// Counts whose loss is printed nowhere, and both penalties in the gradient, by a
// plain step and by RMSprop.
func TestCountsWithPenalties(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(4)
w, s, X = r.randn(8) * 0.3, np.zeros(8), r.randn(60, 8) * 0.5
y = r.poisson(np.exp(X @ r.randn(8) * 0.5))
for step in range(9):
    rate = np.exp(X @ w)
    g = X.T @ ERROR / len(X) + PENALTY
    s = 0.9 * s + 0.1 * g ** 2
    w = w - 0.1 * STEP
`
	for _, c := range []struct {
		err, penalty, step string
		line               int
	}{
		{"(rate - y)", "0.01 * np.sign(w) + 0.02 * w", "g", 0},
		{"(rate - y)", "0.01 * np.sign(w) + 0.02 * w", "g / (np.sqrt(s) + 1e-8)", 0},
		{"(rate - y)", "0.01 * np.sign(w) - 0.02 * w", "g / (np.sqrt(s) + 1e-8)", 7},
		{"(rate - y)", "0.01 * np.sign(w) + 0.02 * w", "1e-3 * g / (s + 1e-8)", 9},
	} {
		v := judged(t, python, "counts", strings.NewReplacer("ERROR", c.err, "PENALTY", c.penalty, "STEP", c.step).Replace(text))
		list := errorsOf(v)
		if c.line == 0 && (v.Verdict != "clean" || len(list) > 0) || c.line > 0 && (len(list) != 1 || list[0].Line != c.line) {
			t.Errorf("%v: %s %v %v", c, v.Verdict, v.Findings, v.Unjudged)
		}
	}
}
