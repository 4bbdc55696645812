"""Weight-normalised network, float32, three evaluation modes compared:
plain (no dropout), Monte-Carlo dropout and training-mode loss (printed only)."""
import numpy as np

F = np.float32
rg = np.random.default_rng(2718)


class WNLinear:
    """w = g * v / ||v||, the norm taken per output unit"""

    def __init__(self, n_in, n_out):
        self.v = rg.normal(0, 0.05, (n_in, n_out)).astype(F)
        self.g = np.ones(n_out, F)
        self.b = np.zeros(n_out, F)

    def names(self):
        return "v", "g", "b"

    def __call__(self, x):
        self.x = x
        self.norm = np.sqrt((self.v ** 2).sum(axis=0))
        self.u = self.v / self.norm
        return x @ (self.g * self.u) + self.b

    def back(self, d):
        dw = self.x.T @ d
        self.dg = (dw * self.u).sum(axis=0)
        self.dv = self.g / self.norm * (dw - self.dg * self.u)
        self.db = d.sum(axis=0)
        return d @ (self.g * self.u).T


class Dropout:
    def __init__(self, p):
        self.p, self.active = p, True

    def names(self):
        return ()

    def __call__(self, x):
        self.k = ((rg.random(x.shape) >= self.p) / (1 - self.p)).astype(F) if self.active else F(1)
        return x * self.k

    def back(self, d):
        return d * self.k


class Swish:
    def names(self):
        return ()

    def __call__(self, x):
        self.x, self.s = x, 1 / (1 + np.exp(-x))
        return x * self.s

    def back(self, d):
        return d * (self.s * (1 + self.x * (1 - self.s)))


class Model:
    def __init__(self):
        self.parts = [WNLinear(4, 40), Swish(), Dropout(0.2), WNLinear(40, 40), Swish(), Dropout(0.2), WNLinear(40, 1)]

    def mode(self, training):
        for p in self.parts:
            if isinstance(p, Dropout):
                p.active = training
        return self

    def __call__(self, x):
        for p in self.parts:
            x = p(x)
        return x

    def back(self, d):
        for p in self.parts[::-1]:
            d = p.back(d)

    def tensors(self):
        for i, p in enumerate(self.parts):
            for n in p.names():
                yield (i, n), p, n


def squared(pred, t):
    return float(((pred - t) ** 2).mean())


x = rg.uniform(-2, 2, (700, 4)).astype(F)
t = (np.sin(x[:, :1]) * x[:, 1:2] + 0.5 * np.abs(x[:, 2:3]) + 0.1 * rg.normal(size=(700, 1))).astype(F)
xa, ta, xb, tb = x[:500], t[:500], x[500:], t[500:]
net = Model()
mem = {key: np.zeros_like(getattr(p, n)) for key, p, n in net.tensors()}
base = F(0.02)

for epoch in range(50):
    net.mode(training=True)
    shuffled = rg.permutation(500)
    for i in range(0, 500, 50):
        rows = shuffled[i:i + 50]
        pred = net(xa[rows])
        net.back(2 * (pred - ta[rows]) / pred.size)
        for key, p, n in net.tensors():
            mem[key] = F(0.9) * mem[key] + getattr(p, "d" + n)
            setattr(p, n, getattr(p, n) - base * mem[key])
    if epoch in (25, 40):
        base = base * F(0.4)
    if epoch % 5 == 4:
        in_training = squared(net(xa), ta)
        many = np.mean([net(xb) for _ in range(20)], axis=0)
        plain = squared(net.mode(training=False)(xb), tb)
        print(f"epoch {epoch + 1:2d}  noisy train {in_training:.5f}  plain test {plain:.5f}  MC test {squared(many, tb):.5f}")
