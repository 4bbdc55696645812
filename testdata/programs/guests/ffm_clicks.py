# field-aware factorization machine, click prediction, one example at a time with AdaGrad
import math
import random
import numpy as np

random.seed(12)
np.random.seed(12)

FIELDS = ['site', 'ad', 'hour', 'device']
SIZES = [12, 15, 8, 3]
OFFS = [0, 12, 27, 35]
M, F, K = sum(SIZES), len(FIELDS), 3

# hidden truth: additive effects + site x ad affinity
true_w = np.random.randn(M) * 0.5
site_t, ad_t = np.random.randn(12, 2), np.random.randn(15, 2)


def impression():
    raw = [random.randrange(s) for s in SIZES]
    s = -1.0 + sum(true_w[o + r] for o, r in zip(OFFS, raw)) + 1.2 * float(site_t[raw[0]] @ ad_t[raw[1]])
    y = 1 if random.random() < 1 / (1 + math.exp(-s)) else -1
    return [o + r for o, r in zip(OFFS, raw)], y


train_set = [impression() for _ in range(4000)]
valid_set = [impression() for _ in range(1500)]

w0 = np.zeros(1)
w = np.zeros(M)
V = np.random.uniform(0, 1 / math.sqrt(K), (M, F, K)) * 0.5     # V[feature, other field]
G0, Gw, GV = np.ones_like(w0), np.ones_like(w), np.ones_like(V)
eta, lam = 0.15, 2e-4


def phi(x):
    s = w0[0]
    for f in range(F):
        s += w[x[f]]
        for g in range(f + 1, F):
            s += float(V[x[f], g] @ V[x[g], f])
    return s


def loss(x, y):
    """logistic loss of one impression plus the penalty on what it touches"""
    reg = 0.0
    for f in range(F):
        reg += w[x[f]] ** 2
        for g in range(F):
            if g != f:
                reg += float(V[x[f], g] @ V[x[f], g])
    return math.log1p(math.exp(-y * phi(x))) + 0.5 * lam * reg


def gradient(x, y):
    kappa = -y / (1 + math.exp(y * phi(x)))
    gw = {j: kappa + lam * w[j] for j in x}
    gV = {}
    for f in range(F):
        for g in range(F):
            if g != f:
                gV[x[f], g] = kappa * V[x[g], f] + lam * V[x[f], g]
    return kappa, gw, gV


def learn(x, y):
    g0, gw, gV = gradient(x, y)
    G0[0] += g0 * g0
    w0[0] -= eta * g0 / math.sqrt(G0[0])
    for j, g in gw.items():
        Gw[j] += g * g
        w[j] -= eta * g / math.sqrt(Gw[j])
    for key, g in gV.items():
        GV[key] += g * g
        V[key] -= eta * g / np.sqrt(GV[key])


def logloss(rows):
    return sum(math.log1p(math.exp(-y * phi(x))) for x, y in rows) / len(rows)


def auc(rows):
    s = sorted((phi(x), y) for x, y in rows)
    rank_sum = sum(i + 1 for i, (_, y) in enumerate(s) if y == 1)
    p = sum(y == 1 for _, y in s)
    return (rank_sum - p * (p + 1) / 2) / (p * (len(s) - p))


if __name__ == '__main__':
    for epoch in range(5):
        random.shuffle(train_set)
        for x, y in train_set:
            learn(x, y)
        print('epoch %d  train logloss %.4f  valid logloss %.4f  valid AUC %.4f'
              % (epoch + 1, logloss(train_set), logloss(valid_set), auc(valid_set)))
