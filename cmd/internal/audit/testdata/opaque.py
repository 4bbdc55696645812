import numpy as np
rng = np.random.default_rng(0)
X, Y = rng.normal(size=(8, 3)), rng.normal(size=(8, 1))
W, V = rng.normal(size=(3, 4)), rng.normal(size=(4, 1))
for step in range(9):
    a = X @ W
    h = np.sinc(a)
    p = h @ V
    loss = ((p - Y) ** 2).mean()
    dp = 2 * (p - Y) / len(X)
    dV = h.T @ dp
    da = dp @ V.T * (np.cos(np.pi * a) - h) / a
    dW = X.T @ da
    W -= 0.01 * dW
    V -= 0.01 * dV
