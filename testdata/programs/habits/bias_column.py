"""The biases are the first column of each weight matrix, and do not decay; one
sample a step, and no loss is computed."""
import numpy as np

r = np.random.RandomState(4)
X = r.uniform(-1, 1, (80, 3))
y = X[:, 0] * X[:, 1] + 0.5 * X[:, 2]
sizes = [3, 7, 1]
weights = [0.5 * r.randn(n, m + 1) for m, n in zip(sizes, sizes[1:])]


def with_ones(a):
    return np.c_[np.ones(len(a)), a]


def gradients(x, target, decay):
    hidden = np.tanh(with_ones(x) @ weights[0].T)
    out = with_ones(hidden) @ weights[1].T
    delta = out - target.reshape(-1, 1)
    back = delta @ weights[1][:, 1:] * (1 - hidden ** 2)
    grads = [back.T @ with_ones(x), delta.T @ with_ones(hidden)]
    for g, w in zip(grads, weights):
        g[:, 1:] += 2 * decay * w[:, 1:]
    return grads


for step in range(300):
    i = r.randint(len(X))
    for w, g in zip(weights, gradients(X[i:i + 1], y[i:i + 1], 0.01)):
        w -= 0.05 * g
print(np.mean((with_ones(np.tanh(with_ones(X) @ weights[0].T)) @ weights[1].T - y[:, None]) ** 2))
