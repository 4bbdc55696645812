'''
Online click prediction, one line at a time, no matrices at all.
  score = w0 + sum_i w[i] + sum_{i<j} <v[i], v[j]>      (binary features given as strings)
  w (and w0) by FTRL-proximal with L1/L2, v by AdaGrad with L2.
Written so that it could run on a file too big for memory.
'''
import math
import random
from collections import defaultdict

import numpy as np

ALPHA, BETA, L1, L2 = 0.15, 1.0, 2.0, 0.5        # ftrl
ETA, V_L2, K = 0.15, 1e-4, 4                     # factors


def stream(n, seed):
    """device likes site if their hidden signs agree; three fields + one useless"""
    r = random.Random(seed)
    for _ in range(n):
        d, s, h = r.randrange(6), r.randrange(8), r.randrange(4)
        z = -0.6 + 1.8 * (1 if (d % 2) == (s % 2) else -1) + (0.5 if h == 2 else 0)
        y = 1 if r.random() < 1 / (1 + math.exp(-z)) else 0
        yield y, ['device=%d' % d, 'site=%d' % s, 'hour=%d' % h, 'junk=%d' % r.randrange(60)]


class FMFTRL(object):
    def __init__(self, seed=0):
        self.z = defaultdict(float)
        self.n = defaultdict(float)
        self.v = {}
        self.g2 = {}
        self.rand = np.random.RandomState(seed)

    def weight(self, key):
        z, n = self.z[key], self.n[key]
        sign = -1. if z < 0 else 1.
        if key != 'bias' and sign * z <= L1:
            return 0.
        l1, l2 = (0., 0.) if key == 'bias' else (L1, L2)
        return (sign * l1 - z) / ((BETA + math.sqrt(n)) / ALPHA + l2)

    def factor(self, key):
        if key not in self.v:
            self.v[key] = self.rand.normal(0, 0.15, K)
            self.g2[key] = np.full(K, 1e-2)
        return self.v[key]

    def score(self, feats):
        s = self.weight('bias')
        total = np.zeros(K)
        sq = 0.0
        for f in feats:
            s += self.weight(f)
            v = self.factor(f)
            total += v
            sq += v @ v
        return s + 0.5 * (total @ total - sq), total

    def predict(self, feats):
        return 1. / (1. + math.exp(-max(min(self.score(feats)[0], 35.), -35.)))

    def learn(self, feats, y):
        s, total = self.score(feats)
        p = 1. / (1. + math.exp(-max(min(s, 35.), -35.)))
        g = p - y                                  # d logloss / d score
        for f in ['bias'] + feats:
            w = self.weight(f)
            sigma = (math.sqrt(self.n[f] + g * g) - math.sqrt(self.n[f])) / ALPHA
            self.z[f] += g - sigma * w
            self.n[f] += g * g
        for f in feats:                            # `total` is from before the changes
            v = self.v[f]
            gv = g * (total - v) + V_L2 * v
            self.g2[f] += gv * gv
            self.v[f] = v - ETA * gv / np.sqrt(self.g2[f])
        return p


def logloss(p, y):
    return -math.log(max(p if y else 1 - p, 1e-15))


def auc(ps, ys):
    order = np.argsort(ps, kind='stable')
    y = np.array(ys)[order]
    ranks = np.arange(1, len(y) + 1)
    pos = y.sum()
    return (ranks[y == 1].sum() - pos * (pos + 1) / 2) / (pos * (len(y) - pos))


if __name__ == '__main__':
    model = FMFTRL()
    loss, count = 0., 0
    for t, (y, feats) in enumerate(stream(9000, seed=1), 1):
        p = model.learn(feats, y)                  # progressive validation: predict, then learn
        loss += logloss(p, y)
        count += 1
        if t % 1500 == 0:
            print('%6d lines  logloss since last report %.4f' % (t, loss / count))
            loss, count = 0., 0
    test = list(stream(2000, seed=2))
    ps = [model.predict(f) for _, f in test]
    ys = [y for y, _ in test]
    base = np.mean(ys)
    print('test logloss %.4f (constant %.4f)  auc %.3f' % (
        np.mean([logloss(p, y) for p, y in zip(ps, ys)]), np.mean([logloss(base, y) for y in ys]), auc(ps, ys)))
    linear = [k for k in model.z if abs(model.weight(k)) > 0]
    print('linear weights kept: %d of %d, junk among them: %d' % (
        len(linear), len(model.z), sum(k.startswith('junk') for k in linear)))
    print('hour=2 weight %.2f' % model.weight('hour=2'))
