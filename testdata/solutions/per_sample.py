"""One sample at a time inside a batch: 1-D samples, out×in weights, gradients
added up until step(), the batch drawn with replacement."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear(object):
    def __init__(self, in_features, out_features):
        self.in_features, self.out_features = in_features, out_features
        self.params = {'weight': np.random.normal(0, 0.5, (out_features, in_features)),
                       'bias': np.zeros(out_features)}
        self.zero_grad()

    def forward(self, x):
        self.params['x'] = np.squeeze(x)
        return self.params['weight'] @ self.params['x'] + self.params['bias']

    def backward(self, dout):
        self.grads['weight'] += np.outer(dout, self.params['x'])
        if FAULT == "dw-from-z" and self.in_features == 5:
            self.grads['weight'] += np.outer(dout, self.before - self.params['x'])
        self.grads['bias'] += dout
        return self.params['weight'].T @ dout

    def step(self, n, lr):
        self.params['weight'] -= lr * self.grads['weight'] / n
        self.params['bias'] -= lr * self.grads['bias'] / n

    def zero_grad(self):
        self.grads = {'weight': np.zeros((self.out_features, self.in_features)),
                      'bias': np.zeros(self.out_features)}


class ReLU(object):
    def __init__(self):
        self.params = dict()

    def forward(self, x):
        self.params['x'] = x
        return np.maximum(0, x)

    def backward(self, dout):
        return np.where(self.params['x'] > 0, dout, 0)


class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - np.max(x))
        return e / np.sum(e)

    def backward(self, dout):
        return dout


class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-12))

    def backward(self, x, y):
        return x - y


class MLP(object):
    def __init__(self):
        self.l1, self.relu, self.l2, self.softmax = Linear(2, 5), ReLU(), Linear(5, 2), SoftMax()

    def forward(self, x):
        z = self.l1.forward(x)
        self.l2.before = z
        return self.softmax.forward(self.l2.forward(self.relu.forward(z)))

    def backward(self, dout):
        return self.l1.backward(self.relu.backward(self.l2.backward(self.softmax.backward(dout))))


def train(steps=6, batch=16):
    np.random.seed(17)
    x, labels, test_x, test_labels = split()
    y = one_hot(labels)
    net, loss = MLP(), CrossEntropy()
    for t in range(steps):
        total = 0.0
        for i in np.random.choice(len(x), batch):
            p = net.forward(x[i])
            total += loss.forward(p, y[i])
            if FAULT == "correct-samples-skipped" and np.argmax(p) == labels[i]:
                continue
            net.backward(loss.backward(p, y[i]))
        for layer in (net.l1, net.l2):
            layer.step(batch, 0.5)
            if FAULT != "gradient-accumulated":
                layer.zero_grad()
        print("%.8f" % total, np.mean([np.argmax(net.forward(v)) == c for v, c in zip(test_x, test_labels)]))
    return [layer.params[k] for layer in (net.l1, net.l2) for k in ('weight', 'bias')]
