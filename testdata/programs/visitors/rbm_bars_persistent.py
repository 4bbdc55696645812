"""
Restricted Boltzmann machine, bars images 4x4.
CD-1, CD-3 and persistent chains are trained one after the other.
Momentum 0.5 -> 0.9, weight decay on W only (Hinton's practical guide).
The machine is small enough (8 hidden) that log Z is summed exactly.
"""
import itertools
import numpy as np


def bars(n, rng):
    v = np.zeros((n, 4, 4))
    horiz = rng.random(n) < .5
    on = rng.random((n, 4)) < .4
    v[horiz] = on[horiz][:, :, None]
    v[~horiz] = on[~horiz][:, None, :]
    return v.reshape(n, 16)


def logistic(x):
    return 1 / (1 + np.exp(-x))


class RBM:
    def __init__(self, nv, nh, rng):
        self.W = .05 * rng.standard_normal((nv, nh))
        self.a = np.zeros(nv)
        self.b = np.zeros(nh)
        self.rng = rng

    def ph(self, v):
        return logistic(v @ self.W + self.b)

    def pv(self, h):
        return logistic(h @ self.W.T + self.a)

    def bern(self, p):
        return (self.rng.random(p.shape) < p).astype(float)

    def free_energy(self, v):
        return -(v @ self.a) - np.logaddexp(0, v @ self.W + self.b).sum(1)

    def log_z(self):
        h = np.array(list(itertools.product([0., 1.], repeat=self.b.size)))
        t = h @ self.b + np.logaddexp(0, h @ self.W.T + self.a).sum(1)
        return t.max() + np.log(np.exp(t - t.max()).sum())

    def log_likelihood(self, v):
        return (-self.free_energy(v)).mean() - self.log_z()

    def statistics(self, v, h):
        return v.T @ h / len(v), v.mean(0), h.mean(0)

    def gibbs(self, v, k):
        for _ in range(k):
            h = self.bern(self.ph(v))
            v = self.bern(self.pv(h))
        return v


def fit(data, mode, k, epochs=60, batch=25, lr=.08, decay=2e-4, seed=4):
    rng = np.random.default_rng(seed)
    m = RBM(16, 8, rng)
    m.a[:] = np.log(data.mean(0) / (1 - data.mean(0)))
    inc = [np.zeros_like(m.W), np.zeros_like(m.a), np.zeros_like(m.b)]
    chain = m.bern(np.full((batch, 16), .5))
    for epoch in range(epochs):
        mu = .5 if epoch < 5 else .9
        eta = lr * (1 - epoch / epochs) * (1 - mu) * 2
        err = 0
        for rows in np.split(rng.permutation(len(data)), len(data) // batch):
            v0 = data[rows]
            pos = m.statistics(v0, m.ph(v0))
            start = chain if mode == 'PCD' else v0
            vk = m.gibbs(start, k)
            if mode == 'PCD':
                chain = vk
            neg = m.statistics(vk, m.ph(vk))
            for i, (param, wd) in enumerate(((m.W, decay), (m.a, 0), (m.b, 0))):
                inc[i] = mu * inc[i] + eta * (pos[i] - neg[i] - wd * param)
                param += inc[i]
            err += ((v0 - m.pv(m.ph(v0))) ** 2).sum()
        if (epoch + 1) % 15 == 0:
            print(f'{mode}-{k} epoch {epoch + 1:2d}  reconstruction {err / len(data):.3f}'
                  f'  exact log-likelihood {m.log_likelihood(data):.3f}')
    return m


if __name__ == '__main__':
    data = bars(400, np.random.default_rng(0))
    held = bars(200, np.random.default_rng(1))
    p = data.mean(0)
    base = (held * np.log(p) + (1 - held) * np.log(1 - p)).sum(1).mean()
    for mode, k in (('CD', 1), ('CD', 3), ('PCD', 1)):
        m = fit(data, mode, k)
        print(f'   held out {m.log_likelihood(held):.3f}   (independent pixels {base:.3f})')
