#!/usr/bin/env python3
"""Two heads on one trunk: the price (regression) and the kind (classification) of a synthetic flat.

The two losses are weighted by learned log-variances (Kendall et al. 2018). Training stops early,
the best weights are written to a checkpoint and read back for the final test."""
import argparse
import os
import tempfile

import numpy as np


def parse_args(argv=None):
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--hidden", type=int, default=16)
    ap.add_argument("--lr", type=float, default=0.02)
    ap.add_argument("--momentum", type=float, default=0.9)
    ap.add_argument("--batch", type=int, default=32)
    ap.add_argument("--epochs", type=int, default=60)
    ap.add_argument("--patience", type=int, default=6)
    ap.add_argument("--l2", type=float, default=1e-3)
    ap.add_argument("--seed", type=int, default=13)
    return ap.parse_args(argv)


def flats(rng, n):
    X = rng.normal(size=(n, 6))
    hidden = np.tanh(X @ rng.normal(size=(6, 4)))
    price = hidden @ np.array([1.5, -1.0, 0.8, 0.5]) + 0.2 * rng.normal(size=n) + 3.0
    kind = (hidden @ rng.normal(size=(4, 3)) + 0.3 * rng.normal(size=(n, 3))).argmax(axis=1)
    return X, price, kind


def init_weights(rng, d, h, k):
    he = lambda a, b: rng.normal(size=(a, b)) * np.sqrt(2.0 / a)
    return {
        "trunk1": he(d, h), "tb1": np.zeros(h), "trunk2": he(h, h), "tb2": np.zeros(h),
        "price": he(h, 1) * 0.5, "pb": np.zeros(1), "kind": he(h, k) * 0.5, "kb": np.zeros(k),
        "logvar": np.zeros(2),
    }


def forward(w, X):
    a1 = X @ w["trunk1"] + w["tb1"]
    h1 = np.where(a1 > 0, a1, 0.1 * a1)
    a2 = h1 @ w["trunk2"] + w["tb2"]
    h2 = np.where(a2 > 0, a2, 0.1 * a2)
    price = (h2 @ w["price"] + w["pb"]).ravel()
    z = h2 @ w["kind"] + w["kb"]
    z = z - z.max(axis=1, keepdims=True)
    prob = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return price, prob, (a1, h1, a2, h2)


def task_losses(price, prob, t_price, t_kind):
    mse = 0.5 * np.mean((price - t_price) ** 2)
    ce = -np.mean(np.log(prob[np.arange(len(t_kind)), t_kind] + 1e-12))
    return mse, ce


def total_loss(w, mse, ce, l2):
    s = w["logvar"]
    reg = 0.5 * l2 * sum(np.sum(w[k] ** 2) for k in ("trunk1", "trunk2", "price", "kind"))
    return np.exp(-s[0]) * mse + 0.5 * s[0] + np.exp(-s[1]) * ce + 0.5 * s[1] + reg


def backward(w, X, t_price, t_kind, price, prob, inner, l2):
    a1, h1, a2, h2 = inner
    n = len(X)
    mse, ce = task_losses(price, prob, t_price, t_kind)
    c_price, c_kind = np.exp(-w["logvar"])
    g = {"logvar": np.array([0.5 - c_price * mse, 0.5 - c_kind * ce])}
    d_price = c_price * (price - t_price)[:, None] / n
    d_kind = prob.copy()
    d_kind[np.arange(n), t_kind] -= 1
    d_kind *= c_kind / n
    g["price"], g["pb"] = h2.T @ d_price, d_price.sum(axis=0)
    g["kind"], g["kb"] = h2.T @ d_kind, d_kind.sum(axis=0)
    d_h2 = d_price @ w["price"].T + d_kind @ w["kind"].T
    d_a2 = d_h2 * np.where(a2 > 0, 1.0, 0.1)
    g["trunk2"], g["tb2"] = h1.T @ d_a2, d_a2.sum(axis=0)
    d_a1 = (d_a2 @ w["trunk2"].T) * np.where(a1 > 0, 1.0, 0.1)
    g["trunk1"], g["tb1"] = X.T @ d_a1, d_a1.sum(axis=0)
    for k in ("trunk1", "trunk2", "price", "kind"):
        g[k] += l2 * w[k]
    return g


def evaluate(w, data):
    X, t_price, t_kind = data
    price, prob, _ = forward(w, X)
    mse, ce = task_losses(price, prob, t_price, t_kind)
    return mse + ce, np.sqrt(2 * mse), np.mean(prob.argmax(axis=1) == t_kind)


def main():
    args = parse_args()
    rng = np.random.default_rng(args.seed)
    X, price, kind = flats(rng, 560)
    train, valid, test = [(X[a:b], price[a:b], kind[a:b]) for a, b in ((0, 360), (360, 460), (460, 560))]
    w = init_weights(rng, 6, args.hidden, 3)
    vel = {k: np.zeros_like(v) for k, v in w.items()}
    best_score, best_w, wait = np.inf, None, 0
    for epoch in range(args.epochs):
        order, losses = rng.permutation(len(train[0])), []
        for lo in range(0, len(order), args.batch):
            rows = order[lo:lo + args.batch]
            bx, bp, bk = (part[rows] for part in train)
            p_hat, k_hat, inner = forward(w, bx)
            mse, ce = task_losses(p_hat, k_hat, bp, bk)
            losses.append(total_loss(w, mse, ce, args.l2))
            g = backward(w, bx, bp, bk, p_hat, k_hat, inner, args.l2)
            for k in w:
                vel[k] = args.momentum * vel[k] + g[k]
                w[k] -= args.lr * vel[k]
        score, rmse, acc = evaluate(w, valid)
        if score < best_score:
            best_score, best_w, wait = score, {k: v.copy() for k, v in w.items()}, 0
        else:
            wait += 1
        if epoch % 5 == 0:
            print(f"epoch {epoch:2d} loss {np.mean(losses):.4f} valid {score:.4f} rmse {rmse:.3f} acc {acc:.3f}")
        if wait >= args.patience:
            print("stopped at epoch", epoch)
            break
    path = os.path.join(tempfile.mkdtemp(), "best.npz")
    np.savez(path, **best_w)
    with np.load(path) as saved:
        restored = {k: saved[k] for k in saved.files}
    os.remove(path)
    print("test: score %.4f rmse %.3f acc %.3f" % evaluate(restored, test))


if __name__ == "__main__":
    main()
