import numpy as np

rng = np.random.default_rng(31)
X = rng.normal(size=(60, 5))
y = (X @ rng.normal(size=(5, 3))).argmax(axis=1)
W = [rng.normal(0, .5, s) for s in ((5, 7), (7, 6), (6, 3))]
b = [np.zeros(n) for n in (7, 6, 3)]


def gradients(x, t):
    a = [x]
    for i in range(2):
        a.append(np.tanh(a[-1] @ W[i] + b[i]))
    e = np.exp(a[-1] @ W[2] + b[2])
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[range(len(t)), t]).mean()
    d = p.copy()
    d[range(len(t)), t] -= 1
    d /= len(t)
    gW, gb = [0, 0, 0], [0, 0, 0]
    for i in (2, 1, 0):
        gW[i], gb[i] = a[i].T @ d, d.sum(axis=0)
        d = d @ W[i].T * (1 - a[i] ** 2)
    return loss, gW, gb


def heavy_ball(p, g, s):
    s["v"] = .9 * s.get("v", 0) - .05 * g
    p += s["v"]


def averaged(p, g, s):
    s["v"] = .8 * s.get("v", np.zeros_like(p)) + (1 - .8) * g
    p -= .3 * s["v"]


def nesterov(p, g, s):
    v = s.setdefault("v", np.zeros_like(p))
    old = v.copy()
    v *= .9
    v -= .05 * g
    p += -.9 * old + (1 + .9) * v


def nesterov_ahead(p, g, s):
    s["v"] = .9 * s.get("v", np.zeros_like(p)) + g
    p -= .05 * (g + .9 * s["v"])


def plain(p, g, s):
    p -= .2 * g


rules = [heavy_ball, averaged, nesterov, nesterov_ahead, plain, heavy_ball]
states = [{} for _ in rules]
for step in range(15):
    k = step % 3 * 20
    loss, gW, gb = gradients(X[k:k + 20], y[k:k + 20])
    for rule, p, g, s in zip(rules, W + b, gW + gb, states):
        rule(p, g, s)
    print(step, loss)
