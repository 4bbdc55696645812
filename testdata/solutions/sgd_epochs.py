"""Shuffled epochs of batches of 16, the last of 12; an evaluation after each
epoch; the rate, kept in the layers, falls from epoch to epoch."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, n_in, n_out, lr):
        self.params = {'w': np.random.randn(n_in, n_out) * np.sqrt(2 / n_in), 'b': np.zeros(n_out)}
        self.grads = {'w': np.zeros((n_in, n_out)), 'b': np.zeros(n_out)}
        self.lr = lr

    def forward(self, x):
        self.x = x
        return np.matmul(x, self.params['w']) + self.params['b']

    def backward(self, dout):
        dw, db = np.matmul(self.x.T, dout), np.sum(dout, axis=0)
        if FAULT in ("gradient-accumulated", "epoch-gradient"):
            self.grads['w'] += dw
            self.grads['b'] += db
        else:
            self.grads['w'], self.grads['b'] = dw, db
        return np.matmul(dout, self.params['w'].T)

    def update(self):
        self.params['w'] -= self.lr * self.grads['w']
        self.params['b'] -= self.lr * self.grads['b']


class ReLU(object):
    def forward(self, x):
        self.out = np.maximum(x, 0)
        return self.out

    def backward(self, dout):
        return dout * np.sign(self.out)


class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=-1, keepdims=True))
        return e / np.sum(e, axis=-1, keepdims=True)

    def backward(self, dout):
        return dout


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-7), axis=1)  # one number a sample

    def backward(self, x, y):
        return x - y if FAULT == "epoch-gradient" else (x - y) / x.shape[0]


class MLP(object):
    def __init__(self, lr):
        self.layers = [Linear(2, 12, lr), ReLU(), Linear(12, 2, lr), SoftMax()]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)

    def update(self):
        for layer in self.layers:
            if hasattr(layer, 'update'):
                layer.update()


def train(epochs=4, batch=16):
    np.random.seed(13)
    x, labels, test_x, test_labels = split()
    y = one_hot(labels)
    net, loss = MLP(0.3), CrossEntropy()
    for epoch in range(epochs):
        order = np.random.permutation(len(x))
        total = []
        for i in range(0, len(x), batch):
            rows = order[i:i + batch]
            p = net.forward(x[rows])
            total.extend(loss.forward(p, y[rows]))
            if FAULT == "labels-rolled":
                rows = np.roll(rows, 1)
            net.backward(loss.backward(p, y[rows]))
            if FAULT != "epoch-gradient":
                net.update()
        if FAULT == "epoch-gradient":
            # "SGD" that only gathers: one step an epoch, over all of N_train.
            for layer in (net.layers[0], net.layers[2]):
                for k in ('w', 'b'):
                    layer.params[k] -= layer.lr / len(x) * layer.grads[k]
                    layer.grads[k] = np.zeros_like(layer.grads[k])
        p = net.forward(test_x)
        print(epoch, "%.8f" % np.mean(total), np.mean(np.argmax(p, axis=1) == test_labels))
        if FAULT == "stale-gradient-again":
            net.update()
        for layer in (net.layers[0], net.layers[2]):
            layer.lr *= 0.5
    return [layer.params[k] for layer in (net.layers[0], net.layers[2]) for k in ('w', 'b')]
