import numpy as np


def expit(v):
    return 0.5 * np.tanh(0.5 * v) + 0.5


def fit(X, y, grades, rate=0.5, steps=9, seed=0):
    """Proportional odds: P(y <= k) = expit(cut_k - X b), cuts in ascending order
    since their gaps are exponentials."""
    n, d = X.shape
    b = np.random.default_rng(seed).normal(0, 0.1, d)
    first, gaps = np.array([-1.0]), np.zeros(grades - 2)
    for step in range(steps):
        cut = np.concatenate([first, first + np.cumsum(np.exp(gaps))])
        eta = X @ b
        below = expit(cut[None, :] - eta[:, None])
        full = np.hstack([np.zeros((n, 1)), below, np.ones((n, 1))])
        upper, lower = full[np.arange(n), y + 1], full[np.arange(n), y]
        p = upper - lower
        nll = -np.mean(np.log(p))

        dfull = np.zeros_like(full)
        dfull[np.arange(n), y + 1] = -1 / p / n
        dfull[np.arange(n), y] = 1 / p / n
        dbelow = dfull[:, 1:-1]
        dz = dbelow * below * (1 - below)
        deta = -dz.sum(axis=1)
        db = X.T @ deta
        dcut = dz.sum(axis=0)
        dgaps = np.cumsum(dcut[:0:-1])[::-1] * np.exp(gaps)
        dfirst = dcut.sum(keepdims=True)

        b -= rate * db
        first -= rate * dfirst
        gaps -= rate * dgaps
        print(step, nll)
    return b, first, gaps


rng = np.random.default_rng(17)
X = rng.normal(size=(120, 3))
hidden = X @ np.array([1.0, -2.0, 0.5]) + rng.logistic(size=120)
fit(X, np.digitize(hidden, [-2, 0, 1.5]), 4)
