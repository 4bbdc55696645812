#!/usr/bin/env python3
# choose the ridge penalty of a softmax regression by k-fold cross validation
import numpy as np


def make_data(n, seed):
    g = np.random.default_rng(seed)
    centres = np.array([[1.0, 0.0, 0.5, -0.3], [-0.6, 0.8, 0.0, 0.4], [0.0, -0.9, -0.6, 0.2]])
    labels = g.integers(0, 3, n)
    X = centres[labels] + 0.8 * g.standard_normal((n, 4))
    X = X * np.array([1.0, 3.0, 0.5, 2.0]) + np.array([0.0, 5.0, -1.0, 2.0])
    return X, labels


def one_hot(labels, k):
    out = np.zeros((len(labels), k))
    out[np.arange(len(labels)), labels] = 1.0
    return out


def softmax(Z):
    Z = Z - np.max(Z, axis=1, keepdims=True)
    E = np.exp(Z)
    return E / np.sum(E, axis=1, keepdims=True)


def objective(W, b, X, T, lam):
    """mean cross entropy + lam/2 |W|^2; the bias is not penalised"""
    P = softmax(X.dot(W) + b)
    n = len(X)
    value = -np.sum(T * np.log(P)) / n + 0.5 * lam * np.sum(W * W)
    dZ = (P - T) / n
    gW = X.T.dot(dZ) + lam * W
    gb = dZ.sum(axis=0)
    return value, gW, gb


def fit(X, labels, lam, k=3, steps=120, rate=0.8, mom=0.8):
    T = one_hot(labels, k)
    W = np.zeros((X.shape[1], k))
    b = np.zeros(k)
    VW = np.zeros_like(W)
    Vb = np.zeros_like(b)
    trace = []
    for _ in range(steps):
        # Nesterov: gradient at the look-ahead point
        value, gW, gb = objective(W + mom * VW, b + mom * Vb, X, T, lam)
        VW = mom * VW - rate * gW
        Vb = mom * Vb - rate * gb
        W = W + VW
        b = b + Vb
        trace.append(value)
    return W, b, trace


def log_loss(W, b, X, labels):
    P = softmax(X.dot(W) + b)
    return -np.mean(np.log(P[np.arange(len(X)), labels]))


def kfold(n, folds, seed):
    order = np.random.default_rng(seed).permutation(n)
    return np.array_split(order, folds)


def cross_validate(X, labels, lam, folds=5):
    parts = kfold(len(X), folds, seed=4)
    losses, accs = [], []
    for f in range(folds):
        val = parts[f]
        train = np.concatenate([parts[j] for j in range(folds) if j != f])
        # scale with the statistics of the training part only
        mean = X[train].mean(axis=0)
        std = X[train].std(axis=0)
        Xt = (X[train] - mean) / std
        Xv = (X[val] - mean) / std
        W, b, _ = fit(Xt, labels[train], lam)
        losses.append(log_loss(W, b, Xv, labels[val]))
        accs.append(np.mean(np.argmax(Xv.dot(W) + b, axis=1) == labels[val]))
    return np.mean(losses), np.std(losses), np.mean(accs)


def main():
    X, labels = make_data(150, seed=0)
    scores = {}
    for lam in [0.0, 0.001, 0.01, 0.1, 1.0]:
        loss, spread, acc = cross_validate(X, labels, lam)
        scores[lam] = loss
        print("lambda %-6g cv loss %.5f +- %.5f  accuracy %.3f" % (lam, loss, spread, acc))
    best = min(scores, key=scores.get)
    mean, std = X.mean(axis=0), X.std(axis=0)
    W, b, trace = fit((X - mean) / std, labels, best)
    print("best lambda", best, " loss %.5f -> %.5f" % (trace[0], trace[-1]))
    X2, labels2 = make_data(300, seed=99)
    Z2 = ((X2 - mean) / std).dot(W) + b
    print("fresh data: loss %.5f accuracy %.3f" % (
        log_loss(W, b, (X2 - mean) / std, labels2), np.mean(np.argmax(Z2, axis=1) == labels2)))


if __name__ == "__main__":
    main()
