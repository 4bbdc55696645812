"""SGD with momentum, the velocities in the layers; the softmax outside the MLP."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng, lr=0.1, momentum=0.9):
        self.params = {'weight': rng.randn(n_in, n_out) * np.sqrt(2 / n_in), 'bias': np.zeros(n_out)}
        self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}
        self.v = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}
        self.lr, self.momentum = lr, momentum

    def forward(self, x):
        self.x = x
        return np.dot(x, self.params['weight']) + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] = np.dot(self.x.T, dout)
        self.grads['bias'] = np.sum(dout, axis=0)
        return np.dot(dout, self.params['weight'].T)

    def update(self):
        if FAULT == "momentum-reset":
            self.v = {k: np.zeros_like(v) for k, v in self.v.items()}
        for k in self.params:
            if FAULT == "bias-not-updated" and k == 'bias':
                continue
            self.v[k] = self.momentum * self.v[k] + self.grads[k]
            self.params[k] -= self.lr * self.v[k]


class ReLU(object):
    def forward(self, x):
        self.x = x
        return x * (x > 0)

    def backward(self, dout):
        return dout * (self.x > 0)


class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-7)) / len(x)

    def backward(self, x, y):
        return (x - y) / len(x)


class MLP(object):
    def __init__(self, rng):
        self.layers = [Linear(2, 8, rng), ReLU(), Linear(8, 2, rng)]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)


def train():
    rng = np.random.RandomState(12)
    x, labels, test_x, test_labels = split()
    y = one_hot(labels)
    net, softmax, criterion = MLP(rng), SoftMax(), CrossEntropy()
    for t in range(8):
        probabilities = softmax.forward(net.forward(x))
        loss = criterion.forward(probabilities, y)
        net.backward(criterion.backward(probabilities, y))
        for layer in net.layers:
            if isinstance(layer, Linear):
                layer.update()
        print("%.10f" % loss)
        if t == 5:
            print(np.mean(softmax.forward(net.forward(test_x)).argmax(1) == test_labels))
    return [layer.params[k] for layer in net.layers[::2] for k in ('weight', 'bias')]
