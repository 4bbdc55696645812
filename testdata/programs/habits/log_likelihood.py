import numpy as np

rng = np.random.default_rng(71)
X = rng.normal(size=(40, 3))
t = (X[:, 0] * X[:, 1] > 0).astype(float)
W1, b1 = rng.normal(0, .8, (3, 6)), np.zeros(6)
w2, b2 = rng.normal(0, .8, 6), 0.
rate = .02


def forward(X):
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    return h, 1 / (1 + np.exp(-(h @ w2 + b2)))


for i in range(9):
    h, p = forward(X)
    likelihood = np.sum(t * np.log(p) + (1 - t) * np.log(1 - p))
    e = t - p
    d = np.outer(e, w2) * h * (1 - h)
    w2 += rate * h.T @ e
    b2 += rate * e.sum()
    W1 += rate * X.T @ d
    b1 += rate * d.sum(axis=0)
    print(i, likelihood)
