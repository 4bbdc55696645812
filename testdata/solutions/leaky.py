"""Other names: LinearLayer, LeakyReLU as a kind of ReLU, MLPN, Loss."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Layer(object):
    def forward(self, x):
        raise NotImplementedError

    def backward(self, dout):
        raise NotImplementedError


class LinearLayer(Layer):
    def __init__(self, n_in, n_out, rng):
        self.params = [rng.randn(n_in, n_out) * np.sqrt(2 / n_in), np.zeros(n_out)]
        self.grads = [None, None]

    def forward(self, x):
        self.x = x
        W, b = self.params
        return x @ W + b

    def backward(self, dout):
        self.grads = [self.x.T @ dout, dout.sum(axis=0)]
        return dout @ self.params[0].T


class ReLU(Layer):
    slope = 0.0

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.slope * x)

    def backward(self, dout):
        if FAULT == "relu-mask-from-gradient":
            return np.where(dout > 0, dout, self.slope * dout)
        return np.where(self.x > 0, dout, self.slope * dout)


class LeakyReLU(ReLU):
    def __init__(self, slope=0.05):
        self.slope = slope

    def backward(self, dout):
        if FAULT == "leaky-backward-plain":
            return np.where(self.x > 0, dout, 0)
        return super().backward(dout)


class SoftMax(Layer):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, dout):
        return dout


class Loss(Layer):
    def forward(self, p, y):
        return -np.sum(y * np.log(p + 1e-7)) / len(p)

    def backward(self, p, y):
        return (p - y) / len(p)


class MLPN(Layer):
    def __init__(self, rng):
        self.stages = {'a': LinearLayer(2, 8, rng), 'act': LeakyReLU(), 'b': LinearLayer(8, 2, rng), 'p': SoftMax()}

    def forward(self, x):
        for name in ('a', 'act', 'b', 'p'):
            x = self.stages[name].forward(x)
        return x

    def backward(self, dout):
        for name in ('p', 'b', 'act', 'a'):
            dout = self.stages[name].backward(dout)
        return dout


def train():
    rng = np.random.RandomState(16)
    x, labels, test_x, test_labels = split()
    y = one_hot(labels)
    net, loss = MLPN(rng), Loss()
    for t in range(7):
        p = net.forward(x)
        print("%.9f" % loss.forward(p, y))
        net.backward(loss.backward(p, y))
        for name in 'ab':
            layer = net.stages[name]
            layer.params = [w - 0.5 * g for w, g in zip(layer.params, layer.grads)]
    return [a for name in 'ab' for a in net.stages[name].params]
