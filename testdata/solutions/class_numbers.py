"""Labels as class numbers; the loss comes in a tuple with the accuracy, and
backward in a tuple with nothing else of use; three classes."""
import os

import numpy as np

from data import split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng):
        self.w, self.b = rng.randn(n_in, n_out) * np.sqrt(2 / n_in), np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return np.dot(x, self.w) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.w.T)
        dw, db = np.dot(self.x.T, dout), np.sum(dout, axis=0)
        if FAULT == "dx-with-dw":
            dx = np.dot(dout, dw.T)
        return dx, [dw, db]


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


class CrossEntropy(object):
    def forward(self, x, y):
        right = x[range(len(x)), y]
        return -np.log(right + 1e-7).sum() / len(x), np.mean(np.argmax(x, axis=1) == y)

    def backward(self, x, y):
        d = x if FAULT == "p-changed" else x.copy()
        d[range(len(x)), y] -= 1
        return d / len(x), None


def train():
    rng = np.random.RandomState(19)
    x, labels, _, _ = split()
    labels = np.where(x[:, 0] > 1.2, 2, labels)
    l1, relu, l2, softmax, loss = Linear(2, 9, rng), ReLU(), Linear(9, 3, rng), SoftMax(), CrossEntropy()
    for t in range(6):
        p = softmax.forward(l2.forward(relu.forward(l1.forward(x))))
        d, _ = loss.backward(p, labels)
        d, g2 = l2.backward(d)
        _, g1 = l1.backward(relu.backward(d))
        for layer, (dw, db) in ((l1, g1), (l2, g2)):
            layer.w -= 0.5 * dw
            layer.b -= 0.5 * db
        print("%.9f %.3f" % loss.forward(p, labels))
    return [l1.w, l1.b, l2.w, l2.b]
