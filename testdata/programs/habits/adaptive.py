import numpy as np

rng = np.random.default_rng(32)
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


def adagrad(p, g, s):
    s["h"] = s.get("h", np.zeros_like(p)) + g * g
    p -= .1 * g / (np.sqrt(s["h"]) + 1e-7)


def rmsprop(p, g, s):
    s["h"] = .9 * s.get("h", 0) + (1 - .9) * g ** 2
    p -= .01 * g / np.sqrt(s["h"] + 1e-8)


def rmsprop_momentum(p, g, s):
    s["h"] = .9 * s.get("h", np.zeros_like(p)) + .1 * g ** 2
    s["v"] = .5 * s.get("v", np.zeros_like(p)) + .01 * g / (np.sqrt(s["h"]) + 1e-8)
    p -= s["v"]


def centred(p, g, s):
    s["h"] = .9 * s.get("h", np.zeros_like(p)) + .1 * g ** 2
    s["m"] = .9 * s.get("m", np.zeros_like(p)) + .1 * g
    p -= .01 * g / np.sqrt(s["h"] - s["m"] ** 2 + 1e-6)


rules = [adagrad, rmsprop, rmsprop_momentum, centred, rmsprop, adagrad]
states = [{} for _ in rules]
for step in range(15):
    k = step % 3 * 20
    loss, gW, gb = gradients(X[k:k + 20], y[k:k + 20])
    for rule, p, g, s in zip(rules, W + b, gW + gb, states):
        rule(p, g, s)
    print(step, loss)
