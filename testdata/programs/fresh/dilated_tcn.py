"""A small temporal convolutional network: causal dilated convolutions with residual blocks,
forecasting the next value of a noisy two-tone signal."""
from __future__ import annotations

from typing import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class CausalConv1d:
    """y[:, t] = b + sum_k W[k] x[:, t - k * dilation], zeros before the start."""

    def __init__(self, c_in: int, c_out: int, taps: int, dilation: int, rng: np.random.Generator) -> None:
        self.W: Array = rng.normal(0.0, 1.0 / np.sqrt(c_in * taps), (taps, c_in, c_out))
        self.b: Array = np.zeros(c_out)
        self.taps, self.dilation = taps, dilation
        self.dW: Array = np.zeros_like(self.W)
        self.db: Array = np.zeros_like(self.b)

    def forward(self, x: Array) -> Array:
        self.x = x
        steps = x.shape[1]
        y = np.zeros(x.shape[:2] + (self.W.shape[2],)) + self.b
        for k in range(self.taps):
            lag = k * self.dilation
            y[:, lag:] += x[:, :steps - lag] @ self.W[k]
        return y

    def backward(self, dy: Array) -> Array:
        steps = dy.shape[1]
        dx = np.zeros_like(self.x)
        self.db = dy.sum(axis=(0, 1))
        for k in range(self.taps):
            lag = k * self.dilation
            self.dW[k] = np.einsum("bti,bto->io", self.x[:, :steps - lag], dy[:, lag:])
            dx[:, :steps - lag] += dy[:, lag:] @ self.W[k].T
        return dx


class GatedBlock:
    """x + tanh(filter(x)) * sigmoid(gate(x))"""

    def __init__(self, width: int, taps: int, dilation: int, rng: np.random.Generator) -> None:
        self.filter = CausalConv1d(width, width, taps, dilation, rng)
        self.gate = CausalConv1d(width, width, taps, dilation, rng)

    def forward(self, x: Array) -> Array:
        self.f = np.tanh(self.filter.forward(x))
        self.g = 1.0 / (1.0 + np.exp(-self.gate.forward(x)))
        return x + self.f * self.g

    def backward(self, dy: Array) -> Array:
        d_filter = dy * self.g * (1.0 - self.f ** 2)
        d_gate = dy * self.f * self.g * (1.0 - self.g)
        return dy + self.filter.backward(d_filter) + self.gate.backward(d_gate)


class Forecaster:
    def __init__(self, width: int = 8, seed: int = 5) -> None:
        rng = np.random.default_rng(seed)
        self.stem = CausalConv1d(1, width, 2, 1, rng)
        self.blocks = [GatedBlock(width, 2, d, rng) for d in (1, 2, 4)]
        self.head = CausalConv1d(width, 1, 1, 1, rng)

    def convs(self) -> list[CausalConv1d]:
        return [self.stem] + [c for b in self.blocks for c in (b.filter, b.gate)] + [self.head]

    def forward(self, x: Array) -> Array:
        h = self.stem.forward(x)
        for block in self.blocks:
            h = block.forward(h)
        return self.head.forward(h)

    def backward(self, d: Array) -> None:
        d = self.head.backward(d)
        for block in reversed(self.blocks):
            d = block.backward(d)
        self.stem.backward(d)


class AMSGrad:
    def __init__(self, convs: list[CausalConv1d], lr: float, b1: float = 0.9, b2: float = 0.99) -> None:
        self.convs, self.lr, self.b1, self.b2 = convs, lr, b1, b2
        self.state = [{n: [np.zeros_like(getattr(c, n)) for _ in range(3)] for n in ("W", "b")} for c in convs]

    def step(self) -> None:
        for conv, state in zip(self.convs, self.state):
            for name, (m, v, vmax) in state.items():
                grad = getattr(conv, "d" + name)
                m[...] = self.b1 * m + (1 - self.b1) * grad
                v[...] = self.b2 * v + (1 - self.b2) * grad ** 2
                np.maximum(vmax, v, out=vmax)
                getattr(conv, name)[...] -= self.lr * m / (np.sqrt(vmax) + 1e-8)


def windows(series: Array, length: int, batch: int, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    starts = rng.permutation(len(series) - length)
    for k in range(0, len(starts) - batch + 1, batch):
        idx = starts[k:k + batch, None] + np.arange(length + 1)
        chunk = series[idx]
        yield chunk[:, :-1, None], chunk[:, 1:, None]


def masked_mse(pred: Array, target: Array, warm: int) -> tuple[float, Array]:
    err = pred - target
    err[:, :warm] = 0.0
    count = err.shape[0] * (err.shape[1] - warm)
    return float((err ** 2).sum() / count), 2.0 * err / count


def main() -> None:
    rng = np.random.default_rng(0)
    t = np.arange(700)
    series = np.sin(0.31 * t) + 0.5 * np.sin(0.83 * t + 1.0) + 0.05 * rng.normal(size=t.size)
    train, test = series[:520], series[520:]
    net = Forecaster()
    opt = AMSGrad(net.convs(), lr=0.004)
    for epoch in range(7):
        losses = []
        for x, y in windows(train, 24, 16, rng):
            loss, d = masked_mse(net.forward(x), y, warm=8)
            net.backward(d)
            opt.step()
            losses.append(loss)
        tx, ty = test[None, :-1, None], test[None, 1:, None]
        test_loss, _ = masked_mse(net.forward(tx), ty, warm=8)
        print(f"epoch {epoch}: train {np.mean(losses):.5f}  test {test_loss:.5f}")


if __name__ == "__main__":
    main()
