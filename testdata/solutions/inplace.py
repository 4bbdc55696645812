"""Everything in place: ReLU forward and backward, the softmax, the update. The
gradients are made in update(), from what backward has kept."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, m, n):
        self.params = {'weight': np.random.randn(m, n) * np.sqrt(2 / m), 'bias': np.zeros(n)}
        self.grads = {'weight': np.zeros((m, n)), 'bias': np.zeros(n)}

    def forward(self, x):
        self.x = x
        return np.dot(x, self.params['weight']) + self.params['bias']

    def backward(self, dout):
        if FAULT == "gradient-scaled-in-place":
            dout /= len(dout)  # meant for this layer's own gradients
        self.dout = dout
        return np.dot(dout, self.params['weight'].T)

    def update(self, lr):
        self.grads['weight'][:] = np.dot(self.x.T, self.dout)
        self.grads['bias'][:] = self.dout.sum(axis=0)
        for key in self.params:
            self.params[key] -= lr * self.grads[key]


class ReLU(object):
    def forward(self, x):
        x[x < 0] = 0
        self.out = x
        return x

    def backward(self, dout):
        if FAULT == "cached-activation-changed":
            self.out[self.out > 0] = 1  # the next Linear's x too
            dout *= self.out
            return dout
        if FAULT == "relu-mask-from-gradient":
            dout[dout <= 0] = 0
            return dout
        dout[self.out <= 0] = 0
        return dout

    def update(self, lr):
        pass


class SoftMax(object):
    def forward(self, x):
        x -= x.max(axis=1, keepdims=True)
        np.exp(x, out=x)
        if FAULT != "softmax-unnormalised":
            x /= x.sum(axis=1, keepdims=True)
        return x

    def backward(self, dout):
        return dout

    def update(self, lr):
        pass


class CrossEntropy(object):
    def forward(self, x, y):
        return -(y * np.log(x + 1e-7)).sum()

    def backward(self, x, y):
        return x - y


def train():
    np.random.seed(8)
    x, labels, _, _ = split()
    y = one_hot(labels)
    layers = [Linear(2, 6), ReLU(), Linear(6, 5), ReLU(), Linear(5, 2), SoftMax()]
    loss = CrossEntropy()
    for t in range(8):
        out = x
        for layer in layers:
            out = layer.forward(out)
        print("%.8f" % loss.forward(out, y))
        dout = loss.backward(out, y)
        for layer in layers[::-1]:
            dout = layer.backward(dout)
        for layer in layers:
            layer.update(0.005)
    return [layer.params[k] for layer in layers[::2] for k in ('weight', 'bias')]
