"""Batch norm and dropout in a little class-based network (rows are samples)."""
import numpy as np

rng = np.random.default_rng(31)


class Dense:
    def __init__(self, n_in, n_out):
        self.p = [rng.normal(0, np.sqrt(2.0 / n_in), (n_in, n_out)), np.zeros(n_out)]
        self.g = [None, None]

    def forward(self, x, train):
        self.x = x
        return x.dot(self.p[0]) + self.p[1]

    def backward(self, d):
        self.g[0] = self.x.T.dot(d)
        self.g[1] = d.sum(0)
        return d.dot(self.p[0].T)


class BatchNorm:
    def __init__(self, n, keep=0.9, eps=1e-5):
        self.p = [np.ones(n), np.zeros(n)]
        self.g = [None, None]
        self.keep, self.eps = keep, eps
        self.run_mean, self.run_var = np.zeros(n), np.ones(n)

    def forward(self, x, train):
        if train:
            mean, var = x.mean(0), x.var(0)
            self.run_mean = self.keep * self.run_mean + (1 - self.keep) * mean
            self.run_var = self.keep * self.run_var + (1 - self.keep) * var
        else:
            mean, var = self.run_mean, self.run_var
        self.inv_std = 1.0 / np.sqrt(var + self.eps)
        self.xhat = (x - mean) * self.inv_std
        return self.p[0] * self.xhat + self.p[1]

    def backward(self, d):
        self.g[0] = (d * self.xhat).sum(0)
        self.g[1] = d.sum(0)
        dxhat = d * self.p[0]
        centred = dxhat - dxhat.mean(0)
        return self.inv_std * (centred - self.xhat * (dxhat * self.xhat).mean(0))


class Relu:
    p, g = [], []

    def forward(self, x, train):
        self.on = x > 0
        return x * self.on

    def backward(self, d):
        return d * self.on


class Dropout:
    p, g = [], []

    def __init__(self, rate):
        self.rate = rate

    def forward(self, x, train):
        if not train:
            return x
        self.scale = (rng.random(x.shape) >= self.rate) / (1 - self.rate)
        return x * self.scale

    def backward(self, d):
        return d * self.scale


class Network:
    def __init__(self, stack):
        self.stack = stack            # list of (name, layer)

    def forward(self, x, train=True):
        for _, layer in self.stack:
            x = layer.forward(x, train)
        return x

    def backward(self, d):
        for _, layer in reversed(self.stack):
            d = layer.backward(d)


def softmax_loss(scores, y):
    scores = scores - scores.max(1, keepdims=True)
    logp = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    loss = -logp[np.arange(len(y)), y].mean()
    d = np.exp(logp)
    d[np.arange(len(y)), y] -= 1
    return loss, d / len(y)


centres = rng.normal(0, 1.6, (4, 6))
y_all = rng.integers(0, 4, 400)
x_all = centres[y_all] + rng.normal(0, 1.0, (400, 6)) * np.array([1, 3, 1, .5, 1, 2])
x_train, y_train, x_test, y_test = x_all[:300], y_all[:300], x_all[300:], y_all[300:]

net = Network([("fc1", Dense(6, 24)), ("bn1", BatchNorm(24)), ("relu1", Relu()),
               ("fc2", Dense(24, 16)), ("bn2", BatchNorm(16)), ("relu2", Relu()), ("drop", Dropout(0.25)), ("out", Dense(16, 4))])
speed = {name: [np.zeros_like(p) for p in layer.p] for name, layer in net.stack}
rate, momentum, decay = 0.05, 0.8, 1e-3

for epoch in range(20):
    perm = rng.permutation(len(x_train))
    for s in range(0, len(perm), 50):
        idx = perm[s:s + 50]
        loss, dscores = softmax_loss(net.forward(x_train[idx]), y_train[idx])
        net.backward(dscores)
        for name, layer in net.stack:
            for i, (p, g) in enumerate(zip(layer.p, layer.g)):
                if p.ndim == 2:
                    g = g + decay * p          # weight decay on matrices only
                speed[name][i] = momentum * speed[name][i] + g
                p -= rate * speed[name][i]
    rate *= 0.95
    if epoch % 4 == 3:
        test_loss, _ = softmax_loss(net.forward(x_test, train=False), y_test)
        hits = (net.forward(x_test, train=False).argmax(1) == y_test).mean()
        print("epoch %2d  batch loss %.4f  test loss %.4f  acc %.2f" % (epoch + 1, loss, test_loss, hits))
