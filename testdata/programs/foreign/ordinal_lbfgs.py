# Ordinal regression (proportional odds) fitted with a hand-made L-BFGS.
# X is stored as (features, samples).  The cut points are kept increasing by
#     c[0] = p[0],   c[k] = c[k-1] + exp(p[k])
from collections import deque
import numpy as np

K = 5            # ordered classes 0..4
DIM = 12


def expit(z):
    return 1 / (1 + np.exp(-z))


def simulate(n, rng):
    mix = rng.normal(size=(DIM, DIM)) / np.sqrt(DIM)
    scales = np.logspace(0, 1.2, DIM)[:, None]
    X = (mix @ rng.normal(size=(DIM, n))) * scales
    w = rng.normal(size=DIM) / scales[:, 0]
    latent = w @ X + rng.logistic(scale=0.6, size=n)
    edges = np.quantile(latent, [0.15, 0.4, 0.65, 0.9])
    return X, np.searchsorted(edges, latent)


def cutpoints(p):
    return np.cumsum(np.concatenate([p[:1], np.exp(p[1:])]))


def unpack(theta):
    return theta[:DIM], theta[DIM:]


def class_probs(theta, X):
    w, p = unpack(theta)
    c = cutpoints(p)
    cum = expit(c[:, None] - w @ X)                       # (K-1, n)
    n = X.shape[1]
    cum = np.vstack([np.zeros(n), cum, np.ones(n)])
    return np.diff(cum, axis=0), cum


def negloglik(theta, X, y, lam):
    w, p = unpack(theta)
    n = X.shape[1]
    cols = np.arange(n)
    probs, cum = class_probs(theta, X)
    py = probs[y, cols]
    value = -np.mean(np.log(py)) + 0.5 * lam * w @ w

    slope = cum * (1 - cum)            # zero in the first and last row
    upper = slope[y + 1, cols] / py
    lower = slope[y, cols] / py
    gw = X @ (upper - lower) / n + lam * w

    gc = np.zeros(K + 1)
    np.add.at(gc, y + 1, -upper / n)
    np.add.at(gc, y, lower / n)
    gc = gc[1:-1]
    tail = np.cumsum(gc[::-1])[::-1]
    gp = tail.copy()
    gp[1:] *= np.exp(p[1:])
    return value, np.concatenate([gw, gp])


def two_loop(g, S, Y):
    q = g.copy()
    alphas = []
    for s, yv in zip(reversed(S), reversed(Y)):
        rho = 1.0 / np.dot(yv, s)
        al = rho * np.dot(s, q)
        q -= al * yv
        alphas.append((rho, al))
    if S:
        q *= np.dot(S[-1], Y[-1]) / np.dot(Y[-1], Y[-1])
    for (rho, al), s, yv in zip(reversed(alphas), S, Y):
        be = rho * np.dot(yv, q)
        q += (al - be) * s
    return -q


def lbfgs(fun, x, memory=6, max_iter=22, verbose=True):
    S, Y = deque(maxlen=memory), deque(maxlen=memory)
    f, g = fun(x)
    for it in range(max_iter):
        d = two_loop(g, S, Y)
        slope = g @ d
        if slope >= 0:              # not a descent direction: restart
            S.clear()
            Y.clear()
            d, slope = -g, -(g @ g)
        t = 1.0 if S else 1.0 / max(1.0, np.linalg.norm(g))
        for _ in range(25):
            f_new, g_new = fun(x + t * d)
            if np.isfinite(f_new) and f_new <= f + 1e-4 * t * slope:
                break
            t *= 0.5
        step = t * d
        diff = g_new - g
        if step @ diff > 1e-12:
            S.append(step)
            Y.append(diff)
        x = x + step
        f, g = f_new, g_new
        if verbose and it % 4 == 0:
            print(f"it {it:2d}  f = {f:.5f}  |g| = {np.linalg.norm(g):.2e}  t = {t:g}")
    return x, f


np.seterr(over="ignore", divide="ignore", invalid="ignore")
gen = np.random.default_rng(5)
X_all, y_all = simulate(700, gen)
X_tr, y_tr = X_all[:, :500], y_all[:500]
X_te, y_te = X_all[:, 500:], y_all[500:]

theta0 = np.concatenate([np.zeros(DIM), [-1.0, 0.0, 0.0, 0.0]])
theta, best = lbfgs(lambda th: negloglik(th, X_tr, y_tr, 0.01), theta0)

pred = class_probs(theta, X_te)[0].argmax(axis=0)
print("final objective %.5f" % best)
print("test accuracy %.3f, mean abs error %.3f" % (np.mean(pred == y_te), np.abs(pred - y_te).mean()))
print("cut points", np.round(cutpoints(theta[DIM:]), 3))
