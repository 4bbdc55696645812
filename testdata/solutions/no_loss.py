"""No loss is ever taken in training: only CrossEntropy.backward is called, and
it gives the gradient at the probabilities, −y/p, for a real softmax backward."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng):
        self.params = {'W': rng.randn(n_in, n_out) * np.sqrt(2 / n_in), 'b': np.zeros((1, n_out))}
        self.grads = {'dW': None, 'dB': None, 'dX': None}

    def forward(self, x):
        self.x = x
        return x @ self.params['W'] + self.params['b']

    def backward(self, dout):
        self.grads['dW'] = self.x.T @ dout
        self.grads['dB'] = np.sum(dout, axis=0, keepdims=True)
        if FAULT == "bias-gradient-mean":
            self.grads['dB'] = np.mean(dout, axis=0, keepdims=True)
        self.grads['dX'] = dout @ self.params['W'].T
        return self.grads['dX']


class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * (self.x > 0)


class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.p = e / np.sum(e, axis=1, keepdims=True)
        return self.p

    def backward(self, dout):
        return self.p * (dout - np.sum(dout * self.p, axis=1, keepdims=True))


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x)) / len(x)

    def backward(self, x, y):
        if FAULT == "jacobian-on-fused-gradient":
            return (x - y) / len(x)
        return -y / x / len(x)


def train():
    rng = np.random.RandomState(23)
    x, labels, test_x, test_labels = split()
    y = one_hot(labels)
    layers = [Linear(2, 8, rng), ReLU(), Linear(8, 2, rng), SoftMax()]
    loss = CrossEntropy()
    for t in range(6):
        p = x
        for layer in layers:
            p = layer.forward(p)
        d = loss.backward(p, y)
        for layer in reversed(layers):
            d = layer.backward(d)
        for layer in layers[0], layers[2]:
            layer.params['W'] -= 0.4 * layer.grads['dW']
            layer.params['b'] -= 0.4 * layer.grads['dB']
    p = test_x
    for layer in layers:
        p = layer.forward(p)
    print("%.6f %.3f" % (loss.forward(p, one_hot(test_labels)), np.mean(np.argmax(p, axis=1) == test_labels)))
    return [layer.params[k] for layer in (layers[0], layers[2]) for k in 'Wb']
