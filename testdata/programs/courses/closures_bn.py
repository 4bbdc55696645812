# Functional style: every layer is a function  x -> (y, pullback).  Regression with batch norm,
# smooth-L1 loss, SGD with heavy-ball momentum, weight decay and a cosine schedule.
import numpy as np


def dense(name):
    def apply(P, S, x, train):
        W, b = P[name + '.W'], P[name + '.b']

        def pullback(dy):
            return dy @ W.T, {name + '.W': x.T @ dy, name + '.b': dy.sum(axis=0)}
        return x @ W + b, pullback
    return apply


def batchnorm(name, eps=1e-5, keep=0.9):
    def apply(P, S, x, train):
        gamma, beta = P[name + '.gamma'], P[name + '.beta']
        if not train:
            xn = (x - S[name + '.mean']) / np.sqrt(S[name + '.var'] + eps)
            return gamma * xn + beta, None
        n = x.shape[0]
        mean = x.mean(axis=0)
        xc = x - mean
        var = (xc ** 2).mean(axis=0)
        std = np.sqrt(var + eps)
        xn = xc / std
        S[name + '.mean'] = keep * S[name + '.mean'] + (1 - keep) * mean
        S[name + '.var'] = keep * S[name + '.var'] + (1 - keep) * var

        def pullback(dy):
            dgamma = np.sum(dy * xn, axis=0)
            dbeta = np.sum(dy, axis=0)
            dxn = dy * gamma
            dxc = dxn / std
            dstd = -np.sum(dxn * xc / std ** 2, axis=0)
            dvar = 0.5 * dstd / std
            dxc = dxc + 2.0 / n * xc * dvar
            dmean = -np.sum(dxc, axis=0)
            return dxc + dmean / n, {name + '.gamma': dgamma, name + '.beta': dbeta}
        return gamma * xn + beta, pullback
    return apply


def softplus(P, S, x, train):
    y = np.logaddexp(0, x)
    return y, lambda dy: (dy * (1 - np.exp(-y)), {})


def skip(*inner):
    """x + f(x)"""
    f = chain(*inner)

    def apply(P, S, x, train):
        y, back = f(P, S, x, train)

        def pullback(dy):
            dx, grads = back(dy)
            return dx + dy, grads
        return x + y, pullback
    return apply


def chain(*layers):
    def apply(P, S, x, train):
        backs = []
        for layer in layers:
            x, back = layer(P, S, x, train)
            backs.append(back)

        def pullback(dy):
            grads = {}
            for back in reversed(backs):
                dy, g = back(dy)
                grads.update(g)
            return dy, grads
        return x, pullback
    return apply


def smooth_l1(pred, y, delta=0.5):
    r = pred - y
    inside = np.abs(r) < delta
    loss = np.where(inside, r ** 2 / (2 * delta), np.abs(r) - delta / 2).mean()
    return loss, np.where(inside, r / delta, np.sign(r)) / r.size


def minibatches(X, y, size, rng):
    while True:
        perm = rng.permutation(len(X))
        for k in range(0, len(X), size):
            yield X[perm[k:k + size]], y[perm[k:k + size]]


rng = np.random.default_rng(5)
X = rng.uniform(-2, 2, (220, 3))
y = (np.sin(2 * X[:, :1]) + X[:, 1:2] * X[:, 2:]) + 0.05 * rng.normal(size=(220, 1))
net = chain(dense('l1'), batchnorm('n1'), softplus, skip(dense('l2'), batchnorm('n2'), softplus), dense('l3'))
sizes = {'l1': (3, 16), 'l2': (16, 16), 'l3': (16, 1)}
P, S = {}, {}
for k, (a, c) in sizes.items():
    P[k + '.W'], P[k + '.b'] = rng.normal(size=(a, c)) / np.sqrt(a), np.zeros(c)
for k in ('n1', 'n2'):
    P[k + '.gamma'], P[k + '.beta'] = np.ones(16), np.zeros(16)
    S[k + '.mean'], S[k + '.var'] = np.zeros(16), np.ones(16)
M = {k: np.zeros_like(w) for k, w in P.items()}
steps, lr_max, wd = 160, 0.1, 1e-3
batches = minibatches(X[:180], y[:180], 36, rng)
for step in range(steps):
    xb, yb = next(batches)
    pred, back = net(P, S, xb, True)
    loss, dpred = smooth_l1(pred, yb)
    _, grads = back(dpred)
    lr = 0.5 * lr_max * (1 + np.cos(np.pi * step / steps))
    for k in P:
        g = grads[k] + (wd * P[k] if k.endswith('.W') else 0.0)
        M[k] = 0.8 * M[k] + g
        P[k] = P[k] - lr * M[k]
    if step % 20 == 19:
        val, _ = smooth_l1(net(P, S, X[180:], False)[0], y[180:])
        print(f'{step + 1:4d}  train {loss:.4f}  val {val:.4f}  lr {lr:.4f}')
