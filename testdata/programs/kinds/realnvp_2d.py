"""RealNVP on a 2-d banana. Four affine coupling layers, each with its own tanh net. NLL in nats."""
import numpy as np

class Coupling:
    def __init__(self, keep, nh, rng):
        self.keep, self.move = keep, 1 - keep
        self.p = {'W': rng.normal(0, 0.5, (1, nh)), 'b': np.zeros(nh),
                  'Vs': rng.normal(0, 0.05, (nh, 1)), 'cs': np.zeros(1),
                  'Vt': rng.normal(0, 0.05, (nh, 1)), 'ct': np.zeros(1)}

    def forward(self, x):
        p = self.p
        self.a, self.xm = x[:, [self.keep]], x[:, [self.move]]
        self.h = np.tanh(self.a @ p['W'] + p['b'])
        self.s = np.tanh(self.h @ p['Vs'] + p['cs'])
        t = self.h @ p['Vt'] + p['ct']
        y = x.copy()
        y[:, [self.move]] = self.xm * np.exp(self.s) + t
        return y, self.s[:, 0]

    def backward(self, dy, dlogdet):
        p = self.p
        dm = dy[:, [self.move]]
        ds = (dm * self.xm * np.exp(self.s) + dlogdet[:, None]) * (1 - self.s ** 2)
        self.g = {'Vs': self.h.T @ ds, 'cs': ds.sum(0), 'Vt': self.h.T @ dm, 'ct': dm.sum(0)}
        dh = (ds @ p['Vs'].T + dm @ p['Vt'].T) * (1 - self.h ** 2)
        self.g['W'] = self.a.T @ dh
        self.g['b'] = dh.sum(0)
        dx = np.empty_like(dy)
        dx[:, [self.move]] = dm * np.exp(self.s)
        dx[:, [self.keep]] = dy[:, [self.keep]] + dh @ p['W'].T
        return dx

def nll(flow, x):
    logdet = 0.0
    for layer in flow:
        x, ld = layer.forward(x)
        logdet = logdet + ld
    logp = -0.5 * (x ** 2).sum(1) - np.log(2 * np.pi) + logdet
    return -logp.mean(), x

def backprop(flow, z):
    n = len(z)
    d, dlogdet = z / n, -np.ones(n) / n
    for layer in flow[::-1]:
        d = layer.backward(d, dlogdet)

def sample_banana(n, rng):
    u = rng.normal(size=(n, 2))
    return np.stack([1.2 * u[:, 0], 0.4 * u[:, 1] + 0.7 * u[:, 0] ** 2 - 1], axis=1)

if __name__ == '__main__':
    rng = np.random.default_rng(19)
    flow = [Coupling(i % 2, 16, rng) for i in range(4)]
    mom = [{k: np.zeros_like(v) for k, v in L.p.items()} for L in flow]
    sq = [{k: np.zeros_like(v) for k, v in L.p.items()} for L in flow]
    for it in range(300):
        x = sample_banana(128, rng)
        loss, z = nll(flow, x)
        backprop(flow, z)
        for L, m, s in zip(flow, mom, sq):
            for k in L.p:
                m[k] = 0.9 * m[k] + 0.1 * L.g[k]
                s[k] = 0.99 * s[k] + 0.01 * L.g[k] ** 2
                L.p[k] -= 0.01 * m[k] / (np.sqrt(s[k]) + 1e-6)
        if it % 30 == 0:
            print(f'{it:4d}  nll {loss:.4f}')
    test = sample_banana(2000, rng)
    print('test nll', round(nll(flow, test)[0], 4))
