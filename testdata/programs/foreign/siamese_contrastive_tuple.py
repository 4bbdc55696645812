"""Siamese embedding with contrastive loss; same weights for both branches."""
import functools
import time

import numpy as np

RNG = np.random.RandomState(101)


def timed(fn):
    @functools.wraps(fn)
    def wrapper(*a, **kw):
        t0 = time.perf_counter()
        out = fn(*a, **kw)
        wrapper.seconds += time.perf_counter() - t0
        return out
    wrapper.seconds = 0.0
    return wrapper


def prelu(z, alpha):
    return np.where(z > 0, z, alpha * z)


class Embedder:
    names = ("W1", "b1", "alpha", "W2", "b2")

    def __init__(self, n_in, n_hidden, n_out):
        self.W1 = RNG.randn(n_in, n_hidden) * np.sqrt(2.0 / n_in)
        self.b1 = np.zeros(n_hidden)
        self.alpha = np.full(n_hidden, 0.25)
        self.W2 = RNG.randn(n_hidden, n_out) * np.sqrt(1.0 / n_hidden)
        self.b2 = np.zeros(n_out)
        self.zero()

    def zero(self):
        for n in self.names:
            setattr(self, "g_" + n, np.zeros_like(getattr(self, n)))

    def embed(self, x):
        z = x @ self.W1 + self.b1
        h = prelu(z, self.alpha)
        u = h @ self.W2 + self.b2
        r = np.sqrt((u * u).sum(axis=1, keepdims=True)) + 1e-9
        e = u / r
        return e, (x, z, h, r, e)

    def accumulate(self, de, memo):
        x, z, h, r, e = memo
        du = (de - e * (de * e).sum(axis=1, keepdims=True)) / r
        self.g_W2 += h.T @ du
        self.g_b2 += du.sum(axis=0)
        dh = du @ self.W2.T
        self.g_alpha += (dh * np.where(z > 0, 0.0, z)).sum(axis=0)
        dz = dh * np.where(z > 0, 1.0, self.alpha)
        self.g_W1 += x.T @ dz
        self.g_b1 += dz.sum(axis=0)


def contrastive(e1, e2, same, margin):
    """same pairs: d^2 / 2; different pairs: max(0, margin - d)^2 / 2"""
    diff = e1 - e2
    d = np.sqrt((diff ** 2).sum(axis=1) + 1e-12)
    hinge = np.maximum(0.0, margin - d)
    n = len(same)
    loss = np.sum(same * d ** 2 + (1 - same) * hinge ** 2) / (2 * n)
    coef = same - (1 - same) * hinge / d
    g = coef[:, None] * diff / n
    return loss, g, -g


@timed
def train_step(net, left, right, same, margin=0.9):
    net.zero()
    e1, memo1 = net.embed(left)
    e2, memo2 = net.embed(right)
    loss, g1, g2 = contrastive(e1, e2, same, margin)
    net.accumulate(g1, memo1)
    net.accumulate(g2, memo2)
    return loss


class Adamax:
    def __init__(self, net, lr=0.01, b1=0.9, b2=0.99):
        self.net, self.lr, self.b1, self.b2, self.t = net, lr, b1, b2, 0
        self.m = {n: 0.0 for n in net.names}
        self.u = {n: 0.0 for n in net.names}

    def step(self):
        self.t += 1
        for n in self.net.names:
            g = getattr(self.net, "g_" + n)
            self.m[n] = self.b1 * self.m[n] + (1 - self.b1) * g
            self.u[n] = np.maximum(self.b2 * self.u[n], np.abs(g))
            w = getattr(self.net, n)
            w -= self.lr / (1 - self.b1 ** self.t) * self.m[n] / (self.u[n] + 1e-8)


centers = RNG.randn(6, 8) * 1.2
mix = RNG.randn(8, 8)


def draw(labels):
    x = centers[labels] + 0.6 * RNG.randn(len(labels), 8)
    return np.sin(x) @ mix


def pair_stream(n_pairs):
    while True:
        a = RNG.randint(0, 6, n_pairs)
        b = np.where(RNG.rand(n_pairs) < 0.5, a, RNG.randint(0, 6, n_pairs))
        yield draw(a), draw(b), (a == b).astype(float)


net = Embedder(8, 24, 3)
opt = Adamax(net)
stream = pair_stream(40)
history = []
for it in range(1, 241):
    left, right, same = next(stream)
    history.append(train_step(net, left, right, same))
    opt.step()
    if it % 60 == 0:
        # nearest class mean in the embedding, on fresh points
        lab = np.repeat(np.arange(6), 20)
        ref, _ = net.embed(draw(lab))
        means = np.array([ref[lab == c].mean(axis=0) for c in range(6)])
        q, _ = net.embed(draw(lab))
        pred = ((q[:, None, :] - means[None]) ** 2).sum(axis=2).argmin(axis=1)
        print("it %d  loss %.4f  nearest-mean accuracy %.3f" % (it, np.mean(history[-60:]), np.mean(pred == lab)))
