"""Sentiment-like toy task with attention pooling.

A review is 9 tokens, mostly noise words; one of them is an opinion word and
decides the label (but some of the labels are wrong, as in real life).
"""
from dataclasses import dataclass, field
from typing import Dict, Iterator, Tuple

import numpy as np

gen = np.random.default_rng(99)
VOCAB, SEQ, DIM, ATT = 30, 9, 10, 8
OPINION = 12        # ids 0-5 are positive, 6-11 negative, the rest is noise


def reviews(n: int) -> Tuple[np.ndarray, np.ndarray]:
    ids = gen.integers(12, VOCAB, size=(n, SEQ))
    y = gen.integers(0, 2, size=n)
    where = gen.integers(0, SEQ, size=n)
    ids[np.arange(n), where] = gen.integers(0, 6, size=n) + 6 * (1 - y)
    return ids, np.where(gen.random(n) < 0.08, 1 - y, y)


@dataclass
class Param:
    value: np.ndarray
    grad: np.ndarray = field(init=False)
    velocity: np.ndarray = field(init=False)

    def __post_init__(self):
        self.grad = np.zeros_like(self.value)
        self.velocity = np.zeros_like(self.value)


class Embedding:
    def __init__(self, n, d):
        self.table = Param(gen.normal(0, 0.5, (n, d)))

    def forward(self, ids):
        self.ids = ids
        return self.table.value[ids]

    def backward(self, dout):
        np.add.at(self.table.grad, self.ids, dout)


class AttentionPool:
    """score_t = v . tanh(W x_t + b);  out = sum_t softmax(score)_t x_t"""

    def __init__(self, d, a):
        self.W = Param(gen.normal(0, 1 / np.sqrt(d), (d, a)))
        self.b = Param(np.zeros(a))
        self.v = Param(gen.normal(0, 1 / np.sqrt(a), a))

    def forward(self, x):
        self.x = x
        self.u = np.tanh(x @ self.W.value + self.b.value)
        s = self.u @ self.v.value
        e = np.exp(s - s.max(axis=1, keepdims=True))
        self.alpha = e / e.sum(axis=1, keepdims=True)
        return np.einsum("bt,btd->bd", self.alpha, x)

    def backward(self, dout):
        dalpha = np.einsum("bd,btd->bt", dout, self.x)
        ds = self.alpha * (dalpha - (self.alpha * dalpha).sum(axis=1, keepdims=True))
        du = ds[..., None] * self.v.value
        dpre = du * (1 - self.u ** 2)
        self.v.grad += np.einsum("bt,bta->a", ds, self.u)
        self.W.grad += np.einsum("btd,bta->da", self.x, dpre)
        self.b.grad += dpre.sum(axis=(0, 1))
        return self.alpha[..., None] * dout[:, None, :] + dpre @ self.W.value.T


class LayerNorm:
    def __init__(self, d, eps=1e-5):
        self.gain, self.bias, self.eps = Param(np.ones(d)), Param(np.zeros(d)), eps

    def forward(self, x):
        centred = x - x.mean(axis=-1, keepdims=True)
        self.inv = 1 / np.sqrt((centred ** 2).mean(axis=-1, keepdims=True) + self.eps)
        self.xhat = centred * self.inv
        return self.gain.value * self.xhat + self.bias.value

    def backward(self, dout):
        self.gain.grad += (dout * self.xhat).sum(axis=0)
        self.bias.grad += dout.sum(axis=0)
        dxhat = dout * self.gain.value
        return self.inv * (dxhat - dxhat.mean(-1, keepdims=True)
                           - self.xhat * (dxhat * self.xhat).mean(-1, keepdims=True))


class Logit:
    def __init__(self, d):
        self.w, self.c = Param(gen.normal(0, 0.3, d)), Param(np.zeros(1))

    def forward(self, x):
        self.x = x
        return x @ self.w.value + self.c.value

    def backward(self, dout):
        self.w.grad += self.x.T @ dout
        self.c.grad += dout.sum()
        return np.outer(dout, self.w.value)


layers = [Embedding(VOCAB, DIM), AttentionPool(DIM, ATT), LayerNorm(DIM), Logit(DIM)]
params: Dict[str, Param] = {f"{type(l).__name__}.{k}": p for l in layers
                            for k, p in vars(l).items() if isinstance(p, Param)}


def forward(ids):
    out = ids
    for l in layers:
        out = l.forward(out)
    return out


def stream(ids, y, size) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
    """endless stream of reshuffled minibatches"""
    while True:
        perm = gen.permutation(len(y))
        for i in range(0, len(y) - size + 1, size):
            yield ids[perm[i:i + size]], y[perm[i:i + size]]


def train(ids, y, steps=240, peak=0.04, mu=0.9, wd=1e-4):
    for step, (xb, yb) in zip(range(steps), stream(ids, y, 32)):
        for p in params.values():
            p.grad.fill(0)
        logit = forward(xb)
        t = 2 * yb - 1
        loss = np.logaddexp(0, -t * logit).mean()
        d = -t / (1 + np.exp(t * logit)) / len(t)
        for l in reversed(layers):
            d = l.backward(d)
        lr = peak * min((step + 1) / 30, (steps - step) / (steps - 30))
        for name, p in params.items():
            g = p.grad if p.value.ndim == 1 else p.grad + wd * p.value
            p.velocity *= mu
            p.velocity += g
            p.value -= lr * (g + mu * p.velocity)       # nesterov
        if step % 40 == 39:
            print(f"step {step + 1:4d}  lr {lr:.3f}  loss {loss:.4f}")


ids_tr, y_tr = reviews(400)
ids_te, y_te = reviews(200)
train(ids_tr, y_tr)
print("test accuracy", np.mean((forward(ids_te) > 0) == y_te))
pool = layers[1]
print("attention on the marked word %.3f" % pool.alpha[ids_te < OPINION].mean())
