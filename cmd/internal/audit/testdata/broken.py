"""Logistic regression behind one hidden layer, trained by gradient descent."""
import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def forward(x, p):
    hidden = np.tanh(x @ p["W"] + p["b"])
    return hidden, sigmoid(hidden @ p["v"])


def gradients(x, y, p):
    hidden, out = forward(x, p)
    loss = -np.mean(y * np.log(out) + (1 - y) * np.log(1 - out))
    da = (out - y) / len(x)
    dhidden = np.outer(da, p["v"])
    dz = dhidden * (1 - hidden ** 2)
    return loss, {"v": hidden.T @ da, "W": x.T @ dhidden, "b": dz.sum(axis=0)}


rng = np.random.default_rng(3)
x = rng.normal(size=(40, 3))
y = (x[:, 0] * x[:, 1] > 0).astype(float)
p = {"W": rng.normal(size=(3, 5)), "b": np.zeros(5), "v": rng.normal(size=5)}
for step in range(9):
    loss, grads = gradients(x, y, p)
    for name in p:
        p[name] -= 0.5 * grads[name]
print("loss %.3f" % loss)
