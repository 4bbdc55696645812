# homework 2: will the student pass the exam? (hours of sleep, hours of study, coffees)
import numpy as np
import math

np.random.seed(3)
n = 220
stuff = []
for i in range(n):
    a = np.random.uniform(4, 9)
    b = np.random.uniform(0, 10)
    c = np.random.randint(0, 6)
    s = 0.9 * (a - 6.5) + 0.6 * (b - 4) - 0.4 * (c - 2) ** 2 + 0.8 + 0.3 * np.random.randn()
    stuff.append([a, b, c, 1.0 if s > 0 else 0.0])
stuff = np.array(stuff)
np.random.shuffle(stuff)
x = stuff[:, 0:3]
y = stuff[:, 3]
ntrain = 160
mm = x[:ntrain].mean(axis=0)
ss = x[:ntrain].std(axis=0)
x = (x - mm) / ss

K = 6
w1 = np.random.randn(3, K) * 0.6
b1 = np.zeros(K)
w2 = np.random.randn(K, K) * 0.5
b2 = np.ones(K) * 0.1
w3 = np.random.randn(K) * 0.5
b3 = 0.0
vw1 = np.zeros((3, K))
vb1 = np.zeros(K)
vw2 = np.zeros((K, K))
vb2 = np.zeros(K)
vw3 = np.zeros(K)
vb3 = 0.0
mom = 0.8
lam = 0.0005


def sig(t):
    return 1 / (1 + math.exp(-t))


def go(q):
    global z1, h1, z2, h2, out
    z1 = np.dot(q, w1) + b1
    h1 = np.tanh(z1)
    z2 = np.dot(h1, w2) + b2
    h2 = np.zeros(K)
    for k in range(K):
        if z2[k] > 0:
            h2[k] = z2[k]
    out = sig(np.dot(h2, w3) + b3)


def back(q, t):
    global gw1, gb1, gw2, gb2, gw3, gb3
    d3 = out - t
    gb3 = d3
    gw3 = d3 * h2 + lam * w3
    d2 = np.zeros(K)
    for k in range(K):
        if z2[k] > 0:
            d2[k] = d3 * w3[k]
    gw2 = np.zeros((K, K))
    gb2 = d2
    for j in range(K):
        for k in range(K):
            gw2[j, k] = h1[j] * d2[k] + lam * w2[j, k]
    d1 = np.zeros(K)
    for j in range(K):
        tmp = 0
        for k in range(K):
            tmp += w2[j, k] * d2[k]
        d1[j] = tmp * (1 - h1[j] * h1[j])
    gw1 = np.zeros((3, K))
    gb1 = d1
    for i in range(3):
        for j in range(K):
            gw1[i, j] = q[i] * d1[j] + lam * w1[i, j]


def test():
    good = 0
    for i in range(ntrain, n):
        go(x[i])
        if (out > 0.5) == (y[i] == 1):
            good += 1
    return good / (n - ntrain)


for ep in range(25):
    lr = 0.02 / (1 + 0.05 * ep)
    total = 0
    order = np.random.permutation(ntrain)
    for i in order:
        go(x[i])
        total += -(y[i] * math.log(out + 1e-12) + (1 - y[i]) * math.log(1 - out + 1e-12))
        total += 0.5 * lam * ((w1 ** 2).sum() + (w2 ** 2).sum() + (w3 ** 2).sum())
        back(x[i], y[i])
        vw1 = mom * vw1 - lr * gw1
        vb1 = mom * vb1 - lr * gb1
        vw2 = mom * vw2 - lr * gw2
        vb2 = mom * vb2 - lr * gb2
        vw3 = mom * vw3 - lr * gw3
        vb3 = mom * vb3 - lr * gb3
        w1 = w1 + vw1
        b1 = b1 + vb1
        w2 = w2 + vw2
        b2 = b2 + vb2
        w3 = w3 + vw3
        b3 = b3 + vb3
    if ep % 4 == 0:
        print("epoch", ep, "loss", round(total / ntrain, 4), "test acc", round(test(), 3))
print("final", test())
