"""Restricted Boltzmann machine on 4x4 bars-and-stripes, trained with CD-k."""
import itertools
import numpy as np


def bars_and_stripes(side=4):
    pats = []
    for bits in itertools.product([0, 1], repeat=side):
        row = np.tile(np.array(bits)[:, None], (1, side))
        pats.append(row.ravel())
        pats.append(row.T.ravel())
    return np.unique(np.array(pats, dtype=float), axis=0)


def sigm(x):
    return 0.5 * (1.0 + np.tanh(0.5 * x))


class RBM(object):
    def __init__(self, n_vis, n_hid, rng):
        self.rng = rng
        self.W = 0.1 * rng.standard_normal((n_vis, n_hid))
        self.a = np.zeros(n_vis)       # visible bias
        self.b = np.zeros(n_hid)       # hidden bias
        self.dW = np.zeros_like(self.W)
        self.da = np.zeros_like(self.a)
        self.db = np.zeros_like(self.b)

    def hid(self, v):
        return sigm(v @ self.W + self.b)

    def vis(self, h):
        return sigm(h @ self.W.T + self.a)

    def coin(self, p):
        return (self.rng.random(p.shape) < p).astype(float)

    def free_energy(self, v):
        pre = v @ self.W + self.b
        return -(v @ self.a) - np.logaddexp(0.0, pre).sum(axis=1)

    def gibbs(self, h, k):
        for step in range(k):
            v = self.coin(self.vis(h))
            ph = self.hid(v)
            h = self.coin(ph)
        return v, ph

    def contrastive_divergence(self, v0, k, lr, momentum, weight_cost):
        n = v0.shape[0]
        ph0 = self.hid(v0)
        vk, phk = self.gibbs(self.coin(ph0), k)

        pos = v0.T @ ph0
        neg = vk.T @ phk
        gW = (pos - neg) / n - weight_cost * self.W
        ga = (v0 - vk).mean(axis=0)
        gb = (ph0 - phk).mean(axis=0)

        self.dW = momentum * self.dW + lr * gW
        self.da = momentum * self.da + lr * ga
        self.db = momentum * self.db + lr * gb
        # log-likelihood goes up
        self.W += self.dW
        self.a += self.da
        self.b += self.db
        return np.mean((v0 - self.vis(ph0)) ** 2)


def exact_log_likelihood(rbm, data):
    # small enough to enumerate all visible states
    n_vis = rbm.W.shape[0]
    states = ((np.arange(2 ** n_vis)[:, None] >> np.arange(n_vis)) & 1).astype(float)
    fe = -rbm.free_energy(states)
    top = fe.max()
    logZ = top + np.log(np.exp(fe - top).sum())
    return np.mean(-rbm.free_energy(data)) - logZ


def train():
    rng = np.random.default_rng(2024)
    patterns = bars_and_stripes()
    # every pattern a few times, some pixels flipped
    data = np.repeat(patterns, 12, axis=0)
    flip = rng.random(data.shape) < 0.01
    data = np.where(flip, 1 - data, data)
    print(len(patterns), "patterns,", len(data), "training vectors")

    rbm = RBM(16, 16, rng)
    batch = 24
    for epoch in range(60):
        k = 1 if epoch < 30 else 3
        mom = 0.5 if epoch < 10 else 0.9
        lr = 0.1 if epoch < 45 else 0.02
        order = rng.permutation(len(data))
        err = []
        for i in range(0, len(order), batch):
            v = data[order[i:i + batch]]
            err.append(rbm.contrastive_divergence(v, k, lr, mom, weight_cost=2e-4))
        if (epoch + 1) % 10 == 0:
            gap = rbm.free_energy(patterns).mean() - rbm.free_energy(
                (rng.random((200, 16)) < 0.5).astype(float)).mean()
            print("epoch %2d  recon %.4f  F(data)-F(noise) %.2f" % (epoch + 1, np.mean(err), gap))
    print("log-likelihood per pattern: %.3f (uniform: %.3f, best possible %.3f)" % (
        exact_log_likelihood(rbm, patterns), -16 * np.log(2), -np.log(len(patterns))))
    return rbm


if __name__ == "__main__":
    train()
