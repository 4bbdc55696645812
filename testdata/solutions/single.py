"""All in float32."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng):
        self.params = {'weight': (rng.randn(n_in, n_out) * np.sqrt(2 / n_in)).astype(np.float32),
                       'bias': np.zeros(n_out, np.float32)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return np.dot(x, self.params['weight']) + self.params['bias']

    def backward(self, dout):
        self.grads = {'weight': np.dot(self.x.T, dout), 'bias': np.sum(dout, axis=0)}
        if FAULT == "weight-gradient-mean":
            self.grads['weight'] /= np.float32(len(dout))
        if FAULT == "bias-gradient-sign":
            self.grads['bias'] *= np.float32(-1)
        return np.dot(dout, self.params['weight'].T)


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(x, np.float32(0))

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
        return -np.sum(y * np.log(x + np.float32(1e-7))) / np.float32(len(x))

    def backward(self, x, y):
        return (x - y) / np.float32(len(x))


def train():
    rng = np.random.RandomState(18)
    x, labels, _, _ = split()
    x, y = x.astype(np.float32), one_hot(labels).astype(np.float32)
    layers = [Linear(2, 8, rng), ReLU(), Linear(8, 2, rng), SoftMax()]
    loss = CrossEntropy()
    for t in range(7):
        out = x
        for layer in layers:
            out = layer.forward(out)
        print("%.6f" % loss.forward(out, y), out.dtype)
        dout = loss.backward(out, y)
        for layer in reversed(layers):
            dout = layer.backward(dout)
        for layer in layers[0], layers[2]:
            for k in layer.params:
                layer.params[k] -= np.float32(0.5) * layer.grads[k]
    return [layer.params[k] for layer in (layers[0], layers[2]) for k in ('weight', 'bias')]
