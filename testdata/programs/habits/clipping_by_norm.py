import numpy as np

rng = np.random.default_rng(34)
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


rate, momentum, limit = .2, .5, .3
speed = [np.zeros_like(p) for p in W + b]
for step in range(15):
    k = step % 3 * 20
    loss, gW, gb = gradients(X[k:k + 20], y[k:k + 20])
    grads = gW + gb
    norm = np.sqrt(sum(np.sum(g ** 2) for g in grads))
    if norm > limit:
        grads = [g * (limit / norm) for g in grads]
    for i, p in enumerate(W + b):
        speed[i] = momentum * speed[i] + grads[i]
        p -= rate / (1 + .1 * step) * speed[i]
    print(step, loss, norm)
