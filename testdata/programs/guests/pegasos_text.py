# online linear classifiers on bag-of-words "spam": perceptron, averaged perceptron, Pegasos SVM
import numpy as np
rng = np.random.RandomState(64)

n_words = 60
spam_p = rng.dirichlet(0.4 * np.ones(n_words))
ham_p = rng.dirichlet(0.4 * np.ones(n_words))
common = rng.dirichlet(2 * np.ones(n_words))


def mail():
    label = 1 if rng.rand() < 0.4 else -1
    p = 0.35 * (spam_p if label == 1 else ham_p) + 0.65 * common
    counts = rng.multinomial(rng.randint(8, 25), p)
    x = np.log1p(counts)
    return np.append(x / np.linalg.norm(x), 1.0), label       # last column: bias


def dataset(n):
    rows = [mail() for _ in range(n)]
    return np.array([r[0] for r in rows]), np.array([r[1] for r in rows])


def perceptron(X, y, passes):
    w = np.zeros(X.shape[1])
    total, steps = np.zeros_like(w), 0
    for _ in range(passes):
        for i in rng.permutation(len(y)):
            if y[i] * (w @ X[i]) <= 0:
                w = w + y[i] * X[i]
            total += w
            steps += 1
    return w, total / steps


def svm_objective(w, X, y, lam):
    """lam/2 |w|^2 + mean hinge"""
    return 0.5 * lam * w @ w + np.maximum(0, 1 - y * (X @ w)).mean()


def svm_subgradient(w, xb, yb, lam):
    viol = yb * (xb @ w) < 1
    return lam * w - (yb[viol, None] * xb[viol]).sum(axis=0) / len(yb)


def pegasos(X, y, lam, T, k):
    """mini-batch Pegasos with the projection step; second half of the iterates averaged"""
    w = np.zeros(X.shape[1])
    avg, n_avg = np.zeros_like(w), 0
    radius = 1 / np.sqrt(lam)
    for t in range(1, T + 1):
        pick = rng.choice(len(y), k, replace=False)
        w -= svm_subgradient(w, X[pick], y[pick], lam) / (lam * t)
        norm = np.sqrt(w @ w)
        if norm > radius:
            w *= radius / norm
        if t > T // 2:
            avg += w
            n_avg += 1
        if t in (10, 100, 1000, T):
            print('   t=%5d  objective %.4f' % (t, svm_objective(w, X, y, lam)))
    return avg / n_avg


def error(w, X, y):
    return np.mean(np.where(X @ w > 0, 1, -1) != y)


X, y = dataset(1000)
Xt, yt = dataset(1000)
w_last, w_avg = perceptron(X, y, 5)
print('perceptron           train error %.3f   test error %.3f' % (error(w_last, X, y), error(w_last, Xt, yt)))
print('averaged perceptron  train error %.3f   test error %.3f' % (error(w_avg, X, y), error(w_avg, Xt, yt)))
for lam in (0.1, 0.01, 0.001):
    print('pegasos, lambda =', lam)
    w = pegasos(X, y, lam, 3000, 5)
    print('   averaged: objective %.4f  train error %.3f   test error %.3f'
          % (svm_objective(w, X, y, lam), error(w, X, y), error(w, Xt, yt)))
