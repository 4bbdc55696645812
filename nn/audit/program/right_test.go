package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// Right programs that write in their own way what others write in another; said
// is a part of a note on it. Each with a fault beside it, which is found.
func TestRightInTheirOwnWay(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const recurrent = `import numpy as np
np.random.seed(1)
n, a, m, T = 6, 5, 4, 3
W, V, U = np.random.randn(a, n) * 0.3, np.random.randn(a, a) * 0.3, np.random.randn(n, a) * 0.3
def softmax(z):
    e = np.exp(z - np.max(z, axis=0, keepdims=True))
    return e / np.sum(e, axis=0, keepdims=True)
for epoch in range(12):
    text = np.random.randint(0, n, (m, T + 1))
    x = np.eye(n)[text[:, :-1]].transpose(2, 0, 1)
    y = np.eye(n)[text[:, 1:]].transpose(2, 0, 1)
    h = np.zeros((a, m, T + 1))
    p = np.zeros((n, m, T))
    for t in range(T):
        h[:, :, t + 1] = np.tanh(np.dot(W, x[:, :, t]) + np.dot(V, h[:, :, t]))
        p[:, :, t] = softmax(np.dot(U, h[:, :, t + 1]))
    print(-np.sum(y * np.log(p + 1e-8)) / T)
    dy = p - y
    dW, dV, dU, dn = 0, 0, 0, 0
    for t in reversed(range(T)):
        dU += np.dot(dy[:, :, t], h[:, :, t + 1].T)
        dz = (np.dot(U.T, dy[:, :, t]) + dn) * (1 - h[:, :, t + 1] ** 2)
        dW += np.dot(dz, x[:, :, t].T)
        dV += np.dot(dz, h[:, :, t].T)
        dn = np.dot(V.T, dz)
    W = W - 0.05 * dW
    V = V - 0.05 * dV
    U = U - 0.05 * dU
`
	const variational = `import numpy as np
r = np.random.RandomState(2)
E, D = r.randn(7, 6) * 0.4, r.randn(3, 7) * 0.4
b, c = np.zeros(6), np.zeros(7)
for epoch in range(12):
    x = r.rand(16, 7)
    code = x @ E + b
    mean, spread = code[:, :3], code[:, 3:]
    noise = r.randn(16, 3)
    z = mean + np.exp(0.5 * spread) * noise
    out = 1 / (1 + np.exp(-(z @ D + c)))
    print(np.sum((out - x) ** 2))
    d = 2 * (out - x) * out * (1 - out)
    dD, dc = z.T @ d, d.sum(axis=0)
    dz = d @ D.T
    divergence = np.append(mean, 0.5 * (np.exp(spread) - 1), axis=1)
    dcode = divergence + np.append(dz, 0.5 * dz * noise * np.exp(0.5 * spread), axis=1)
    dE, db = x.T @ dcode, dcode.sum(axis=0)
    E, b, D, c = E - 0.01 * dE, b - 0.01 * db, D - 0.01 * dD, c - 0.01 * dc
`
	const kept = `import numpy as np
np.random.seed(1)
n, H, T = 6, 5, 4
W, U, b = np.random.randn(H, n + H) * 0.5, np.random.randn(n, H) * 0.5, np.zeros((H, 1))
dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
mW, mU, mb = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
def backward(target, dnext, z, h, p):
    global dW, dU, db
    dy = np.copy(p)
    dy[target] -= 1
    dU += np.dot(dy, h.T)
    dh = np.dot(U.T, dy)
    dh += dnext
    da = dh * (1 - h * h)
    dW += np.dot(da, z.T)
    db += da
    return np.dot(W.T, da)[:H, :]
text = np.random.randint(0, n, 400)
last = np.zeros((H, 1))
for step in range(12):
    z, h, p = {}, {-1: np.copy(last)}, {}
    loss = 0
    for t in range(T):
        x = np.zeros((n, 1))
        x[text[step * T + t]] = 1
        z[t] = np.vstack((h[t - 1], x))
        h[t] = np.tanh(np.dot(W, z[t]) + b)
        y = np.dot(U, h[t])
        p[t] = np.exp(y) / np.sum(np.exp(y))
        loss += -np.log(p[t][text[step * T + t + 1], 0])
    for d in [dW, dU, db]:
        d.fill(0)
    dnext = np.zeros_like(h[0])
    for t in reversed(range(T)):
        dnext = backward(text[step * T + t + 1], dnext, z[t], h[t], p[t])
    last = h[T - 1]
    for w, d, m in zip([W, U, b], [dW, dU, db], [mW, mU, mb]):
        m += d * d
        w += -(0.1 * d / np.sqrt(m + 1e-8))
    print(loss)
`
	const double = `import numpy as np
r = np.random.RandomState(3)
A, v, U = r.randn(5, 8) * 0.4, np.zeros(1), r.randn(8, 3) * 0.4
B, q, C = A.copy(), v.copy(), U.copy()
def values(x, A, v, U):
    h = np.tanh(x @ A)
    return h, h @ U + v
for step in range(12):
    x, after, a, reward = r.randn(20, 5), r.randn(20, 5), r.randint(0, 3, 20), r.randn(20)
    rows = np.arange(20)
    best = values(after, A, v, U)[1].argmax(axis=1)
    goal = reward + 0.9 * values(after, B, q, C)[1][rows, best]
    h, out = values(x, A, v, U)
    miss = out[rows, a] - goal
    print(0.5 * np.mean(miss ** 2))
    d = np.zeros_like(out)
    d[rows, a] = miss / 20
    dh = d @ U.T * (1 - h ** 2)
    A, v, U = A - 0.1 * x.T @ dh, v - 0.1 * d.sum(), U - 0.1 * h.T @ d
    B, q, C = [0.2 * new + 0.8 * old for new, old in ((A, B), (v, q), (U, C))]
`
	const twice = `import numpy as np
r = np.random.RandomState(4)
x = np.hstack([np.ones((60, 1)), r.randn(60, 5)])
y = (x @ r.randn(6, 1) > 0.2).astype(float)
theta = r.randn(6, 1) * 0.1
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def cost(theta, lam):
    h = sigmoid(x @ theta)
    J = -np.sum(y * np.log(h) + (1 - y) * np.log(1 - h)) / len(y)
    J = J + lam / (2 * len(y)) * np.sum(theta[1:] ** 2)
    return J
def gradient(theta, lam):
    miss = sigmoid(x @ theta) - y
    reg = theta.copy()
    reg[0] = 0
    return x.T @ miss / len(y) + lam / len(y) * reg
for step in range(12):
    print(cost(theta, 2.0))
    theta = theta - 0.5 * gradient(theta, 2.0)
`
	const summed = `import numpy as np
r = np.random.default_rng(5)
class P:
    def __init__(self, *shape):
        self.value, self.grad = r.normal(size=shape) * 0.5, np.zeros(shape)
E, W, U = P(4, 6), P(6, 6), P(6, 2)
for step in range(9):
    words, tags = r.integers(0, 4, (12, 6)), r.integers(0, 2, 12)
    hs = [np.zeros((12, 6))]
    for t in range(6):
        hs.append(np.tanh(E.value[words[:, t]] + hs[-1] @ W.value))
    z = hs[-1] @ U.value
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    loss = -np.log(p[np.arange(12), tags]).mean()
    for q in (E, W, U):
        q.grad.fill(0)
    d = p.copy()
    d[np.arange(12), tags] -= 1
    d /= 12
    U.grad += hs[-1].T @ d
    dh = d @ U.value.T
    for t in range(6)[::-1]:
        dz = dh * (1 - hs[t + 1] ** 2)
        W.grad += hs[t].T @ dz
        np.add.at(E.grad, words[:, t], dz)
        dh = dz @ W.value.T
    norm = np.sqrt(sum((q.grad ** 2).sum() for q in (E, W, U)))
    for q in (E, W, U):
        q.value -= 0.1 * q.grad * min(1, 1 / norm)
    if step % 5 == 4:
        print(loss)
`
	const carried = `import numpy as np
class Tensor(np.ndarray):
    "An array that carries its gradient."
def tensor(a):
    return np.asarray(a).view(Tensor)
np.random.seed(7)
x, y = tensor(np.random.randn(60, 4)), tensor(np.random.randn(60, 1))
A, b, C = tensor(np.random.randn(4, 6) * 0.5), tensor(np.zeros(6)), tensor(np.random.randn(6, 1) * 0.5)
def back(d, inp, W):
    inp.g, W.g = d @ W.T, inp.T @ d
for epoch in range(3):
    index = np.random.permutation(60)
    for i in range(0, 60, 20):
        xb, yb = x[index[i:i + 20]], y[index[i:i + 20]]
        z = xb @ A + b
        h = np.maximum(z, 0)
        out = h @ C
        print(((out - yb) ** 2).mean())
        back(2 * (out - yb) / len(yb), h, C)
        z.g = (z > 0) * h.g
        back(z.g, xb, A)
        b.g = z.g.sum(0)
        for p in (A, b, C):
            p -= 0.05 * p.g
`
	// The loss that is printed has the penalty, which the update takes for itself.
	const decoupled = `import numpy as np
r = np.random.RandomState(8)
x = r.randn(50, 6)
y = (x @ r.randn(6, 1) > 0) * 1.0
P = {"A": r.randn(6, 8) * 0.4, "a": np.zeros(8), "B": r.randn(8, 1) * 0.4, "b": np.zeros(1)}
first = {k: np.zeros_like(w) for k, w in P.items()}
second = {k: np.zeros_like(w) for k, w in P.items()}
for t in range(1, 13):
    h = np.tanh(x @ P["A"] + P["a"])
    p = 1 / (1 + np.exp(-(h @ P["B"] + P["b"])))
    data = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    loss = data + 0.01 * np.sum(P["A"] ** 2) + 0.01 * np.sum(P["B"] ** 2)
    print(loss)
    d = (p - y) / 50
    dh = d @ P["B"].T * (1 - h ** 2)
    grads = {"B": h.T @ d, "b": d.sum(0), "A": x.T @ dh, "a": dh.sum(0)}
    for k, g in grads.items():
        first[k] = 0.9 * first[k] + 0.1 * g
        second[k] = 0.999 * second[k] + 0.001 * g ** 2
        mean, square = first[k] / (1 - 0.9 ** t), second[k] / (1 - 0.999 ** t)
        step = mean / (np.sqrt(square) + 1e-8)
        if k in "AB":
            step = step + 0.02 * P[k]
        P[k] = P[k] - 0.01 * step
`
	// Each half of a batch has gradients of its own, whose mean is stepped by.
	const halves = `import numpy as np
r = np.random.RandomState(9)
X, Y = r.randn(80, 5), r.randint(0, 3, 80)
A, B = r.randn(5, 7) * 0.4, r.randn(7, 3) * 0.4
def grads(x, y):
    h = np.maximum(x @ A, 0)
    z = h @ B
    e = np.exp(z - z.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean()
    p[np.arange(len(y)), y] -= 1
    d = p / len(y)
    dh = d @ B.T
    dh[h <= 0] = 0
    return loss, x.T @ dh, h.T @ d
for step in range(12):
    rows = r.permutation(80)[:40]
    one, dA, dB = grads(X[rows[:20]], Y[rows[:20]])
    two, eA, eB = grads(X[rows[20:]], Y[rows[20:]])
    print((one + two) / 2)
    A = A - 0.3 * (dA + eA) / 2
    B = B - 0.3 * (dB + eB) / 2
`
	const lengths = `import numpy as np
rng = np.random.default_rng(4)
X = rng.normal(size=(60, 5))
T = np.eye(3)[np.argmax(X @ rng.normal(size=(5, 3)), axis=1)]

class Affine:
    def __init__(self, fan_in, fan_out):
        self.A = rng.normal(size=(fan_in, fan_out)) * 0.4
        self.c = rng.normal(size=(1, fan_out)) * 0.1

    def run(self, x):
        self.x = x
        return x @ self.A + self.c

    def learn(self, d):
        back = d @ self.A.T
        gA = self.x.T @ d
        gc = d.sum(axis=0, keepdims=True)
        gA += 0.02 * self.A / np.linalg.norm(self.A)
        gc += 0.02 * self.c / np.linalg.norm(self.c)
        self.A = self.A - 0.05 * gA
        self.c = self.c - 0.05 * gc
        return back

one, two = Affine(5, 7), Affine(7, 3)
for k in range(30):
    h = np.tanh(one.run(X))
    s = two.run(h)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    print(-np.mean(np.sum(T * np.log(p), axis=1)))
    one.learn(two.learn((p - T) / 60) * (1 - h ** 2))
`
	const steady = `import numpy as np
rng = np.random.default_rng(8)
letters, units, span = 5, 7, 6
text = np.tile([0, 3, 1, 4, 2, 2], 60)
U = rng.normal(size=(letters, units)) * 0.4
R = np.eye(units) * 0.9
V = rng.normal(size=(units, letters)) * 0.4
u, v = np.zeros((1, units)), np.zeros((1, letters))
keep, weight = np.zeros((1, units)), 0.05

for k in range(40):
    seen = text[k * span:k * span + span + 1]
    states, given = {-1: keep}, {}
    for t in range(span):
        z = np.eye(letters)[[seen[t]]] @ U + states[t - 1] @ R + u
        states[t] = np.tanh(z)
        e = np.exp(states[t] @ V + v)
        given[t] = e / e.sum()
    loss = 0
    gU, gR, gV, gu, gv = [np.zeros_like(a) for a in (U, R, V, u, v)]
    later = np.zeros((1, units))
    for t in range(span - 1, -1, -1):
        loss -= np.log(given[t][0, seen[t + 1]]) / span
        d = given[t] / span
        d[0, seen[t + 1]] -= 1 / span
        gV += states[t].T @ d
        gv += d
        size = np.linalg.norm(states[t])
        before = np.linalg.norm(states[t - 1])
        after = np.linalg.norm(states[t + 1]) if t + 1 < span else size
        calm = states[t] / size * (2 * size - before - after) * (2 * weight / span)
        back = (1 - states[t] ** 2) * (d @ V.T + later + calm)
        gU += np.eye(letters)[[seen[t]]].T @ back
        gR += states[t - 1].T @ back
        gu += back
        later = back @ R.T
    keep = states[span - 1]
    print(loss)
    for a, g in zip((U, R, V, u, v), (gU, gR, gV, gu, gv)):
        a -= 0.1 * g
`
	const mean = `import numpy as np
rng = np.random.default_rng(5)
X = rng.normal(size=(80, 6))
y = np.argmax(X @ rng.normal(size=(6, 3)), axis=1)
A, B, decay = rng.normal(size=(6, 9)) * 0.5, rng.normal(size=(9, 3)) * 0.5, 0.05
rows = np.arange(80)
for k in range(30):
    h = np.maximum(X @ A, 0)
    s = h @ B
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.sum(np.log(p[rows, y]))
    loss = loss / 80 + decay * np.sum(A * A) + decay * np.sum(B * B)
    print(loss)
    d = p.copy()
    d[rows, y] -= 1
    d = d / 80
    gB = h.T @ d + 2 * decay * B
    gA = X.T @ ((d @ B.T) * (h > 0)) + 2 * decay * A
    A -= 0.1 * gA
    B -= 0.1 * gB
`
	for _, p := range []struct{ name, text, said, fault, with string }{
		{"a sum that becomes a mean and a penalty", mean, "", "2 * decay * B", "decay * B"},
		{"decay by the length", lengths, "", "(1 - h ** 2)", "(1 - h)"},
		{"states that are kept steady", steady, "as the derivative of a penalty is", "(1 - states[t] ** 2)", "(1 - states[t])"},
		{"decay beside the moments", decoupled, "", "(1 - h ** 2)", "(1 - p ** 2)"},
		{"halves of a batch", halves, "", "dh[h <= 0] = 0", "dh[h <= 0.3] = 0"},
		{"arrays that carry their gradients", carried, "", "(z > 0) * h.g", "h.g"},
		{"a target at another's best", double, "", "(1 - h ** 2)", "(1 - h)"},
		{"a loss of a pass of its own", twice, "", " + lam / len(y) * reg", ""},
		{"gradients summed through time", summed, "", "hs[t + 1] ** 2", "hs[t + 1]"},
		{"gradients that are kept and zeroed", kept, "", "(1 - h * h)", "(1 - z[:H] * z[:H])"},
		{"log of what was filled in", recurrent, "every gradient is 3 times", "* (1 - h[:, :, t + 1] ** 2)", "* (1 - h[:, :, t] ** 2)"},
		{"penalty that is not printed", variational, "as the derivative of a penalty is", "np.append(dz, 0.5 * dz * noise", "np.append(dz, dz * noise"},
	} {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			verdict := judged(t, python, "right", p.text)
			said := p.said == ""
			for _, f := range verdict.Findings {
				said = said || strings.Contains(f.Text.String(), p.said)
			}
			if !verdict.Clean() || !said {
				t.Errorf("%s: %v %v", verdict.Verdict, verdict.Findings, verdict.Unjudged)
			}
			if wrong := judged(t, python, "wrong", strings.Replace(p.text, p.fault, p.with, 1)); wrong.Verdict != "findings" && wrong.Verdict != "warnings" {
				t.Errorf("with %q: %s: %v", p.with, wrong.Verdict, wrong.Findings)
			}
		})
	}
}

// A parameter that is stepped one element after the other, with a decay of the element
// in the step itself or made on a line before it.
func TestStepsOfElements(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const elements = `import numpy as np
rng = np.random.default_rng(3)
X = np.c_[np.ones(60), rng.normal(size=(60, 4))]
y = (X @ rng.normal(size=5) > 0) * 1.0
w = np.zeros(5)
for turn in range(40):
    h = 1 / (1 + np.exp(-X @ w))
    print(-np.mean(y * np.log(h) + (1 - y) * np.log(1 - h)) + 0.1 / 120 * np.sum(w ** 2))
    for j in range(5):
        share = 0.1 * w[j] / 60
        w[j] -= 0.5 * (np.mean((h - y) * X[:, j]) + share)
`
	for name, text := range map[string]string{"apart": elements, "within": strings.NewReplacer("        share = 0.1 * w[j] / 60\n", "", "share", "0.1 * w[j] / 60").Replace(elements)} {
		if v := judged(t, python, name, text); !v.Clean() {
			t.Errorf("%s: %s: %v", name, v.Verdict, v.Findings)
		}
	}
}

// A decay of its own behind the step is the update's, not a share of the gradient;
// with a fault in the backward pass that is found, and it alone.
func TestDecayBehindTheStep(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const program = `import numpy as np
rng = np.random.RandomState(0)
X = rng.randn(120, 4); y = (X[:, 0] * X[:, 1] > 0).astype(int); Y = np.eye(2)[y]
W1 = rng.randn(4, 8) * 0.5; b1 = np.zeros(8); W2 = rng.randn(8, 2) * 0.5; b2 = np.zeros(2)
params = [W1, b1, W2, b2]
m = [np.zeros_like(p) for p in params]; s = [np.zeros_like(p) for p in params]
lr, lam = 0.01, 0.05

def step(i, g, p, t):
    STEP
    p -= lr * lam * p

for t in range(1, 25):
    x, yy = X[t % 6 * 20:][:20], Y[t % 6 * 20:][:20]
    h1 = np.maximum(x @ W1 + b1, 0)
    e = np.exp(h1 @ W2 + b2)
    p = e / e.sum(axis=1, keepdims=True)
    print(-np.sum(yy * np.log(p)) / 20)
    dz2 = (p - yy) / 20
    dz1 = dz2 @ W2.T * (h1 > 0)
    for i, (g, q) in enumerate(zip([x.T @ dz1, dz1.sum(0), h1.T @ dz2, dz2.sum(0)], params)):
        step(i, g, q, t)
`
	for name, rule := range map[string]string{
		"sgd":     "p -= lr * g",
		"rmsprop": "s[i][:] = 0.9 * s[i] + 0.1 * g ** 2\n    p -= lr * g / (np.sqrt(s[i]) + 1e-8)",
		"adam":    "m[i][:] = 0.9 * m[i] + 0.1 * g\n    s[i][:] = 0.999 * s[i] + 0.001 * g ** 2\n    p -= lr * (m[i] / (1 - 0.9 ** t)) / (np.sqrt(s[i] / (1 - 0.999 ** t)) + 1e-8)",
	} {
		text := strings.Replace(program, "STEP", rule, 1)
		if v := judged(t, python, name, text); !v.Clean() {
			t.Errorf("%s: %s: %v %v", name, v.Verdict, v.Findings, v.Unjudged)
		}
		if v := judged(t, python, name+"_wrong", strings.Replace(text, "(h1 > 0)", "h1", 1)); len(v.Findings) != 1 {
			t.Errorf("%s with a fault: %s: %v", name, v.Verdict, v.Findings)
		}
	}
}

// Where the step is W += rate·(y - p)…, a mask that is missing is the mask's
// fault alone: the step goes down all the same.
func TestOneFaultOneFinding(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	verdict := judged(t, python, "mask", `import numpy as np
np.random.seed(1)
n = 30
X, Y = np.random.rand(n, 12), np.eye(4)[np.random.randint(0, 4, n)]
relu = lambda x: (x >= 0) * x
slope = lambda x: x >= 0
A, B = 0.2 * np.random.random((12, 9)) - 0.1, 0.2 * np.random.random((9, 4)) - 0.1
error = 0.0
for i in range(n):
    x = X[i:i+1]
    h = relu(np.dot(x, A))
    o = np.dot(h, B)
    error += np.sum((Y[i:i+1] - o) ** 2)
    d = Y[i:i+1] - o
    e = d.dot(B.T) * slope(h)
    B += 0.01 * h.T.dot(d)
    A += 0.01 * x.T.dot(e)
`)
	if len(verdict.Findings) != 1 || verdict.Findings[0].Line != 6 {
		t.Errorf("%v", verdict.Findings)
	}
}

// A loop over parameters that gives its own name a new array steps nothing.
func TestUnreadSteps(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
np.random.seed(0)
X = np.random.rand(20, 4)
y = (X.sum(1) > 2).astype(float)[:, None]
W, b, U = np.random.randn(4, 5), np.zeros((1, 5)), np.random.randn(5, 1)
for epoch in range(10):
    h = np.tanh(X @ W + b)
    p = 1 / (1 + np.exp(-(h @ U)))
    print(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
    d = (p - y) / 20
    dh = d @ U.T * (1 - h ** 2)
    for w, g in zip([W, b, U], [X.T @ dh, dh.sum(0, keepdims=True), h.T @ d]):
        w = w - 0.1 * g
`
	verdict := judged(t, python, "unread", text)
	if len(verdict.Findings) != 1 || verdict.Findings[0].Line != 13 || !strings.Contains(verdict.Findings[0].Text.String(), "`U`, `W`, `b`") {
		t.Errorf("%s: %v", verdict.Verdict, verdict.Findings)
	}
	if right := judged(t, python, "right", strings.Replace(text, "w = w -", "w -=", 1)); !right.Clean() {
		t.Errorf("%s: %v %v", right.Verdict, right.Findings, right.Unjudged)
	}
}

// Nothing is said of a recording that ends with its first step, of parameters
// whose new values are read nowhere yet, nor of samples too large to be followed
// one by one, which were transposed; but the step that is not stored is.
func TestRightAsFarAsIsKnown(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const large = `import numpy as np
r = np.random.RandomState(0)
X = np.zeros((2400, 2000))
X[:, :4] = r.rand(2400, 4)
y = (X[:, 0] > X[:, 1]).astype(int)
x, t = X.T, np.eye(2)[y].T
W, b = 0.01 * r.randn(2, 2000), np.zeros((2, 1))
for k in range(10):
    xb, tb = x[:, k * 20:k * 20 + 20], t[:, k * 20:k * 20 + 20]
    e = np.exp(W @ xb + b)
    p = e / e.sum(axis=0)
    print(-np.sum(tb * np.log(p)) / 20)
    d = (p - tb) / 20
    W = W - 0.1 * d @ xb.T
    b = b - 0.1 * d.sum(axis=1, keepdims=True)
`
	const ended = `import numpy as np
r = np.random.RandomState(0)
X = r.rand(40, 6)
Y = np.eye(3)[X[:, :3].argmax(axis=1)]
W = [r.randn(6, 5), r.randn(5, 3)]
g, h = [np.ones(6), np.ones(5)], [np.zeros(6), np.zeros(5)]
def layer(l, a):
    s = a - a.mean(axis=0)
    return s, g[l] * s + h[l]
def through(l, z):
    return z @ W[l]
s0, z0 = layer(0, X)
u = through(0, z0)
a = np.maximum(0, u)
s1, z1 = layer(1, a)
e = np.exp(through(1, z1))
p = e / e.sum(axis=1, keepdims=True)
print(-np.sum(Y * np.log(p)) / 40)
d = (p - Y) / 40
d1 = d @ W[1].T
da = d1 * g[1]
da = (da - da.mean(axis=0)) * (u > 0)
d0 = da @ W[0].T
dW, dg, dh = [z0.T @ da, z1.T @ d], [np.sum(d0 * s0, axis=0), np.sum(d1 * s1, axis=0)], [d0.sum(axis=0), d1.sum(axis=0)]
for l in range(2):
    W[l] = W[l] - 0.1 * dW[l]
    g[l] = g[l] - 0.1 * dg[l]
    h[l] = h[l] - 0.1 * dh[l]
print(np.mean(through(0, layer(0, X)[1])))
`
	for name, text := range map[string]string{"large": large, "ended": ended} {
		if v := judged(t, python, name, text); len(v.Findings) > 0 {
			t.Errorf("%s: %s: %v", name, v.Verdict, v.Findings)
		}
	}
	v := judged(t, python, "unstored", strings.Replace(ended, "    h[l] = h", "    new = h", 1))
	if len(v.Findings) != 1 || !strings.Contains(v.Findings[0].Text.String(), "`h[l]` never changes") {
		t.Errorf("%s: %v", v.Verdict, v.Findings)
	}
}
