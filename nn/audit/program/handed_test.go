package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// What is left out of a step back is told where a value is handed on in its place.
func TestLeftOutWhereHandedOn(t *testing.T) {
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(2)
x, y = r.randn(40, 3), r.randn(40, 2)
A, B = r.randn(3, 8) * 0.6, r.randn(8, 2) * 0.5
def bend(z, dz):
    out = np.array(dz, copy=True)
    out[z <= 0] = 0
    return out
def through(x, W):
    return x @ W
def back(d, a, W):
    return d @ W.T, a.T @ d
for step in range(9):
    z = through(x, A)
    h = np.maximum(z, 0)
    out = through(h, B)
    print(np.mean((out - y) ** 2))
    d = 2 * (out - y) / out.size
    dh, gB = back(d, h, B)
    dz = bend(z, dh)
    dx, gA = back(dz, x, A)
    A -= 0.1 * gA
    B -= 0.1 * gB
`
	if v := judged(t, python, "right", text); !v.Clean() {
		t.Fatalf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
	}
	for _, c := range []struct {
		old, wrong string
		line       int
	}{
		{"dz = bend(z, dh)", "dz = dh", 20},
		{"    out[z <= 0] = 0\n", "", 7},
		{"bend(z, dh)", "bend(h - h.mean(), dh)", 20},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "wrong", strings.Replace(text, c.old, c.wrong, 1))
			if len(v.Findings) != 1 || v.Findings[0].Line != c.line {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}
