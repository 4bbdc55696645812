"""
Quantile regression with an RBF network (centres, widths and weights all learned),
Rprop, k-fold cross validation over the number of centres.
"""
import numpy as np

TAUS = np.array([0.1, 0.5, 0.9])


class RbfQuantiles:
    names = ('centres', 'logw', 'out', 'lin', 'bias')

    def __init__(self, X, t, m, seed):
        r = np.random.RandomState(seed)
        self.centres = X[r.choice(len(X), m, replace=False)] + 0.01 * r.randn(m, X.shape[1])
        self.logw = np.full(m, np.log(0.8))
        self.out = 0.1 * r.randn(m, len(TAUS))
        self.lin = np.zeros((X.shape[1], len(TAUS)))
        self.bias = np.quantile(t, TAUS)

    def hidden(self, X):
        diff = X[:, None, :] - self.centres[None, :, :]      # n, m, d
        dist2 = np.sum(diff ** 2, axis=2)
        phi = np.exp(-0.5 * dist2 * np.exp(-2 * self.logw))
        return diff, dist2, phi

    def __call__(self, X):
        return self.hidden(X)[2] @ self.out + X @ self.lin + self.bias

    def pinball(self, X, t):
        u = t[:, None] - self(X)
        return np.mean(np.maximum(TAUS * u, (TAUS - 1) * u))

    def objective(self, X, t, ridge):
        return self.pinball(X, t) + 0.5 * ridge * np.sum(self.out ** 2)

    def gradient(self, X, t, ridge):
        n = len(X)
        diff, dist2, phi = self.hidden(X)
        f = phi @ self.out + X @ self.lin + self.bias
        u = t[:, None] - f
        df = np.where(u > 0, -TAUS, 1 - TAUS) / (n * len(TAUS))
        g = {}
        g['out'] = phi.T @ df + ridge * self.out
        g['lin'] = X.T @ df
        g['bias'] = df.sum(axis=0)
        dphi = df @ self.out.T
        q = dphi * phi
        inv = np.exp(-2 * self.logw)
        g['centres'] = inv[:, None] * np.einsum('nm,nmd->md', q, diff)
        g['logw'] = inv * np.sum(q * dist2, axis=0)
        return g


def rprop_minus(model, X, t, iters, ridge, up=1.2, down=0.5, smax=0.2, smin=1e-6):
    step = {k: np.full_like(getattr(model, k), 0.01) for k in model.names}
    old = {k: np.zeros_like(getattr(model, k)) for k in model.names}
    history = []
    for i in range(iters):
        g = model.gradient(X, t, ridge)
        for k in model.names:
            agree = g[k] * old[k]
            factor = np.where(agree > 0, up, np.where(agree < 0, down, 1.0))
            step[k] = np.clip(step[k] * factor, smin, smax)
            g[k][agree < 0] = 0.0
            w = getattr(model, k)
            w -= np.sign(g[k]) * step[k]
            old[k] = g[k]
        history.append(model.objective(X, t, ridge))
    return history


def folds(n, k, rs):
    idx = rs.permutation(n)
    parts = np.array_split(idx, k)
    for j in range(k):
        yield np.concatenate(parts[:j] + parts[j + 1:]), parts[j]


def toy(rs, n):
    X = rs.uniform(-2, 2, (n, 2))
    centre = np.sin(1.5 * X[:, 0]) + 0.4 * X[:, 1] ** 2
    spread = 0.15 + 0.35 / (1 + np.exp(-2 * X[:, 1]))
    return X, centre + spread * rs.randn(n)


if __name__ == '__main__':
    rs = np.random.RandomState(21)
    X, t = toy(rs, 320)
    Xt, tt = toy(rs, 300)

    scores = {}
    for m in (3, 6, 10):
        per_fold = []
        for f, (tr, va) in enumerate(folds(len(X), 4, rs)):
            net = RbfQuantiles(X[tr], t[tr], m, seed=f)
            hist = rprop_minus(net, X[tr], t[tr], 45, ridge=1e-3)
            per_fold.append(net.pinball(X[va], t[va]))
        scores[m] = np.mean(per_fold)
        print('centres %2d  cv pinball %.4f +- %.4f   last train %.4f'
              % (m, scores[m], np.std(per_fold), hist[-1]))

    best = min(scores, key=scores.get)
    model = RbfQuantiles(X, t, best, seed=99)
    hist = rprop_minus(model, X, t, 120, ridge=1e-3)
    for i in range(0, len(hist), 30):
        print('  refit iteration %3d  objective %.5f' % (i, hist[i]))
    q = model(Xt)
    print('refit with', best, 'centres: test pinball %.4f' % model.pinball(Xt, tt))
    print('coverage below each quantile:', np.round((tt[:, None] < q).mean(axis=0), 3))
