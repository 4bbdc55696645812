"""A factorisation machine on few features a sample: only their rows are stepped, each at
a rate of its own, with a penalty that the printed loss has not."""
import numpy as np

rng = np.random.RandomState(3)
D, K = 30, 3
w0, w, V = np.zeros(1), np.zeros(D), 0.1 * rng.randn(D, K)
S0, S, T = np.zeros(1), np.zeros(D), np.zeros((D, K))
rate, weight = 0.1, 0.01
hidden = rng.randn(D)
for step in range(60):
    idx = rng.choice(D, 4, replace=False)
    val = rng.rand(4) + 0.5
    y = 1.0 if hidden[idx] @ val > 0 else -1.0
    rows = V[idx] * val[:, None]
    s = rows.sum(axis=0)
    score = w0[0] + w[idx] @ val + 0.5 * (s @ s - np.sum(rows ** 2))
    loss = np.log(1 + np.exp(-y * score))
    d = -y / (1 + np.exp(y * score))
    gw = d * val + weight * w[idx]
    gV = d * (np.outer(val, s) - V[idx] * (val ** 2)[:, None]) + weight * V[idx]
    S0 += d ** 2
    S[idx] += gw ** 2
    T[idx] += gV ** 2
    w0 -= rate * d / (np.sqrt(S0) + 1e-8)
    w[idx] -= rate * gw / (np.sqrt(S[idx]) + 1e-8)
    V[idx] -= rate * gV / (np.sqrt(T[idx]) + 1e-8)
    if step % 20 == 0:
        print(loss)
