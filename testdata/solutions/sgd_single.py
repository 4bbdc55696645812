"""Stochastic gradient descent, one row a step, the softmax's row by itself."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng):
        self.params = {'weight': rng.randn(n_in, n_out) * np.sqrt(2 / n_in), 'bias': np.zeros(n_out)}
        self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}

    def forward(self, x):
        self.x = x
        return np.dot(x, self.params['weight']) + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] = np.dot(self.x.T, dout)
        self.grads['bias'] = np.sum(dout, axis=0)
        return np.dot(dout, self.params['weight'].T)

    def update(self, learning_rate):
        for k in self.params:
            self.params[k] = self.params[k] - learning_rate * self.grads[k]

    __call__ = forward


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * (self.x > 0)

    __call__ = forward


class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def backward(self, dout):
        return dout

    __call__ = forward


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-7))

    def backward(self, x, y):
        return x - y

    __call__ = forward


class MLP(object):
    def __init__(self, rng):
        self.layers = [Linear(2, 8, rng), ReLU(), Linear(8, 2, rng), SoftMax()]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)

    __call__ = forward


def train(steps=30):
    rng = np.random.RandomState(27)
    x, labels, test_x, test_labels = split()
    y = one_hot(labels)
    net, loss = MLP(rng), CrossEntropy()
    for t in range(steps):
        i = rng.randint(0, len(x))
        p = net(x[[i]])
        total = loss(p, y[[i]])
        right = np.argmax(p) == labels[i]
        if not (right and FAULT == "correct-samples-skipped"):
            net.backward(loss.backward(p, y[[i]]))
            for layer in (net.layers[0], net.layers[2]):
                layer.update(0.1)
        if t % 6 == 5:
            print(t, "%.8f" % total, np.mean(net(test_x).argmax(axis=1) == test_labels))
            if FAULT == "stale-gradient-again":
                for layer in (net.layers[0], net.layers[2]):
                    layer.update(0.1)
    return [layer.params[k] for layer in (net.layers[0], net.layers[2]) for k in ('weight', 'bias')]
