package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// A network of two layers that is right, whatever is done between its gradients and its
// weights: each way to update it is one that a rule of the judge has to know, or else
// calls wrong. What is not clean is said to be not judged, and no more.
func TestRightUpdates(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const network = `import numpy as np
r = np.random.RandomState(8)
x = r.randn(50, 6)
y = (x @ r.randn(6, 1) > 0) * 1.0
P = {"A": r.randn(6, 8) * 0.4, "a": np.zeros(8), "B": r.randn(8, 1) * 0.4, "b": np.zeros(1)}
A, a, B, b = P["A"], P["a"], P["B"], P["b"]
zeros = lambda: {k: np.zeros_like(w) for k, w in P.items()}
BEFORE
for t in range(1, 14):
    h = np.tanh(x @ P["A"] + P["a"])
    p = 1 / (1 + np.exp(-(h @ P["B"] + P["b"])))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    PRINT
    d = (p - y) / 50
    dh = d @ P["B"].T * (1 - h ** 2)
    G = {"B": h.T @ d, "b": d.sum(0), "A": x.T @ dh, "a": dh.sum(0)}
    GRADIENTS
    for k in P:
        UPDATE
`
	for name, c := range map[string]struct{ before, print, gradients, update string }{
		"a decay behind a plain step":       {"", "print(loss + 0.01 * sum((w ** 2).sum() for w in (P['A'], P['B'])))", "", "P[k] -= 0.5 * G[k]\nif k in 'AB':\n    P[k] -= 0.5 * 0.02 * P[k]"},
		"a decay before the step":           {"m = zeros()", "", "", "m[k] = 0.9 * m[k] + G[k]\nP[k] *= 1 - 0.05 * 0.02\nP[k] -= 0.05 * (G[k] + 0.9 * m[k])"},
		"Nesterov's rule behind a bound":    {"m = zeros()", "", "G = {k: np.clip(g, -0.02, 0.02) for k, g in G.items()}", "m[k] = 0.9 * m[k] + G[k]\nP[k] -= 0.1 * (G[k] + 0.9 * m[k])"},
		"Adamax":                            {"m, u = zeros(), zeros()", "", "", "m[k] = 0.9 * m[k] + 0.1 * G[k]\nu[k] = np.maximum(0.999 * u[k], np.abs(G[k]))\nP[k] -= 0.02 * m[k] / ((1 - 0.9 ** t) * (u[k] + 1e-8))"},
		"Adamax with a penalty, bounded":    {"m, u = zeros(), zeros()", "", "G = {k: g + 0.01 * P[k] for k, g in G.items()}\nn = np.sqrt(sum((g ** 2).sum() for g in G.values()))\nif n > 0.05:\n    G = {k: g * (0.05 / n) for k, g in G.items()}", "m[k] = 0.9 * m[k] + 0.1 * G[k]\nu[k] = np.maximum(0.999 * u[k], np.abs(G[k]))\nP[k] -= 0.02 * m[k] / ((1 - 0.9 ** t) * (u[k] + 1e-8))"},
		"AMSGrad with a rate that falls":    {"m, v, s = zeros(), zeros(), zeros()", "", "rate = 0.01 / (1 + 0.1 * t)", "m[k] = 0.9 * m[k] + 0.1 * G[k]\nv[k] = 0.999 * v[k] + 0.001 * G[k] ** 2\ns[k] = np.maximum(s[k], v[k])\nP[k] -= rate * m[k] / (np.sqrt(s[k]) + 1e-8)"},
		"signs with a decay and a schedule": {"", "", "rate = 0.01 / (1 + 0.1 * t)", "P[k] -= rate * (np.sign(G[k]) + 0.01 * P[k])"},
		"every element at a bound":          {"m, u = zeros(), zeros()", "", "G = {k: np.clip(g, -1e-7, 1e-7) for k, g in G.items()}", "m[k] = 0.9 * m[k] + 0.1 * G[k]\nu[k] = np.maximum(0.999 * u[k], np.abs(G[k]))\nP[k] -= 0.002 * m[k] / ((1 - 0.9 ** t) * (u[k] + 1e-12))"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			indent := func(lines, by string) string { return strings.ReplaceAll(lines, "\n", "\n"+by) }
			if c.print == "" {
				c.print = "print(loss)"
			}
			text := strings.NewReplacer("BEFORE", c.before, "PRINT", c.print, "GRADIENTS", indent(c.gradients, "    "), "UPDATE", indent(c.update, "        ")).Replace(network)
			v := judged(t, python, "update", text)
			for _, f := range v.Findings {
				if f.Severity != "note" {
					t.Errorf("%v", f)
				}
			}
			if v.Judged() != 4 {
				t.Errorf("%d of 4 gradients were judged: %v", v.Judged(), v.Unjudged)
			}
			if !v.Clean() && name != "every element at a bound" {
				t.Errorf("%s: %v", v.Verdict, v.Unjudged)
			}
		})
	}
}

// Right programs whose loss is not one number of the pass that goes back.
func TestRightLosses(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for name, text := range map[string]string{
		"two outputs, two losses": `import numpy as np
r = np.random.RandomState(3)
x, y, z = r.randn(40, 5), r.randint(0, 3, 40), r.randn(40, 2)
W, U, V = r.randn(5, 6) * 0.5, r.randn(6, 3) * 0.5, r.randn(6, 2) * 0.5
for step in range(10):
    h = np.tanh(x @ W)
    e = np.exp(h @ U)
    p = e / e.sum(axis=1, keepdims=True)
    q = h @ V
    print(-np.log(p[np.arange(40), y]).mean())
    print(np.sum((q - z) ** 2) / 40)
    d = (p - np.eye(3)[y]) / 40
    f = 2 * (q - z) / 40
    dh = (d @ U.T + f @ V.T) * (1 - h ** 2)
    U -= 0.2 * h.T @ d
    V -= 0.2 * h.T @ f
    W -= 0.2 * x.T @ dh
`,
		"a network that follows": `import numpy as np
r = np.random.RandomState(4)
W, U = r.randn(4, 8) * 0.5, r.randn(8, 3) * 0.5
F, H = W.copy(), U.copy()
for step in range(12):
    now, then, a, reward = r.randn(20, 4), r.randn(20, 4), r.randint(0, 3, 20), r.randn(20)
    far = np.tanh(then @ F) @ H
    goal = reward + 0.9 * far[np.arange(20), far.argmax(axis=1)]
    h = np.tanh(now @ W)
    out = h @ U
    miss = out[np.arange(20), a] - goal
    print(np.mean(miss ** 2))
    d = np.zeros_like(out)
    d[np.arange(20), a] = 2 * miss / 20
    dh = d @ U.T * (1 - h ** 2)
    dW, dU = now.T @ dh, h.T @ d
    W, U = W - 0.1 * dW, U - 0.1 * dU
    F, H = 0.9 * F + 0.1 * W, 0.9 * H + 0.1 * U
`,
		"moments of one number": `import numpy as np
r = np.random.RandomState(5)
x = r.randn(30, 4)
y = (x @ r.randn(4, 1) > 0) * 1.0
A, a, B, b = r.randn(4, 5) * 0.5, np.zeros(5), r.randn(5, 1) * 0.5, np.zeros(1)
mA, ma, mB, mb = np.zeros_like(A), np.zeros_like(a), np.zeros_like(B), np.zeros_like(b)
vA, va, vB, vb = np.zeros_like(A), np.zeros_like(a), np.zeros_like(B), np.zeros_like(b)
for t in range(1, 13):
    h = np.tanh(x @ A + a)
    p = 1 / (1 + np.exp(-(h @ B + b)))
    print(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
    d = (p - y) / 30
    dh = d @ B.T * (1 - h ** 2)
    gA, ga, gB, gb = x.T @ dh, dh.sum(0), h.T @ d, d.sum(0)
    mA, ma, mB, mb = .9 * mA + .1 * gA, .9 * ma + .1 * ga, .9 * mB + .1 * gB, .9 * mb + .1 * gb
    vA, va, vB, vb = .99 * vA + .01 * gA ** 2, .99 * va + .01 * ga ** 2, .99 * vB + .01 * gB ** 2, .99 * vb + .01 * gb ** 2
    c, s = 1 - .9 ** t, 1 - .99 ** t
    A = A - .01 * (mA / c) / (np.sqrt(vA / s) + 1e-8)
    a = a - .01 * (ma / c) / (np.sqrt(va / s) + 1e-8)
    B = B - .01 * (mB / c) / (np.sqrt(vB / s) + 1e-8)
    b = b - .01 * (mb / c) / (np.sqrt(vb / s) + 1e-8)
`,
		"batches whose gradients are added up": `import numpy as np
r = np.random.RandomState(6)
X, Y = r.randn(30, 5), r.randn(30, 2)
W, S, count = r.randn(5, 2) * 0.5, np.zeros((5, 2)), 0
for epoch in range(6):
    for start in range(0, 30, 10):
        x, y = X[start:start + 10], Y[start:start + 10]
        miss = x @ W - y
        print(np.mean(miss ** 2))
        S += x.T @ miss / 10
        count += 1
        if count % 2 == 0:
            W -= 0.1 * S / 2
            S[:] = 0
`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "loss", text)
			for _, f := range v.Findings {
				if f.Severity != "note" {
					t.Errorf("%v", f)
				}
			}
			if !v.Clean() {
				t.Errorf("%s: %v", v.Verdict, v.Unjudged)
			}
		})
	}
}

// Where the loss that is computed is not what the gradients are of, nothing is said of
// them: what is watched is no loss, and a difference that goes through a function of it
// alone is not what goes back.
func TestNoLossIsTaken(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const start = `import numpy as np
r = np.random.RandomState(7)
X, Y = r.randn(40, 5), r.randn(40, 2)
XV, YV = r.randn(10, 5), r.randn(10, 2)
W, U = r.randn(5, 6) * 0.5, r.randn(6, 2) * 0.5
for step in range(12):
    h = np.tanh(X @ W)
    p = h @ U
`
	const end = `
    dU = h.T @ d
    dW = X.T @ (d @ U.T * (1 - h ** 2))
    W -= 0.1 * dW
    U -= 0.1 * dU
`
	for name, lines := range map[string]string{
		"log cosh":         "    d = np.tanh(p - Y) / 40",
		"Huber":            "    d = np.where(np.abs(p - Y) < 1, p - Y, np.sign(p - Y)) / 40",
		"a loss of others": "    print(np.mean((np.tanh(XV @ W) @ U - YV) ** 4))\n    d = np.sinh(p - Y) / 40",
		"a penalty alone":  "    print(np.sum(W ** 2) + np.sum(U ** 2))\n    d = np.tanh(p - Y) / 40",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "none", start+lines+end)
			if v.Verdict != "not judged" || len(v.Findings) > 0 {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}

// A gradient comes in with two axes of one length exchanged: it fits all the same.
func TestAxesExchanged(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const network = `import numpy as np
r = np.random.RandomState(8)
x, y = r.randn(50, 6), r.randn(50, 6)
W, U = r.randn(6, 6) * 0.4, r.randn(2, 3, 3)
m = [np.zeros_like(W), np.zeros_like(U)]
for t in range(1, 14):
    h = np.tanh(x @ W)
    z = h * np.concatenate([U[0], U[1]], axis=1).reshape(3, 6)[1]
    d = (z - y) / 50
    print(25 * np.sum(d ** 2))
    G = [x.T @ (d * np.concatenate([U[0], U[1]], axis=1).reshape(3, 6)[1] * (1 - h ** 2)), np.zeros_like(U)]
    G[1][:, 1] = (d * h).sum(0).reshape(2, 3)
    CHANGE
    for k, w in enumerate((W, U)):
        m[k] += G[k] ** 2
        w -= 0.1 * G[k] / (np.sqrt(m[k]) + 1e-8)
`
	for change, line := range map[string]int{
		"G[0] = G[0]":                                     0,
		"G[0] = G[0].T":                                   13,
		"G[1] = G[1].transpose(0, 2, 1)":                  13,
		"G[1] = (1 * G[1]).transpose(2, 1, 0).T":          0,
		"G[1] = (1 * G[1].swapaxes(1, 2)).swapaxes(2, 1)": 0,
	} {
		v := judged(t, python, "axes", strings.Replace(network, "CHANGE", change, 1))
		switch list := errorsOf(v); {
		case line == 0 && len(list) > 0:
			t.Errorf("%s: %v", change, list)
		case line > 0 && (len(list) == 0 || list[0].Line != line || list[0].Relation != "transposed"):
			t.Errorf("%s: %v %s %v", change, list, v.Verdict, v.Unjudged)
		}
	}
}

// What bounds a gradient's norm the wrong way round, and a bias that is stepped and not
// added, with the line that each is told at; 0 for none.
func TestBoundsAndBiases(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const network = `import numpy as np
r = np.random.RandomState(8)
x, y = r.randn(50, 6), r.randn(50, 2)
P = {"A": r.randn(6, 8) * 0.6, "a": np.zeros(8), "B": r.randn(8, 2) * 0.6}
V = {k: np.zeros_like(w) for k, w in P.items()}
seen = np.zeros(8)
for t in range(1, 14):
    h = np.tanh(x @ P["A"] + P["a"])
    d = (h @ P["B"] - y) / 50
    print(25 * np.sum(d ** 2))
    dh = d @ P["B"].T * (1 - h ** 2)
    G = {"B": h.T @ d, "A": x.T @ dh, "a": dh.sum(0)}
    seen += G["a"]
    n = np.sqrt(sum((g ** 2).sum() for g in G.values()))
    s = min(1, BOUND / n)
    for k in P:
        V[k] = 0.7 * V[k] + G[k] * s + 0.01 * P[k]
        P[k] = P[k] - 0.3 * V[k]
`
	for _, c := range []struct {
		old, new, bound string
		line            int
	}{
		{"", "", "0.5", 0},
		{"min(", "max(", "0.5", 15},
		{"min(1, 0.5 / n)", "0.5 / n", "0.5", 0}, // all of one length
		{"x @ P[\"A\"] + P[\"a\"]", "x @ P[\"A\"]", "9", 8},
	} {
		text := strings.Replace(network, "BOUND", c.bound, 1)
		v := judged(t, python, "bound", strings.Replace(text, c.old, c.new, 1))
		if list := errorsOf(v); c.line == 0 && len(list) > 0 || c.line > 0 && (len(list) != 1 || list[0].Line != c.line) {
			t.Errorf("%q for %q: %v %s %v", c.new, c.old, list, v.Verdict, v.Unjudged)
		}
	}
}

// Rows that an index chooses beside rows that follow each other are not of the same
// samples; they are where the second were put in that order before.
func TestRowsApart(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const program = `import numpy as np
r = np.random.RandomState(8)
X = r.randn(60, 3)
Y = X @ r.randn(3, 1) + 0.1 * r.randn(60, 1)
w = np.zeros((3, 1))
for epoch in range(4):
    p = r.permutation(60)
    S = Y[p]
    for k in range(0, 60, 20):
        x, y = X[p[k:k + 20]], LABELS
        e = x @ w - y
        print(np.mean(e ** 2))
        w -= 0.1 * x.T @ e / 20
`
	for labels, want := range map[string]int{"Y[p[k:k + 20]]": 0, "S[k:k + 20]": 0, "Y[k:k + 20]": 1} {
		v := judged(t, python, "rows", strings.Replace(program, "LABELS", labels, 1))
		if list := errorsOf(v); len(list) != want || want > 0 && list[0].Line != 10 {
			t.Errorf("%s: %v %s", labels, list, v.Verdict)
		}
	}
}
