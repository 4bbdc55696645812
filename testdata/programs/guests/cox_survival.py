#!/usr/bin/env python
"""Elastic-net Cox regression on simulated gene expression.
Breslow partial likelihood, proximal gradient (soft threshold) for the L1 part."""
import numpy as np

rng = np.random.RandomState(1909)
n_genes = 40


def simulate(n, beta):
    # correlated blocks of 5 genes
    block = np.repeat(rng.randn(n, n_genes // 5), 5, axis=1)
    X = 0.6 * block + 0.8 * rng.randn(n, n_genes) + 2.0
    risk = np.exp((X - 2.0) @ beta)
    event_time = rng.exponential(1.0 / risk)
    censor_time = rng.exponential(2.0, n)
    time = np.minimum(event_time, censor_time)
    time = np.ceil(time * 25) / 25          # measured in two-week units: ties
    event = (event_time <= censor_time).astype(int)
    return X, time, event


def neg_log_partial_likelihood(beta, X, time, event):
    """-1/n * sum over events of [x_i beta - log sum_{j at risk} exp(x_j beta)], and gradient"""
    n = len(time)
    order = np.argsort(-time, kind='stable')       # latest first: risk sets are prefixes
    Xs, ts, ds = X[order], time[order], event[order]
    eta = Xs @ beta
    shift = eta.max()
    w = np.exp(eta - shift)
    cum_w = np.cumsum(w)
    cum_wx = np.cumsum(w[:, None] * Xs, axis=0)
    # with ties the risk set runs to the last row with the same time
    last = np.searchsorted(-ts, -ts, side='right') - 1
    S0, S1 = cum_w[last], cum_wx[last]
    loglik = np.sum(ds * (eta - shift - np.log(S0)))
    grad = (ds[:, None] * (Xs - S1 / S0[:, None])).sum(axis=0)
    return -loglik / n, -grad / n


def soft_threshold(b, t):
    return np.sign(b) * np.maximum(np.abs(b) - t, 0.0)


def fit(X, time, event, lam, l1_ratio=0.8, step=0.3, n_iter=400, beta0=None):
    beta = np.zeros(X.shape[1]) if beta0 is None else beta0.copy()
    for it in range(n_iter):
        _, g = neg_log_partial_likelihood(beta, X, time, event)
        g = g + lam * (1 - l1_ratio) * beta
        new = soft_threshold(beta - step * g, step * lam * l1_ratio)
        moved = np.abs(new - beta).max()
        beta = new
        if moved < 1e-6:
            break
    return beta


def objective(beta, X, time, event, lam, l1_ratio=0.8):
    f, _ = neg_log_partial_likelihood(beta, X, time, event)
    return f + lam * (l1_ratio * np.abs(beta).sum() + 0.5 * (1 - l1_ratio) * (beta ** 2).sum())


def concordance(score, time, event):
    good = pairs = 0.0
    for i in range(len(time)):
        if event[i] == 0:
            continue
        later = time > time[i]
        pairs += later.sum()
        good += (score[i] > score[later]).sum() + 0.5 * (score[i] == score[later]).sum()
    return good / pairs


true_beta = np.zeros(n_genes)
true_beta[[0, 6, 12, 20]] = [0.8, -0.7, 0.6, -0.5]
X, time, event = simulate(300, true_beta)
Xv, tv, ev = simulate(150, true_beta)
Xt, tt, et = simulate(300, true_beta)

mu, sd = X.mean(axis=0), X.std(axis=0)
X, Xv, Xt = (X - mu) / sd, (Xv - mu) / sd, (Xt - mu) / sd

print('events: %d of %d' % (event.sum(), len(event)))
beta = None
path = []
for lam in [0.2, 0.1, 0.05, 0.025, 0.0125, 0.006]:
    beta = fit(X, time, event, lam, beta0=beta)           # warm start along the path
    dev = neg_log_partial_likelihood(beta, Xv, tv, ev)[0]
    path.append((dev, lam, beta))
    print('lambda %.4f  objective %.4f  non-zero %2d  validation deviance %.4f  C-index %.4f'
          % (lam, objective(beta, X, time, event, lam), (beta != 0).sum(), dev, concordance(Xv @ beta, tv, ev)))

dev, lam, beta = min(path, key=lambda r: r[0])
print('chosen lambda', lam)
for g in np.argsort(-np.abs(beta))[:6]:
    print('  gene_%02d  beta %+.4f' % (g, beta[g]))
print('test C-index: %.4f' % concordance(Xt @ beta, tt, et))
