"""Adam, and a decay that is taken from the moved weights; the printed loss has the penalty."""
import numpy as np

r = np.random.RandomState(8)
x = r.randn(50, 6)
y = (x @ r.randn(6, 1) > 0) * 1.0
A, a, B, b = r.randn(6, 8) * 0.4, np.zeros(8), r.randn(8, 1) * 0.4, np.zeros(1)
mA, ma, mB, mb = np.zeros_like(A), np.zeros_like(a), np.zeros_like(B), np.zeros_like(b)
vA, va, vB, vb = np.zeros_like(A), np.zeros_like(a), np.zeros_like(B), np.zeros_like(b)
rate, weight = 0.01, 0.02
for t in range(1, 14):
    h = np.tanh(x @ A + a)
    p = 1 / (1 + np.exp(-(h @ B + b)))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    print(loss + 0.5 * weight * (np.sum(A ** 2) + np.sum(B ** 2)))
    d = (p - y) / 50
    dh = d @ B.T * (1 - h ** 2)
    gA, ga, gB, gb = x.T @ dh, dh.sum(0), h.T @ d, d.sum(0)
    mA, ma, mB, mb = 0.9 * mA + 0.1 * gA, 0.9 * ma + 0.1 * ga, 0.9 * mB + 0.1 * gB, 0.9 * mb + 0.1 * gb
    vA, va = 0.99 * vA + 0.01 * gA ** 2, 0.99 * va + 0.01 * ga ** 2
    vB, vb = 0.99 * vB + 0.01 * gB ** 2, 0.99 * vb + 0.01 * gb ** 2
    c1, c2 = 1 - 0.9 ** t, 1 - 0.99 ** t
    A -= rate * (mA / c1) / (np.sqrt(vA / c2) + 1e-8)
    A -= rate * weight * A
    a -= rate * (ma / c1) / (np.sqrt(va / c2) + 1e-8)
    B -= rate * (mB / c1) / (np.sqrt(vB / c2) + 1e-8)
    B -= rate * weight * B
    b -= rate * (mb / c1) / (np.sqrt(vb / c2) + 1e-8)
