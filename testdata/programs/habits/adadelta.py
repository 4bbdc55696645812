import numpy as np

np.random.seed(1)
x = np.random.randn(50, 3)
t = x @ np.array([[1.], [-2.], [.5]]) + .3
W, b = np.random.randn(3, 1), np.zeros((1, 1))
Eg = [np.zeros_like(W), np.zeros_like(b)]
Ed = [np.zeros_like(W), np.zeros_like(b)]
rho, eps = .9, 1e-4
for i in range(15):
    e = x @ W + b - t
    loss = np.mean(e ** 2)
    g = [2 * x.T @ e / 50, 2 * e.mean(0, keepdims=True)]
    for k, p in enumerate((W, b)):
        Eg[k] = rho * Eg[k] + (1 - rho) * g[k] ** 2
        delta = -np.sqrt(Ed[k] + eps) / np.sqrt(Eg[k] + eps) * g[k]
        Ed[k] = rho * Ed[k] + (1 - rho) * delta ** 2
        p += delta
    print(i, loss)
