#!/usr/bin/env python3
# LSTM on the adding problem (two marked numbers, predict their sum)
import numpy as np

rs = np.random.RandomState(99)
D, H, T, B = 2, 24, 10, 40


def sigm(v):
    return 1. / (1. + np.exp(-v))


def new_params():
    s = 1. / np.sqrt(H)
    P = dict()
    P['Wf'] = rs.uniform(-s, s, (D + H, H))
    P['Wi'] = rs.uniform(-s, s, (D + H, H))
    P['Wg'] = rs.uniform(-s, s, (D + H, H))
    P['Wo'] = rs.uniform(-s, s, (D + H, H))
    for gate in 'figo':
        P['b' + gate] = np.zeros(H)
    P['bf'] += 1.0  # remember by default
    P['V'] = rs.uniform(-s, s, (H, 1))
    P['c'] = np.zeros(1)
    return P


def forward(P, X):
    h, c = np.zeros((len(X), H)), np.zeros((len(X), H))
    tape = []
    for t in range(T):
        z = np.concatenate([X[:, t], h], axis=1)
        f = sigm(z @ P['Wf'] + P['bf'])
        i = sigm(z @ P['Wi'] + P['bi'])
        g = np.tanh(z @ P['Wg'] + P['bg'])
        o = sigm(z @ P['Wo'] + P['bo'])
        c_prev = c
        c = f * c_prev + i * g
        tc = np.tanh(c)
        h = o * tc
        tape.append((z, f, i, g, o, c_prev, tc))
    return h @ P['V'] + P['c'], h, tape


def backward(P, X, Y):
    out, h_last, tape = forward(P, X)
    err = out - Y
    loss = 0.5 * np.mean(err ** 2)
    G = {k: np.zeros_like(v) for k, v in P.items()}
    dout = err / len(X)
    G['V'] = h_last.T @ dout
    G['c'] = dout.sum(0)
    dh = dout @ P['V'].T
    dc = np.zeros_like(dh)
    for z, f, i, g, o, c_prev, tc in tape[::-1]:
        do = dh * tc * o * (1 - o)
        dc = dc + dh * o * (1 - tc ** 2)
        df = dc * c_prev * f * (1 - f)
        di = dc * g * i * (1 - i)
        dg = dc * i * (1 - g ** 2)
        dz = 0
        for name, d in (('f', df), ('i', di), ('g', dg), ('o', do)):
            G['W' + name] += z.T @ d
            G['b' + name] += d.sum(0)
            dz = dz + d @ P['W' + name].T
        dh = dz[:, D:]
        dc = dc * f
    return loss, G


def clip(G, limit):
    norm = np.sqrt(sum((g ** 2).sum() for g in G.values()))
    if norm > limit:
        for k in G:
            G[k] *= limit / norm
    return norm


def batch(n):
    X = np.zeros((n, T, 2))
    X[:, :, 0] = rs.uniform(-1, 1, (n, T))
    a = rs.randint(0, T // 2, n)
    b = rs.randint(T // 2, T, n)
    r = np.arange(n)
    X[r, a, 1] = 1
    X[r, b, 1] = 1
    return X, (X[r, a, 0] + X[r, b, 0])[:, None]


P = new_params()
cache = {k: np.zeros_like(v) for k, v in P.items()}
Xv, Yv = batch(300)
lr = 0.01
for it in range(451):
    X, Y = batch(B)
    loss, G = backward(P, X, Y)
    norm = clip(G, 0.5)
    for k in P:  # RMSprop
        cache[k] = 0.9 * cache[k] + 0.1 * G[k] ** 2
        P[k] -= lr * G[k] / (np.sqrt(cache[k]) + 1e-6)
    if it == 300:
        lr *= 0.3
    if it % 50 == 0:
        pv = forward(P, Xv)[0]
        print('%4d loss %.5f |g| %.4f valid mse %.5f' % (it, loss, norm, np.mean((pv - Yv) ** 2)))
