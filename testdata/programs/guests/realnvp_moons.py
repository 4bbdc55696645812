import numpy as np

"""RealNVP: affine coupling layers, maximum likelihood, two moons."""

gen = np.random.default_rng(21)


def two_moons(n):
    t = np.pi * gen.random(n)
    up = gen.random(n) < 0.5
    x = np.where(up, np.cos(t), 1 - np.cos(t)) - 0.5
    y = np.where(up, np.sin(t), 0.5 - np.sin(t)) - 0.25
    return 1.5 * np.stack([x, y], 1) + 0.1 * gen.standard_normal((n, 2))


class Coupling:
    """y_a = x_a ;  y_b = x_b * exp(s(x_a)) + t(x_a),  one hidden layer for (s, t)"""

    def __init__(self, keep, hidden):
        self.keep = keep                     # index of the untouched coordinate
        self.theta = {
            'V': gen.standard_normal((1, hidden)),
            'c': gen.standard_normal(hidden),
            'Us': np.zeros((hidden, 1)), 'us': np.zeros(1),
            'Ut': 0.1 * gen.standard_normal((hidden, 1)), 'ut': np.zeros(1)}

    def net(self, xa):
        q = self.theta
        h = np.tanh(xa @ q['V'] + q['c'])
        s = np.tanh(h @ q['Us'] + q['us'])   # bounded log-scale
        t = h @ q['Ut'] + q['ut']
        return h, s, t

    def to_latent(self, x):
        a, b = self.keep, 1 - self.keep
        xa, xb = x[:, [a]], x[:, [b]]
        h, s, t = self.net(xa)
        y = np.empty_like(x)
        y[:, [a]] = xa
        y[:, [b]] = xb * np.exp(s) + t
        self.memo = xa, xb, h, s
        return y, s[:, 0]

    def from_latent(self, y):
        a, b = self.keep, 1 - self.keep
        _, s, t = self.net(y[:, [a]])
        x = y.copy()
        x[:, [b]] = (y[:, [b]] - t) * np.exp(-s)
        return x

    def backward(self, gy, glogdet):
        """gy: dLoss/dy, glogdet: dLoss/d(log det) per row"""
        a, b = self.keep, 1 - self.keep
        xa, xb, h, s = self.memo
        q = self.theta
        gb = gy[:, [b]]
        gs = gb * xb * np.exp(s) + glogdet[:, None]
        ps = gs * (1 - s ** 2)
        gh = ps @ q['Us'].T + gb @ q['Ut'].T
        pre = gh * (1 - h ** 2)
        self.grad = {'Us': h.T @ ps, 'us': ps.sum(0), 'Ut': h.T @ gb, 'ut': gb.sum(0),
                     'V': xa.T @ pre, 'c': pre.sum(0)}
        gx = np.empty_like(gy)
        gx[:, [a]] = gy[:, [a]] + pre @ q['V'].T
        gx[:, [b]] = gb * np.exp(s)
        return gx


class Flow:
    def __init__(self, depth, hidden):
        self.layers = [Coupling(i % 2, hidden) for i in range(depth)]

    def nll(self, x):
        logdet = 0
        for layer in self.layers:
            x, ld = layer.to_latent(x)
            logdet = logdet + ld
        self.z = x
        return np.mean(0.5 * (x ** 2).sum(1) + np.log(2 * np.pi) - logdet)

    def backward(self):
        n = len(self.z)
        g, gl = self.z / n, -np.ones(n) / n
        for layer in self.layers[::-1]:
            g = layer.backward(g, gl)

    def sample(self, n):
        x = gen.standard_normal((n, 2))
        for layer in self.layers[::-1]:
            x = layer.from_latent(x)
        return x


def adam_step(flow, memory, k, lr):
    for layer in flow.layers:
        mom = memory.setdefault(id(layer), {n: [np.zeros_like(w), np.zeros_like(w)]
                                            for n, w in layer.theta.items()})
        for name, g in layer.grad.items():
            first, second = mom[name]
            first += 0.1 * (g - first)
            second += 0.001 * (g * g - second)
            layer.theta[name] -= lr * (first / (1 - 0.9 ** k)) / (np.sqrt(second / (1 - 0.999 ** k)) + 1e-8)


if __name__ == '__main__':
    flow, memory = Flow(6, 24), {}
    test = two_moons(2000)
    print('Gaussian fit would give %.3f nats' % (0.5 * np.log(np.linalg.det(np.cov(test.T))) + np.log(2 * np.pi) + 1))
    for k in range(1, 901):
        flow.nll(two_moons(128))
        flow.backward()
        adam_step(flow, memory, k, 5e-3 if k < 700 else 1e-3)
        if k % 300 == 0:
            print('step %d: test nll %.4f' % (k, flow.nll(test)))
    s = flow.sample(4000)
    print('sample mean', s.mean(0).round(2), 'sample std', s.std(0).round(2), '| data std', test.std(0).round(2))
