import os

import numpy as np

FAULT = os.environ.get("FAULT", "")


class Module(object):
    def __call__(self, *args):
        return self.forward(*args)


class Linear(Module):
    def __init__(self, n_in, n_out):
        self.params = dict(weight=np.random.randn(n_in, n_out) * np.sqrt(2 / n_in), bias=0)
        self.grads = dict(weight=0, bias=0)

    def forward(self, x):
        self.params['x'] = x
        return x @ self.params['weight'] + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] = self.params['x'].T @ dout
        self.grads['bias'] = dout.sum(axis=0)
        return dout @ self.params['weight'].T


class ReLU(Module):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return (self.x > 0) * dout


class SoftMax(Module):
    def forward(self, x):
        e = np.exp(x - x.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    def backward(self, dout):
        return dout


class CrossEntropy(Module):
    def forward(self, p, y):
        self.p, self.y = p, y
        loss = -np.sum(y * np.log(p + 1e-10))
        return loss if FAULT == "sum-loss-mean-gradient" else loss / len(p)

    def backward(self):
        d = self.p - self.y
        return d / len(d) if FAULT == "sum-loss-mean-gradient" else d
