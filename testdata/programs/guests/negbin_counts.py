"""Number of doctor visits: NB2 regression with exposure, estimated by maximum likelihood
(gradient ascent + Armijo backtracking).  Replicates what Stata's -nbreg- would report."""
import math
import numpy as np

rng = np.random.default_rng(1987)
lgamma = np.vectorize(math.lgamma)


def digamma(x):
    """psi(x) by upward recurrence and the asymptotic series"""
    x = np.array(x, dtype=float)
    out = np.zeros_like(x)
    while np.any(x < 8):
        small = x < 8
        out[small] -= 1 / x[small]
        x[small] += 1
    r = 1 / x ** 2
    return out + np.log(x) - 0.5 / x - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r / 240)))


def loglike_obs(params, y, X, lnexp):
    """log-likelihood of each observation; params = [beta, ln alpha]"""
    beta, lnalpha = params[:-1], params[-1]
    mu = np.exp(X @ beta + lnexp)
    k = np.exp(-lnalpha)                       # k = 1 / alpha
    return (lgamma(y + k) - lgamma(k + 0 * y) - lgamma(y + 1.0)
            + k * np.log(k / (k + mu)) + y * np.log(mu / (k + mu)))


def scores(params, y, X, lnexp):
    """one row per observation"""
    beta, lnalpha = params[:-1], params[-1]
    mu = np.exp(X @ beta + lnexp)
    k = np.exp(-lnalpha)
    s_eta = k * (y - mu) / (k + mu)
    s_k = digamma(y + k) - digamma(k + 0 * y) + np.log(k / (k + mu)) + 1 - (k + y) / (k + mu)
    s_lnalpha = -k * s_k
    return np.column_stack([s_eta[:, None] * X, s_lnalpha])


def estimate(y, X, lnexp, maxit=600, tol=1e-7):
    params = np.zeros(X.shape[1] + 1)
    params[0] = np.log(y.sum() / np.exp(lnexp).sum())
    n = len(y)
    ll = loglike_obs(params, y, X, lnexp).sum()
    step = 1.0
    for it in range(maxit):
        g = scores(params, y, X, lnexp).mean(axis=0)
        if np.max(np.abs(g)) < tol:
            break
        step = min(step * 2, 20.0)
        while True:
            trial = params + step * g
            ll_trial = loglike_obs(trial, y, X, lnexp).sum()
            if ll_trial >= ll + 1e-4 * n * step * (g @ g) or step < 1e-10:
                break
            step /= 2
        params, ll = trial, ll_trial
        if it % 20 == 0:
            print(f'Iteration {it:3d}: log likelihood = {ll:.5f}')
    print(f'Iteration {it:3d}: log likelihood = {ll:.5f}  (gradient {np.max(np.abs(g)):.1e})')
    return params, ll


# ---------------------------------------------------------------- data
n = 800
age = rng.uniform(20, 70, n)
income = rng.lognormal(3.3, 0.4, n)
insured = (rng.random(n) < 0.6).astype(float)
months = rng.integers(3, 13, n)
X = np.column_stack([np.ones(n), (age - 45) / 10, np.log(income) - 3.3, insured])
true = np.array([-1.4, 0.25, -0.3, 0.5])
alpha_true = 0.7
mu = months * np.exp(X @ true)
y = rng.poisson(mu * rng.gamma(1 / alpha_true, alpha_true, n)).astype(float)

estim, hold = slice(0, 600), slice(600, None)
params, ll = estimate(y[estim], X[estim], np.log(months[estim]))

S = scores(params, y[estim], X[estim], np.log(months[estim]))
se = np.sqrt(np.diag(np.linalg.inv(S.T @ S)))            # BHHH / OPG
print('\n%-10s %9s %9s %8s' % ('', 'Coef.', 'OPG s.e.', 'z'))
for name, c, s in zip(['_cons', 'age10', 'lnincome', 'insured', '/lnalpha'], params, se):
    print('%-10s %9.4f %9.4f %8.2f' % (name, c, s, c / s))
print('alpha = %.4f (true %.2f)' % (np.exp(params[-1]), alpha_true))

null, ll0 = estimate(y[estim], X[estim][:, :1], np.log(months[estim]))
print('LR chi2(3) = %.2f, pseudo R2 = %.4f' % (2 * (ll - ll0), 1 - ll / ll0))
print('hold-out mean log-lik: full %.4f, constant only %.4f' % (
    loglike_obs(params, y[hold], X[hold], np.log(months[hold])).mean(),
    loglike_obs(null, y[hold], X[hold][:, :1], np.log(months[hold])).mean()))
