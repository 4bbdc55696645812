"""Only Linear and CrossEntropy are classes: ReLU and softmax stand as
expressions in the MLP."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, rng):
        self.params = {'weight': rng.randn(n_in, n_out) * np.sqrt(2 / n_in), 'bias': np.zeros(n_out)}
        self.grads = {'weight': None, 'bias': None}

    def forward(self, x):
        return x @ self.params['weight'] + self.params['bias']

    def backward(self, x, dout):
        self.grads['weight'] = x.T @ dout
        self.grads['bias'] = dout.sum(axis=0)
        return dout @ self.params['weight'].T


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-7)) / len(x)

    def backward(self, x, y):
        return (x - y) / len(x)


class MLP(object):
    def __init__(self, rng):
        self.l1, self.l2 = Linear(2, 8, rng), Linear(8, 2, rng)

    def forward(self, x):
        self.x = x
        self.z1 = self.l1.forward(x)
        self.h1 = np.maximum(self.z1, 0)
        z2 = self.l2.forward(self.h1)
        e = np.exp(z2 - z2.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, dout):
        h = self.z1 if FAULT == "dw-from-z" else self.h1
        d = self.l2.backward(h, dout)
        if FAULT != "relu-mask-missing":
            d = d * (self.z1 > 0)
        self.l1.backward(self.x, d)


def train():
    rng = np.random.RandomState(25)
    x, labels, test_x, test_labels = split()
    y = one_hot(labels)
    net, loss = MLP(rng), CrossEntropy()
    for t in range(6):
        p = net.forward(x)
        print("%.9f" % loss.forward(p, y))
        net.backward(loss.backward(p, y))
        for l in (net.l1, net.l2):
            for k in l.params:
                l.params[k] -= 0.4 * l.grads[k]
        if t == 3:
            print(np.mean(net.forward(test_x).argmax(axis=1) == test_labels))
    return [l.params[k] for l in (net.l1, net.l2) for k in ('weight', 'bias')]
