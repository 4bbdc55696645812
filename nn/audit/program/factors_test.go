package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// A constant of the forward pass that the way back lacks is told for the
// gradients that go through it, whatever line of the way is looked at first.
func TestAScaleThatTheWayBackLacks(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(3)
N, T, D = 5, 4, 7
Wq, Wk, Wv, u = (r.randn(D, D) * 0.4 for _ in range(4))
u = u[:, :2]
for step in range(7):
    x, goal = r.randn(N, T, D), r.randn(N, 2)
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    e = np.exp(q @ k.transpose(0, 2, 1) / np.sqrt(D))
    a = e / e.sum(2, keepdims=True)
    out = (a @ v).sum(1) @ u
    print(np.sum((out - goal) ** 2) / N)
    d = 2 * (out - goal) / N
    dctx = np.repeat((d @ u.T)[:, None], T, 1)
    du = (a @ v).sum(1).T @ d
    da = dctx @ v.transpose(0, 2, 1)
    dv = a.transpose(0, 2, 1) @ dctx
    ds = a * (da - np.sum(da * a, 2, keepdims=True))
    ds = ds / np.sqrt(D)
    Wq = Wq - 0.02 * np.einsum("ntd,nte->de", x, ds @ k)
    Wk = Wk - 0.02 * np.einsum("ntd,nte->de", x, ds.transpose(0, 2, 1) @ q)
    Wv = Wv - 0.02 * np.einsum("ntd,nte->de", x, dv)
    u = u - 0.02 * du
`
	if v := judged(t, python, "right", text); v.Verdict != "clean" {
		t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
	}
	for _, instead := range []string{"ds = ds / 1", "ds = ds"} {
		v := judged(t, python, "wrong", strings.Replace(text, "ds = ds / np.sqrt(D)", instead, 1))
		if list := errorsOf(v); len(list) != 1 || list[0].Line != 19 || list[0].Relation != "another factor" {
			t.Errorf("%s: %s %v %v", instead, v.Verdict, v.Findings, v.Unjudged)
		}
	}
}
