# coding: utf-8
# # Five regressions, one notebook
# %%
import os
import tempfile
import numpy as np
np.set_printoptions(precision=3, suppress=True)
rng = np.random.RandomState(1234)
n, d = 240, 8
X = rng.randn(n, d) @ (np.eye(d) + .3)
X = (X - X.mean(0)) / X.std(0)
w_true = np.array([1.5, -2, 0, 0, 1, 0, 0, 0.5])

# %% [markdown]
# ## 1. Ridge: k-fold for lambda, gradient descent against the normal equations
# %%
y = X @ w_true + 1.0 + 0.8 * rng.randn(n)
folds = np.array_split(rng.permutation(n), 5)


def ridge_gd(A, b, lam, steps=80, lr=0.1):
    w, c = np.zeros(A.shape[1]), 0.0
    for _ in range(steps):
        r = A @ w + c - b
        w, c = w - lr * (A.T @ r / len(b) + lam * w), c - lr * r.mean()
    return w, c


scores = {}
for lam in (0.001, 0.01, 0.1, 1.0):
    e = []
    for k in range(5):
        te, tr = folds[k], np.concatenate(folds[:k] + folds[k + 1:])
        w, c = ridge_gd(X[tr], y[tr], lam)
        e.append(np.mean((X[te] @ w + c - y[te]) ** 2))
    scores[lam] = np.mean(e)
best_lam = min(scores, key=scores.get)
print('cv mse', {k: round(v, 4) for k, v in scores.items()}, 'best', best_lam)
w, c = ridge_gd(X, y, best_lam, steps=400)
closed = np.linalg.solve(X.T @ X / n + best_lam * np.eye(d), X.T @ (y - y.mean()) / n)
print('gd    ', w)
print('closed', closed)

# %% [markdown]
# ## 2. Lasso by ISTA, then coordinate descent from the same start
# %%
lam = 0.15
yc = y - y.mean()
obj = lambda w: 0.5 * np.mean((X @ w - yc) ** 2) + lam * np.abs(w).sum()
soft = lambda v, t: np.sign(v) * np.maximum(np.abs(v) - t, 0)
step = n / np.linalg.norm(X, 2) ** 2
w = np.zeros(d)
for it in range(120):
    w = soft(w - step * (X.T @ (X @ w - yc)) / n, step * lam)
    if it in (0, 5, 20, 119):
        print('ista %3d  %.5f' % (it, obj(w)))
w2 = np.zeros(d)
for sweep in range(30):
    for j in range(d):
        r = yc - X @ w2 + X[:, j] * w2[j]
        w2[j] = soft(X[:, j] @ r / n, lam) / (X[:, j] @ X[:, j] / n)
print('ista', w, '\ncd  ', w2)

# %% [markdown]
# ## 3. Poisson counts with exposure: SGD per example, then Fisher scoring, checkpoint in between
# %%
expo = rng.uniform(.5, 2, n)
counts = rng.poisson(expo * np.exp(0.3 * X @ w_true - 0.2))
A = np.c_[np.ones(n), X]
dev = lambda b: np.mean(expo * np.exp(A @ b) - counts * (A @ b + np.log(expo)))
beta = np.zeros(d + 1)
for epoch in range(6):
    for i in rng.permutation(n):
        beta += 0.01 / (1 + epoch) * (counts[i] - expo[i] * np.exp(A[i] @ beta)) * A[i]
    print('sgd epoch', epoch, 'nll %.5f' % dev(beta))
path = os.path.join(tempfile.mkdtemp(), 'poisson.npz')
np.savez(path, beta=beta, epoch=6)
beta = np.load(path)['beta']
for it in range(5):
    mu = expo * np.exp(A @ beta)
    beta = beta + np.linalg.solve((A * mu[:, None]).T @ A, A.T @ (counts - mu))
    print('fisher', it, 'nll %.6f' % dev(beta))
os.remove(path)

# %% [markdown]
# ## 4. Three quantiles at once (pinball loss), sub-gradient with averaged iterates
# %%
taus = np.array([0.1, 0.5, 0.9])
x1 = rng.uniform(0, 3, n)
y1 = x1 + (0.2 + 0.4 * x1) * rng.randn(n)
B = np.c_[np.ones(n), x1, x1 ** 2 / 3]
pinball = lambda W: np.mean(np.maximum(taus * (y1[:, None] - B @ W), (taus - 1) * (y1[:, None] - B @ W)))
W, W_avg = np.zeros((3, 3)), np.zeros((3, 3))
for t in range(1, 1501):
    resid = y1[:, None] - B @ W
    G = B.T @ (np.where(resid > 0, -taus, 1 - taus)) / n
    W = W - 0.5 / np.sqrt(t) * G
    W_avg += 4 / (t + 3) * (W - W_avg)
    if t % 500 == 0:
        print('t %4d pinball sum last %.4f average %.4f' % (t, pinball(W) * 3, pinball(W_avg) * 3))
print('share below each line', (y1[:, None] < B @ W_avg).mean(0))

# %% [markdown]
# ## 5. Ordinal logit. thresholds: t1, t1+exp(d2), t1+exp(d2)+exp(d3)
# %%
lat = X @ w_true * 0.7 + rng.logistic(size=n)
cls = np.digitize(lat, [-2, 0, 1.5])
w, raw = np.zeros(d), np.array([-1.0, 0.0, 0.0])
vw, vr = 0, 0
sg = lambda a: 1 / (1 + np.exp(-a))
for it in range(200):
    th = raw[0] + np.append(0, np.cumsum(np.exp(raw[1:])))
    edge = np.concatenate([[-np.inf], th, [np.inf]])
    eta = X @ w
    up, lo = sg(edge[cls + 1] - eta), sg(edge[cls] - eta)
    p = up - lo
    nll = -np.log(p).mean()
    dup, dlo = -up * (1 - up) / p / n, lo * (1 - lo) / p / n
    gw = -X.T @ (dup + dlo) + 1e-3 * w
    gth = np.bincount(cls + 1, dup, 5)[1:4] + np.bincount(cls, dlo, 5)[1:4]
    graw = np.append(gth.sum(), np.exp(raw[1:]) * [gth[1:].sum(), gth[2]])
    vw, vr = 0.9 * vw + gw, 0.9 * vr + graw
    w, raw = w - 0.2 * vw, raw - 0.2 * vr
    if it % 40 == 39:
        print('ordinal %3d nll %.5f' % (it + 1, nll + 0.5e-3 * w @ w))
print('thresholds', th, ' (truth -2, 0, 1.5)   w', w, ' truth', 0.7 * w_true)
