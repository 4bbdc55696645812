import numpy as np

# Logistic regression in two layers whose loss and whose gradient are guarded
# against probabilities of zero, each in its own way.
rng = np.random.default_rng(5)
x = rng.normal(size=(40, 3))
y = (x[:, :1] * x[:, 1:2] > 0) * 1.0
w1, b1 = rng.normal(size=(3, 6)), np.zeros(6)
w2, b2 = rng.normal(size=(6, 1)) * 3, np.zeros(1)
for step in range(9):
    h = np.tanh(x @ w1 + b1)
    p = 1 / (1 + np.exp(-(h @ w2 + b2)))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p + 1e-6))
    dp = (p - y) / (p * (1 - p) + 1e-6) / len(x)
    dz = dp * p * (1 - p)
    dh = dz @ w2.T * (1 - h ** 2)
    w2 -= 0.5 * h.T @ dz
    b2 -= 0.5 * dz.sum(0)
    w1 -= 0.5 * x.T @ dh
    b1 -= 0.5 * dh.sum(0)
    print(step, loss)
