package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// What is told where a step of the way back is made and not used, where a helper is
// wrong, and where gradients are never cleared.
func TestWayBack(t *testing.T) {
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(6)
x, y = r.randn(30, 4), r.randn(30, 2)
A, B, C = r.randn(4, 7) * 0.5, r.randn(7, 6) * 0.5, r.randn(6, 2) * 0.5
gA, gB, gC = np.zeros_like(A), np.zeros_like(B), np.zeros_like(C)
def dense_back(d, a, W):
    return d @ W.T, a.T @ d
def relu_back(d, a):
    return d * (a > 0)
def slope(a):
    return 1 - a ** 2
for step in range(9):
    h = np.tanh(x @ A)
    k = np.maximum(h @ B, 0)
    out = k @ C
    print(np.mean((out - y) ** 2))
    for g in (gA, gB, gC):
        g[...] = 0
    d = 2 * (out - y) / out.size
    dk, wC = dense_back(d, k, C)
    dz = relu_back(dk, k)
    dh, wB = dense_back(dz, h, B)
    gC += wC
    gB += wB
    gA += x.T @ (dh * slope(h))
    A -= 0.1 * gA
    B -= 0.1 * gB
    C -= 0.1 * gC
`
	if v := judged(t, python, "right", text); !v.Clean() {
		t.Fatalf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
	}
	for _, c := range []struct {
		old, wrong string
		line       int
		text       string
	}{
		{"dense_back(dz, h, B)", "dense_back(dk, h, B)", 22, "what the call at line 21 gives is meant"},
		{"return 1 - a ** 2", "return a * (1 - a)", 11, "is meant"},
		{"        g[...] = 0", "        pass", 25, "never cleared"},
		{"d = 2 * (out - y) / out.size", "d = 2 * (out - y) / (out == 0)", 19, ""},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "wrong", strings.Replace(text, c.old, c.wrong, 1))
			if len(v.Findings) == 0 || v.Findings[0].Line != c.line || !strings.Contains(v.Findings[0].Text.String()+v.Findings[0].Fix.String(), c.text) {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}
