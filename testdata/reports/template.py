"""The assignment's classes as they should be, and two moons; the programs beside it
spoil one thing each."""
import numpy as np


def one_hot(labels, classes=2):
    return np.eye(classes)[labels]


def moons(n=400):
    draws = np.random.RandomState(42)
    angle, lower = draws.uniform(0, np.pi, n), draws.randint(2, size=n)
    x = np.stack([np.cos(angle) * (1 - 2 * lower) + lower, np.sin(angle) * (1 - 2 * lower) + 0.5 * lower], axis=1)
    x, y, k = x + 0.15 * draws.randn(n, 2), one_hot(lower), 4 * n // 5
    return x[:k], y[:k], x[k:], y[k:]


class Linear:
    def __init__(self, inputs, outputs, draws):
        self.params = {"weight": draws.randn(inputs, outputs) * np.sqrt(2.0 / inputs), "bias": np.zeros((1, outputs))}
        self.grads = {"weight": None, "bias": None}

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"] + self.params["bias"]

    def backward(self, dout):
        self.grads["weight"] = self.x.T @ dout
        self.grads["bias"] = dout.sum(axis=0, keepdims=True)
        return dout @ self.params["weight"].T

    def update(self, rate):
        for k in self.params:
            self.params[k] = self.params[k] - rate * self.grads[k]


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * (self.x > 0)


class SoftMax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, dout):
        return dout


class CrossEntropy:
    def forward(self, p, y):
        return -np.sum(y * np.log(p + 1e-7)) / len(p)

    def backward(self, p, y):
        return (p - y) / len(p)


class MLP:
    linear, activation, last = Linear, ReLU, SoftMax

    def __init__(self, inputs, hidden, outputs):
        draws = np.random.RandomState(1)
        self.layers = [self.linear(inputs, hidden, draws), self.activation(), self.linear(hidden, outputs, draws)]
        self.softmax = self.last()

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return self.softmax.forward(x)

    def backward(self, dout):
        dout = self.softmax.backward(dout)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)

    def update(self, rate):
        for layer in self.layers:
            if hasattr(layer, "update"):
                layer.update(rate)


def accuracy(p, y):
    return np.mean(p.argmax(axis=1) == y.argmax(axis=1))


def step(net, loss, x, y, rate=0.5):
    p = net.forward(x)
    value = loss.forward(p, y)
    net.backward(loss.backward(p, y))
    net.update(rate)
    return value


def train(net, loss, x, y, x_test, y_test, rate=0.5, steps=16):
    for n in range(steps):
        value = step(net, loss, x, y, rate)
        if n % 4 == 0:
            print(n, value, accuracy(net.forward(x), y), accuracy(net.forward(x_test), y_test))
