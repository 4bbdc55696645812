#!/usr/bin/env python3
"""Beat classifier on synthetic ECG-like traces: strided 1-d conv -> squeeze-excite -> conv -> GAP.
Class-weighted focal loss (normal beats dominate)."""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

rng = np.random.default_rng(99)
N_CLASS, LEN, GAMMA = 3, 64, 2.0


def simulate(n):
    t = np.arange(LEN)
    y = rng.choice(N_CLASS, n, p=[0.7, 0.2, 0.1])
    c = rng.integers(24, 40, n)[:, None]
    qrs = np.exp(-0.5 * ((t - c) / 1.5) ** 2)
    wide = 0.9 * np.exp(-0.5 * ((t - c) / 4.0) ** 2)
    twave = 0.35 * np.exp(-0.5 * ((t - c - 14) / 3.0) ** 2)
    k = y[:, None]
    x = np.where(k == 1, wide, qrs) + np.where(k == 2, -1, 1) * twave
    x += 0.15 * np.sin(2 * np.pi * t / 64 + rng.uniform(0, 6.28, (n, 1)))
    return (x + 0.12 * rng.standard_normal((n, LEN)))[:, None, :], y


def conv1d(x, w, b, stride):
    """x (N,C,L), w (O,C,K) -> (N,O,L')"""
    win = sliding_window_view(x, w.shape[2], axis=2)[:, :, ::stride]       # N,C,L',K
    return np.einsum('nclk,ock->nol', win, w, optimize=True) + b[None, :, None], win


def conv1d_back(dy, x, w, win, stride):
    dw = np.einsum('nol,nclk->ock', dy, win, optimize=True)
    db = dy.sum((0, 2))
    dx = np.zeros_like(x)
    lo = dy.shape[2]
    for k in range(w.shape[2]):
        dx[:, :, k:k + stride * lo:stride] += np.einsum('nol,oc->ncl', dy, w[:, :, k])
    return dx, dw, db


def params(c1=8, c2=12, r=4):
    he = lambda *s: rng.standard_normal(s) * np.sqrt(2 / np.prod(s[1:]))
    return {'w1': he(c1, 1, 7), 'b1': np.zeros(c1),
            's1': he(r, c1), 'sb1': np.zeros(r), 's2': he(c1, r), 'sb2': np.zeros(c1),
            'w2': he(c2, c1, 5), 'b2': np.zeros(c2),
            'wo': he(N_CLASS, c2) * 0.5, 'bo': np.zeros(N_CLASS)}


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def net(p, x):
    c = {'x': x}
    z, c['win1'] = conv1d(x, p['w1'], p['b1'], 2)
    c['h1'] = np.maximum(z, 0)
    # squeeze and excite
    c['sq'] = c['h1'].mean(2)
    c['e'] = np.maximum(c['sq'] @ p['s1'].T + p['sb1'], 0)
    c['gate'] = sigmoid(c['e'] @ p['s2'].T + p['sb2'])
    c['h1s'] = c['h1'] * c['gate'][:, :, None]
    z, c['win2'] = conv1d(c['h1s'], p['w2'], p['b2'], 2)
    c['h2'] = np.maximum(z, 0)
    c['pool'] = c['h2'].mean(2)
    return c['pool'] @ p['wo'].T + p['bo'], c


def focal(logits, y, cw):
    """mean of -cw_y (1-p_y)^gamma log p_y, and its gradient"""
    n = len(y)
    e = np.exp(logits - logits.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    py = p[np.arange(n), y]
    a = cw[y]
    loss = -(a * (1 - py) ** GAMMA * np.log(py)).mean()
    dpy = a * (GAMMA * (1 - py) ** (GAMMA - 1) * np.log(py) - (1 - py) ** GAMMA / py) / n
    onehot = np.eye(N_CLASS)[y]
    return loss, (dpy * py)[:, None] * (onehot - p)


def backprop(p, c, d):
    g = {'wo': d.T @ c['pool'], 'bo': d.sum(0)}
    dh2 = np.repeat((d @ p['wo'])[:, :, None] / c['h2'].shape[2], c['h2'].shape[2], axis=2)
    dh2 = dh2 * (c['h2'] > 0)
    dh1s, g['w2'], g['b2'] = conv1d_back(dh2, c['h1s'], p['w2'], c['win2'], 2)
    dgate = (dh1s * c['h1']).sum(2) * c['gate'] * (1 - c['gate'])
    g['s2'], g['sb2'] = dgate.T @ c['e'], dgate.sum(0)
    de = dgate @ p['s2'] * (c['e'] > 0)
    g['s1'], g['sb1'] = de.T @ c['sq'], de.sum(0)
    dsq = de @ p['s1']
    dh1 = dh1s * c['gate'][:, :, None] + dsq[:, :, None] / c['h1'].shape[2]
    _, g['w1'], g['b1'] = conv1d_back(dh1 * (c['h1'] > 0), c['x'], p['w1'], c['win1'], 2)
    return g


def report(p, x, y):
    pred = net(p, x)[0].argmax(1)
    recall = [float((pred[y == k] == k).mean()) for k in range(N_CLASS)]
    return (pred == y).mean(), np.round(recall, 3)


if __name__ == '__main__':
    xtr, ytr = simulate(600)
    xte, yte = simulate(400)
    freq = np.bincount(ytr, minlength=N_CLASS) / len(ytr)
    cw = 1 / freq
    cw /= (cw * freq).sum()
    p = params()
    vel = {k: np.zeros_like(v) for k, v in p.items()}
    mu, lr = 0.9, 0.05
    for epoch in range(12):
        order, tot = rng.permutation(len(ytr)), 0
        for s in range(0, len(order), 30):
            i = order[s:s + 30]
            logits, c = net(p, xtr[i])
            loss, d = focal(logits, ytr[i], cw)
            g = backprop(p, c, d)
            for k in p:                                   # Nesterov
                vel[k] = mu * vel[k] - lr * g[k]
                p[k] += mu * vel[k] - lr * g[k]
            tot += loss * len(i)
        if epoch % 3 == 2:
            acc, rec = report(p, xte, yte)
            print(f'epoch {epoch + 1:2d} focal {tot / len(ytr):.4f} test acc {acc:.3f} recall {rec}')
