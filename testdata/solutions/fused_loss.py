"""Softmax inside the loss: forward(z, labels) with class numbers, backward()
without arguments, the probabilities kept in the loss."""
import os

import numpy as np

from data import split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, fan_in, fan_out, rng):
        self.W = rng.randn(fan_in, fan_out) * np.sqrt(2 / fan_in)
        self.b = np.zeros(fan_out)

    def forward(self, x):
        self.x = x
        return x.dot(self.W) + self.b

    def backward(self, dout):
        self.dW = self.x.T.dot(dout)
        self.db = dout.sum(axis=0)
        return dout.dot(self.W.T)


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0.0)

    def backward(self, dout):
        dx = dout.copy()
        dx[self.x <= 0] = 0
        return dx


class SoftmaxCrossEntropy(object):
    def softmax(self, z):
        z = z - np.max(z, axis=1, keepdims=True)
        e = np.exp(z)
        return e / np.sum(e, axis=1, keepdims=True)

    def forward(self, z, labels):
        self.n = len(z)
        self.labels = labels
        self.p = self.softmax(z)
        if FAULT == "softmax-twice":
            self.p = self.softmax(self.p)
        right = self.p[np.arange(self.n), labels]
        log = np.log10 if FAULT == "log10" else np.log
        return -log(right + 1e-5).mean()

    def backward(self):
        d = self.p.copy()
        d[np.arange(self.n), self.labels] -= 1
        if FAULT == "jacobian-on-fused-gradient":
            d = self.p * (d - np.sum(d * self.p, axis=1, keepdims=True))
        if FAULT == "dz-plus-1e-7":
            d += 1e-7
        if FAULT == "dz-wrong-class":
            rows = np.arange(self.n)
            right = self.p[rows, self.labels]
            d = self.p ** 2 / right[:, None]
            d[rows, self.labels] = right - 1
        if FAULT == "epsilon-in-gradient":
            right = self.p[np.arange(self.n), self.labels]
            d *= (right / (right + 1e-5))[:, None]
        return d / self.n


class MLP(object):
    def __init__(self):
        rng = np.random.RandomState(1)
        self.layers = [Linear(2, 10, rng), ReLU(), Linear(10, 2, rng)]

    def forward(self, x):
        for l in self.layers:
            x = l.forward(x)
        return x

    def backward(self, d):
        for l in reversed(self.layers):
            d = l.backward(d)


def train():
    x, labels, test_x, test_labels = split()
    net, criterion = MLP(), SoftmaxCrossEntropy()
    for t in range(10):
        loss = criterion.forward(net.forward(x), labels)
        net.backward(criterion.backward())
        for l in net.layers:
            if isinstance(l, Linear):
                l.W -= 0.2 * l.dW
                l.b -= 0.2 * l.db
        print(t, "%.7f" % loss, np.mean(net.forward(test_x).argmax(axis=1) == test_labels))
    return [a for l in net.layers if isinstance(l, Linear) for a in (l.W, l.b)]
