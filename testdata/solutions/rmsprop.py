"""RMSprop by an optimizer beside the network."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng):
        self.weight, self.bias = rng.randn(n_in, n_out) * np.sqrt(2 / n_in), np.zeros(n_out)
        self.weight_grad, self.bias_grad = np.zeros((n_in, n_out)), np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, dout):
        self.weight_grad = self.x.T @ dout
        self.bias_grad = dout.sum(axis=0)
        if FAULT == "weight-gradient-mean":
            self.weight_grad /= len(dout)
        return dout @ self.weight.T


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

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
        return -np.sum(y * np.log(x + 1e-7)) / len(x)

    def backward(self, x, y):
        return (x - y) / len(x)


class RMSprop(object):
    def __init__(self, layers, lr=0.01, rho=0.9):
        self.layers, self.lr, self.rho = layers, lr, rho
        self.reset()

    def reset(self):
        self.s = [(np.zeros_like(l.weight), np.zeros_like(l.bias)) for l in self.layers]

    def step(self):
        if FAULT == "rmsprop-reset":
            self.reset()
        for i, l in enumerate(self.layers):
            sw, sb = self.s[i]
            sw = self.rho * sw + (1 - self.rho) * l.weight_grad ** 2
            sb = self.rho * sb + (1 - self.rho) * l.bias_grad ** 2
            self.s[i] = sw, sb
            l.weight = l.weight - self.lr * l.weight_grad / (np.sqrt(sw) + 1e-8)
            l.bias = l.bias - self.lr * l.bias_grad / (np.sqrt(sb) + 1e-8)


def train():
    rng = np.random.RandomState(15)
    x, labels, _, _ = split()
    y = one_hot(labels)
    layers = [Linear(2, 8, rng), ReLU(), Linear(8, 2, rng), SoftMax()]
    loss, optimizer = CrossEntropy(), RMSprop([layers[0], layers[2]])
    for t in range(7):
        out = x
        for layer in layers:
            out = layer.forward(out)
        print("%.9f" % loss.forward(out, y))
        dout = loss.backward(out, y)
        for layer in reversed(layers):
            dout = layer.backward(dout)
        optimizer.step()
    return [a for l in (layers[0], layers[2]) for a in (l.weight, l.bias)]
