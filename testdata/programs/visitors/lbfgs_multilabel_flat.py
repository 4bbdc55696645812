"""
fun(theta) -> (value, gradient) in the scipy.optimize manner, and three home-made
minimisers to feed it to: L-BFGS (two-loop), Polak-Ribiere+ conjugate gradients,
steepest descent. One Armijo/Wolfe bisection line search for everybody.
The model: 6-14-5 network, ELU hidden units, five binary labels at a time.
"""
from collections import deque

import numpy as np


class MultiLabelNet:
    def __init__(self, n_in, n_hid, n_out, l2):
        self.shapes = [(n_hid, n_in + 1), (n_out, n_hid + 1)]
        self.cut = self.shapes[0][0] * self.shapes[0][1]
        self.size = self.cut + self.shapes[1][0] * self.shapes[1][1]
        self.l2 = l2

    def unpack(self, theta):
        return theta[:self.cut].reshape(self.shapes[0]), theta[self.cut:].reshape(self.shapes[1])

    @staticmethod
    def with_ones(A):
        return np.hstack([np.ones((len(A), 1)), A])

    def forward(self, theta, X):
        T1, T2 = self.unpack(theta)
        a1 = self.with_ones(X)
        z = a1 @ T1.T
        h = np.where(z > 0, z, np.expm1(np.minimum(z, 0)))
        a2 = self.with_ones(h)
        return a1, z, a2, a2 @ T2.T

    def fun(self, theta, X, Y, pos_weight):
        T1, T2 = self.unpack(theta)
        a1, z, a2, s = self.forward(theta, X)
        m = len(X)
        # weighted: pos_weight * y * softplus(-s) + (1-y) * softplus(s)
        value = (pos_weight * Y * np.logaddexp(0, -s) + (1 - Y) * np.logaddexp(0, s)).sum() / m
        value += self.l2 / 2 * (np.sum(T1[:, 1:] ** 2) + np.sum(T2[:, 1:] ** 2))
        p = 1 / (1 + np.exp(-s))
        d3 = ((1 - Y) * p - pos_weight * Y * (1 - p)) / m
        d2 = (d3 @ T2)[:, 1:] * np.where(z > 0, 1, np.exp(np.minimum(z, 0)))
        G1, G2 = d2.T @ a1, d3.T @ a2
        G1[:, 1:] += self.l2 * T1[:, 1:]
        G2[:, 1:] += self.l2 * T2[:, 1:]
        return value, np.concatenate([G1.ravel(), G2.ravel()])


def wolfe(fun, x, f, g, d, t=1.0, c1=1e-4, c2=0.9):
    """bisection on the weak Wolfe conditions"""
    lo, hi = 0.0, np.inf
    slope = g @ d
    for _ in range(30):
        fn, gn = fun(x + t * d)
        if fn > f + c1 * t * slope:
            hi = t
        elif gn @ d < c2 * slope:
            lo = t
        else:
            break
        t = 2 * lo if np.isinf(hi) else 0.5 * (lo + hi)
    return t, fn, gn


def lbfgs(fun, x, iters, m=8, callback=None):
    mem = deque(maxlen=m)
    f, g = fun(x)
    for k in range(iters):
        q = g.copy()
        stack = []
        for s, y, rho in reversed(mem):
            a = rho * (s @ q)
            q -= a * y
            stack.append(a)
        if mem:
            s, y, _ = mem[-1]
            q *= (s @ y) / (y @ y)
        for (s, y, rho), a in zip(mem, reversed(stack)):
            q += (a - rho * (y @ q)) * s
        t, fn, gn = wolfe(fun, x, f, g, -q, 1.0 if mem else 1 / np.linalg.norm(g))
        s, y = -t * q, gn - g
        if s @ y > 1e-10:
            mem.append((s, y, 1 / (s @ y)))
        x, f, g = x + s, fn, gn
        if callback:
            callback(k, x, f, g)
    return x


def conjugate_gradient(fun, x, iters, callback=None):
    f, g = fun(x)
    d, t = -g, 1.0
    for k in range(iters):
        if g @ d >= 0:
            d = -g
        t, fn, gn = wolfe(fun, x, f, g, d, t, c2=0.2)
        x = x + t * d
        beta = max(0.0, gn @ (gn - g) / (g @ g))
        d = -gn + beta * d
        f, g = fn, gn
        if callback:
            callback(k, x, f, g)
    return x


def steepest(fun, x, iters, callback=None):
    f, g = fun(x)
    t = 1.0
    for k in range(iters):
        t, fn, gn = wolfe(fun, x, f, g, -g, t)
        x, f, g = x - t * g, fn, gn
        if callback:
            callback(k, x, f, g)
    return x


if __name__ == "__main__":
    rng = np.random.default_rng(55)
    X = rng.normal(size=(400, 6))
    mix = rng.normal(size=(6, 5))
    Y = ((X @ mix + (X[:, :5] * X[:, 1:]) * 1.5) > 1.0).astype(float)
    Xtr, Ytr, Xte, Yte = X[:280], Y[:280], X[280:], Y[280:]
    net = MultiLabelNet(6, 14, 5, l2=2e-3)
    pw = np.sqrt((1 - Ytr.mean(0)) / Ytr.mean(0))
    x0 = rng.normal(0, 0.3, net.size)
    for name, method in (("L-BFGS", lbfgs), ("CG PR+", conjugate_gradient), ("steepest", steepest)):
        calls = [0]

        def objective(th):
            calls[0] += 1
            return net.fun(th, Xtr, Ytr, pw)

        def report(k, x, f, g):
            if (k + 1) % 20 == 0:
                print(f"  {name:8s} iter {k + 1:3d} f {f:.5f} |g| {np.linalg.norm(g):.2e} calls {calls[0]}")
        sol = method(objective, x0.copy(), 60, callback=report)
        right = (net.forward(sol, Xte)[-1] > 0) == (Yte > 0)
        print(f"  {name}: label accuracy on the test part {right.mean():.3f}, all five right {right.all(1).mean():.3f}")
