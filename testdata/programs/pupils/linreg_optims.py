"""
Comparing optimisers on ridge regression.
Every optimiser is a closure: opt(w, grad, state, k) -> new w
"""
import numpy as np


def sgd(lr):
    def step(w, g, s, k):
        return w - lr * g
    return step


def momentum(lr, beta=0.9):
    def step(w, g, s, k):
        s['v'] = beta * s.get('v', 0) + (1 - beta) * g
        return w - lr * s['v']
    return step


def nesterov(lr, beta=0.9):
    # the "rearranged" form, with the gradient at the current point
    def step(w, g, s, k):
        v_prev = s.get('v', 0)
        v = beta * v_prev - lr * g
        s['v'] = v
        return w - beta * v_prev + (1 + beta) * v
    return step


def adagrad(lr, eps=1e-8):
    def step(w, g, s, k):
        s['G'] = s.get('G', 0) + g ** 2
        return w - lr * g / (np.sqrt(s['G']) + eps)
    return step


def rmsprop(lr, rho=0.9, eps=1e-8):
    def step(w, g, s, k):
        s['E'] = rho * s.get('E', 0) + (1 - rho) * g ** 2
        return w - lr * g / (np.sqrt(s['E']) + eps)
    return step


def adam(lr, b1=0.9, b2=0.999, eps=1e-8):
    def step(w, g, s, k):
        s['m'] = b1 * s.get('m', 0) + (1 - b1) * g
        s['u'] = b2 * s.get('u', 0) + (1 - b2) * g * g
        m_hat = s['m'] / (1 - b1 ** k)
        u_hat = s['u'] / (1 - b2 ** k)
        return w - lr * m_hat / (np.sqrt(u_hat) + eps)
    return step


def make_problem(seed=4):
    rng = np.random.RandomState(seed)
    n, d = 300, 8
    X = rng.randn(n, d) @ (np.eye(d) + 0.3 * rng.randn(d, d))
    w_true = rng.randn(d) * 2
    y = X @ w_true + 1.5 + 0.3 * rng.randn(n)
    return X[:200], y[:200], X[200:], y[200:]


def predict(X, w):
    return X @ w[:-1] + w[-1]


def ridge_loss(X, y, w, lam):
    r = predict(X, w) - y
    return np.mean(r ** 2) + lam * np.sum(w[:-1] ** 2)


def ridge_grad(X, y, w, lam):
    r = predict(X, w) - y
    g = np.empty_like(w)
    g[:-1] = 2 * X.T @ r / len(y) + 2 * lam * w[:-1]
    g[-1] = 2 * r.mean()
    return g


def r_squared(X, y, w):
    res = np.sum((y - predict(X, w)) ** 2)
    return 1 - res / np.sum((y - y.mean()) ** 2)


def train(name, opt, X, y, X_test, y_test, lam=0.01, epochs=12, batch=20):
    rng = np.random.RandomState(0)
    w = np.zeros(X.shape[1] + 1)
    state, k = {}, 0
    curve = []
    for epoch in range(epochs):
        perm = rng.permutation(len(y))
        for i in range(0, len(y), batch):
            rows = perm[i:i + batch]
            g = ridge_grad(X[rows], y[rows], w, lam)
            k += 1
            w = opt(w, g, state, k)
        curve.append(ridge_loss(X, y, w, lam))
    print('%-9s' % name, ' '.join('%8.4f' % c for c in curve[::3]),
          '| final %.5f  test R2 %.5f' % (curve[-1], r_squared(X_test, y_test, w)))
    return w


X, y, X_test, y_test = make_problem()
print('start loss %.4f' % ridge_loss(X, y, np.zeros(9), 0.01))
for name, opt in [('sgd', sgd(0.05)), ('momentum', momentum(0.05)), ('nesterov', nesterov(0.01)),
                  ('adagrad', adagrad(0.5)), ('rmsprop', rmsprop(0.05)), ('adam', adam(0.1))]:
    w = train(name, opt, X, y, X_test, y_test)
