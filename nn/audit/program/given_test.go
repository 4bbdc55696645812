package program

import (
	"fmt"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Where no loss is computed and none can be assumed, what is made of the derivative that
// the way back begins with is judged, and never called clean.
func TestGivenDerivative(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	text := source(t, "mixed/reinforce")
	line := func(of string) int { return 1 + strings.Count(text[:strings.Index(text, of)], "\n") }
	if v := judged(t, python, "right", text); len(v.Findings) > 0 || v.Verdict != "not judged" || !strings.Contains(fmt.Sprint(v.Parameters), "no loss is known: `dz += ENT") {
		t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Parameters)
	}
	for _, c := range []struct{ old, wrong, text string }{
		{"policy.B += lr_pi", "policy.B -= lr_pi", "goes up what that of `self.A` goes down"},
		{"dz = adv * (onehot - p)", "dz = adv * onehot", "a derivative sums to 0"},
		{"dhid * (1 - hid * hid)", "dhid", "a factor is missing"},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "wrong", strings.Replace(text, c.old, c.wrong, 1))
			if l := errorsOf(v); len(l) != 1 || l[0].Line != line(c.old) || !strings.Contains(l[0].Text.String(), c.text) {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}

// A layer's biases are added behind its product, and a rate may stand within the product
// that a step is made of.
func TestGivenDerivativeOfBiases(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(7)
W, b, V, c = r.randn(3, 6) * 0.5, np.zeros(6), r.randn(6, 2) * 0.3, np.zeros(2)
for episode in range(9):
    s = r.randn(12, 3)
    h = np.tanh(s @ W + b)
    z = h @ V + c
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    a = (r.rand(12) > p[:, 0]).astype(int)
    gain = np.where(a == (s[:, 0] > 0), 1.0, -0.5)
    dz = (np.eye(2)[a] - p) * gain[:, None]
    dh = dz @ V.T * (1 - h * h)
    V += 0.1 * h.T @ dz
    c += 0.1 * dz.sum(0)
    W += 0.1 * s.T @ dh
    b += 0.1 * dh.sum(0)
`
	if v := judged(t, python, "right", text); len(v.Findings) > 0 || !strings.Contains(fmt.Sprint(v.Parameters), "no loss is known: `(np.eye(2)[a] - p) * gain[:, None]") {
		t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Parameters)
	}
	v := judged(t, python, "wrong", strings.Replace(text, "* (1 - h * h)", "* (1 - h)", 1))
	if l := errorsOf(v); len(l) != 1 || l[0].Line != 13 {
		t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Parameters)
	}
}
