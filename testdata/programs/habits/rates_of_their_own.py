import numpy as np

rng = np.random.default_rng(35)
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


rates = [.5, .25, .1, .4, .2, .05]
for step in range(15):
    k = step % 3 * 20
    loss, gW, gb = gradients(X[k:k + 20], y[k:k + 20])
    warm = min(1, (step + 1) / 5) * .5 * (1 + np.cos(np.pi * step / 30))
    for rate, p, g in zip(rates, W + b, gW + gb):
        p -= warm * rate * g
    print(step, loss)
