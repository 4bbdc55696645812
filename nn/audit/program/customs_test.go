package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Of values that are the largest alike, as where windows lie on an even ground, a program
// may give the derivative to the first, the last or each.
func TestTiesOfTheLargest(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
        dh = w.T @ da
    u -= 0.02 * du
    w -= 0.02 * dw
    v -= 0.02 * dv
`
	slips(t, text, []slip{{"dh = w.T @ da", "dh = w @ da", 21, "transpos"}})
}

// A recording goes on where what was counted as steps may be what one pass adds to a value
// block by block.
func TestPassesThatLookLikeSteps(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const blocks = `import numpy as np
r = np.random.RandomState(5)
class Linear:
    def __init__(self):
        self.w = r.randn(8, 8) * 0.2
    def forward(self, x):
        self.x = x
        return x @ self.w
    def backward(self, d):
        self.dw = self.x.T @ d
        return d @ self.w.T
class Rows:
    def forward(self, x):
        m, v = x.mean(1, keepdims=True), x.var(1, keepdims=True)
        self.s = np.sqrt(v + 1e-5)
        self.n = (x - m) / self.s
        return self.n
    def backward(self, d):
        return (d - d.mean(1, keepdims=True) - self.n * (d * self.n).mean(1, keepdims=True)) / self.s
blocks = [(Rows(), Linear(), Linear()) for _ in range(16)]
for step in range(9):
    x, y = r.randn(20, 8), r.randn(20, 8)
    hs = []
    for rows, one, two in blocks:
        hs.append(np.maximum(one.forward(rows.forward(x)), 0))
        x = x + two.forward(hs[-1])
    print(np.mean((x - y) ** 2))
    d = 2 * (x - y) / x.size
    for rows, one, two in blocks[::-1]:
        d = d + rows.backward(one.backward(two.backward(d) * (hs.pop() > 0)))
    for rows, one, two in blocks:
        one.w -= 0.1 * one.dw
        two.w -= 0.1 * two.dw
`
	if v := judged(t, python, "blocks", blocks); !v.Clean() {
		t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
	}
}

// Samples drawn against the one that is there go back as they are: their labels are 0.
func TestLabelsThatAreZero(t *testing.T) {
	t.Parallel()
	const text = `import numpy as np
r = np.random.RandomState(5)
U, W = r.randn(12, 5) * 0.3, r.randn(12, 5) * 0.3
def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-np.clip(z, -20, 20)))
for step in range(12):
    i, j = r.randint(0, 12, 2)
    others = [k for k in r.permutation(12) if k != j][:4]
    v, u, us = U[i], W[j], W[others]
    here = sigmoid(v @ u) - 1.0
    there = sigmoid(us @ v)
    dv = here * u + there @ us
    W[j] -= 0.05 * here * v
    for n, k in enumerate(others):
        W[k] -= 0.05 * there[n] * v
    U[i] -= 0.05 * dv
`
	slips(t, text, []slip{{"dv = here * u + there @ us", "dv = here * u - there @ us", 12, ""}})
}
