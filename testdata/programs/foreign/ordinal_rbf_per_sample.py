#!/usr/bin/env python
# Radial-basis-function network for ORDINAL grades 0..K-1 (cumulative logit / proportional odds).
# Everything sample by sample with plain Python floats where that is easier to read.
import math
import random

import numpy as np

random.seed(6)
np.random.seed(6)

K = 4          # grades
M = 9          # basis functions
D = 2


def logistic(t):
    if t >= 0:
        return 1.0 / (1.0 + math.exp(-t))
    e = math.exp(t)
    return e / (1.0 + e)


def softplus(t):
    return max(t, 0.0) + math.log1p(math.exp(-abs(t)))


class OrdinalRBF:
    def __init__(self, data):
        idx = random.sample(range(len(data)), M)
        self.centres = np.array([data[i] for i in idx])
        self.logw = np.zeros(M)                      # log of the widths
        self.out = np.random.normal(0, 0.3, M)
        self.lin = np.zeros(D)                       # linear shortcut
        self.first = -1.0                            # lowest threshold
        self.gaps = np.zeros(K - 2)                  # softplus -> gap between thresholds
        self.reset_velocity()

    def reset_velocity(self):
        self.vel = dict(centres=np.zeros((M, D)), logw=np.zeros(M), out=np.zeros(M),
                        lin=np.zeros(D), first=0.0, gaps=np.zeros(K - 2))

    def thresholds(self):
        th = [self.first]
        for q in self.gaps:
            th.append(th[-1] + softplus(q))
        return th

    def hidden(self, x):
        diff = x - self.centres
        sq = np.sum(diff * diff, axis=1)
        width2 = np.exp(2 * self.logw)
        return np.exp(-sq / (2 * width2)), diff, sq, width2

    def score(self, x):
        phi = self.hidden(x)[0]
        return float(self.out.dot(phi) + self.lin.dot(x))

    def predict(self, x):
        s = self.score(x)
        return sum(1 for t in self.thresholds() if s > t)

    def loss(self, x, grade):
        s, th = self.score(x), self.thresholds()
        hi = logistic(th[grade] - s) if grade < K - 1 else 1.0
        lo = logistic(th[grade - 1] - s) if grade > 0 else 0.0
        return -math.log(max(hi - lo, 1e-12))

    def gradient(self, x, grade):
        phi, diff, sq, width2 = self.hidden(x)
        s = float(self.out.dot(phi) + self.lin.dot(x))
        th = self.thresholds()
        d_th = [0.0] * (K - 1)
        hi, lo = 1.0, 0.0
        if grade < K - 1:
            hi = logistic(th[grade] - s)
        if grade > 0:
            lo = logistic(th[grade - 1] - s)
        p = max(hi - lo, 1e-12)
        if grade < K - 1:
            d_th[grade] = -hi * (1 - hi) / p
        if grade > 0:
            d_th[grade - 1] = lo * (1 - lo) / p
        d_s = -sum(d_th)

        g = {}
        g['out'] = d_s * phi
        g['lin'] = d_s * x
        d_phi = d_s * self.out
        g['centres'] = (d_phi * phi / width2)[:, None] * diff
        g['logw'] = d_phi * phi * sq / width2
        # all thresholds move with the first one; a gap moves those above it
        g['first'] = sum(d_th)
        g['gaps'] = np.array([sum(d_th[j + 1:]) * logistic(self.gaps[j]) for j in range(K - 2)])
        return g

    def learn(self, x, grade, rate, mom):
        g = self.gradient(x, grade)
        for name in g:
            self.vel[name] = mom * self.vel[name] - rate * g[name]
            setattr(self, name, getattr(self, name) + self.vel[name])


def sample(n):
    xs, gs = [], []
    for _ in range(n):
        x = np.random.uniform(-2, 2, D)
        latent = 2.5 * math.exp(-((x[0] - 0.7) ** 2 + (x[1] + 0.4) ** 2)) + 0.6 * x[0] + random.gauss(0, 0.2)
        xs.append(x)
        gs.append(sum(latent > t for t in (-0.5, 0.4, 1.3)))
    return xs, gs


xs, gs = sample(220)
xv, gv = sample(120)
net = OrdinalRBF(xs)

rate = 0.02
for sweep in range(1, 9):
    todo = list(zip(xs, gs))
    random.shuffle(todo)
    for x, grade in todo:
        net.learn(x, grade, rate, 0.6)
    rate *= 0.85
    train_loss = sum(net.loss(x, g) for x, g in zip(xs, gs)) / len(xs)
    off = [abs(net.predict(x) - g) for x, g in zip(xv, gv)]
    print('sweep %d  nll %.4f  exact %.3f  mean grade error %.3f' % (sweep, train_loss, off.count(0) / len(off),
                                                                     sum(off) / len(off)))
print('thresholds', ' '.join('%.3f' % t for t in net.thresholds()))
