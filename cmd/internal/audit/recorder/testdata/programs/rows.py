"""One sample at a time, and a loop without arrays."""
import numpy as np

rng = np.random.RandomState(1)
X, T = rng.randn(60, 5), rng.rand(60)
W, b, V, c = rng.randn(8, 5), np.zeros(8), rng.randn(8), np.zeros(1)
words = {}
for i in range(30000):
    words[i % 7] = words.get(i % 7, 0) + i * 2 - 1
for epoch in range(12):
    dW, db, dV, dc = np.zeros_like(W), np.zeros_like(b), np.zeros_like(V), np.zeros_like(c)
    loss = 0.0
    for i in range(len(X)):
        h = np.tanh(W @ X[i] + b)
        e = V @ h + c - T[i]
        loss += 0.5 * float(e[0] ** 2)
        dV += e * h
        dc += e
        dh = e * V * (1 - h * h)
        dW += np.outer(dh, X[i])
        db += dh
    for p, g in ((W, dW), (b, db), (V, dV), (c, dc)):
        p -= 0.1 * g / len(X)
    print(epoch, loss / len(X), words[3])
