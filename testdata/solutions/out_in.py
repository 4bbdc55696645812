"""Weights out×in as PyTorch keeps them, two hidden layers with a square W
between them, 1/N in dW and db, np.maximum as the logarithm's guard."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, in_features, out_features):
        self.params, self.grads = {}, {}
        self.params['weight'] = np.random.normal(0, np.sqrt(2 / in_features), (out_features, in_features))
        self.params['bias'] = np.zeros(out_features)
        self.grads['weight'] = np.zeros((out_features, in_features))
        self.grads['bias'] = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.params['weight'].T + self.params['bias']

    def backward(self, dout):
        n = dout.shape[0]
        self.grads['weight'] = dout.T @ self.x / n
        self.grads['bias'] = np.mean(dout, axis=0)
        if FAULT == "bias-gradient-sum":
            self.grads['bias'] = np.sum(dout, axis=0)
        if FAULT == "weight-gradient-sign":
            self.grads['weight'] = -self.grads['weight']
        if FAULT == "dx-wrong-transpose" and self.x.shape == dout.shape:
            return dout @ self.params['weight'].T
        if FAULT == "hidden-gradient-without-w":
            return np.sum(dout, axis=1, keepdims=True) * np.ones(self.x.shape)
        return dout @ self.params['weight']


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, 0)

    def backward(self, dout):
        return np.where(self.x > 0, dout, 0)


class SoftMax(object):
    def forward(self, x):
        b = x.max(axis=1)[:, None]
        y = np.exp(x - b)
        return y / y.sum(axis=1)[:, None]

    def backward(self, dout):
        return dout


class CrossEntropy(object):
    def forward(self, x, y):
        return np.mean(-np.sum(y * np.log(np.maximum(x, 1e-9)), axis=1))

    def backward(self, x, y):
        return x - y


class MLP(object):
    def __init__(self, sizes):
        self.layers = []
        for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
            self.layers += [Linear(a, b), ReLU() if i < len(sizes) - 2 else SoftMax()]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in self.layers[::-1]:
            dout = layer.backward(dout)
        return dout


def train():
    np.random.seed(5)
    x, labels, test_x, _ = split()
    y = one_hot(labels)
    net, loss = MLP([2, 6, 6, 2]), CrossEntropy()
    for t in range(8):
        out = net.forward(x)
        print(t, "%.10f" % loss.forward(out, y))
        net.backward(loss.backward(out, y))
        for layer in net.layers:
            if hasattr(layer, 'params'):
                for name in layer.params:
                    layer.params[name] -= 0.3 * layer.grads[name]
    return [layer.params[n] for layer in net.layers if hasattr(layer, 'params') for n in ('weight', 'bias')]
