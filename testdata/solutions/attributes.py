"""Parameters and layers as attributes, (1, n) biases, 1/N in dz, a clipped
logarithm, the loss taken after backward, an evaluation between a step's
forward and its backward."""
import os

import numpy as np

from data import one_hot, split

FAULT = os.environ.get("FAULT", "")


class Linear:
    def __init__(self, n_in, n_out, rng):
        self.w = rng.randn(n_in, n_out) * np.sqrt(2.0 / n_in)
        if FAULT == "softmax-global-max":
            self.w *= 40  # rows far below the batch's maximum
        self.b = np.zeros((1, n_out))
        self.dw = None
        self.db = None

    def forward(self, x, training=True):
        if training:
            self.input = x
        out = x @ self.w + self.b
        if FAULT == "float32-in-between":
            out = out.astype(np.float32).astype(np.float64)
        return out

    def backward(self, grad):
        self.dw = self.input.T @ grad
        self.db = grad.sum(axis=0, keepdims=True)
        if FAULT == "dx-wrong-transpose":
            return grad @ self.w.reshape(self.w.shape[1], self.w.shape[0])
        return grad @ self.w.T


class ReLU:
    def forward(self, x, training=True):
        if training:
            self.mask = x > 0
        return x * (x > 0)

    def backward(self, grad):
        if FAULT == "relu-mask-missing":
            return grad
        return grad * self.mask


class SoftMax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        if FAULT == "softmax-global-max":
            e = np.exp(x - x.max())
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, grad):
        return grad


class CrossEntropy:
    def forward(self, p, y):
        return -np.sum(y * np.log(np.clip(p, 1e-12, 1.0))) / len(y)

    def backward(self, p, y):
        if FAULT == "dz-sign":
            return (y - p) / len(y)
        if FAULT == "mean-loss-sum-gradient":
            return p - y
        return (p - y) / len(y)


class MLP:
    def __init__(self, lr):
        rng = np.random.RandomState(3)
        self.lr = lr
        self.fc1 = Linear(2, 8, rng)
        self.relu1 = ReLU()
        self.fc2 = Linear(8, 2, rng)
        self.softmax = SoftMax()

    def forward(self, x, training=True):
        h = self.relu1.forward(self.fc1.forward(x, training), training)
        return self.softmax.forward(self.fc2.forward(h, training))

    def backward(self, grad):
        grad = self.fc2.backward(self.softmax.backward(grad))
        self.fc1.backward(self.relu1.backward(grad))

    def step(self, n):
        rate = self.lr / n if FAULT == "rate-divided-by-n" else self.lr
        for fc in (self.fc1, self.fc2):
            fc.w = fc.w - rate * fc.dw
            fc.b = fc.b - rate * fc.db


def train():
    x, labels, test_x, test_labels = split()
    y = one_hot(labels)
    model, loss = MLP(lr=0.5), CrossEntropy()
    for t in range(9):
        p = model.forward(x)
        if t % 4 == 3:
            print("accuracy", np.mean(model.forward(test_x, False).argmax(1) == test_labels))
        model.backward(loss.backward(p, y))
        model.step(len(x))
        print("loss %.9f" % loss.forward(p, y))
    return [model.fc1.w, model.fc1.b, model.fc2.w, model.fc2.b]
