"""Small conv net built of modules (forward/backward), im2col by stride tricks."""
import numpy as np
from numpy.lib.stride_tricks import as_strided


class Module:
    def parameters(self):
        return []


class Conv2d(Module):
    def __init__(self, cin, cout, k, pad, rng):
        self.k, self.pad = k, pad
        self.weight = rng.normal(0, np.sqrt(2 / (cin * k * k)), (cout, cin, k, k))
        self.bias = np.zeros(cout)
        self.gweight = np.zeros_like(self.weight)
        self.gbias = np.zeros_like(self.bias)

    def windows(self, x):
        n, c, h, w = x.shape
        oh, ow = h - self.k + 1, w - self.k + 1
        s = x.strides
        return as_strided(x, (n, oh, ow, c, self.k, self.k), (s[0], s[2], s[3], s[1], s[2], s[3]))

    def forward(self, x):
        p = self.pad
        self.xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        v = self.windows(self.xp)
        n, oh, ow = v.shape[:3]
        self.cols = v.reshape(n * oh * ow, -1)
        out = self.cols @ self.weight.reshape(len(self.weight), -1).T + self.bias
        return out.reshape(n, oh, ow, -1).transpose(0, 3, 1, 2)

    def backward(self, g):
        n, co, oh, ow = g.shape
        g2 = g.transpose(0, 2, 3, 1).reshape(-1, co)
        self.gweight += (g2.T @ self.cols).reshape(self.weight.shape)
        self.gbias += g2.sum(0)
        gcols = (g2 @ self.weight.reshape(co, -1)).reshape(n, oh, ow, -1, self.k, self.k)
        gx = np.zeros_like(self.xp)
        for i in range(self.k):
            for j in range(self.k):
                gx[:, :, i:i + oh, j:j + ow] += gcols[:, :, :, :, i, j].transpose(0, 3, 1, 2)
        p = self.pad
        return gx[:, :, p:gx.shape[2] - p, p:gx.shape[3] - p] if p else gx

    def parameters(self):
        return [(self.weight, self.gweight), (self.bias, self.gbias)]


class ReLU(Module):
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, g):
        return g * self.mask


class AvgPool2(Module):
    def forward(self, x):
        n, c, h, w = x.shape
        return x.reshape(n, c, h // 2, 2, w // 2, 2).mean(axis=(3, 5))

    def backward(self, g):
        return g.repeat(2, axis=2).repeat(2, axis=3) / 4


class Flatten(Module):
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, g):
        return g.reshape(self.shape)


class Linear(Module):
    def __init__(self, nin, nout, rng):
        self.weight = rng.normal(0, np.sqrt(1 / nin), (nin, nout))
        self.bias = np.zeros(nout)
        self.gweight, self.gbias = np.zeros_like(self.weight), np.zeros_like(self.bias)

    def forward(self, x):
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, g):
        self.gweight += self.x.T @ g
        self.gbias += g.sum(axis=0)
        return g @ self.weight.T

    def parameters(self):
        return [(self.weight, self.gweight), (self.bias, self.gbias)]


class Sequential(Module):
    def __init__(self, *mods):
        self.mods = mods

    def forward(self, x):
        for m in self.mods:
            x = m.forward(x)
        return x

    def backward(self, g):
        for m in reversed(self.mods):
            g = m.backward(g)
        return g

    def parameters(self):
        return [p for m in self.mods for p in m.parameters()]


class SGD:
    def __init__(self, params, lr, momentum=0.9):
        self.params, self.lr, self.mu = params, lr, momentum
        self.buf = [np.zeros_like(p) for p, _ in params]

    def zero_grad(self):
        for _, g in self.params:
            g.fill(0)

    def step(self):
        for (p, g), b in zip(self.params, self.buf):
            b *= self.mu
            b += g
            p -= self.lr * b


def smoothed_cross_entropy(logits, y, eps=0.1):
    n, k = logits.shape
    logits = logits - logits.max(1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    q = np.full((n, k), eps / k)
    q[np.arange(n), y] += 1 - eps
    return -(q * logp).sum() / n, (np.exp(logp) - q) / n


def bars(n, rng):
    X = rng.normal(0, 0.3, (n, 1, 8, 8))
    y = rng.integers(0, 3, n)
    for i in range(n):
        r, c = rng.integers(1, 6, 2)
        if y[i] == 0:
            X[i, 0, r, c:c + 3] += 1.2
        elif y[i] == 1:
            X[i, 0, r:r + 3, c] += 1.2
        else:
            X[i, 0, [r, r + 1, r + 2][:8 - r], [c, c + 1, c + 2][:8 - r]] += 1.2
    return X, y


rng = np.random.default_rng(5)
X, y = bars(400, rng)
Xv, yv = bars(150, rng)
net = Sequential(Conv2d(1, 6, 3, 1, rng), ReLU(), AvgPool2(), Conv2d(6, 8, 3, 0, rng), ReLU(), Flatten(),
                 Linear(8 * 2 * 2, 3, rng))
opt = SGD(net.parameters(), lr=0.05)
for epoch in range(8):
    order = rng.permutation(len(y))
    tot = 0.0
    for idx in np.array_split(order, 16):
        opt.zero_grad()
        loss, g = smoothed_cross_entropy(net.forward(X[idx]), y[idx])
        net.backward(g)
        opt.step()
        tot += loss * len(idx)
    acc = (net.forward(Xv).argmax(1) == yv).mean()
    print(f"epoch {epoch} train loss {tot / len(y):.4f} val acc {acc:.3f}")
