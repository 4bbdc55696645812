"""Each Linear updates itself inside its own backward(dout, lr)."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng):
        self.params = {'weight': rng.randn(n_in, n_out) * np.sqrt(2 / n_in), 'bias': np.zeros(n_out)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x.dot(self.params['weight']) + self.params['bias']

    def backward(self, dout, lr):
        self.grads['weight'] = self.x.T.dot(dout)
        self.grads['bias'] = dout.sum(0)
        if FAULT != "dx-updated-weights":
            dx = dout.dot(self.params['weight'].T)
        for key in ('weight', 'bias'):
            self.params[key] -= lr * self.grads[key]
            if FAULT == "update-twice":
                self.params[key] -= lr * self.grads[key]
        if FAULT == "dx-updated-weights":
            dx = dout.dot(self.params['weight'].T)
        return dx


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout, lr):
        return dout * (self.x > 0)


class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, dout, lr):
        return dout


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.mean(np.sum(y * np.log(x + 1e-7), axis=1))

    def backward(self, x, y):
        return (x - y) / len(x)


def train():
    rng = np.random.RandomState(4)
    x, labels, test_x, test_labels = split()
    y = one_hot(labels)
    layers = [Linear(2, 8, rng), ReLU(), Linear(8, 2, rng), SoftMax()]
    loss = CrossEntropy()

    def forward(a):
        for layer in layers:
            a = layer.forward(a)
        return a

    for t in range(7):
        out = forward(x)
        print(t, "%.9f" % loss.forward(out, y))
        dout = loss.backward(out, y)
        for layer in reversed(layers):
            dout = layer.backward(dout, 0.4)
        if t == 3:
            print(np.mean(forward(test_x).argmax(1) == test_labels))
    return [layer.params[k] for layer in (layers[0], layers[2]) for k in ('weight', 'bias')]
