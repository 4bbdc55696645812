#!/usr/bin/env python3
# LSTM sequence classifier with padding masks. Task: did the marker "2" come
# before the marker "3"?  (variable length sequences over a 6 symbol alphabet)
import numpy as np

DT = np.float32
rng = np.random.default_rng(2024)


def make_data(n, tmax=10, vocab=6):
    X = np.zeros((n, tmax), dtype=int)
    M = np.zeros((n, tmax), dtype=DT)
    y = np.zeros(n, dtype=DT)
    for i in range(n):
        L = rng.integers(4, tmax + 1)
        s = rng.choice([0, 1, 4, 5], size=L)
        a, b = rng.choice(L, size=2, replace=False)
        s[a], s[b] = 2, 3
        X[i, :L], M[i, :L], y[i] = s, 1, a < b
    return np.eye(vocab, dtype=DT)[X], M, y


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class LSTMClassifier:
    def __init__(self, nin, nh):
        self.nh = nh
        s = 1 / np.sqrt(nin + nh)
        self.W = rng.uniform(-s, s, (nin + nh, 4 * nh)).astype(DT)
        self.b = np.zeros(4 * nh, dtype=DT)
        self.b[nh:2 * nh] = 1          # forget gate
        self.v = rng.uniform(-s, s, nh).astype(DT)
        self.c0 = np.zeros(1, dtype=DT)

    @property
    def params(self):
        return [self.W, self.b, self.v, self.c0]

    def forward(self, X, M):
        B, T, _ = X.shape
        n = self.nh
        h = np.zeros((B, n), dtype=DT)
        c = np.zeros((B, n), dtype=DT)
        self.tape = []
        for t in range(T):
            m = M[:, t:t + 1]
            xh = np.hstack([X[:, t], h])
            z = xh @ self.W + self.b
            i, f, o = sigmoid(z[:, :n]), sigmoid(z[:, n:2 * n]), sigmoid(z[:, 2 * n:3 * n])
            g = np.tanh(z[:, 3 * n:])
            c_new = f * c + i * g
            tc = np.tanh(c_new)
            h_new = o * tc
            self.tape.append((m, xh, i, f, o, g, c, tc))
            c = m * c_new + (1 - m) * c      # padding: keep the old state
            h = m * h_new + (1 - m) * h
        self.h = h
        return sigmoid(h @ self.v + self.c0)

    def backward(self, p, y):
        B = len(y)
        n = self.nh
        d = (p - y) / B
        dv = self.h.T @ d
        dc0 = np.array([d.sum()], dtype=DT)
        dW = np.zeros_like(self.W)
        db = np.zeros_like(self.b)
        dh = d[:, None] * self.v
        dc = np.zeros_like(dh)
        while self.tape:
            m, xh, i, f, o, g, c_prev, tc = self.tape.pop()
            dh_new = m * dh
            dc_new = m * dc + dh_new * o * (1 - tc ** 2)
            dz = np.empty((B, 4 * n), dtype=DT)
            dz[:, :n] = dc_new * g * i * (1 - i)
            dz[:, n:2 * n] = dc_new * c_prev * f * (1 - f)
            dz[:, 2 * n:3 * n] = dh_new * tc * o * (1 - o)
            dz[:, 3 * n:] = dc_new * i * (1 - g ** 2)
            dW += xh.T @ dz
            db += dz.sum(0)
            dh = (1 - m) * dh + (dz @ self.W.T)[:, -n:]
            dc = (1 - m) * dc + dc_new * f
        return [dW, db, dv, dc0]


class Adam:
    def __init__(self, params, lr=0.02, betas=(0.9, 0.99), eps=1e-7):
        self.params, self.lr, self.betas, self.eps = params, lr, betas, eps
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]
        self.k = 0

    def step(self, grads, max_norm=1.0):
        norm = np.sqrt(sum(float((g ** 2).sum()) for g in grads))
        if norm > max_norm:
            grads = [g * DT(max_norm / norm) for g in grads]
        self.k += 1
        b1, b2 = self.betas
        a = self.lr * np.sqrt(1 - b2 ** self.k) / (1 - b1 ** self.k)
        for p, g, m, v in zip(self.params, grads, self.m, self.v):
            m += (1 - b1) * (g - m)
            v += (1 - b2) * (g * g - v)
            p -= DT(a) * m / (np.sqrt(v) + DT(self.eps))


def bce(p, y):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean())


Xtr, Mtr, ytr = make_data(240)
Xva, Mva, yva = make_data(80)
net = LSTMClassifier(6, 10)
opt = Adam(net.params)

best, best_params, bad, patience = np.inf, None, 0, 4
for epoch in range(24):
    perm = rng.permutation(len(ytr))
    running = 0.0
    for lo in range(0, len(perm), 40):
        sel = perm[lo:lo + 40]
        p = net.forward(Xtr[sel], Mtr[sel])
        running += bce(p, ytr[sel]) * len(sel)
        opt.step(net.backward(p, ytr[sel]))
    val = bce(net.forward(Xva, Mva), yva)
    print(f"{epoch:2d}  train {running / len(perm):.4f}  val {val:.4f}")
    if val < best - 1e-4:
        best, bad = val, 0
        best_params = [q.copy() for q in net.params]
    else:
        bad += 1
        if bad >= patience:
            print("early stop")
            break

for q, b in zip(net.params, best_params):
    q[...] = b
acc = ((net.forward(Xva, Mva) > 0.5) == yva).mean()
print("val accuracy with best weights:", round(float(acc), 3))
