import numpy as np
rng = np.random.RandomState(1)
X = np.c_[np.ones(200), rng.randn(200, 3)]
t = (rng.rand(200) < 1 / (1 + np.exp(-X @ np.array([0.3, 1, -1, 0.5])))).astype(float)
w = np.zeros(4)
for i in range(10):
    y = 1 / (1 + np.exp(-X @ w))
    E = -np.sum(t * np.log(y + 1e-12) + (1 - t) * np.log(1 - y + 1e-12))
    R = np.diag(y * (1 - y))
    H = X.T @ R @ X
    w = w - np.linalg.inv(H) @ X.T @ (y - t)
    print(E)
