"""A learning-rate comparison: several models in a process. An untrained one is
evaluated first; the others are evaluated while one trains."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, seed):
        self.params = {'weight': np.random.RandomState(seed).randn(n_in, n_out) * np.sqrt(2 / n_in),
                       'bias': np.zeros(n_out)}
        self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}

    def forward(self, x):
        self.x = x
        return np.dot(x, self.params['weight']) + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] = np.dot(self.x.T, dout)
        self.grads['bias'] = np.dot(np.ones(len(dout)), dout)
        if FAULT == "bias-gradient-mean":
            self.grads['bias'] /= len(dout)
        return np.dot(dout, self.params['weight'].T)

    __call__ = forward


class ReLU(object):
    def forward(self, x):
        self.mask = x > 0
        return np.where(self.mask, x, 0)

    def backward(self, dout):
        if FAULT == "relu-mask-inverted":
            return np.where(self.mask, 0, dout)
        return np.where(self.mask, dout, 0)

    __call__ = forward


class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=1)[:, np.newaxis])
        return e / np.sum(e, axis=1)[:, np.newaxis]

    __call__ = forward


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-7)) / len(x)

    def backward(self, x, y):
        if FAULT == "dz-divided-by-nc":
            return (x - y) / x.size
        return (x - y) / len(x)

    __call__ = forward


class MLP(object):
    def __init__(self, seed):
        self.layers = [Linear(2, 2, seed), ReLU(), Linear(2, 2, seed + 1)]
        self.softmax = SoftMax()

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.softmax(x)

    def backward(self, dout):
        for layer in self.layers[::-1]:
            dout = layer.backward(dout)

    def step(self, lr):
        for layer in self.layers[0], self.layers[2]:
            for k in layer.params:
                layer.params[k] -= lr * layer.grads[k]


def train():
    x, labels, test_x, test_labels = split()
    y, loss = one_hot(labels), CrossEntropy()
    rates = (0.1, 0.5, 1.0)
    models = [MLP(31) for _ in rates]
    print("untrained", np.mean(models[2](test_x).argmax(1) == test_labels))
    for rate, model in zip(rates, models):
        for t in range(5):
            p = model(x)
            model.backward(loss.backward(p, y))
            model.step(rate)
            if t == 2:
                print(rate, ["%.3f" % np.mean(m(test_x).argmax(1) == test_labels) for m in models])
        print(rate, "%.9f" % loss(model(x), y))
    return [layer.params[k] for m in models for layer in (m.layers[0], m.layers[2]) for k in ('weight', 'bias')]
