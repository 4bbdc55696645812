"""The bias as the last row of the weights, [W; b], with a column of ones."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng):
        self.theta = np.vstack((rng.randn(n_in, n_out) * np.sqrt(2 / n_in), np.zeros((1, n_out))))
        self.dtheta = np.zeros_like(self.theta)

    def forward(self, x):
        self.x = np.hstack((x, np.ones((len(x), 1))))
        return self.x @ self.theta

    def backward(self, dout):
        self.dtheta = self.x.T @ dout
        if FAULT == "bias-gradient-mean":
            self.dtheta[-1] /= len(dout)
        return (dout @ self.theta.T)[:, :-1]


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * (self.x > 0)


class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def backward(self, dout):
        return dout


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-7)) / len(x)

    def backward(self, x, y):
        return (x - y) / len(x)


def train():
    rng = np.random.RandomState(24)
    x, labels, _, _ = split()
    y = one_hot(labels)
    layers = [Linear(2, 8, rng), ReLU(), Linear(8, 2, rng), SoftMax()]
    loss = CrossEntropy()
    for t in range(6):
        out = x
        for layer in layers:
            out = layer.forward(out)
        print("%.9f" % loss.forward(out, y))
        d = loss.backward(out, y)
        for layer in reversed(layers):
            d = layer.backward(d)
        for layer in layers[0], layers[2]:
            if FAULT == "bias-not-updated":
                layer.theta[:-1] -= 0.4 * layer.dtheta[:-1]
            else:
                layer.theta -= 0.4 * layer.dtheta
    return [layers[0].theta, layers[2].theta]
