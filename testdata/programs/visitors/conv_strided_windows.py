"""Small convnet on drawn shapes. Windows come from as_strided, the way back is np.add.at."""
import numpy as np
from numpy.lib.stride_tricks import as_strided


def windows(x, k, s):
    n, c, h, w = x.shape
    oh, ow = (h - k) // s + 1, (w - k) // s + 1
    a, b, d, e = x.strides
    return as_strided(x, (n, c, oh, ow, k, k), (a, b, d * s, e * s, d, e), writeable=False)


def col_index(c, h, w, k, s):
    oh, ow = (h - k) // s + 1, (w - k) // s + 1
    i = np.arange(oh)[:, None, None, None] * s + np.arange(k)[None, None, :, None]
    j = np.arange(ow)[None, :, None, None] * s + np.arange(k)[None, None, None, :]
    return np.broadcast_arrays(i, j)


class Conv:
    def __init__(self, ci, co, k, stride, pad, rng):
        self.W = rng.normal(0, np.sqrt(2 / (ci * k * k)), (co, ci, k, k))
        self.b = np.zeros(co)
        self.k, self.s, self.p = k, stride, pad

    def forward(self, x):
        self.xp = np.pad(x, ((0, 0), (0, 0), (self.p, self.p), (self.p, self.p)))
        self.cols = windows(self.xp, self.k, self.s)
        out = np.tensordot(self.cols, self.W, axes=([1, 4, 5], [1, 2, 3]))     # n oh ow co
        return out.transpose(0, 3, 1, 2) + self.b[:, None, None]

    def backward(self, d):
        self.dW = np.tensordot(d, self.cols, axes=([0, 2, 3], [0, 2, 3]))
        self.db = d.sum((0, 2, 3))
        dcols = np.tensordot(d, self.W, axes=(1, 0)).transpose(0, 3, 1, 2, 4, 5)
        n, c, h, w = self.xp.shape
        i, j = col_index(c, h, w, self.k, self.s)
        dx = np.zeros_like(self.xp)
        np.add.at(dx, (slice(None), slice(None), i, j), dcols)
        return dx[:, :, self.p:h - self.p, self.p:w - self.p]


class MaxPool:
    """2x2, stride 2, the winner kept as an index"""

    def forward(self, x):
        n, c, h, w = x.shape
        self.shape = x.shape
        blocks = x.reshape(n, c, h // 2, 2, w // 2, 2).swapaxes(3, 4).reshape(n, c, h // 2, w // 2, 4)
        self.arg = blocks.argmax(-1)[..., None]
        return np.take_along_axis(blocks, self.arg, -1)[..., 0]

    def backward(self, d):
        n, c, h, w = self.shape
        g = np.zeros((n, c, h // 2, w // 2, 4))
        np.put_along_axis(g, self.arg, d[..., None], -1)
        return g.reshape(n, c, h // 2, w // 2, 2, 2).swapaxes(3, 4).reshape(self.shape)


class LeakyReLU:
    def forward(self, x):
        self.m = np.where(x > 0, 1.0, 0.1)
        return x * self.m

    def backward(self, d):
        return d * self.m


class Flatten:
    def forward(self, x):
        self.s = x.shape
        return x.reshape(len(x), -1)

    def backward(self, d):
        return d.reshape(self.s)


class Dense:
    def __init__(self, i, o, rng):
        self.W, self.b = rng.normal(0, np.sqrt(1 / i), (i, o)), np.zeros(o)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, d):
        self.dW, self.db = self.x.T @ d, d.sum(0)
        return d @ self.W.T


def smoothed_ce(logits, y, eps=0.1):
    n, k = logits.shape
    t = np.full((n, k), eps / k)
    t[np.arange(n), y] += 1 - eps
    z = logits - logits.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    return -(t * logp).sum() / n, (np.exp(logp) - t) / n


def shapes(n, rng):
    X, y = rng.normal(0, 0.25, (n, 1, 12, 12)), rng.integers(0, 3, n)
    for q in range(n):
        r, c = rng.integers(1, 5, 2)
        if y[q] == 0:                       # box
            X[q, 0, r:r + 6, [c, c + 5]] += 1
            X[q, 0, [r, r + 5], c:c + 6] += 1
        elif y[q] == 1:                     # cross
            X[q, 0, r + 3, c:c + 6] += 1
            X[q, 0, r:r + 6, c + 3] += 1
        else:                               # diagonal
            X[q, 0, np.arange(6) + r, np.arange(6) + c] += 1
    return X, y


def build(rng):
    return [Conv(1, 6, 3, 1, 1, rng), LeakyReLU(), MaxPool(), Conv(6, 8, 3, 2, 1, rng), LeakyReLU(), Flatten(), Dense(72, 3, rng)]


def fwd(layers, x):
    for l in layers:
        x = l.forward(x)
    return x


if __name__ == "__main__":
    rng = np.random.default_rng(11)
    (X, y), (Xt, yt) = shapes(300, rng), shapes(100, rng)
    layers = build(rng)
    lr, mom, vel = 0.05, 0.9, {}
    for epoch in range(6):
        for s in np.array_split(rng.permutation(len(X)), 10):
            loss, d = smoothed_ce(fwd(layers, X[s]), y[s])
            for l in layers[::-1]:
                d = l.backward(d)
            for q, l in enumerate(layers):
                for name in ("W", "b"):
                    if hasattr(l, name):
                        v = vel.setdefault((q, name), np.zeros_like(getattr(l, name)))
                        v *= mom
                        v += getattr(l, "d" + name)
                        setattr(l, name, getattr(l, name) - lr * v)
        print("epoch", epoch, "last batch loss %.3f" % loss, "test acc %.3f" % (fwd(layers, Xt).argmax(1) == yt).mean())
