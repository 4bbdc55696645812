# SGD with cosine warm restarts; at the end of each cycle a snapshot is kept and the
# snapshots vote together in the evaluation
import numpy as np
from copy import deepcopy

g = np.random.default_rng(17)


def moons(n, noise=0.25):
    t = np.pi * g.random(n)
    c = g.integers(0, 2, n)
    x = np.where(c == 0, np.cos(t), 1 - np.cos(t))
    y = np.where(c == 0, np.sin(t), 0.5 - np.sin(t))
    return np.c_[x, y] + noise * g.normal(size=(n, 2)), c.astype(float)


class Layer:
    def __init__(self, n, m):
        self.K = g.normal(size=(n, m)) / np.sqrt(n)
        self.k = np.zeros(m)
        self.vK, self.vk = np.zeros_like(self.K), np.zeros_like(self.k)

    def fwd(self, x):
        self.x = x
        return x @ self.K + self.k

    def bwd(self, d, lr, mom=0.9):
        """returns the gradient for the input, then moves its own weights"""
        to_input = d @ self.K.T
        self.vK = mom * self.vK + self.x.T @ d
        self.vk = mom * self.vk + d.sum(0)
        self.K = self.K - lr * self.vK
        self.k = self.k - lr * self.vk
        return to_input


def logit(net, x):
    h = x
    acts = []
    for layer in net[:-1]:
        h = np.tanh(layer.fwd(h))
        acts.append(h)
    return net[-1].fwd(h)[:, 0], acts


def bce(z, c):
    return np.mean(np.maximum(z, 0) - z * c + np.log1p(np.exp(-np.abs(z))))


Xa, ca = moons(300)
Xb, cb = moons(200)
net = [Layer(2, 16), Layer(16, 16), Layer(16, 1)]
snapshots = []
cycle, first_lr, pos = 8, 0.3, 0.0
batches = 10
for epoch in range(8 + 16):
    tot = 0.0
    for rows in np.array_split(g.permutation(len(ca)), batches):
        lr = 0.5 * first_lr * (1 + np.cos(np.pi * pos / cycle))
        z, acts = logit(net, Xa[rows])
        tot += bce(z, ca[rows]) * len(rows)
        d = ((1 / (1 + np.exp(-z)) - ca[rows]) / len(rows))[:, None]
        d = net[2].bwd(d, lr)
        d = net[1].bwd(d * (1 - acts[1] ** 2), lr)
        net[0].bwd(d * (1 - acts[0] ** 2), lr)
        pos += 1 / batches
    if pos >= cycle - 1e-9:
        snapshots.append(deepcopy(net))
        pos, cycle = 0.0, cycle * 2
    if epoch % 2:
        z_now, _ = logit(net, Xb)
        line = f"epoch {epoch + 1:2d}  lr {lr:.4f}  train {tot / len(ca):.5f}  valid {bce(z_now, cb):.5f}"
        if snapshots:
            p = np.mean([1 / (1 + np.exp(-logit(s, Xb)[0])) for s in snapshots], axis=0)
            line += f"  vote of {len(snapshots)}: acc {np.mean((p > 0.5) == (cb > 0.5)):.3f}"
        print(line)
