import numpy as np

np.random.seed(7)
n = 60
y = np.where(np.random.rand(n) < 0.5, -1.0, 1.0)
x = np.random.randn(n, 2) + 0.9 * y[:, None]
w, b, eta = np.zeros(2), np.zeros(1), 0.2
for epoch in range(6):
    for k in np.random.permutation(n):
        score = x[k].dot(w) + b
        if y[k] * score < 1:
            w += eta * y[k] * x[k]
            b += eta * y[k]
print(w, b, np.mean(np.sign(x @ w + b) == y))
