"""Gaussian process regression, ARD squared-exponential kernel.
Hyper-parameters (log scale) by minimising the negative log marginal likelihood with
Barzilai-Borwein gradient steps, a few random restarts."""
import numpy as np

rng = np.random.default_rng(2)


def sqdist_per_dim(A, B):
    return (A[:, None, :] - B[None, :, :]) ** 2


def kernel(A, B, h):
    d = A.shape[1]
    ell2 = np.exp(2 * h[:d])
    return np.exp(2 * h[d]) * np.exp(-0.5 * (sqdist_per_dim(A, B) / ell2).sum(-1))


def nlml(h, X, y):
    """value and gradient; h = [log ell_1 .. log ell_d, log sigma_f, log sigma_n]"""
    n, d = X.shape
    Kf = kernel(X, X, h)
    K = Kf + np.exp(2 * h[d + 1]) * np.eye(n)
    Lc = np.linalg.cholesky(K)
    alpha = np.linalg.solve(Lc.T, np.linalg.solve(Lc, y))
    val = 0.5 * y @ alpha + np.log(np.diag(Lc)).sum() + 0.5 * n * np.log(2 * np.pi)
    Kinv = np.linalg.solve(Lc.T, np.linalg.solve(Lc, np.eye(n)))
    Q = Kinv - np.outer(alpha, alpha)
    D = sqdist_per_dim(X, X)
    g = np.empty(d + 2)
    for k in range(d):
        g[k] = 0.5 * np.sum(Q * Kf * D[:, :, k]) * np.exp(-2 * h[k])
    g[d] = np.sum(Q * Kf)
    g[d + 1] = np.trace(Q) * np.exp(2 * h[d + 1])
    return val, g


def predict(h, X, y, Xs):
    d = X.shape[1]
    K = kernel(X, X, h) + np.exp(2 * h[d + 1]) * np.eye(len(X))
    Ks = kernel(Xs, X, h)
    m = Ks @ np.linalg.solve(K, y)
    v = np.exp(2 * h[d]) - np.einsum('ij,ji->i', Ks, np.linalg.solve(K, Ks.T))
    return m, v + np.exp(2 * h[d + 1])


def minimise(h, X, y, iters=60):
    f, g = nlml(h, X, y)
    step = 0.1 / (1 + np.linalg.norm(g))
    best = (f, h)
    for _ in range(iters):
        move = np.clip(-step * g, -0.5, 0.5)
        h_new = np.clip(h + move, -6, 4)
        f_new, g_new = nlml(h_new, X, y)
        s, r = h_new - h, g_new - g
        sr = s @ r
        step = (s @ s) / sr if sr > 1e-12 else 0.1 / (1 + np.linalg.norm(g_new))
        h, f, g = h_new, f_new, g_new
        if f < best[0]:
            best = (f, h)
        if np.linalg.norm(g) < 1e-4:
            break
    return best


def truth(X):
    return np.sin(3 * X[:, 0]) + 0.5 * X[:, 1]


X = rng.uniform(-2, 2, (70, 3))            # the third input is irrelevant
y = truth(X) + 0.1 * rng.standard_normal(70)
Xs = rng.uniform(-2, 2, (200, 3))
ys = truth(Xs) + 0.1 * rng.standard_normal(200)
y_mean = y.mean()

runs = []
for restart in range(4):
    h0 = rng.normal(0, 0.7, 5)
    h0[-1] = -1.0
    f, h = minimise(h0, X, y - y_mean)
    print('restart %d: nlml %8.3f   lengths %s' % (restart, f, np.exp(h[:3]).round(2)))
    runs.append((f, restart, h))
f, _, h = min(runs, key=lambda r: r[0])
m, v = predict(h, X, y - y_mean, Xs)
m = m + y_mean
print('sigma_f %.3f, sigma_n %.3f (true 0.1)' % tuple(np.exp(h[3:])))
print('test RMSE %.4f, mean log density %.4f, 95%% interval covers %.3f' % (
    np.sqrt(np.mean((ys - m) ** 2)),
    np.mean(-0.5 * np.log(2 * np.pi * v) - 0.5 * (ys - m) ** 2 / v),
    np.mean(np.abs(ys - m) < 1.96 * np.sqrt(v))))
