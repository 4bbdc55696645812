"""Samples N×1×f, with np.matmul over the last two axes. One sample lies at the
origin, where z1 is exactly 0 in the first step."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng):
        self.params = {'weight': rng.randn(n_in, n_out) * np.sqrt(2 / n_in), 'bias': np.zeros((1, n_out))}
        self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros((1, n_out))}

    def forward(self, x):
        self.x = x
        return np.matmul(x, self.params['weight']) + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] = np.matmul(self.x.transpose(0, 2, 1), dout).sum(axis=0)
        self.grads['bias'] = dout.sum(axis=0)
        if FAULT == "bias-gradient-total":
            self.grads['bias'] = np.sum(dout)
        return np.matmul(dout, self.params['weight'].T)


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(0, x)

    def backward(self, dout):
        d = np.array(dout)
        if FAULT == "relu-passes-zero":
            d[self.x < 0] = 0
        elif FAULT == "relu-mask-inverted":
            d[self.x > 0] = 0
        else:
            d[self.x <= 0] = 0
        return d


class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=2, keepdims=True))
        return e / np.sum(e, axis=2, keepdims=True)

    def backward(self, dout):
        return dout


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-7)) / len(x)

    def backward(self, x, y):
        return (x - y) / len(x)


def train():
    rng = np.random.RandomState(2)
    x, labels, _, _ = split()
    x[0] = 0
    X, Y = x[:, None, :], one_hot(labels)[:, None, :]
    layers = [Linear(2, 6, rng), ReLU(), Linear(6, 2, rng), SoftMax()]
    loss = CrossEntropy()
    for t in range(6):
        out = X
        for layer in layers:
            out = layer.forward(out)
        print("%.10f" % loss.forward(out, Y))
        dout = loss.backward(out, Y)
        for layer in reversed(layers):
            dout = layer.backward(dout)
        for layer in (layers[0], layers[2]):
            layer.params['weight'] -= 0.3 * layer.grads['weight']
            layer.params['bias'] = layer.params['bias'] - 0.3 * layer.grads['bias']
    return [layer.params[k] for layer in (layers[0], layers[2]) for k in ('weight', 'bias')]
