# Matrices step at a rate by their lengths, biases at a rate of their own.
import numpy as np

rng = np.random.default_rng(23)
X = rng.normal(size=(60, 5))
labels = (X[:, 0] + X[:, 1] ** 2 > 0.7).astype(int)
params = [rng.normal(0, 0.6, (5, 9)), np.zeros(9), rng.normal(0, 0.5, (9, 2)), np.zeros(2)]
speeds = [np.zeros_like(p) for p in params]
rate, trust, decay = 1.5, 0.02, 1e-3
for step in range(24):
    pick = rng.integers(0, 60, 20)
    W1, b1, W2, b2 = params
    h = np.maximum(X[pick] @ W1 + b1, 0)
    z = h @ W2 + b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(20), labels[pick]]))
    dz = p.copy()
    dz[np.arange(20), labels[pick]] -= 1
    dz /= 20
    dh = dz @ W2.T * (h > 0)
    grads = [X[pick].T @ dh, dh.sum(axis=0), h.T @ dz, dz.sum(axis=0)]
    for p, g, v in zip(params, grads, speeds):
        if p.ndim > 1:
            g = g + decay * p
            local = trust * np.linalg.norm(p) / (np.linalg.norm(g) + 1e-9)
        else:
            local = 0.04
        v[...] = 0.9 * v + rate * local * g
        p -= v
    if step % 6 == 0:
        print(step, round(loss, 4))
