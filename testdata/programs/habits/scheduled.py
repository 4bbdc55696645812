import numpy as np

rng = np.random.default_rng(18)
X = rng.normal(size=(90, 6))
y = rng.integers(0, 3, 90)
W = [rng.normal(0, .4, s) for s in ((6, 8), (8, 8), (8, 3))]
b = [np.zeros(n) for n in (8, 8, 3)]
step = 0
for epoch in range(4):
    rate = .3 if epoch < 2 else .03
    for k in range(0, 90, 32):
        x, t = X[k:k + 32], y[k:k + 32]
        n = len(x)
        a = [x]
        for i in range(2):
            a.append(np.tanh(a[-1] @ W[i] + b[i]))
        s = a[-1] @ W[2] + b[2]
        s -= s.max(axis=1, keepdims=True)
        p = np.exp(s)
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[range(n), t]).sum() / n
        d = p
        d[range(n), t] -= 1
        d /= n
        for i in (2, 1, 0):
            gW, gb = a[i].T @ d, d.sum(axis=0)
            if i > 0:
                d = (d @ W[i].T) * (1 - a[i] ** 2)
            W[i] -= rate * (gW + 1e-4 * W[i])
            b[i] -= rate * gb
        step += 1
    print(epoch, step, loss)
