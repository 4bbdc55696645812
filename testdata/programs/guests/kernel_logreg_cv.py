"""
Kernel logistic regression with functional gradient descent in the RKHS.

f = sum_i a_i k(x_i, .);  objective  mean log(1+exp(-y f)) + lam/2 ||f||^2.
The functional gradient has coefficients  -y_i sigma(-y_i f_i)/n + lam a_i,
no multiplication by K needed.  (gamma, lam) chosen by 4-fold cross-validation.
"""
import itertools
import numpy as np

r = np.random.RandomState(19)


def rings(n):
    rad = np.where(r.rand(n) < 0.5, 1.0, 2.0)
    ang = 2 * np.pi * r.rand(n)
    X = np.stack([rad * np.cos(ang), rad * np.sin(ang)]).T + 0.35 * r.randn(n, 2)
    y = np.where(rad > 1.5, 1, -1)
    flip = r.rand(n) < 0.05
    y[flip] *= -1
    return X, y


def rbf(A, B, gamma):
    d2 = (A ** 2).sum(1)[:, None] + (B ** 2).sum(1)[None, :] - 2 * A @ B.T
    return np.exp(-gamma * np.maximum(d2, 0))


def objective(a, K, y, lam):
    f = K @ a
    return np.logaddexp(0, -y * f).mean() + 0.5 * lam * a @ f


def functional_gradient(a, K, y, lam):
    f = K @ a
    return -y / (1 + np.exp(y * f)) / len(y) + lam * a


def fit(K, y, lam, iters=150):
    n = len(y)
    a = np.zeros(n)
    # |K| <= n, so the curvature in the RKHS norm is at most  max eig / (4 n) + lam
    rate = 1.0 / (np.linalg.eigvalsh(K)[-1] / (4 * n) + lam)
    for _ in range(iters):
        a = a - rate * functional_gradient(a, K, y, lam)
    return a


def nll(K_cross, a, y):
    return np.logaddexp(0, -y * (K_cross @ a)).mean()


X, y = rings(200)
Xtest, ytest = rings(500)
folds = np.array_split(r.permutation(len(y)), 4)

table = {}
for gamma, lam in itertools.product([0.1, 1.0, 10.0], [1e-4, 1e-3, 1e-2, 1e-1]):
    scores = []
    for k in range(4):
        va = folds[k]
        tr = np.concatenate([folds[j] for j in range(4) if j != k])
        a = fit(rbf(X[tr], X[tr], gamma), y[tr], lam)
        scores.append(nll(rbf(X[va], X[tr], gamma), a, y[va]))
    table[gamma, lam] = np.mean(scores)
    print('gamma %5.1f  lam %.0e   cv log-loss %.4f (+- %.4f)' % (gamma, lam, np.mean(scores), np.std(scores)))

gamma, lam = min(table, key=table.get)
K = rbf(X, X, gamma)
a = fit(K, y, lam, 400)
Kt = rbf(Xtest, X, gamma)
print('best: gamma %.1f, lam %.0e, objective %.5f' % (gamma, lam, objective(a, K, y, lam)))
print('test log-loss %.4f, accuracy %.3f' % (nll(Kt, a, ytest), np.mean(np.sign(Kt @ a) == ytest)))
