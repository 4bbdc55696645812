"""Two hidden layers of different kinds, the derivative of each written out."""
import numpy as np

rng = np.random.default_rng(3)
X = rng.normal(size=(60, 3))
t = np.stack([X[:, 0] * X[:, 1], np.abs(X[:, 2])], axis=1)
U, a = rng.normal(0, 0.6, (3, 9)), np.zeros(9)
V, b = rng.normal(0, 0.4, (9, 7)), np.zeros(7)
W, c = rng.normal(0, 0.4, (7, 2)), np.zeros(2)

for step in range(40):
    h = np.tanh(X @ U + a)
    s = 1 / (1 + np.exp(-(h @ V + b)))
    out = s @ W + c
    loss = 0.5 * np.sum((out - t) ** 2) / 60
    dout = (out - t) / 60
    dW = s.T @ dout
    dc = dout.sum(axis=0)
    ds = dout @ W.T
    dv = ds * s * (1 - s)
    dV = h.T @ dv
    db = dv.sum(axis=0)
    dh = dv @ V.T
    du = dh * (1 - h ** 2)
    dU = X.T @ du
    da = du.sum(axis=0)
    for parameter, gradient in ((U, dU), (a, da), (V, dV), (b, db), (W, dW), (c, dc)):
        parameter -= 0.3 * gradient
print(loss)
