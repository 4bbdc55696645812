import numpy as np

# RealNVP with affine couplings. z = f(x), log p(x) = log N(z) + sum of the log scales.

RNG = np.random.RandomState(8)
HID, LAYERS = 24, 6


def moons(n):
    t = np.pi * RNG.rand(n)
    k = RNG.rand(n) < 0.5
    pts = np.stack([np.where(k, np.cos(t), 1 - np.cos(t)), np.where(k, np.sin(t), 0.5 - np.sin(t))], 1)
    return pts + 0.07 * RNG.randn(n, 2)


class Coupling:
    """the half that is kept is column `keep`"""

    def __init__(self, keep):
        self.k, self.o = keep, 1 - keep
        self.theta = dict(
            A=RNG.randn(1, HID), a=RNG.randn(HID),
            S=0.01 * RNG.randn(HID, 1), s=np.zeros(1),
            T=0.01 * RNG.randn(HID, 1), t=np.zeros(1))

    def net(self, x1):
        th = self.theta
        h = np.tanh(x1 @ th['A'] + th['a'])
        return h, np.tanh(h @ th['S'] + th['s']), h @ th['T'] + th['t']

    def forward(self, x):
        x1, x2 = x[:, [self.k]], x[:, [self.o]]
        h, s, t = self.net(x1)
        z = np.empty_like(x)
        z[:, [self.k]] = x1
        z[:, [self.o]] = x2 * np.exp(s) + t
        self.saved = x1, x2, h, s
        return z, s[:, 0]

    def inverse(self, z):
        x = z.copy()
        _, s, t = self.net(z[:, [self.k]])
        x[:, [self.o]] = (z[:, [self.o]] - t) * np.exp(-s)
        return x

    def backward(self, dz, dlogdet):
        """dlogdet is a scalar: the same for every row"""
        x1, x2, h, s = self.saved
        th, g = self.theta, {}
        d2 = dz[:, [self.o]]
        ds = (d2 * x2 * np.exp(s) + dlogdet) * (1 - s ** 2)
        dt = d2
        g['S'], g['s'] = h.T @ ds, ds.sum(0)
        g['T'], g['t'] = h.T @ dt, dt.sum(0)
        dh = (ds @ th['S'].T + dt @ th['T'].T) * (1 - h * h)
        g['A'], g['a'] = x1.T @ dh, dh.sum(0)
        dx = np.empty_like(dz)
        dx[:, [self.k]] = dz[:, [self.k]] + dh @ th['A'].T
        dx[:, [self.o]] = d2 * np.exp(s)
        self.grad = g
        return dx


def nll(flow, x):
    logdet = 0
    for c in flow:
        x, ld = c.forward(x)
        logdet = logdet + ld
    logp = -0.5 * (x ** 2).sum(1) - np.log(2 * np.pi) + logdet
    return -logp.mean(), x


def backprop(flow, z):
    n = len(z)
    d = z / n
    for c in reversed(flow):
        d = c.backward(d, -1.0 / n)
    return d


if __name__ == '__main__':
    train, test = moons(800), moons(300)
    mean, std = train.mean(0), train.std(0)
    train, test = (train - mean) / std, (test - mean) / std
    flow = [Coupling(i % 2) for i in range(LAYERS)]
    mom = [{k: np.zeros_like(v) for k, v in c.theta.items()} for c in flow]
    sq = [{k: np.zeros_like(v) for k, v in c.theta.items()} for c in flow]
    step, lr, b1, b2 = 0, 0.008, 0.9, 0.99
    for epoch in range(40):
        order = RNG.permutation(len(train))
        tot = 0.
        for lo in range(0, len(order), 100):
            loss, z = nll(flow, train[order[lo:lo + 100]])
            backprop(flow, z)
            tot += loss * len(z)
            norm = np.sqrt(sum(np.vdot(v, v) for c in flow for v in c.grad.values()))
            scale = min(1.0, 5.0 / (norm + 1e-6))
            step += 1
            for c, m, q in zip(flow, mom, sq):
                for k in c.theta:
                    gk = c.grad[k] * scale
                    m[k] = b1 * m[k] + (1 - b1) * gk
                    q[k] = b2 * q[k] + (1 - b2) * gk * gk
                    c.theta[k] -= lr * (m[k] / (1 - b1 ** step)) / (np.sqrt(q[k] / (1 - b2 ** step)) + 1e-8)
        lr *= 0.97
        if epoch % 8 == 7:
            print('epoch %d: train nll %.4f test nll %.4f' % (epoch + 1, tot / len(train), nll(flow, test)[0]))
    x = RNG.randn(2000, 2)
    for c in reversed(flow):
        x = c.inverse(x)
    x = x * std + mean
    d = np.sqrt(((x[:, None] - (moons(400))[None]) ** 2).sum(-1)).min(1)
    print('samples: mean distance to the nearest data point %.3f' % d.mean())
