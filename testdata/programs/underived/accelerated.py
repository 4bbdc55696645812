import numpy as np

r = np.random.RandomState(2)
X = r.randn(40, 8)
t = np.where(X[:, 0] - X[:, 1] > 0, 1.0, -1.0)
penalty, L = 0.02, 2.0


def smooth(w):
    m = t * (X @ w)
    return np.logaddexp(0, -m).mean(), -(X.T @ (t / (1 + np.exp(m)))) / len(t)


def soft(v, k):
    return np.sign(v) * np.maximum(np.abs(v) - k, 0)


w = np.zeros(8)
z, momentum = w.copy(), 1.0
for i in range(30):
    _, g = smooth(z)
    shrunk = soft(z - g / L, penalty / L)
    following = (1 + np.sqrt(1 + 4 * momentum ** 2)) / 2
    z = shrunk + (momentum - 1) / following * (shrunk - w)
    w, momentum = shrunk, following
    print(smooth(w)[0] + penalty * np.abs(w).sum())
