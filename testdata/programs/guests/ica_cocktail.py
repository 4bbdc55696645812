"""Cocktail party: blind source separation, infomax ICA with Amari's natural gradient.
Signals are rows (channels x time) as in the signal-processing literature."""
import numpy as np

rng = np.random.default_rng(4)
T = 4000
t = np.arange(T) / 200.0

S = np.vstack([rng.laplace(size=T),
               np.sign(rng.standard_normal(T)) * rng.exponential(1.0, T) ** 1.3,
               rng.standard_t(3, size=T)])
S /= S.std(axis=1, keepdims=True)
A = rng.uniform(-1, 1, (3, 3)) + np.eye(3)
X = A @ S


def whiten(X):
    Xc = X - X.mean(axis=1, keepdims=True)
    lam, E = np.linalg.eigh(np.cov(Xc))
    V = E @ np.diag(lam ** -0.5) @ E.T
    return V @ Xc, V


def loglik(W, Z):
    """average log likelihood under p(s) = 1 / (pi cosh s)"""
    Y = W @ Z
    logcosh = np.abs(Y) + np.log1p(np.exp(-2 * np.abs(Y))) - np.log(2)
    return -(logcosh + np.log(np.pi)).sum(axis=0).mean() + np.linalg.slogdet(W)[1]


def natural_gradient(W, Z):
    Y = W @ Z
    return (np.eye(len(W)) - np.tanh(Y) @ Y.T / Z.shape[1]) @ W


def amari_index(P):
    """0 for a perfect permutation/scaling"""
    P = np.abs(P)
    n = len(P)
    rows = (P / P.max(axis=1, keepdims=True)).sum() - n
    cols = (P / P.max(axis=0, keepdims=True)).sum() - n
    return (rows + cols) / (2 * n * (n - 1))


def blocks(Z, size):
    order = rng.permutation(Z.shape[1])
    for k in range(0, Z.shape[1], size):
        yield Z[:, order[k:k + size]]


Z, V = whiten(X)
W = np.eye(3)
mu = 0.1
print('before: log-lik %.4f, Amari index %.4f' % (loglik(W, Z), amari_index(W @ V @ A)))
for sweep in range(1, 41):
    for block in blocks(Z, 200):
        W += mu * natural_gradient(W, block)
    mu *= 0.93
    if sweep % 8 == 0:
        print('sweep %2d: log-lik %.4f, Amari index %.4f' % (sweep, loglik(W, Z), amari_index(W @ V @ A)))

Y = W @ Z
C = np.abs(np.corrcoef(np.vstack([Y, S]))[:3, 3:])
print('best |correlation| with each source:', C.max(axis=0).round(3))
