"""Mixture density network on the classic inverse problem x = t + 0.3 sin(2 pi t) + noise."""
from dataclasses import dataclass, field, fields
from math import log, pi

import numpy as np


@dataclass
class Weights:
    w1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray
    b2: np.ndarray

    @staticmethod
    def random(rng, hidden: int, comps: int) -> "Weights":
        return Weights(
            w1=rng.normal(0, 2.0, (1, hidden)),
            b1=rng.normal(0, 1.0, hidden),
            w2=rng.normal(0, 0.3, (hidden, 3 * comps)),
            b2=np.concatenate([np.zeros(comps), np.linspace(0.1, 0.9, comps), np.full(comps, -1.0)]),
        )

    def zeros(self) -> "Weights":
        return Weights(**{f.name: np.zeros_like(getattr(self, f.name)) for f in fields(self)})


@dataclass
class AdamState:
    m: Weights
    v: Weights
    lr: float = 0.01
    t: int = 0

    def update(self, theta: Weights, grad: Weights) -> None:
        self.t += 1
        for f in fields(theta):
            g = getattr(grad, f.name)
            m, v = getattr(self.m, f.name), getattr(self.v, f.name)
            m *= 0.9
            m += 0.1 * g
            v *= 0.999
            v += 0.001 * g ** 2
            step = (m / (1 - 0.9 ** self.t)) / (np.sqrt(v / (1 - 0.999 ** self.t)) + 1e-8)
            getattr(theta, f.name)[...] -= self.lr * step


@dataclass
class MDN:
    theta: Weights
    comps: int
    log: list = field(default_factory=list)

    def outputs(self, x):
        h = np.tanh(x @ self.theta.w1 + self.theta.b1)
        raw = h @ self.theta.w2 + self.theta.b2
        a, mu, ls = np.split(raw, 3, axis=1)
        a = a - a.max(axis=1, keepdims=True)
        logpi = a - np.log(np.exp(a).sum(axis=1, keepdims=True))
        return h, logpi, mu, ls

    def nll_and_grad(self, x, t):
        n = x.shape[0]
        h, logpi, mu, ls = self.outputs(x)
        inv_var = np.exp(-2 * ls)
        diff = t - mu
        logp = logpi - 0.5 * log(2 * pi) - ls - 0.5 * diff ** 2 * inv_var
        top = logp.max(axis=1, keepdims=True)
        total = top + np.log(np.exp(logp - top).sum(axis=1, keepdims=True))
        resp = np.exp(logp - total)
        nll = -total.mean()

        d_a = np.exp(logpi) - resp
        d_mu = -resp * diff * inv_var
        d_ls = resp * (1 - diff ** 2 * inv_var)
        d_raw = np.concatenate([d_a, d_mu, d_ls], axis=1) / n
        grad = self.theta.zeros()
        grad.w2 += h.T @ d_raw
        grad.b2 += d_raw.sum(axis=0)
        d_h = (d_raw @ self.theta.w2.T) * (1 - h ** 2)
        grad.w1 += x.T @ d_h
        grad.b1 += d_h.sum(axis=0)
        return nll, grad


def sample(rng, n):
    t = rng.uniform(0, 1, (n, 1))
    x = t + 0.3 * np.sin(2 * pi * t) + rng.uniform(-0.08, 0.08, (n, 1))
    return x, t


def main():
    rng = np.random.default_rng(6)
    x, t = sample(rng, 500)
    x_val, t_val = sample(rng, 200)
    theta = Weights.random(rng, hidden=20, comps=3)
    model = MDN(theta, comps=3)
    opt = AdamState(m=theta.zeros(), v=theta.zeros())
    for epoch in range(60):
        perm = rng.permutation(len(x))
        acc = 0.0
        for part in np.array_split(perm, 10):
            nll, grad = model.nll_and_grad(x[part], t[part])
            opt.update(theta, grad)
            acc += nll * len(part)
        if epoch in (30, 45):
            opt.lr /= 2
        model.log.append(acc / len(x))
        if epoch % 6 == 5:
            val, _ = model.nll_and_grad(x_val, t_val)
            print(f"epoch {epoch + 1:2d}  train nll {model.log[-1]:+.5f}  val nll {val:+.5f}")
    return model


if __name__ == "__main__":
    model = main()
