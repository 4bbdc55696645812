#!/usr/bin/env python3
# two rings + blob, MLP with batch norm and dropout, AdamW
import numpy as np

RNG = np.random.default_rng(8)
MOM = 0.9
KEEP = 0.8
EPS = 1e-5


def get_data(n):
    lab = RNG.integers(0, 3, n)
    rad = np.choose(lab, [0.5, 1.5, 2.5]) + RNG.normal(0, 0.2, n)
    ang = RNG.uniform(0, 2 * np.pi, n)
    feats = np.column_stack([rad * np.cos(ang), rad * np.sin(ang), RNG.normal(size=n) * 3 + 1])
    return feats, lab


def build(sizes):
    # one tuple per layer: (W, b, gamma, beta); the last layer has no norm
    net, stats = [], []
    for a, b in zip(sizes[:-2], sizes[1:-1]):
        net.append((RNG.normal(0, np.sqrt(2 / a), (a, b)), np.zeros(b), np.ones(b), np.zeros(b)))
        stats.append([np.zeros(b), np.ones(b)])
    net.append((RNG.normal(0, np.sqrt(1 / sizes[-2]), (sizes[-2], sizes[-1])), np.zeros(sizes[-1])))
    return net, stats


def forward(net, stats, x, train):
    tape = []
    for (W, b, gamma, beta), st in zip(net[:-1], stats):
        z = x @ W + b
        if train:
            mu, var = z.mean(0), z.var(0)
            st[0] = MOM * st[0] + (1 - MOM) * mu
            st[1] = MOM * st[1] + (1 - MOM) * var
        else:
            mu, var = st
        inv = 1 / np.sqrt(var + EPS)
        zn = (z - mu) * inv
        u = gamma * zn + beta
        a = np.maximum(u, 0)
        if train:
            drop = (RNG.random(a.shape) < KEEP) / KEEP
        else:
            drop = np.ones_like(a)
        tape.append((x, zn, inv, u, drop))
        x = a * drop
    W, b = net[-1]
    tape.append((x,))
    return x @ W + b, tape


def softmax_loss(logits, lab):
    s = logits - logits.max(1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(1, keepdims=True))
    n = len(lab)
    d = np.exp(logp)
    d[np.arange(n), lab] -= 1
    return -logp[np.arange(n), lab].mean(), d / n


def backward(net, tape, d):
    grads = []
    (x,) = tape[-1]
    grads.append((x.T @ d, d.sum(0)))
    d = d @ net[-1][0].T
    for (W, b, gamma, beta), (x, zn, inv, u, drop) in zip(net[-2::-1], tape[-2::-1]):
        d = d * drop
        d = d * (u > 0)
        dgamma = (d * zn).sum(0)
        dbeta = d.sum(0)
        dzn = d * gamma
        dz = inv * (dzn - dzn.mean(0) - zn * (dzn * zn).mean(0))
        grads.append((x.T @ dz, dz.sum(0), dgamma, dbeta))
        d = dz @ W.T
    return grads[::-1]


def adamw(net, grads, mom1, mom2, t, lr, wd=0.02, b1=0.9, b2=0.999):
    for layer, gs, m_l, v_l in zip(net, grads, mom1, mom2):
        for p, g, m, v in zip(layer, gs, m_l, v_l):
            m += (1 - b1) * (g - m)
            v += (1 - b2) * (g * g - v)
            mhat = m / (1 - b1 ** t)
            vhat = v / (1 - b2 ** t)
            if p.ndim == 2:
                p -= lr * wd * p
            p -= lr * mhat / (np.sqrt(vhat) + 1e-8)


Xtr, ytr = get_data(480)
Xva, yva = get_data(160)
net, stats = build([3, 32, 24, 3])
mom1 = [[np.zeros_like(p) for p in layer] for layer in net]
mom2 = [[np.zeros_like(p) for p in layer] for layer in net]

t, total_steps, bs = 0, 300, 48
while t < total_steps:
    perm = RNG.permutation(len(ytr))
    run = []
    for lo in range(0, len(perm), bs):
        t += 1
        sel = perm[lo:lo + bs]
        logits, tape = forward(net, stats, Xtr[sel], True)
        loss, d = softmax_loss(logits, ytr[sel])
        grads = backward(net, tape, d)
        lr = 0.01 * (1 - t / (total_steps + 1))
        adamw(net, grads, mom1, mom2, t, lr)
        run.append(loss)
    if t % 50 == 0:
        out, _ = forward(net, stats, Xva, False)
        vl, _ = softmax_loss(out, yva)
        print(f"step {t:4d} train {np.mean(run):.5f} val {vl:.5f} acc {np.mean(out.argmax(1) == yva):.3f}")
