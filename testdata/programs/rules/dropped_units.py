# Layers with a flag for training, dropout, mini-batches, a test in every epoch, and a
# stop where the loss is small.
import numpy as np

rng = np.random.RandomState(11)
classes = rng.randint(3, size=150)
data = np.array([[1.5, 0.0, 0.0], [0.0, 1.5, 0.0], [0.0, 0.0, 1.5]])[classes] + 0.5 * rng.randn(150, 3)
labels = np.eye(3)[classes]
x_train, y_train, x_test, y_test = data[:120], labels[:120], data[120:], labels[120:]


class Linear:
    def __init__(self, inputs, outputs):
        self.W, self.b = rng.randn(inputs, outputs) * np.sqrt(2 / inputs), np.zeros(outputs)

    def forward(self, x, training):
        self.x = x
        return x @ self.W + self.b

    def backward(self, d):
        self.dW, self.db = self.x.T @ d, d.sum(axis=0)
        return d @ self.W.T


class ReLU:
    def forward(self, x, training):
        self.on = x > 0
        return x * self.on

    def backward(self, d):
        return d * self.on


class Dropout:
    def forward(self, x, training):
        if not training:
            return x
        self.mask = (rng.rand(*x.shape) > 0.3) / 0.7
        return x * self.mask

    def backward(self, d):
        return d * self.mask


layers = [Linear(3, 10), ReLU(), Dropout(), Linear(10, 3)]


def forward(x, training):
    for layer in layers:
        x = layer.forward(x, training)
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def accuracy(x, y):
    p = forward(x, training=False)
    return np.mean(np.argmax(p, axis=1) == np.argmax(y, axis=1))


for epoch in range(15):
    order = rng.permutation(120)
    for start in range(0, 120, 30):
        rows = order[start:start + 30]
        x, y = x_train[rows], y_train[rows]
        p = forward(x, training=True)
        loss = -np.sum(y * np.log(p + 1e-12)) / len(x)
        d = (p - y) / len(x)
        for layer in reversed(layers):
            d = layer.backward(d)
        for layer in layers:
            if isinstance(layer, Linear):
                layer.W = layer.W - 0.3 * layer.dW
                layer.b = layer.b - 0.3 * layer.db
    test_accuracy = accuracy(x_test, y_test)
    print(epoch, loss, accuracy(x_train, y_train), test_accuracy)
    if loss < 0.05:
        break
