"""The norm of all gradients bounds a step only where it is large; no loss is computed."""
import numpy as np

rs = np.random.RandomState(4)
X = rs.randn(60, 5)
Y = (X @ rs.randn(5, 1) > 0.1).astype(float)
W = [rs.randn(5, 8) * 0.5, rs.randn(8, 1) * 0.5]
b = [np.zeros(8), np.zeros(1)]
v = [np.zeros_like(p) for p in W + b]
for epoch in range(4):
    for start in range(0, 60, 15):
        x, y = X[start:start + 15], Y[start:start + 15]
        h = 1 / (1 + np.exp(-(x @ W[0] + b[0])))
        p = 1 / (1 + np.exp(-(h @ W[1] + b[1])))
        d = (p - y) / 15
        dW1 = h.T @ d
        db1 = d.sum(axis=0)
        dz = d @ W[1].T * h * (1 - h)
        dW0 = x.T @ dz
        db0 = dz.sum(axis=0)
        norm = np.sqrt(sum(np.sum(g ** 2) for g in (dW0, dW1, db0, db1)))
        if norm > 2.0:
            dW0, dW1, db0, db1 = [g * 2.0 / norm for g in (dW0, dW1, db0, db1)]
        for i, (w, g) in enumerate(zip(W + b, (dW0, dW1, db0, db1))):
            v[i] = 0.9 * v[i] + g
            w -= 0.1 * (g + 0.9 * v[i])
print(W[0])
