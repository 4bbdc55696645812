import numpy as np

rng = np.random.default_rng(75)
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


def nadam(p, g, s):
    s["t"] = s.get("t", 0) + 1
    s["m"] = .9 * s.get("m", np.zeros_like(p)) + (1 - .9) * g
    s["v"] = .99 * s.get("v", np.zeros_like(p)) + (1 - .99) * g ** 2
    m = s["m"] / (1 - .9 ** s["t"])
    v = s["v"] / (1 - .99 ** s["t"])
    p -= .01 * (.9 * m + (1 - .9) * g / (1 - .9 ** s["t"])) / (np.sqrt(v) + 1e-8)


def lion(p, g, s):
    m = s.get("m", np.zeros_like(p))
    inside = .9 * m + .1 * g
    p -= .01 * np.sign(inside)
    s["m"] = .99 * m + .01 * g


def rmsprop_momentum(p, g, s):
    s["h"] = .9 * s.get("h", np.zeros_like(p)) + .1 * g ** 2
    s["v"] = .5 * s.get("v", np.zeros_like(p)) + .01 * g / (np.sqrt(s["h"]) + 1e-8)
    p -= s["v"]


def adam_penalty(p, g, s):
    s["t"] = s.get("t", 0) + 1
    g = g + .01 * p
    s["m"] = .9 * s.get("m", np.zeros_like(p)) + .1 * g
    s["v"] = .99 * s.get("v", np.zeros_like(p)) + .01 * g ** 2
    p -= .01 * s["m"] / (1 - .9 ** s["t"]) / (np.sqrt(s["v"] / (1 - .99 ** s["t"])) + 1e-8)


def keras_nesterov(p, g, s):
    s["v"] = .9 * s.get("v", np.zeros_like(p)) - .05 * g
    p += .9 * s["v"] - .05 * g


rules = [nadam, lion, rmsprop_momentum, adam_penalty, keras_nesterov, nadam]
states = [{} for _ in rules]
for step in range(15):
    k = step % 3 * 20
    loss, gW, gb = gradients(X[k:k + 20], y[k:k + 20])
    for rule, p, g, s in zip(rules, W + b, gW + gb, states):
        rule(p, g, s)
    print(step, loss)
