# Negative binomial regression (NB2: var = mu + mu^2/r) fitted by gradient descent with Barzilai-Borwein steps.
import math
import numpy as np

rng = np.random.default_rng(50)
n = 400
X = np.column_stack([np.ones(n), rng.normal(size=n), rng.binomial(1, 0.4, n)])
exposure = rng.uniform(0.5, 2.0, n)
beta_true, r_true = np.array([0.8, 0.5, -0.7]), 2.0
mu_true = exposure * np.exp(X @ beta_true)
y = rng.poisson(rng.gamma(r_true, mu_true / r_true))

lgamma = np.vectorize(math.lgamma, otypes=[float])

def digamma(x):
    # recurrence up to x >= 6, then the asymptotic series
    x = np.array(x, dtype=float)
    res = np.zeros_like(x)
    for _ in range(6):
        small = x < 6
        res = np.where(small, res - 1 / x, res)
        x = np.where(small, x + 1, x)
    i2 = 1 / x ** 2
    return res + np.log(x) - 0.5 / x - i2 * (1 / 12 - i2 * (1 / 120 - i2 / 252))

lgamma_y1 = lgamma(y + 1)

def objective(w):
    beta, r = w[:-1], np.exp(w[-1])
    eta = X @ beta + np.log(exposure)
    mu = np.exp(eta)
    ll = lgamma(y + r) - math.lgamma(r) - lgamma_y1 + r * np.log(r / (r + mu)) + y * np.log(mu / (r + mu))
    d_eta = y - (y + r) * mu / (r + mu)
    d_r = digamma(y + r) - digamma(r) + np.log(r / (r + mu)) + 1 - (r + y) / (r + mu)
    grad = -np.append(X.T @ d_eta, r * d_r.sum()) / n
    return -ll.mean(), grad

w = np.zeros(X.shape[1] + 1)
f, g = objective(w)
t = 0.1
for k in range(40):
    w_new = w - t * g
    f_new, g_new = objective(w_new)
    s, yk = w_new - w, g_new - g
    denom = s @ yk
    t = (s @ s) / denom if denom > 1e-12 else 0.1      # BB1
    t = min(t, 2.0)
    w, f, g = w_new, f_new, g_new
    if k % 4 == 0:
        print(f'k={k:2d}  nll={f:.6f}  |g|={np.abs(g).max():.2e}')
    if np.abs(g).max() < 1e-7:
        break
print('beta', np.round(w[:-1], 3), 'r', round(float(np.exp(w[-1])), 3))
