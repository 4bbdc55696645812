# Ridge Poisson regression on count data: 5-fold CV over a grid of (lambda, learning rate), Rprop for the final fit.
import numpy as np
from itertools import product

rng = np.random.default_rng(30)
N = 250
hour = rng.integers(0, 24, N)
temp = rng.normal(15, 8, N)
weekend = rng.integers(0, 2, N)
design = np.column_stack([np.ones(N), np.sin(2 * np.pi * hour / 24), np.cos(2 * np.pi * hour / 24), (temp - 15) / 8,
                          weekend, weekend * np.sin(2 * np.pi * hour / 24)] + [rng.normal(size=N) for _ in range(6)])
coef = np.array([1.5, .6, -.4, .3, -.3, .4] + [0] * 6)
counts = rng.poisson(np.exp(design @ coef))

def fn(w, X, y, lam):
    eta = X @ w
    mu = np.exp(eta)
    pen = np.r_[0, w[1:]]                     # intercept is not penalised
    return np.mean(mu - y * eta) + 0.5 * lam * pen @ pen, X.T @ (mu - y) / len(y) + lam * pen

def deviance(w, X, y):
    mu = np.exp(X @ w)
    return 2 * np.mean(np.where(y > 0, y * np.log(np.maximum(y, 1) / mu), 0) - (y - mu))

def gd(X, y, lam, lr, iters=60):
    w = np.zeros(X.shape[1])
    for _ in range(iters):
        loss, g = fn(w, X, y, lam)
        w -= lr * g
    return w, loss

folds = np.array_split(rng.permutation(N), 5)
results = {}
for lam, lr in product([0.001, 0.03, 0.3], [0.02, 0.1]):
    dev = []
    for k in range(5):
        tr = np.concatenate([folds[j] for j in range(5) if j != k])
        w, loss = gd(design[tr], counts[tr], lam, lr)
        dev.append(deviance(w, design[folds[k]], counts[folds[k]]))
    results[lam, lr] = np.mean(dev)
    print(f'lam={lam:<6} lr={lr:<5} last train loss {loss:.4f}  cv deviance {np.mean(dev):.4f} +- {np.std(dev):.4f}')
best_lam, best_lr = min(results, key=results.get)
print('best:', best_lam, best_lr)

# final fit with Rprop-
w = np.zeros(design.shape[1])
delta, prev = np.full_like(w, 0.05), np.zeros_like(w)
for it in range(60):
    loss, g = fn(w, design, counts, best_lam)
    same = g * prev
    delta = np.where(same > 0, np.minimum(delta * 1.2, 1.0), np.where(same < 0, np.maximum(delta * 0.5, 1e-6), delta))
    w -= np.sign(g) * delta
    prev = g
    if it % 10 == 0:
        print('rprop', it, round(loss, 5))
print('final loss', round(fn(w, design, counts, best_lam)[0], 5), 'coef', np.round(w[:6], 2))
