"""Several trainings, one after another, or what is none: loops, fit, rates, epochs, views, tuned, rows."""
import sys

import numpy as np

r = np.random.RandomState(4)
X = r.randn(60, 5)
y = X.dot([1.0, -1.0, 0.5, 0.0, 2.0]) + 0.1 * r.randn(60)
kind = sys.argv[1]


class Ridge(object):
    def __init__(self, decay):
        self.decay = decay

    def fit(self, X, y, rate):
        self.w, self.c = 0.1 * r.randn(X.shape[1]), np.zeros(1)
        for i in range(50):
            rows = r.permutation(len(X))[:20]
            e = X[rows].dot(self.w) + self.c - y[rows]
            self.loss = np.mean(e ** 2) / 2 + self.decay / 2 * np.sum(self.w ** 2)
            self.w -= rate * (X[rows].T.dot(e) / 20 + self.decay * self.w)
            self.c -= rate * e.mean()
        return self


def error(w, X, y):
    total = 0.0
    for k in range(len(X)):
        state = 0.0 * w
        for t in range(3):
            state = state + w / 3
        total += (X[k].dot(state) - y[k]) ** 2
    return total / len(X)


def train_epoch(w, X, y):
    for rows in np.split(r.permutation(len(X)), 6):
        w = w - 0.1 * X[rows].T.dot(X[rows].dot(w) - y[rows]) / 10
    return w


def weights(*sizes):
    made = []
    for n in sizes:
        made.append(0.1 * r.randn(n))
    return made


class Tuned(object):
    def __init__(self, ridge):
        self.w, self.v = ridge.w.copy(), 0.1 * r.randn(1)

    def step(self, rows):
        h = np.tanh(X[rows].dot(self.w))
        e = h * self.v - y[rows]
        gw, gv = X[rows].T.dot(e * self.v * (1 - h ** 2)) / len(rows), (e * h).mean()
        self.w -= 0.1 * gw
        self.v -= 0.1 * gv


def report(w):
    for row in np.abs(w).reshape(1, -1):
        print("weights", row / row.sum())


if kind == "loops":
    w = np.zeros(5)
    for i in range(40):
        rows = r.permutation(60)[:15]
        w = w - 0.1 * X[rows].T.dot(X[rows].dot(w) - y[rows]) / 15
    print(error(w, X, y))
    u, v = np.zeros(5), np.zeros(5)
    for i in range(40):
        rows = r.permutation(60)[:15]
        v = 0.9 * v + X[rows].T.dot(np.sign(X[rows].dot(u) - y[rows])) / 15
        u = u - 0.02 * v
    print(error(u, X, y))
elif kind == "fit":
    for decay in (0.0, 0.1):
        print(Ridge(decay).fit(X, y, 0.1).loss)
    print(Ridge(1.0).fit(X[:, :3], y, 0.05).loss)
elif kind == "rates":
    for rate in (0.01, 0.1, 0.3, 1.0, 0.2, 0.4, 0.5, 0.6):
        w, = weights(5)
        for i in range(40):
            rows = r.permutation(60)[:15]
            w -= rate * X[rows].T.dot(X[rows].dot(w) - y[rows]) / 15
        print(rate, error(w, X, y))
elif kind == "epochs":
    w = 0.1 * r.randn(5)
    for epoch in range(5):
        w = train_epoch(w, X, y)
        print(error(w, X, y))
    print(error(w, X, y))
    report(w)
elif kind == "views":
    for rate in (0.1, 0.2):
        both = 0.1 * np.concatenate(weights(5, 1))
        w, c = both[:5], both[5:]
        for i in range(40):
            rows = r.permutation(60)[:15]
            e = X[rows].dot(w) + c - y[rows]
            w -= rate * X[rows].T.dot(e) / 15
            c -= rate * e.mean()
        print(both)
elif kind == "tuned":
    net = Tuned(Ridge(0.1).fit(X, y, 0.1))
    for i in range(40):
        net.step(r.permutation(60)[:15])
    print(net.w, net.v)
elif kind == "rows":
    likes = r.randint(1, 6, (8, 15)) * (r.rand(8, 15) < 0.4)
    of = [np.flatnonzero(row) for row in likes]
    P, Q, Y, b = 0.3 * r.randn(8, 4), 0.3 * r.randn(15, 4), 0.3 * r.randn(15, 4), np.zeros(15)
    for epoch in range(2):
        total = 0
        for u in range(8):
            for i in of[u]:
                who = P[u] + 0.5 * Y[of[u]].sum(axis=0)
                e = likes[u, i] - 3 - b[i] - Q[i].dot(who)
                total += e ** 2
                dq, dp = e * who - 0.02 * Q[i], e * Q[i] - 0.02 * P[u]
                dy = 0.5 * e * Q[i] - 0.02 * Y[of[u]]
                b[i] += 0.05 * (e - 0.02 * b[i])
                P[u] += 0.05 * dp
                Q[i] += 0.05 * dq
                Y[of[u]] += 0.05 * dy
        print(epoch, total)
