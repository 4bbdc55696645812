"""Cox regression, Breslow ties.

(1) linear predictor, elastic net, accelerated proximal gradient (FISTA) with backtracking
(2) the linear predictor replaced by a small SELU network, plain gradient steps with momentum
Both share `partial_likelihood`, which returns the value and the derivative with respect
to the risk scores only.
"""
import numpy as np

A, L = 1.6732632423543772, 1.0507009873554805      # SELU constants


def simulate(n, seed):
    r = np.random.RandomState(seed)
    X = r.randn(n, 12)
    risk = 1.0 * X[:, 0] - 0.8 * X[:, 1] + 0.9 * np.abs(X[:, 2])
    T = r.exponential(1, n) * np.exp(-risk)
    C = r.exponential(3, n)
    time = np.ceil(np.minimum(T, C) * 20) / 20      # rounding makes ties
    return X, time, (T <= C).astype(float)


def partial_likelihood(eta, time, event):
    """mean negative log partial likelihood and d/d eta"""
    n = len(eta)
    order = np.argsort(-time, kind='stable')
    e, d, t = eta[order], event[order], time[order]
    shift = e.max()
    w = np.exp(e - shift)
    csum = np.cumsum(w)
    # tied times share the risk set that ends with the last of them
    last = np.searchsorted(-t, -t, side='right') - 1
    S = csum[last]
    value = -np.sum(d * (e - shift - np.log(S))) / n
    # every subject j is in the risk set of all events with t_i <= t_j
    contrib = d / S
    first = np.searchsorted(-t, -t, side='left')
    tail = np.cumsum(contrib[::-1])[::-1]
    g = -(d - w * tail[first]) / n
    out = np.empty(n)
    out[order] = g
    return value, out


def concordance(eta, time, event):
    i, j = np.where((time[:, None] < time[None, :]) & (event[:, None] == 1))
    return np.mean((eta[i] > eta[j]) + 0.5 * (eta[i] == eta[j]))


def fista(X, time, event, l1=0.02, l2=0.01, iters=60):
    beta = np.zeros(X.shape[1])
    z, tk, step = beta.copy(), 1.0, 8.0

    def smooth(b):
        f, g = partial_likelihood(X @ b, time, event)
        return f + 0.5 * l2 * b @ b, X.T @ g + l2 * b

    for k in range(iters):
        f, g = smooth(z)
        while True:
            u = z - step * g
            new = np.sign(u) * np.maximum(np.abs(u) - step * l1, 0)
            diff = new - z
            if smooth(new)[0] <= f + g @ diff + diff @ diff / (2 * step) + 1e-13:
                break
            step *= 0.5
        t_next = (1 + np.sqrt(1 + 4 * tk * tk)) / 2
        z = new + (tk - 1) / t_next * (new - beta)
        beta, tk = new, t_next
        if k % 15 == 0:
            print('  %2d objective %.5f nonzero %d step %.3g' % (k, smooth(beta)[0] + l1 * np.abs(beta).sum(), np.count_nonzero(beta), step))
    return beta


def selu(x):
    return L * np.where(x > 0, x, A * np.expm1(np.minimum(x, 0)))


def dselu(x):
    return L * np.where(x > 0, 1.0, A * np.exp(np.minimum(x, 0)))


class DeepCox:
    def __init__(self, d, h, seed=0):
        r = np.random.RandomState(seed)
        self.w1, self.b1 = r.randn(d, h) / np.sqrt(d), np.zeros(h)
        self.w2 = r.randn(h) / np.sqrt(h)            # no output bias: it cancels
        self.v = [0, 0, 0]

    def eta(self, X):
        return selu(X @ self.w1 + self.b1) @ self.w2

    def gradient(self, X, time, event):
        a = X @ self.w1 + self.b1
        s = selu(a)
        f, de = partial_likelihood(s @ self.w2, time, event)
        da = np.outer(de, self.w2) * dselu(a)
        return f, [X.T @ da, da.sum(0), s.T @ de]

    def fit(self, X, time, event, epochs=80, lr=0.6, mu=0.9, wd=2e-2, batch=100, seed=1):
        r = np.random.RandomState(seed)
        for ep in range(epochs):
            tot = 0
            idx = r.permutation(len(X))
            for part in np.split(idx, len(X) // batch):
                f, g = self.gradient(X[part], time[part], event[part])
                tot += f
                for k, name in enumerate(('w1', 'b1', 'w2')):
                    p = getattr(self, name)
                    if name != 'b1':
                        g[k] = g[k] + wd * p
                    self.v[k] = mu * self.v[k] + (1 - mu) * g[k]
                    setattr(self, name, p - lr * self.v[k])
            if ep % 16 == 0:
                print('  epoch %d  loss %.4f' % (ep + 1, tot / (len(X) // batch)))


if __name__ == '__main__':
    X, time, event = simulate(500, 0)
    Xt, tt, et = simulate(300, 1)
    print('events: %d of %d, distinct times: %d' % (event.sum(), len(event), len(np.unique(time))))
    print('linear')
    beta = fista(X, time, event)
    print('  beta', np.round(beta, 2))
    print('  test concordance %.3f' % concordance(Xt @ beta, tt, et))
    print('network')
    net = DeepCox(12, 16)
    net.fit(X, time, event)
    print('  test concordance %.3f' % concordance(net.eta(Xt), tt, et))
