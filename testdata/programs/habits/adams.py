import numpy as np

rng = np.random.default_rng(33)
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


def adam(p, g, s):
    s["t"] = s.get("t", 0) + 1
    s["m"] = .9 * s.get("m", np.zeros_like(p)) + (1 - .9) * g
    s["v"] = .99 * s.get("v", np.zeros_like(p)) + (1 - .99) * g ** 2
    m = s["m"] / (1 - .9 ** s["t"])
    v = s["v"] / (1 - .99 ** s["t"])
    p -= .01 * m / (np.sqrt(v) + 1e-8)


def adam_one_rate(p, g, s):
    s["t"] = s.get("t", 0) + 1
    m, v = s.setdefault("m", np.zeros_like(p)), s.setdefault("v", np.zeros_like(p))
    rate = .01 * np.sqrt(1 - .999 ** s["t"]) / (1 - .9 ** s["t"])
    m += (1 - .9) * (g - m)
    v += (1 - .999) * (g ** 2 - v)
    p -= rate * m / (np.sqrt(v) + 1e-7)


def amsgrad(p, g, s):
    s["m"] = .9 * s.get("m", np.zeros_like(p)) + .1 * g
    s["v"] = .9 * s.get("v", np.zeros_like(p)) + .1 * g ** 2
    s["top"] = np.maximum(s.get("top", np.zeros_like(p)), s["v"])
    p -= .01 * s["m"] / (np.sqrt(s["top"]) + 1e-8)


def adamax(p, g, s):
    s["t"] = s.get("t", 0) + 1
    s["m"] = .9 * s.get("m", np.zeros_like(p)) + .1 * g
    s["u"] = np.maximum(.99 * s.get("u", np.zeros_like(p)), np.abs(g))
    p -= .01 / (1 - .9 ** s["t"]) * s["m"] / (s["u"] + 1e-8)


rules = [adam, adam_one_rate, amsgrad, adamax, adam, adam_one_rate]
states = [{} for _ in rules]
for step in range(15):
    k = step % 3 * 20
    loss, gW, gb = gradients(X[k:k + 20], y[k:k + 20])
    for rule, p, g, s in zip(rules, W + b, gW + gb, states):
        rule(p, g, s)
    print(step, loss)
