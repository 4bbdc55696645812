"""Metric learning: one hidden layer, L2-normalised embeddings, batch-hard triplet loss, AdaBelief.
(the mined indices are treated as constants, which is also what the true gradient does almost everywhere)"""
import numpy as np


def make_data(n_per, n_cls, d, rng):
    mix = rng.normal(size=(d, d))
    centers = rng.normal(size=(n_cls, d)) * 2.0
    X = np.concatenate([c + 0.8 * rng.normal(size=(n_per, d)) for c in centers])
    return np.tanh(X @ mix / np.sqrt(d)), np.repeat(np.arange(n_cls), n_per)


class Embedder:
    def __init__(self, d, h, e, rng):
        self.theta = [rng.normal(size=(d, h)) / np.sqrt(d), np.zeros(h), rng.normal(size=(h, e)) / np.sqrt(h)]

    def __call__(self, X):
        W, b, V = self.theta
        self.X = X
        self.H = np.maximum(X @ W + b, 0)
        self.U = self.H @ V
        self.norm = np.sqrt((self.U ** 2).sum(1, keepdims=True) + 1e-12)
        self.E = self.U / self.norm
        return self.E

    def grad(self, dE):
        W, b, V = self.theta
        dU = (dE - self.E * (dE * self.E).sum(1, keepdims=True)) / self.norm
        dH = dU @ V.T * (self.H > 0)
        return [self.X.T @ dH, dH.sum(0), self.H.T @ dU]


def batch_hard(E, y, margin=0.5):
    D = ((E[:, None] - E[None]) ** 2).sum(-1)
    same = y[:, None] == y[None]
    pos = np.where(same, D, -np.inf).argmax(1)      # furthest positive
    neg = np.where(same, np.inf, D).argmin(1)       # closest negative
    a = np.arange(len(y))
    viol = D[a, pos] - D[a, neg] + margin
    active = (viol > 0)[:, None] / len(y)
    loss = np.maximum(viol, 0).mean()
    dE = np.zeros_like(E)
    dE += 2 * active * (E[neg] - E[pos])
    np.add.at(dE, pos, -2 * active * (E - E[pos]))
    np.add.at(dE, neg, 2 * active * (E - E[neg]))
    return loss, dE


rng = np.random.default_rng(8)
X, y = make_data(40, 5, 10, rng)
model = Embedder(10, 32, 4, rng)
m = [np.zeros_like(p) for p in model.theta]
s = [np.zeros_like(p) for p in model.theta]
lr, beta1, beta2, eps = 1e-3, 0.9, 0.999, 1e-12

for it in range(1, 161):
    idx = np.concatenate([rng.choice(np.flatnonzero(y == c), 8, replace=False) for c in range(5)])
    loss, dE = batch_hard(model(X[idx]), y[idx])
    for i, g in enumerate(model.grad(dE)):
        m[i] = beta1 * m[i] + (1 - beta1) * g
        s[i] = beta2 * s[i] + (1 - beta2) * (g - m[i]) ** 2 + eps
        model.theta[i] -= lr * (m[i] / (1 - beta1 ** it)) / (np.sqrt(s[i] / (1 - beta2 ** it)) + 1e-8)
    if it % 20 == 0:
        E = model(X)
        D = ((E[:, None] - E[None]) ** 2).sum(-1) + 10 * np.eye(len(X))
        print(f"iter {it:3d}  triplet loss {loss:.4f}  1-NN acc {np.mean(y[D.argmin(1)] == y):.3f}")
