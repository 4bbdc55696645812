"""Load forecasting toy: one net, five quantiles, pinball loss. RMSprop (with momentum),
reduce-on-plateau, and the second half of the training is resumed from a snapshot in memory."""
import io
import numpy as np

TAUS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
LAGS = 6


def series(n, seed):
    r = np.random.default_rng(seed)
    y = np.zeros(n)
    for t in range(1, n):
        season = np.sin(2 * np.pi * t / 24)
        y[t] = 0.6 * y[t - 1] + season + (0.15 + 0.25 * (season > 0)) * r.standard_normal()
    return y


def windows(y):
    t = np.arange(LAGS, len(y))
    lags = np.stack([y[t - k] for k in range(1, LAGS + 1)], axis=1)
    clock = np.stack([np.sin(2 * np.pi * t / 24), np.cos(2 * np.pi * t / 24)], axis=1)
    return np.hstack([lags, clock]), y[t]


class QuantileNet:
    names = ('W1', 'b1', 'W2', 'b2', 'W3', 'b3')

    def __init__(self, n_in, h, seed):
        r = np.random.default_rng(seed)
        self.W1 = r.normal(0, 1 / np.sqrt(n_in), (n_in, h)); self.b1 = np.zeros(h)
        self.W2 = r.normal(0, 1 / np.sqrt(h), (h, h)); self.b2 = np.zeros(h)
        self.W3 = r.normal(0, 1 / np.sqrt(h), (h, len(TAUS))); self.b3 = np.zeros(len(TAUS))

    def __call__(self, x):
        self.x = x
        z = x @ self.W1 + self.b1
        self.a1, self.s1 = np.where(z > 0, z, np.expm1(np.minimum(z, 0))), np.where(z > 0, 1, np.exp(np.minimum(z, 0)))
        z = self.a1 @ self.W2 + self.b2
        self.a2, self.s2 = np.where(z > 0, z, np.expm1(np.minimum(z, 0))), np.where(z > 0, 1, np.exp(np.minimum(z, 0)))
        return self.a2 @ self.W3 + self.b3

    def grad(self, dq):
        g = {'W3': self.a2.T @ dq, 'b3': dq.sum(0)}
        d = dq @ self.W3.T * self.s2
        g.update(W2=self.a1.T @ d, b2=d.sum(0))
        d = d @ self.W2.T * self.s1
        g.update(W1=self.x.T @ d, b1=d.sum(0))
        return g


def pinball(q, y):
    """mean over rows, sum over quantiles"""
    u = y[:, None] - q
    loss = np.maximum(TAUS * u, (TAUS - 1) * u).sum(1).mean()
    return loss, np.where(u > 0, -TAUS, 1 - TAUS) / len(y)


class Trainer:
    def __init__(self, net, lr=4e-3, rho=0.95, mom=0.8):
        self.net, self.lr, self.rho, self.mom = net, lr, rho, mom
        self.sq = {k: np.zeros_like(getattr(net, k)) for k in net.names}
        self.buf = {k: np.zeros_like(getattr(net, k)) for k in net.names}
        self.best, self.wait, self.epoch = np.inf, 0, 0
        self.rng = np.random.default_rng(5)

    def run_epoch(self, X, y, bs=64):
        order = self.rng.permutation(len(y))
        for s in range(0, len(y), bs):
            i = order[s:s + bs]
            _, d = pinball(self.net(X[i]), y[i])
            for k, g in self.net.grad(d).items():
                self.sq[k] = self.rho * self.sq[k] + (1 - self.rho) * g * g
                self.buf[k] = self.mom * self.buf[k] + g / np.sqrt(self.sq[k] + 1e-8)
                setattr(self.net, k, getattr(self.net, k) - self.lr * (1 - self.mom) * self.buf[k])
        self.epoch += 1

    def plateau(self, value, patience=3):
        if value < self.best - 1e-4:
            self.best, self.wait = value, 0
        else:
            self.wait += 1
            if self.wait >= patience:
                self.lr, self.wait = self.lr * 0.5, 0

    def save(self):
        f = io.BytesIO()
        arrays = {'p_' + k: getattr(self.net, k) for k in self.net.names}
        arrays.update({'s_' + k: v for k, v in self.sq.items()})
        arrays.update({'m_' + k: v for k, v in self.buf.items()})
        np.savez(f, state=np.array([self.lr, self.best, self.wait, self.epoch]), **arrays)
        return f.getvalue()

    def load(self, blob):
        z = np.load(io.BytesIO(blob))
        for k in self.net.names:
            setattr(self.net, k, z['p_' + k])
            self.sq[k], self.buf[k] = z['s_' + k], z['m_' + k]
        self.lr, self.best = float(z['state'][0]), float(z['state'][1])
        self.wait, self.epoch = int(z['state'][2]), int(z['state'][3])
        return self


def fit(tr, X, y, Xv, yv, epochs):
    for _ in range(epochs):
        tr.run_epoch(X, y)
        v = pinball(tr.net(Xv), yv)[0]
        tr.plateau(v)
        if tr.epoch % 5 == 0:
            print(f'epoch {tr.epoch:2d}  lr {tr.lr:.5f}  train {pinball(tr.net(X), y)[0]:.4f}  valid {v:.4f}')


if __name__ == '__main__':
    y = series(2600, 1)
    X, t = windows(y)
    cut1, cut2 = 1600, 2000                              # in time order
    part = lambda a, b: (X[a:b], t[a:b])
    (Xa, ya), (Xv, yv), (Xt, yt) = part(0, cut1), part(cut1, cut2), part(cut2, None)
    first = Trainer(QuantileNet(X.shape[1], 20, 0))
    fit(first, Xa, ya, Xv, yv, 15)
    blob = first.save()
    print('snapshot: %d bytes; resuming in a fresh trainer' % len(blob))
    second = Trainer(QuantileNet(X.shape[1], 20, 123)).load(blob)
    fit(second, Xa, ya, Xv, yv, 15)
    q = second.net(Xt)
    print('test pinball %.4f' % pinball(q, yt)[0])
    print('share of observations below each quantile:', (yt[:, None] < q).mean(0).round(3), 'wanted', TAUS)
