"""Samples as columns: x is f×N, Z = W·X + b with b (n, 1)."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng):
        self.params = {'weight': rng.randn(n_out, n_in) * np.sqrt(2 / n_in), 'bias': np.zeros((n_out, 1))}
        self.grads = {'weight': None, 'bias': None}

    def forward(self, x):
        self.x = x
        return np.dot(self.params['weight'], x) + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] = np.dot(dout, self.x.T)
        self.grads['bias'] = np.sum(dout, axis=1, keepdims=True)
        if FAULT == "bias-gradient-mean":
            self.grads['bias'] = np.mean(dout, axis=1, keepdims=True)
        if FAULT == "dx-with-dw":
            return np.dot(self.grads['weight'].T, dout)
        return np.dot(self.params['weight'].T, dout)


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(0, x)

    def backward(self, dout):
        if FAULT == "relu-mask-from-gradient":
            return dout * (dout > 0)
        return dout * (self.x > 0)


class SoftMax(object):
    def forward(self, x):
        axis = 1 if FAULT == "softmax-axis-0" else 0
        e = np.exp(x - np.max(x, axis=axis, keepdims=True))
        return e / np.sum(e, axis=axis, keepdims=True)

    def backward(self, dout):
        return dout


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-8)) / y.shape[1]

    def backward(self, x, y):
        return (x - y) / y.shape[1]


def train():
    rng = np.random.RandomState(11)
    x, labels, test_x, test_labels = split()
    X, Y = x.T.copy(), one_hot(labels).T.copy()
    layers = [Linear(2, 7, rng), ReLU(), Linear(7, 2, rng), SoftMax()]
    loss = CrossEntropy()
    for t in range(8):
        a = X
        for layer in layers:
            a = layer.forward(a)
        print("%.8f" % loss.forward(a, Y))
        d = loss.backward(a, Y)
        for layer in reversed(layers):
            d = layer.backward(d)
        for layer in layers[0], layers[2]:
            layer.params['weight'] -= 0.4 * layer.grads['weight']
            layer.params['bias'] -= 0.4 * layer.grads['bias']
        if t == 4:
            a = test_x.T
            for layer in layers:
                a = layer.forward(a)
            print("accuracy", np.mean(np.argmax(a, axis=0) == test_labels))
    return [layer.params[n] for layer in (layers[0], layers[2]) for n in ('weight', 'bias')]
