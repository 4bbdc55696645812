"""The handout's modules as most fill them in: dictionaries, in×out weights,
1-D biases, a gradient summed over the batch, update() in each module."""
import os

import numpy as np

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, in_features, out_features):
        std = 1e-4 if FAULT == "as-reported" else np.sqrt(2 / in_features)
        self.params = {'weight': std * np.random.randn(in_features, out_features),
                       'bias': np.zeros(out_features)}
        self.grads = {'weight': np.zeros((in_features, out_features)),
                      'bias': np.zeros(out_features)}
        self.x = None

    def forward(self, x, flag=True):
        if flag:
            self.x = x
        if FAULT == "bias-not-added":
            return np.dot(x, self.params['weight'])
        return np.dot(x, self.params['weight']) + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] = np.dot(self.x.T, dout)
        self.grads['bias'] = np.sum(dout, axis=0)
        if FAULT in ("bias-gradient-mean", "as-reported"):
            self.grads['bias'] = np.mean(dout, axis=0)
        if FAULT == "dx-with-dw":
            return np.dot(dout, self.grads['weight'].T)
        return np.dot(dout, self.params['weight'].T)

    def update(self, lr):
        self.params['weight'] -= lr * self.grads['weight']
        if FAULT != "bias-not-updated":
            self.params['bias'] -= lr * self.grads['bias']

    __call__ = forward


class ReLU(object):
    def __init__(self):
        self.out = None

    def forward(self, x, flag=True):
        out = np.maximum(x, 0)
        if flag:
            self.out = out
        return out

    def backward(self, dout):
        return dout * (self.out > 0)

    def update(self, lr):
        pass

    __call__ = forward


class SoftMax(object):
    def forward(self, x):
        for i in range(len(x)):
            x[i] -= np.max(x[i])
            x[i] = np.exp(x[i])
            x[i] /= np.sum(x[i])
        return x

    def backward(self, dout):
        return dout

    __call__ = forward


class CrossEntropy(object):
    def forward(self, x, y):
        return np.sum(-y * np.log(x + 1e-7))

    def backward(self, x, y):
        if FAULT == "dz-sign":
            return y - x
        return x - y

    __call__ = forward
