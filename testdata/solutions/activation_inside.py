"""Linear holds its own ReLU and calls it in forward and backward; SGD one row
a step, drawn with replacement."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * (self.x >= 0 if FAULT == "relu-passes-zero" else self.x > 0)


class Linear(object):
    def __init__(self, n_in, n_out, rng, last=False):
        self.params = {'weight': rng.randn(n_in, n_out) * np.sqrt(2 / n_in), 'bias': np.zeros((1, n_out))}
        self.grads = {'weight': None, 'bias': None}
        self.relu = None if last else ReLU()

    def forward(self, x):
        self.x = x
        z = x @ self.params['weight'] + self.params['bias']
        self.params['before_a'] = z
        return z if self.relu is None else self.relu.forward(z)

    def backward(self, dout):
        if self.relu is not None:
            dout = self.relu.backward(dout)
        self.params['dout'] = dout
        self.grads['weight'] = self.x.T @ dout
        self.grads['bias'] = dout.sum(axis=0, keepdims=True)
        if FAULT == "bias-gradient-sign":
            self.grads['bias'] = -self.grads['bias']
        return dout @ self.params['weight'].T


class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - np.max(x))
        return e / e.sum()

    def backward(self, dout):
        return dout


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-7))

    def backward(self, x, y):
        return x - y


class MLP(object):
    def __init__(self, rng):
        self.layers = [Linear(2, 6, rng), Linear(6, 2, rng, last=True), SoftMax()]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)


def train(steps=40):
    rng = np.random.RandomState(26)
    x, labels, test_x, test_labels = split()
    x[:] = np.where(np.abs(x) < 0.05, 0, x)
    y = one_hot(labels)
    net, loss = MLP(rng), CrossEntropy()
    for t in range(steps):
        i = rng.randint(len(x)) if t else 0
        row = np.zeros((1, 2)) if t == 0 else x[i:i + 1]
        p = net.forward(row)
        total = loss.forward(p, y[i:i + 1])
        net.backward(loss.backward(p, y[i:i + 1]))
        for layer in net.layers[:2]:
            for k in ('weight', 'bias'):
                layer.params[k] -= 0.1 * layer.grads[k]
        if t % 10 == 9:
            right = sum(net.forward(r[None, :]).argmax() == c for r, c in zip(test_x, test_labels))
            print(t, "%.8f" % total, right)
    return [layer.params[k] for layer in net.layers[:2] for k in ('weight', 'bias')]
