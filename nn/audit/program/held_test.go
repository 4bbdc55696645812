package program

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/message"
)

// What a loss holds constant by custom is no share left out, and it is said; the
// same left out elsewhere is a fault.
func TestHeldConstant(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const start = `import numpy as np
r = np.random.RandomState(1)
W, U = r.randn(6, 5) * 0.5, r.randn(5, 3) * 0.5
v = r.randn(5) * 0.5
def net(x):
    h = np.tanh(x @ W)
    return h, h @ U
for step in range(6):
    x, y, a = r.randn(20, 6), r.randn(20, 6), r.randint(3, size=20)
    reward = r.randn(20)
    h, q = net(x)
`
	const finish = `
    dW = x.T @ (dh * (1 - h ** 2))
    W = W - 0.1 * dW
    U = U - 0.1 * dU
`
	const target = `    goal = reward + 0.9 * net(y)[1].max(axis=1)
    off = q[np.arange(20), a] - goal
    print(np.mean(off ** 2))
    dq = np.zeros((20, 3))
    dq[np.arange(20), a] = 2 * off / 20
    dU = h.T @ dq
    dh = dq @ U.T`
	const policy = `    e = np.exp(q - q.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    gain = reward - h @ v
    print(-np.mean(gain * np.log(p[np.arange(20), a])) + np.mean(gain ** 2))
    dq = p * gain[:, None] / 20
    dq[np.arange(20), a] -= gain / 20
    dU = h.T @ dq
    dgain = 2 * gain / 20
    dv = -h.T @ dgain
    dh = dq @ U.T - np.outer(dgain, v)
    v = v - 0.1 * dv`
	const doubled = `    off = q[np.arange(20), a] * h.sum(axis=1) - reward
    print(np.mean(off ** 2))
    dq = np.zeros((20, 3))
    dq[np.arange(20), a] = 2 * off / 20 * h.sum(axis=1)
    dU = h.T @ dq
    dh = dq @ U.T`
	for _, c := range []struct{ name, body, held string }{
		{"target", target, "`goal`"},
		{"policy", policy, "`gain`"},
		{"doubled", doubled, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			verdict := judged(t, python, c.name, start+c.body+finish)
			if verdict.Clean() != (c.held != "") {
				t.Errorf("%s: %v %v", verdict.Verdict, verdict.Findings, verdict.Unjudged)
			}
			said := slices.ContainsFunc(verdict.Notes, func(n message.Text) bool {
				return strings.Contains(n.String(), c.held+" (") && strings.Contains(n.String(), "is held constant")
			})
			if said != (c.held != "") {
				t.Errorf("said: %v", verdict.Notes)
			}
		})
	}
}

// Where no loss is computed, gradients of some layers that are the derivative of
// one loss speak for it: what one line does to the others is told. A rule that
// takes each layer's gradient from another loss is left alone.
func TestGradientsSpeakForALoss(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(5)
X, Y = r.randn(30, 4), r.rand(30, 2)
U, V = r.randn(4, 6) * 0.7, r.randn(6, 2) * 0.7
def squash(z, slope=False):
    return z * (1 - z) if slope else 1 / (1 + np.exp(-z))
for step in range(8):
    h = squash(X @ U)
    o = squash(h @ V)
    miss = Y - o
    top = miss * squash(o, True)
    back = top @ V.T
    low = back * squash(h, True)
    V = V + 0.1 * h.T @ top
    U = U + 0.1 * X.T @ low
`
	for _, c := range []struct {
		old, new, verdict string
		line              int
	}{
		{"", "", "clean", 0},
		{"low = back * squash(h, True)", "low = back * squash(back, True)", "findings", 13},
		{"low = back * squash(h, True)", "low = back", "findings", 13},
		{"back = top @ V.T", "back = miss @ V.T", "not judged", 0},
	} {
		v := judged(t, python, "speaks", strings.Replace(text, c.old, c.new, 1))
		if v.Verdict != c.verdict || c.line > 0 && errorsOf(v)[0].Line != c.line {
			t.Errorf("%s: %s %v %v", c.new, v.Verdict, v.Findings, v.Unjudged)
		}
	}
}
