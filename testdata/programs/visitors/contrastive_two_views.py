"""SimCLR in miniature + supervised probe.

pair (a_i, b_i) = two corrupted views of the same signal
NT-Xent over the 2N x 2N cosine matrix, temperature is learned (as log tau).
Then a softmax regression on frozen features, against one on raw inputs.
"""
import numpy as np


class Encoder:
    def __init__(self, d, h, e, rng):
        s = lambda a, b: rng.standard_normal((a, b)) * (2. / a) ** .5
        self.w = {'W1': s(d, h), 'b1': np.zeros(h), 'W2': s(h, h), 'b2': np.zeros(h), 'P': s(h, e), 'logtau': np.log([.5])}

    def features(self, x):
        h1 = np.maximum(0, x @ self.w['W1'] + self.w['b1'])
        h2 = np.maximum(0, h1 @ self.w['W2'] + self.w['b2'])
        return h1, h2

    def loss(self, xa, xb):
        w = self.w
        x = np.concatenate([xa, xb])
        n2 = len(x)
        h1, h2 = self.features(x)
        z = h2 @ w['P']
        norm = np.linalg.norm(z, axis=1, keepdims=True) + 1e-9
        u = z / norm
        tau = np.exp(w['logtau'][0])
        cos = u @ u.T
        s = cos / tau
        np.fill_diagonal(s, -np.inf)
        partner = np.roll(np.arange(n2), n2 // 2)
        m = s.max(1, keepdims=True)
        logp = s - m - np.log(np.exp(s - m).sum(1, keepdims=True))
        value = -logp[np.arange(n2), partner].mean()

        ds = np.exp(logp)
        ds[np.arange(n2), partner] -= 1
        ds /= n2
        g = {'logtau': np.array([-(ds * cos).sum() / tau])}     # ds is 0 on the diagonal
        dcos = ds / tau
        du = (dcos + dcos.T) @ u
        dz = (du - u * (du * u).sum(1, keepdims=True)) / norm
        g['P'] = h2.T @ dz
        d2 = dz @ w['P'].T * (h2 > 0)
        g['W2'], g['b2'] = h1.T @ d2, d2.sum(0)
        d1 = d2 @ w['W2'].T * (h1 > 0)
        g['W1'], g['b1'] = x.T @ d1, d1.sum(0)
        return value, g


def make_signals(n, rng, length=24):
    """4 classes = 4 frequencies, random phase"""
    c = rng.integers(0, 4, n)
    t = np.arange(length) / length * 2 * np.pi
    return np.sin((c[:, None] + 1) * t + rng.uniform(0, 2 * np.pi, (n, 1))), c


def view(x, rng):
    """circular shift, gain, noise, a masked stretch"""
    n, L = x.shape
    idx = (np.arange(L) + rng.integers(0, L, (n, 1))) % L
    v = np.take_along_axis(x, idx, axis=1) * rng.uniform(.7, 1.3, (n, 1)) + .2 * rng.standard_normal((n, L))
    start = rng.integers(0, L - 4, n)
    hide = (np.arange(L) >= start[:, None]) & (np.arange(L) < start[:, None] + 4)
    return np.where(hide, 0, v)


def probe(F, c, Ft, ct, steps=100, lr=.5):
    mu, sd = F.mean(0), F.std(0) + 1e-6
    F, Ft = (F - mu) / sd, (Ft - mu) / sd
    W, Y = np.zeros((F.shape[1] + 1, 4)), np.eye(4)[c]
    F, Ft = np.c_[F, np.ones(len(F))], np.c_[Ft, np.ones(len(Ft))]
    for k in range(steps):
        e = np.exp(F @ W)
        W -= lr * (F.T @ (e / e.sum(1, keepdims=True) - Y) / len(F) + 1e-2 * W)
    return ((Ft @ W).argmax(1) == ct).mean()


def larc(w, g, trust=.02, eps=1e-8):
    return trust * np.linalg.norm(w) / (np.linalg.norm(g) + eps)


if __name__ == '__main__':
    rng = np.random.default_rng(64)
    X, c = make_signals(400, rng)
    few, fc = make_signals(24, rng)
    Xt, ct = make_signals(300, rng)
    enc = Encoder(24, 48, 16, rng)
    vel = {k: np.zeros_like(p) for k, p in enc.w.items()}
    few, Xt = view(few, rng), view(Xt, rng)
    print('raw probe %.3f, untrained features %.3f' % (probe(few, fc, Xt, ct),
                                                       probe(enc.features(few)[1], fc, enc.features(Xt)[1], ct)))
    base = .5
    for it in range(240):
        b = rng.choice(400, 64, replace=False)
        val, g = enc.loss(view(X[b], rng), view(X[b], rng))
        lr = base * min(1, (it + 1) / 20) * (1 - it / 240)
        for k, p in enc.w.items():
            d = g[k] + (1e-4 * p if p.ndim == 2 else 0)
            if p.ndim == 2:                    # layer-wise rate, matrices only
                d = d * min(1., larc(p, d) / .05)
            else:
                d = d * .1
            vel[k] = .9 * vel[k] + d
            p -= lr * vel[k]
        if it in (0, 5, 10, 20) or it % 40 == 39:
            print('step %3d  nt-xent %.4f  tau %.3f' % (it + 1, val, np.exp(enc.w['logtau'][0])))
    print('contrastive features %.3f' % probe(enc.features(few)[1], fc, enc.features(Xt)[1], ct))
