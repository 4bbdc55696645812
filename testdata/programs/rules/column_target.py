# A hidden layer and one linear output; the targets are a column.
import numpy as np

rng = np.random.default_rng(3)
X = rng.uniform(-2, 2, (60, 1))
target = np.sin(X)
W1, b1 = rng.normal(0, 1, (1, 10)), np.zeros((1, 10))
W2, b2 = rng.normal(0, 0.3, (10, 1)), np.zeros((1, 1))
n = len(X)
for it in range(10):
    z = X @ W1 + b1
    h = np.tanh(z)
    out = h @ W2 + b2
    err = out - target
    loss = np.sum(err ** 2) / n
    dout = 2 * err / n
    dW2 = h.T @ dout
    db2 = dout.sum(0, keepdims=True)
    dz = (dout @ W2.T) * (1 - h * h)
    dW1 = X.T @ dz
    db1 = dz.sum(0, keepdims=True)
    W1 -= 0.1 * dW1
    b1 -= 0.1 * db1
    W2 -= 0.1 * dW2
    b2 -= 0.1 * db2
    print("%.5f" % loss)
