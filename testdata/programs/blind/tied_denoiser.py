#!/usr/bin/env python
"""Denoising autoencoder with tied weights (after the old Theano tutorial, by hand).

Columns are samples here: X is (features, samples).
"""
import argparse

import numpy as np


def parse_args(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hidden", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--lr", type=float, default=0.8)
    parser.add_argument("--noise", type=float, default=0.2)
    parser.add_argument("--sparsity", type=float, default=0.002)
    parser.add_argument("--decay", type=float, default=1e-3)
    return parser.parse_args(argv)


def logistic(a):
    return 1.0 / (1.0 + np.exp(-a))


class DenoisingAutoencoder:
    def __init__(self, visible, hidden, rng, dtype=np.float32):
        bound = 4 * np.sqrt(6.0 / (visible + hidden))
        self.W = rng.uniform(-bound, bound, (hidden, visible)).astype(dtype)
        self.bh = np.zeros((hidden, 1), dtype)
        self.bv = np.zeros((visible, 1), dtype)

    def encode(self, X):
        return logistic(self.W @ X + self.bh)

    def decode(self, H):
        return logistic(self.W.T @ H + self.bv)

    def cost_and_updates(self, X, args, rng):
        n = X.shape[1]
        keep = (rng.random(X.shape) >= args.noise).astype(X.dtype)
        corrupted = X * keep
        H = self.encode(corrupted)
        R = self.decode(H)
        entropy = -np.sum(X * np.log(R + 1e-7) + (1 - X) * np.log(1 - R + 1e-7)) / n
        cost = entropy + args.sparsity * np.sum(np.abs(H)) + 0.5 * args.decay * np.sum(self.W ** 2)

        dV = (R - X) / n
        gW_decoder = H @ dV.T
        dH = self.W @ dV + args.sparsity * np.sign(H)
        dA = dH * H * (1 - H)
        gW_encoder = dA @ corrupted.T
        gW = gW_encoder + gW_decoder + args.decay * self.W
        gbh = dA.sum(axis=1, keepdims=True)
        gbv = dV.sum(axis=1, keepdims=True)
        return cost, ((self.W, gW), (self.bh, gbh), (self.bv, gbv))


class Rprop:
    """Adagrad-like scaling of the step, one accumulator per parameter."""

    def __init__(self, lr, rho=0.95):
        self.lr, self.rho, self.store = lr, rho, {}

    def apply(self, index, param, grad):
        acc = self.store.get(index, np.zeros_like(param))
        acc = self.rho * acc + (1 - self.rho) * grad * grad
        self.store[index] = acc
        param -= 0.05 * self.lr * grad / (np.sqrt(acc) + 1e-3)


def load(rng, samples, visible):
    """Smooth bumps whose place and width vary, as grey values."""
    place = rng.random((1, samples)) * visible
    width = 1.2 + rng.random((1, samples))
    grid = np.arange(visible)[:, None]
    X = 0.9 * np.exp(-((grid - place) / width) ** 2) + 0.05
    return X.astype(np.float32)


def main(argv=()):
    args = parse_args(list(argv))
    rng = np.random.default_rng(1234)
    X = load(rng, 100, 10)
    model = DenoisingAutoencoder(10, args.hidden, rng)
    rule = Rprop(args.lr)
    for epoch in range(args.epochs):
        costs = []
        for begin in range(0, X.shape[1], args.batch):
            part = X[:, begin:begin + args.batch]
            cost, updates = model.cost_and_updates(part, args, rng)
            for index, (param, grad) in enumerate(updates):
                rule.apply(index, param, grad)
            costs.append(float(cost))
        if epoch % 3 == 2:
            print("Training epoch %d, cost %.5f" % (epoch, np.mean(costs)))
    error = np.mean((model.decode(model.encode(X)) - X) ** 2)
    print("mean squared error of the clean images %.5f" % error)
    return model


trained = main()
