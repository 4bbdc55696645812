# The assignment's classes with a sigmoid layer, dropout, momentum and a test set.
import numpy as np


class Linear:
    def __init__(self, n, m):
        self.params = {"weight": np.random.randn(n, m) * np.sqrt(2 / n), "bias": np.zeros((1, m))}
        self.grads, self.velocity = {}, {k: 0 * p for k, p in self.params.items()}

    def forward(self, x):
        self.x = x
        self.out = x @ self.params["weight"] + self.params["bias"]
        return self.out

    def backward(self, dout):
        self.grads["weight"] = self.x.T @ dout
        self.grads["bias"] = np.sum(dout, axis=0, keepdims=True)
        return dout @ self.params["weight"].T

    def update(self, rate):
        for k in self.params:
            before = self.velocity[k]
            self.velocity[k] = 0.9 * before + self.grads[k]
            self.params[k] = self.params[k] - rate * self.velocity[k]


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * (self.x > 0)


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


class Sigmoid:
    def forward(self, x):
        self.x = x
        return sigmoid(x)

    def backward(self, dout):
        return dout * sigmoid(self.x) * (1 - sigmoid(self.x))


class Dropout:
    def forward(self, x):
        self.mask = (np.random.rand(*x.shape) < 0.8) / 0.8
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class CrossEntropy:
    def forward(self, p, y):
        return -np.sum(y * np.log(p + 1e-7)) / len(p)

    def backward(self, p, y):
        return (p - y) / len(p)


class Net:
    def __init__(self):
        self.layers = [Linear(3, 7), ReLU(), Dropout(), Linear(7, 7), Sigmoid(), Linear(7, 2)]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, d):
        for layer in reversed(self.layers):
            d = layer.backward(d)


np.random.seed(4)
x = np.random.randn(80, 3)
y = np.eye(2)[(x[:, 0] * x[:, 1] > 0.1).astype(int)]
x, y, x_test, y_test = x[:40], y[:40], x[40:], y[40:]
net, loss = Net(), CrossEntropy()
for step in range(8):
    p = net.forward(x)
    value = loss.forward(p, y)
    net.backward(loss.backward(p, y))
    for layer in net.layers:
        if isinstance(layer, Linear):
            layer.update(0.1)
net.layers = [layer for layer in net.layers if not isinstance(layer, Dropout)]  # a prediction keeps all units
print(round(value, 6), np.mean(net.forward(x_test).argmax(axis=1) == y_test.argmax(axis=1)))
