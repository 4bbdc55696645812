from dataclasses import dataclass
import math
import numpy as np


@dataclass
class Param:
    value: np.ndarray
    decay: bool = True

    def __post_init__(self):
        self.grad = np.zeros_like(self.value)
        self.m, self.v = np.zeros_like(self.value), np.zeros_like(self.value)


class Linear:
    def __init__(self, rng, i, o):
        self.w = Param(rng.standard_normal((i, o)) / math.sqrt(i))
        self.b = Param(np.zeros(o), decay=False)

    def __call__(self, x):
        self.x = x
        return x @ self.w.value + self.b.value

    def back(self, dy):
        self.w.grad += self.x.T @ dy
        self.b.grad += dy.sum(0)
        return dy @ self.w.value.T


class LayerNorm:
    def __init__(self, dim, eps=1e-5):
        self.gamma = Param(np.ones(dim), decay=False)
        self.beta = Param(np.zeros(dim), decay=False)
        self.eps = eps

    def __call__(self, x):
        self.rstd = 1.0 / np.sqrt(x.var(axis=1, keepdims=True) + self.eps)
        self.xhat = (x - x.mean(axis=1, keepdims=True)) * self.rstd
        return self.gamma.value * self.xhat + self.beta.value

    def back(self, dy):
        self.gamma.grad += (dy * self.xhat).sum(0)
        self.beta.grad += dy.sum(0)
        dxh = dy * self.gamma.value
        m2 = (dxh * self.xhat).mean(axis=1, keepdims=True)
        return self.rstd * (dxh - dxh.mean(axis=1, keepdims=True) - self.xhat * m2)


class Swish:
    def __call__(self, x):
        self.x, self.s = x, 1 / (1 + np.exp(-x))
        return x * self.s

    def back(self, dy):
        return dy * (self.s + self.x * self.s * (1 - self.s))


class ResBlock:
    def __init__(self, rng, dim, hidden):
        self.parts = [LayerNorm(dim), Linear(rng, dim, hidden), Swish(), Linear(rng, hidden, dim)]

    def __call__(self, x):
        return x + forward(self.parts, x)

    def back(self, dy):
        dh = dy
        for part in self.parts[::-1]:
            dh = part.back(dh)
        return dy + dh


def params_of(layer):
    if isinstance(layer, ResBlock):
        return [p for part in layer.parts for p in params_of(part)]
    return [p for p in vars(layer).values() if isinstance(p, Param)]


def huber(pred, y, delta=1.0):
    r = pred - y
    small = np.abs(r) <= delta
    loss = np.where(small, 0.5 * r ** 2, delta * (np.abs(r) - 0.5 * delta)).mean()
    return loss, np.where(small, r, delta * np.sign(r)) / r.size


def adamw(ps, t, lr, wd=0.01, b1=0.9, b2=0.99, eps=1e-8):
    for p in ps:
        p.m = b1 * p.m + (1 - b1) * p.grad
        p.v = b2 * p.v + (1 - b2) * p.grad ** 2
        update = (p.m / (1 - b1 ** t)) / (np.sqrt(p.v / (1 - b2 ** t)) + eps)
        if p.decay:
            p.value -= lr * wd * p.value
        p.value -= lr * update


def forward(net, x):
    for layer in net:
        x = layer(x)
    return x


def main(seed=6, steps=400, warmup=40, peak=8e-3, accumulate=2):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, (1000, 4))
    y = X[:, :1] * X[:, 1:2] + np.sin(3 * X[:, 2:3]) + 0.2 * rng.standard_t(2, (1000, 1))
    Xt, yt, Xv, yv = X[:800], y[:800], X[800:], y[800:]
    net = [Linear(rng, 4, 32), ResBlock(rng, 32, 48), ResBlock(rng, 32, 48), LayerNorm(32), Linear(rng, 32, 1)]
    ps = [p for layer in net for p in params_of(layer)]

    for t in range(1, steps + 1):
        for p in ps:
            p.grad[...] = 0.0
        loss = 0.0
        for _ in range(accumulate):
            rows = rng.choice(800, 32, replace=False)
            part, dy = huber(forward(net, Xt[rows]), yt[rows])
            loss += part / accumulate
            dy = dy / accumulate
            for layer in reversed(net):
                dy = layer.back(dy)
        norm = math.sqrt(sum(float((p.grad ** 2).sum()) for p in ps))
        for p in ps:
            p.grad *= min(1.0, 0.5 / norm)
        lr = peak * t / warmup if t < warmup else 0.5 * peak * (1 + math.cos(math.pi * (t - warmup) / (steps - warmup)))
        adamw(ps, t, lr)
        if t % 50 == 0:
            print(f"step {t} train {loss:.5f} gradnorm {norm:.4f} valid {huber(forward(net, Xv), yv)[0]:.5f}")


main()
