import numpy as np

rng = np.random.default_rng(17)


class LayerNorm:
    def __init__(self, d):
        self.g, self.b = np.ones(d) + rng.normal(0, .1, d), np.zeros(d)

    def forward(self, x):
        self.m = x.mean(-1, keepdims=True)
        self.s = np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        self.n = (x - self.m) / self.s
        return self.n * self.g + self.b

    def backward(self, d):
        self.dg, self.db = (d * self.n).sum(0), d.sum(0)
        dn = d * self.g
        return (dn - dn.mean(-1, keepdims=True) - self.n * (dn * self.n).mean(-1, keepdims=True)) / self.s


class Lin:
    def __init__(self, i, o):
        self.g, self.b = rng.normal(0, i ** -.5, (i, o)), np.zeros(o)

    def forward(self, x):
        self.x = x
        return x @ self.g + self.b

    def backward(self, d):
        self.dg, self.db = self.x.T @ d, d.sum(0)
        return d @ self.g.T


class Swish:
    def forward(self, x):
        self.x, self.s = x, 1 / (1 + np.exp(-x))
        return x * self.s

    def backward(self, d):
        return d * (self.s + self.x * self.s * (1 - self.s))


net = [Lin(4, 10), LayerNorm(10), Swish(), Lin(10, 6), LayerNorm(6), Swish(), Lin(6, 2)]
for step in range(9):
    x = rng.normal(size=(20, 4))
    t = np.c_[x[:, 0] * x[:, 1], np.sin(x[:, 2])]
    a = x
    for l in net:
        a = l.forward(a)
    loss = ((a - t) ** 2).sum() / 20
    d = 2 * (a - t) / 20
    for l in net[::-1]:
        d = l.backward(d)
    for l in net:
        if hasattr(l, 'g'):
            l.g -= 0.05 * l.dg
            l.b -= 0.05 * l.db
    print(step, loss)
