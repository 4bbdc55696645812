#!/usr/bin/env python
"""Matrix factorisation with biases for movie ratings (Funk SVD), SGD over single ratings,
plus item-side implicit factors as in SVD++. Homework 4, problem 2."""
import math
import random
from collections import defaultdict
import numpy as np


def synthetic(n_users, n_items, n_ratings, seed):
    r = np.random.RandomState(seed)
    U, M = r.randn(n_users, 3), r.randn(n_items, 3)
    seen, out = set(), []
    while len(out) < n_ratings:
        u, i = r.randint(n_users), r.randint(n_items)
        if (u, i) in seen:
            continue
        seen.add((u, i))
        s = 3.4 + 0.6 * U[u].dot(M[i]) + 0.3 * U[u, 0] + 0.4 * M[i, 1] + 0.1 * r.randn()
        out.append((u, i, min(5.0, max(1.0, s))))
    return out


class SVDpp(object):

    def __init__(self, n_users, n_items, k=4, lr=0.03, reg=0.04, decay=0.95):
        rs = np.random.RandomState(99)
        self.bu = np.zeros(n_users)
        self.bi = np.zeros(n_items)
        self.P = 0.3 * rs.randn(n_users, k)
        self.Q = 0.3 * rs.randn(n_items, k)
        self.Y = 0.1 * rs.randn(n_items, k)
        self.lr, self.reg, self.decay = lr, reg, decay

    def prepare(self, train):
        self.mean = sum(r for _, _, r in train) / float(len(train))
        self.rated = defaultdict(list)
        for u, i, _ in train:
            self.rated[u].append(i)

    def implicit(self, u):
        items = self.rated[u]
        if not items:
            return np.zeros(self.Y.shape[1]), 0.0, items
        norm = 1.0 / math.sqrt(len(items))
        return norm * self.Y[items].sum(axis=0), norm, items

    def predict(self, u, i):
        imp, _, _ = self.implicit(u)
        return self.mean + self.bu[u] + self.bi[i] + self.Q[i].dot(self.P[u] + imp)

    def sgd_step(self, u, i, r):
        imp, norm, items = self.implicit(u)
        z = self.P[u] + imp
        err = r - (self.mean + self.bu[u] + self.bi[i] + self.Q[i].dot(z))
        # negative half gradients of  err^2 + reg * (|...|^2)
        gbu = err - self.reg * self.bu[u]
        gbi = err - self.reg * self.bi[i]
        gp = err * self.Q[i] - self.reg * self.P[u]
        gq = err * z - self.reg * self.Q[i]
        gy = err * norm * self.Q[i] - self.reg * self.Y[items]
        self.bu[u] += self.lr * gbu
        self.bi[i] += self.lr * gbi
        self.P[u] += self.lr * gp
        self.Q[i] += self.lr * gq
        self.Y[items] += self.lr * gy
        return err ** 2

    def rmse(self, data):
        return math.sqrt(sum((r - self.predict(u, i)) ** 2 for u, i, r in data) / len(data))

    def fit(self, train, test, epochs):
        self.prepare(train)
        order = list(range(len(train)))
        for ep in range(epochs):
            random.shuffle(order)
            total = 0.0
            for n in order:
                total += self.sgd_step(*train[n])
            self.lr *= self.decay
            print("epoch %2d  train sse/n %.4f  test rmse %.4f" % (ep + 1, total / len(train), self.rmse(test)))


def main():
    random.seed(5)
    data = synthetic(30, 40, 620, seed=5)
    model = SVDpp(30, 40)
    model.fit(data[:520], data[520:], epochs=14)
    return model


model = main()
