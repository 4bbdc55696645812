package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Of values that are the largest alike, as where windows lie on an even ground, a program
// may give the derivative to the first, the last or each.
func TestTiesOfTheLargest(t *testing.T) {
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(3)
x = np.where(r.rand(16, 6, 1) < 0.5, -0.5, r.randn(16, 6, 3))
t = r.randn(16, 2)
w, v = r.randn(3, 4), r.randn(4, 2)
for step in range(9):
    z = x @ w
    m = z.max(axis=1)
    d = m @ v - t
    print(np.mean(d ** 2))
    d = 2 * d / d.size
    dm = (d @ v.T)[:, None, :]
    dz = MASK * dm
    dw = np.einsum('nij,nik->jk', x, dz)
    v -= 0.1 * m.T @ d
    w -= 0.1 * dw
`
	for mask, note := range map[string]bool{
		"(z == m[:, None, :])": true,
		"(np.arange(6)[None, :, None] == z.argmax(axis=1)[:, None, :])":              false,
		"(np.arange(6)[None, :, None] == 5 - z[:, ::-1].argmax(axis=1)[:, None, :])": false,
		"(z == m[:, None, :]) / (z == m[:, None, :]).sum(axis=1)[:, None, :]":        false,
	} {
		v := judged(t, python, "ties", strings.Replace(text, "MASK", mask, 1))
		if !v.Clean() || (len(v.Notes) > 0) != note {
			t.Errorf("%s: %s: %v %v %v", mask, v.Verdict, v.Findings, v.Notes, v.Unjudged)
		}
	}
	v := judged(t, python, "ties", strings.Replace(text, "MASK", "(z != m[:, None, :])", 1))
	if len(v.Findings) != 1 {
		t.Errorf("%s: %v", v.Verdict, v.Findings)
	}
}

// A loss that a running total takes off is counted with its sign.
func TestLossTakenOffATotal(t *testing.T) {
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(3)
u, w, v = r.randn(6, 3) / 100, r.randn(6, 6) / 100, r.randn(2, 6) / 100
loss = 0
for step in range(9):
    xs, label = r.randn(4, 3, 1), step % 2
    hs = [np.zeros((6, 1))]
    for x in xs:
        hs.append(np.tanh(u @ x + w @ hs[-1]))
    y = v @ hs[-1]
    p = np.exp(y) / np.exp(y).sum()
    loss -= np.log(p[label, 0])
    dy = p.copy()
    dy[label] -= 1
    dv, du, dw = dy @ hs[-1].T, np.zeros_like(u), np.zeros_like(w)
    dh = v.T @ dy
    for i in range(4)[::-1]:
        da = (1 - hs[i + 1] ** 2) * dh
        dw += da @ hs[i].T
        du += da @ xs[i].T
        dh = w @ da
    u -= 0.02 * du
    w -= 0.02 * dw
    v -= 0.02 * dv
`
	v := judged(t, python, "total", text)
	if len(v.Findings) != 1 || v.Findings[0].Line != 21 || !strings.Contains(v.Findings[0].Text.String(), "transpos") {
		t.Errorf("%s: %v", v.Verdict, v.Findings)
	}
	if v := judged(t, python, "total", strings.Replace(text, "dh = w @ da", "dh = w.T @ da", 1)); !v.Clean() {
		t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
	}
}
