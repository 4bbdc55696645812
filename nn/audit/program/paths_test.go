package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// A leaky state that begins with a parameter.
const leaky = `import numpy as np
r = np.random.default_rng(3)
T, N, keep = 5, 12, 0.7
x, y = r.normal(size=(T, N, 3)), r.normal(size=(N, 1))
P = dict(start=r.normal(size=4) * 0.1, U=r.normal(size=(3, 4)), R=r.normal(size=(4, 4)) * 0.5, v=r.normal(size=(4, 1)))
for it in range(9):
    h, c = [np.tile(P["start"], (N, 1))], []
    for t in range(T):
        c.append(np.tanh(x[t] @ P["U"] + h[t] @ P["R"]))
        h.append(keep * h[t] + (1 - keep) * c[t])
    e = h[-1] @ P["v"] - y
    print(it, (e ** 2).sum() / N)
    de = 2 * e / N
    G = {"v": h[-1].T @ de, "U": 0, "R": 0}
    dh = de @ P["v"].T
    for t in reversed(range(T)):
        dz = (1 - keep) * dh * (1 - c[t] ** 2)
        G["U"] = G["U"] + x[t].T @ dz
        G["R"] = G["R"] + h[t].T @ dz
        dh = keep * dh + dz @ P["R"].T
    G["start"] = dh.sum(0)
    for k in P:
        P[k] = P[k] - 0.1 * G[k]
`

// One network that is called for both of a pair.
const pairs = `import numpy as np
r = np.random.default_rng(4)
W, V = r.normal(size=(3, 6)) * 0.5, r.normal(size=(6, 2)) * 0.5
def embed(x):
    h = np.tanh(x @ W)
    z = h @ V
    size = np.sqrt((z ** 2).sum(1, keepdims=True))
    return z / size, (x, h, size)
def back(du, u, kept):
    x, h, size = kept
    dz = (du - u * (du * u).sum(1, keepdims=True)) / size
    dh = dz @ V.T
    return x.T @ (dh * (1 - h ** 2)), h.T @ dz
for it in range(9):
    x, y, same = r.normal(size=(20, 3)), r.normal(size=(20, 3)), r.integers(0, 2, (20, 1))
    u, cu = embed(x)
    w, cw = embed(y)
    far = ((u - w) ** 2).sum(1, keepdims=True)
    near = same * far + (1 - same) * np.maximum(1 - far, 0)
    print(it, near.mean())
    pull = (same - (1 - same) * (far < 1)) / 20
    du = 2 * (u - w) * pull
    dw = 2 * (w - u) * pull
    a, b = back(du, u, cu), back(dw, w, cw)
    W = W - 0.1 * (a[0] + b[0])
    V = V - 0.1 * (a[1] + b[1])
`

// Layers that add to what they are given, and labels as indices.
const blocks = `import numpy as np
r = np.random.default_rng(5)
class Block:
    def __init__(self):
        self.W, self.V = r.normal(size=(4, 7)) * 0.5, r.normal(size=(7, 4)) * 0.5
    def forward(self, x):
        self.x, self.h = x, np.tanh(x @ self.W)
        return x + self.h @ self.V
    def backward(self, d):
        dh = d @ self.V.T
        self.dV = self.h.T @ d
        dz = dh * (1 - self.h ** 2)
        self.dW = self.x.T @ dz
        dx = dz @ self.W.T
        return d + dx
net = [Block(), Block(), Block()]
x, y, z = r.normal(size=(30, 4)), r.integers(0, 4, 30), r.integers(0, 4, 30)
for it in range(9):
    out = x
    for b in net:
        out = b.forward(out)
    p = np.exp(out - out.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    print(it, -np.log(p[np.arange(30), y]).mean(), (z == y).mean())
    d = p.copy()
    d[np.arange(30), y] -= 1
    d /= 30
    for b in reversed(net):
        d = b.backward(d)
    for b in net:
        b.W -= 0.1 * b.dW
        b.V -= 0.1 * b.dV
`

// A mask by the value that a function is given, and a gradient that is kept.
const masked = `import numpy as np
r = np.random.default_rng(6)
A, B, C = r.normal(size=(3, 8)) * 0.5, r.normal(size=(8, 8)) * 0.5, r.normal(size=(8, 2)) * 0.5
def stop(d, kept):
    g = d.copy()
    z = kept
    g[z <= 0] = 0
    return g
for it in range(9):
    x, y = r.normal(size=(25, 3)), r.normal(size=(25, 2))
    u = x @ A
    a = np.maximum(u, 0)
    v = a @ B
    b = np.maximum(v, 0)
    p = b @ C
    print(it, ((p - y) ** 2).sum() / 25)
    grads = {}
    d = 2 * (p - y) / 25
    grads["C"] = b.T @ d
    d = stop(d @ C.T, v)
    grads["B"] = a.T @ d
    d = stop(d @ B.T, u)
    grads["A"] = x.T @ d
    A, B, C = A - 0.05 * grads["A"], B - 0.05 * grads["B"], C - 0.05 * grads["C"]
`

// Where the derivative takes several ways, one that is forgotten is told where it
// could be taken.
func TestForgottenPaths(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ program, old, wrong, relation, fix string }{
		{leaky, "", "", "", ""},
		{leaky, "dh = keep * dh + dz @", "dh = dz @", "a share left out", "the term `keep * dh`"},
		{leaky, "(1 - keep) * dh * (1 - c", "dh * (1 - c", "a constant", ""},
		{leaky, "dz @ P[\"R\"].T\n", "dz @ P[\"R\"]\n", "", "`P[\"R\"]` should be transposed"},
		{pairs, "", "", "", ""},
		{pairs, "(du - u * (du * u).sum(1, keepdims=True)) / size", "du / size", "a share left out", ""},
		{pairs, "sum(1, keepdims=True)) / size", "sum(0, keepdims=True)) / size", "another axis", "sum over axis 1"},
		{pairs, "2 * (w - u) * pull", "2 * (w - u) * same / 20", "", ""},
		{pairs, "2 * (w - u) * pull", "2 * (u - w) * pull", "the sign", ""},
		{pairs, "(1 - h ** 2)", "(1 - h)", "", "`h ** 2` is meant, not `h`"},
		{masked, "", "", "", ""},
		{masked, "stop(d @ B.T, u)", "stop(d @ B.T, b)", "another mask", "is meant, not `b` (an argument of the function at line 7)"},
		{blocks, "", "", "", ""},
		{blocks, "d[np.arange(30), y] -= 1", "d[np.arange(30), z] -= 1", "", "`y` is meant, not `z`"},
		{blocks, "p /= p.sum(1", "p /= p.sum(0", "the wrong axis", ""},
		{blocks, "dz = dh * (1 - self.h ** 2)", "dz = dh", "a factor missing", "the factor `1 - self.h ** 2`"},
	} {
		t.Run(c.wrong, func(t *testing.T) {
			t.Parallel()
			before, after, _ := strings.Cut(c.program, c.old)
			if c.old == "" {
				before, after = c.program, ""
			}
			v := judged(t, python, "net", before+c.wrong+after)
			list := errorsOf(v)
			if c.old == "" {
				if len(list) > 0 || !v.Clean() {
					t.Errorf("right, but %v %v", list, v.Unjudged)
				}
				return
			}
			line := 1 + strings.Count(before, "\n")
			if len(list) == 0 {
				t.Fatalf("nothing was found: %v %v", v.Unjudged, v.Notes)
			}
			x := list[0]
			if x.Line != line || c.relation != "" && x.Relation != c.relation || !strings.Contains(x.Fix.String(), c.fix) {
				t.Errorf("line %d: %v (%s), want %s %s", line, x, x.Relation, c.relation, c.fix)
			}
		})
	}
}

// What is carried on while data are made is no parameter, however long that takes.
func TestDataThatMove(t *testing.T) {
	t.Parallel()
	v := judged(t, nptest.Python(t, "numpy"), "moving", `import numpy as np
r = np.random.RandomState(3)
z = r.randn(2, 20)
X = z.T
for k in range(240):
    x, y = z
    z = z + 0.01 * np.array([-0.1 * x - 1.4 * y - 0.3 * x * y, 1.4 * x - 0.1 * y])
Y = z.T
W, U = r.randn(2, 2) * 0.5, r.randn(2, 2) * 0.5
for step in range(12):
    H = [X]
    for k in range(50):
        H.append(np.tanh(H[-1] @ W + X))
    d = (H[-1] @ U - Y) / 20
    print(0.5 * np.sum((H[-1] @ U - Y) ** 2) / 20)
    dh, dW = d @ U.T, np.zeros_like(W)
    for h, past in zip(H[:0:-1], H[-2::-1]):
        da = dh * (1 - h)
        dW += past.T @ da
        dh = da @ W.T
    U -= 0.1 * H[-1].T @ d
    W -= 0.1 * dW
`)
	if list := errorsOf(v); len(list) != 1 || list[0].Line != 18 {
		t.Errorf("%s: %v %v", v.Verdict, list, v.Unjudged)
	}
}
