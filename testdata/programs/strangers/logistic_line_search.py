"""Binary logistic regression, full batch, Armijo backtracking.

Functional style: objective factories and a generic minimiser that is a
generator of iterates.
"""
import numpy as np
from functools import partial


def standardiser(sample):
    centre, scale = sample.mean(axis=0), sample.std(axis=0)
    return lambda A: (A - centre) / scale


def with_ones(A):
    return np.hstack([A, np.ones((A.shape[0], 1))])


def make_objective(A, s, penalty):
    """Labels s are -1/+1; the last coordinate of w is the intercept."""
    n = s.size
    keep = np.ones(A.shape[1])
    keep[-1] = 0.0

    def value(w):
        margin = s * (A @ w)
        return np.logaddexp(0.0, -margin).sum() / n + 0.5 * penalty * np.sum(keep * w ** 2)

    def slope(w):
        margin = s * (A @ w)
        sig = 1.0 / (1.0 + np.exp(margin))
        return -(A.T @ (s * sig)) / n + penalty * keep * w

    return value, slope


def backtrack(value, w, fw, g, direction, start, shrink=0.5, c1=1e-3, tries=40):
    descent = g @ direction
    step = start
    for _ in range(tries):
        candidate = w + step * direction
        if value(candidate) <= fw + c1 * step * descent:
            break
        step *= shrink
    return step


def conjugate_gradient(value, slope, w0, search, tol=1e-6):
    """Polak-Ribiere(+) directions; yields (w, f, |g|, step)."""
    w = w0.copy()
    g = slope(w)
    direction = -g
    step = 1.0
    while True:
        fw = value(w)
        step = search(value, w, fw, g, direction, start=2.0 * step)
        w = w + step * direction
        g_new = slope(w)
        yield w, value(w), np.linalg.norm(g_new), step
        if np.linalg.norm(g_new) < tol:
            return
        beta = max(0.0, g_new @ (g_new - g) / (g @ g))
        direction = -g_new + beta * direction
        if direction @ g_new >= 0:
            direction = -g_new
        g = g_new


def accuracy(A, s, w):
    return np.mean(np.where(A @ w > 0, 1, -1) == s)


def toy_data(rng, n=400, d=6):
    truth = rng.normal(size=d)
    raw = rng.normal(size=(n, d)) * rng.uniform(0.5, 4, d) + rng.uniform(-2, 2, d)
    score = (raw - raw.mean(axis=0)) @ truth * 0.5 + 0.7
    s = np.where(rng.random(n) < 1 / (1 + np.exp(-score)), 1, -1)
    return raw, s


rng = np.random.default_rng(2024)
raw, s = toy_data(rng)
scale = standardiser(raw[:300])
A_train, A_test = with_ones(scale(raw[:300])), with_ones(scale(raw[300:]))
s_train, s_test = s[:300], s[300:]

value, slope = make_objective(A_train, s_train, penalty=0.01)
search = partial(backtrack, shrink=0.5, c1=1e-3)
w = np.zeros(A_train.shape[1])
for it, (w, f, gn, step) in enumerate(conjugate_gradient(value, slope, w, search), 1):
    print(f"{it:2d}  f = {f:.8f}   |g| = {gn:.2e}   step = {step:.4f}")
    if it == 25:
        break
print("train accuracy", accuracy(A_train, s_train, w))
print("test accuracy ", accuracy(A_test, s_test, w))
print("weights", np.round(w, 4))
