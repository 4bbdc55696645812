"""Normalising flow (affine coupling layers, RealNVP) fitted to two noisy moons by maximum likelihood."""
from dataclasses import dataclass, field
from typing import Dict, List, Tuple

import numpy as np

Params = Dict[str, np.ndarray]


@dataclass
class Config:
    layers: int = 4
    hidden: int = 16
    epochs: int = 25
    batch: int = 60
    lr: float = 0.008
    bound: float = 2.0
    seed: int = 9


def two_moons(n: int, rng: np.random.Generator) -> np.ndarray:
    t = rng.uniform(0, np.pi, n)
    up = rng.random(n) < 0.5
    x = np.where(up, np.cos(t), 1 - np.cos(t))
    y = np.where(up, np.sin(t), 0.5 - np.sin(t))
    pts = np.stack([x, y], axis=1) + 0.08 * rng.standard_normal((n, 2))
    return pts - np.array([0.5, 0.25])


@dataclass
class Coupling:
    """Keeps coordinate `fixed`; the other one becomes x * exp(s) + t with s, t from a small net."""
    fixed: int
    bound: float
    p: Params
    g: Params = field(default_factory=dict)

    @classmethod
    def create(cls, fixed: int, cfg: Config, rng: np.random.Generator) -> "Coupling":
        h = cfg.hidden
        return cls(fixed, cfg.bound, {
            "w1": rng.normal(0, 1.0, (1, h)), "b1": rng.normal(0, 0.5, h),
            "w2": rng.normal(0, 1 / np.sqrt(h), (h, h)), "b2": np.zeros(h),
            "w3": rng.normal(0, 0.02, (h, 2)), "b3": np.zeros(2)})

    def net(self, a: np.ndarray) -> Tuple[np.ndarray, ...]:
        h1 = np.tanh(a @ self.p["w1"] + self.p["b1"])
        h2 = np.tanh(h1 @ self.p["w2"] + self.p["b2"])
        raw = h2 @ self.p["w3"] + self.p["b3"]
        return h1, h2, self.bound * np.tanh(raw[:, :1] / self.bound), raw[:, 1:]

    def forward(self, x: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        a, b = x[:, [self.fixed]], x[:, [1 - self.fixed]]
        h1, h2, s, t = self.net(a)
        self.saved = a, b, h1, h2, s
        z = np.empty_like(x)
        z[:, [self.fixed]] = a
        z[:, [1 - self.fixed]] = b * np.exp(s) + t
        return z, s[:, 0]

    def inverse(self, z: np.ndarray) -> np.ndarray:
        a = z[:, [self.fixed]]
        _, _, s, t = self.net(a)
        x = np.empty_like(z)
        x[:, [self.fixed]] = a
        x[:, [1 - self.fixed]] = (z[:, [1 - self.fixed]] - t) * np.exp(-s)
        return x

    def backward(self, dz: np.ndarray, dlogdet: np.ndarray) -> np.ndarray:
        a, b, h1, h2, s = self.saved
        da, dout = dz[:, [self.fixed]], dz[:, [1 - self.fixed]]
        ds = dout * b * np.exp(s) + dlogdet[:, None]
        draw = np.concatenate([ds * (1 - (s / self.bound) ** 2), dout], axis=1)
        self.g["w3"], self.g["b3"] = h2.T @ draw, draw.sum(axis=0)
        dh2 = draw @ self.p["w3"].T * (1 - h2 ** 2)
        self.g["w2"], self.g["b2"] = h1.T @ dh2, dh2.sum(axis=0)
        dh1 = dh2 @ self.p["w2"].T * (1 - h1 ** 2)
        self.g["w1"], self.g["b1"] = a.T @ dh1, dh1.sum(axis=0)
        dx = np.empty_like(dz)
        dx[:, [self.fixed]] = da + dh1 @ self.p["w1"].T
        dx[:, [1 - self.fixed]] = dout * np.exp(s)
        return dx


def negative_log_likelihood(flow: List[Coupling], x: np.ndarray) -> Tuple[float, np.ndarray]:
    logdet = np.zeros(len(x))
    for layer in flow:
        x, ld = layer.forward(x)
        logdet += ld
    logp = -0.5 * (x ** 2).sum(axis=1) - np.log(2 * np.pi) + logdet
    return float(-logp.mean()), x


def backprop(flow: List[Coupling], z: np.ndarray) -> None:
    n = len(z)
    d = z / n
    for layer in reversed(flow):
        d = layer.backward(d, np.full(n, -1.0 / n))


class Adamax:
    def __init__(self, flow: List[Coupling], lr: float, b1: float = 0.9, b2: float = 0.99):
        self.flow, self.lr, self.b1, self.b2, self.t = flow, lr, b1, b2, 0
        self.m = [{k: np.zeros_like(v) for k, v in c.p.items()} for c in flow]
        self.u = [{k: np.zeros_like(v) for k, v in c.p.items()} for c in flow]

    def step(self) -> None:
        self.t += 1
        for c, m, u in zip(self.flow, self.m, self.u):
            for k in c.p:
                m[k] = self.b1 * m[k] + (1 - self.b1) * c.g[k]
                u[k] = np.maximum(self.b2 * u[k], np.abs(c.g[k]))
                c.p[k] = c.p[k] - self.lr / (1 - self.b1 ** self.t) * m[k] / (u[k] + 1e-8)


def fit(cfg: Config) -> None:
    rng = np.random.default_rng(cfg.seed)
    train, test = two_moons(480, rng), two_moons(200, rng)
    flow = [Coupling.create(i % 2, cfg, rng) for i in range(cfg.layers)]
    opt = Adamax(flow, cfg.lr)
    for epoch in range(cfg.epochs):
        total = 0.0
        for rows in np.array_split(rng.permutation(len(train)), len(train) // cfg.batch):
            nll, z = negative_log_likelihood(flow, train[rows])
            backprop(flow, z)
            opt.step()
            total += nll * len(rows)
        if epoch % 6 == 0:
            print(f"{epoch:3d} train {total / len(train):.4f} test {negative_log_likelihood(flow, test)[0]:.4f}")
    z = rng.standard_normal((500, 2))
    for layer in reversed(flow):
        z = layer.inverse(z)
    print("sample mean", z.mean(axis=0).round(3), "std", z.std(axis=0).round(3))


if __name__ == "__main__":
    fit(Config())
