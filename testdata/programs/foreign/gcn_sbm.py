"""
Semi-supervised node classification with a 2-layer graph convolution
on a random directed block-model graph.
"""
from dataclasses import dataclass, field
import numpy as np


@dataclass
class Config:
    blocks: int = 4
    per_block: int = 35
    n_feat: int = 12
    hidden: int = 16
    drop: float = 0.4
    lr: float = 0.02
    l2: float = 5e-3
    epochs: int = 150
    patience: int = 25
    betas: tuple = field(default=(0.9, 0.98))


def build_graph(cfg, rng):
    n = cfg.blocks * cfg.per_block
    label = np.repeat(np.arange(cfg.blocks), cfg.per_block)
    same = label[:, None] == label[None, :]
    prob = np.where(same, 0.09, 0.012)
    # a few hubs that many point at
    prob = prob * np.where(rng.random(n) < 0.1, 3.0, 1.0)[None, :]
    adj = (rng.random((n, n)) < prob).astype(float)
    np.fill_diagonal(adj, 1.0)
    a_hat = adj / adj.sum(axis=1, keepdims=True)
    means = rng.normal(0, 0.5, (cfg.blocks, cfg.n_feat))
    feats = means[label] + rng.normal(0, 1.0, (n, cfg.n_feat))
    return a_hat, feats, label


def split(label, rng, per_class=6, n_val=40):
    train = np.concatenate([rng.choice(np.flatnonzero(label == c), per_class, replace=False)
                            for c in np.unique(label)])
    rest = rng.permutation(np.setdiff1d(np.arange(len(label)), train))
    mask = lambda ids: np.isin(np.arange(len(label)), ids)
    return mask(train), mask(rest[:n_val]), mask(rest[n_val:])


class GCN:
    def __init__(self, cfg, n_class, rng):
        self.cfg, self.rng = cfg, rng
        s1, s2 = np.sqrt(6 / (cfg.n_feat + cfg.hidden)), np.sqrt(6 / (cfg.hidden + n_class))
        self.w = [rng.uniform(-s1, s1, (cfg.n_feat, cfg.hidden)), np.zeros(cfg.hidden),
                  rng.uniform(-s2, s2, (cfg.hidden, n_class)), np.zeros(n_class)]

    def dropout(self, x, on):
        if not on:
            return x, np.ones_like(x)
        keep = 1 - self.cfg.drop
        m = (self.rng.random(x.shape) < keep) / keep
        return x * m, m

    def forward(self, A, X, training=False):
        W0, b0, W1, b1 = self.w
        Xd, _ = self.dropout(X, training)
        AX = A @ Xd
        pre = AX @ W0 + b0
        H = np.maximum(pre, 0)
        Hd, m = self.dropout(H, training)
        out = A @ (Hd @ W1) + b1
        self.saved = AX, pre, Hd, m
        return out

    def loss(self, logits, label, mask):
        z = logits - logits.max(axis=1, keepdims=True)
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        ce = -np.log(p[mask, label[mask]] + 1e-12).mean()
        return ce + 0.5 * self.cfg.l2 * np.sum(self.w[0] ** 2), p

    def backward(self, A, p, label, mask):
        AX, pre, Hd, m = self.saved
        W1 = self.w[2]
        d = p.copy()
        d[np.arange(len(label)), label] -= 1
        d *= mask[:, None]
        d /= mask.sum()
        db1 = d.sum(axis=0)
        dAgg = A.T @ d
        dW1 = Hd.T @ dAgg
        dH = dAgg @ W1.T
        dH = dH * m
        dH = dH * (pre > 0)
        dW0 = AX.T @ dH + self.cfg.l2 * self.w[0]
        return [dW0, dH.sum(axis=0), dW1, db1]


class AMSGrad:
    def __init__(self, cfg, params):
        self.cfg = cfg
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]
        self.vmax = [np.zeros_like(p) for p in params]

    def update(self, params, grads):
        b1, b2 = self.cfg.betas
        for i, g in enumerate(grads):
            self.m[i] += (1 - b1) * (g - self.m[i])
            self.v[i] += (1 - b2) * (g * g - self.v[i])
            np.maximum(self.vmax[i], self.v[i], out=self.vmax[i])
            params[i] -= self.cfg.lr * self.m[i] / (np.sqrt(self.vmax[i]) + 1e-8)


def accuracy(logits, label, mask):
    return (logits.argmax(axis=1) == label)[mask].mean()


def main(cfg=Config()):
    rng = np.random.default_rng(77)
    A, X, y = build_graph(cfg, rng)
    tr, va, te = split(y, rng)
    print("nodes %d, edges %d, labelled %d" % (len(y), int((A > 0).sum()), tr.sum()))
    net = GCN(cfg, cfg.blocks, rng)
    opt = AMSGrad(cfg, net.w)
    best, waited, keep = np.inf, 0, None
    for epoch in range(1, cfg.epochs + 1):
        logits = net.forward(A, X, training=True)
        loss, p = net.loss(logits, y, tr)
        opt.update(net.w, net.backward(A, p, y, tr))

        logits = net.forward(A, X)
        val, _ = net.loss(logits, y, va)
        if val < best:
            best, waited, keep = val, 0, [w.copy() for w in net.w]
        else:
            waited += 1
        if epoch % 15 == 0 or waited == cfg.patience:
            print("epoch %3d  train loss %.4f  val loss %.4f  val acc %.3f"
                  % (epoch, loss, val, accuracy(logits, y, va)))
        if waited == cfg.patience:
            print("no better for %d epochs, stop" % waited)
            break
    net.w = keep
    logits = net.forward(A, X)
    print("test accuracy %.3f   (features only, nearest mean: %.3f)" % (
        accuracy(logits, y, te), nearest_mean(X, y, tr, te)))
    return net.w


def nearest_mean(X, y, tr, te):
    mu = np.stack([X[tr & (y == c)].mean(axis=0) for c in np.unique(y)])
    d = ((X[:, None, :] - mu[None]) ** 2).sum(axis=2)
    return (d.argmin(axis=1) == y)[te].mean()


if __name__ == "__main__":
    main()
