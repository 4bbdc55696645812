# Layers with dropout, batches drawn at random, integer labels.
import numpy as np


class Dense:
    def __init__(self, n, m):
        self.W = np.random.randn(n, m) * np.sqrt(2 / n)
        self.b = np.zeros(m)

    def forward(self, x, train):
        self.x = x
        return x @ self.W + self.b

    def backward(self, d):
        self.dW = self.x.T @ d
        self.db = d.sum(axis=0)
        return d @ self.W.T


class Relu:
    def forward(self, x, train):
        self.on = x > 0
        return x * self.on

    def backward(self, d):
        return d * self.on


class Dropout:
    def __init__(self, keep):
        self.keep = keep

    def forward(self, x, train):
        if not train:
            return x
        self.mask = (np.random.rand(*x.shape) < self.keep) / self.keep
        return x * self.mask

    def backward(self, d):
        return d * self.mask


class Net:
    def __init__(self):
        self.layers = [Dense(4, 12), Relu(), Dropout(0.8), Dense(12, 3)]

    def forward(self, x, train=True):
        for layer in self.layers:
            x = layer.forward(x, train)
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def step(self, x, t, rate):
        p = self.forward(x)
        loss = -np.log(p[np.arange(len(t)), t] + 1e-9).mean()
        d = p.copy()
        d[np.arange(len(t)), t] -= 1
        d /= len(t)
        for layer in reversed(self.layers):
            d = layer.backward(d)
        for layer in self.layers:
            if isinstance(layer, Dense):
                layer.W -= rate * layer.dW
                layer.b -= rate * layer.db
        return loss

    def predict(self, x):
        net = self
        return net.forward(x, train=False).argmax(axis=1)


np.random.seed(5)
centers = np.random.randn(3, 4) * 2
t = np.random.randint(3, size=200)
x = centers[t] + np.random.randn(200, 4)
x_train, t_train, x_test, t_test = x[:160], t[:160], x[160:], t[160:]
net = Net()
for i in range(40):
    pick = np.random.choice(len(x_train), 32)
    loss = net.step(x_train[pick], t_train[pick], 0.1)
    if i % 4 == 0:
        print(i, loss, np.mean(net.predict(x_test) == t_test))
