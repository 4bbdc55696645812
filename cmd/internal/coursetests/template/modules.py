"""The assignment's modules as they should be."""
import numpy as np


class Linear(object):
    def __init__(self, in_features, out_features):
        std = np.sqrt(2.0 / in_features)
        self.params = {'weight': std * np.random.randn(in_features, out_features),
                       'bias': np.zeros(out_features)}
        self.grads = {'weight': np.zeros((in_features, out_features)),
                      'bias': np.zeros(out_features)}

    def forward(self, x):
        self.x = x
        return np.dot(x, self.params['weight']) + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] = np.dot(self.x.T, dout)
        self.grads['bias'] = np.sum(dout, axis=0)
        return np.dot(dout, self.params['weight'].T)

    def update(self, rate):
        self.params['weight'] = self.params['weight'] - rate * self.grads['weight']
        self.params['bias'] = self.params['bias'] - rate * self.grads['bias']


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
