import math
from dataclasses import dataclass, field

import numpy as np

gen = np.random.default_rng(2024)


@dataclass
class Param:
    data: np.ndarray
    decay: bool = True
    grad: np.ndarray = field(init=False)
    m: np.ndarray = field(init=False)
    v: np.ndarray = field(init=False)

    def __post_init__(self):
        self.grad = np.zeros_like(self.data)
        self.m = np.zeros_like(self.data)
        self.v = np.zeros_like(self.data)


class Dense:
    def __init__(self, d_in, d_out, scale=1.0):
        self.w = Param(gen.normal(size=(d_in, d_out)) * scale / math.sqrt(d_in))
        self.b = Param(np.zeros(d_out), decay=False)
        self.params = [self.w, self.b]

    def __call__(self, x, train):
        self.x = x
        return x @ self.w.data + self.b.data

    def back(self, dy):
        self.w.grad += self.x.T @ dy
        self.b.grad += dy.sum(0)
        return dy @ self.w.data.T


class LayerNorm:
    def __init__(self, d, eps=1e-5):
        self.g = Param(np.ones(d), decay=False)
        self.b = Param(np.zeros(d), decay=False)
        self.eps = eps
        self.params = [self.g, self.b]

    def __call__(self, x, train):
        mean = x.mean(-1, keepdims=True)
        self.rstd = 1.0 / np.sqrt(x.var(-1, keepdims=True) + self.eps)
        self.xhat = (x - mean) * self.rstd
        return self.xhat * self.g.data + self.b.data

    def back(self, dy):
        self.g.grad += (dy * self.xhat).sum(0)
        self.b.grad += dy.sum(0)
        dxhat = dy * self.g.data
        a = dxhat.mean(-1, keepdims=True)
        c = (dxhat * self.xhat).mean(-1, keepdims=True)
        return (dxhat - a - self.xhat * c) * self.rstd


class Gelu:
    k = math.sqrt(2 / math.pi)
    params = ()

    def __call__(self, x, train):
        self.x = x
        self.t = np.tanh(self.k * (x + 0.044715 * x ** 3))
        return 0.5 * x * (1 + self.t)

    def back(self, dy):
        x, t = self.x, self.t
        du = self.k * (1 + 3 * 0.044715 * x ** 2)
        return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t ** 2) * du)


class Dropout:
    params = ()

    def __init__(self, p):
        self.p = p

    def __call__(self, x, train):
        if not train:
            self.mask = 1.0
            return x
        self.mask = (gen.random(x.shape) >= self.p) / (1 - self.p)
        return x * self.mask

    def back(self, dy):
        return dy * self.mask


class Residual:
    """x + f(x), f = pre-norm MLP"""

    def __init__(self, d, p):
        self.inner = [LayerNorm(d), Dense(d, 2 * d), Gelu(), Dropout(p), Dense(2 * d, d, 0.5)]
        self.params = [q for l in self.inner for q in l.params]

    def __call__(self, x, train):
        h = x
        for l in self.inner:
            h = l(h, train)
        return x + h

    def back(self, dy):
        d = dy
        for l in self.inner[::-1]:
            d = l.back(d)
        return dy + d


def huber(pred, y, delta=1.0):
    r = pred - y
    small = np.abs(r) <= delta
    loss = np.where(small, 0.5 * r ** 2, delta * (np.abs(r) - 0.5 * delta))
    grad = np.where(small, r, delta * np.sign(r))
    return loss.mean(), grad / r.size


def adamw(params, lr, t, b1=0.9, b2=0.98, eps=1e-8, wd=0.02):
    for p in params:
        p.m += (1 - b1) * (p.grad - p.m)
        p.v += (1 - b2) * (p.grad ** 2 - p.v)
        mh, vh = p.m / (1 - b1 ** t), p.v / (1 - b2 ** t)
        if p.decay:
            p.data *= 1 - lr * wd
        p.data -= lr * mh / (np.sqrt(vh) + eps)
        p.grad[...] = 0


def schedule(t, warm, total, peak):
    if t <= warm:
        return peak * t / warm
    return 0.5 * peak * (1 + math.cos(math.pi * (t - warm) / (total - warm)))


def target(x):
    return np.sin(2 * x[:, :1]) + x[:, 1:2] * x[:, 2:3]


xs = gen.uniform(-2, 2, size=(640, 4))
ys = target(xs) + 0.1 * gen.normal(size=(640, 1))
ys[gen.random(640) < 0.05] += 6.0       # a few outliers
xt = gen.uniform(-2, 2, size=(200, 4))

net = [Dense(4, 16), Residual(16, 0.1), Residual(16, 0.1), LayerNorm(16), Dense(16, 1)]
params = [p for l in net for p in l.params]
total = 240
for t in range(1, total + 1):
    pick = gen.integers(0, len(xs), 64)
    h = xs[pick]
    for l in net:
        h = l(h, True)
    loss, d = huber(h, ys[pick])
    for l in reversed(net):
        d = l.back(d)
    adamw(params, schedule(t, 20, total, 0.02), t)
    if t % 60 == 0:
        h = xt
        for l in net:
            h = l(h, False)
        print(f"{t:4d} huber {loss:.4f}   clean test mae {np.abs(h - target(xt)).mean():.4f}")
