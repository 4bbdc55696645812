import numpy as np
rng = np.random.RandomState(1)
X = np.c_[np.ones(200), rng.randn(200, 3)]
t = (rng.rand(200) < 1 / (1 + np.exp(-X @ np.array([0.3, 1, -1, 0.5])))).astype(float)
w = np.zeros(4); lam = 0.1
for i in range(10):
    y = 1 / (1 + np.exp(-X @ w))
    E = -np.mean(t * np.log(y) + (1 - t) * np.log(1 - y)) + lam / 2 * w @ w
    g = X.T @ (y - t) / 200 + lam * w
    H = (X * (y * (1 - y))[:, None]).T @ X / 200 + lam * np.eye(4)
    w = w - np.linalg.solve(H, g)
    print(E)
