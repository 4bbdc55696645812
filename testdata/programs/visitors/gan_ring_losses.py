"""Two GANs on a noisy ring: the usual logistic one (non saturating) and least squares.
Same nets, same code, only the three little functions differ."""
import numpy as np


def init(sizes, rng):
    return [[rng.normal(0, np.sqrt(2 / a), (a, b)), np.zeros(b)] for a, b in zip(sizes, sizes[1:])]


def fwd(net, x):
    acts = [x]
    for i, (W, b) in enumerate(net):
        x = x @ W + b
        if i < len(net) - 1:
            x = np.maximum(x, 0.2 * x)
        acts.append(x)
    return x, acts


def bwd(net, acts, d):
    """returns (grads like net, gradient wrt the input)"""
    grads = []
    for i in range(len(net) - 1, -1, -1):
        if i < len(net) - 1:
            d = np.where(acts[i + 1] > 0, d, 0.2 * d)
        grads.insert(0, [acts[i].T @ d, d.sum(0)])
        d = d @ net[i][0].T
    return grads, d


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


# value, d/d(real score), d/d(fake score)
def d_logistic(sr, sf):
    return np.logaddexp(0, -sr).mean() + np.logaddexp(0, sf).mean(), (sigmoid(sr) - 1) / len(sr), sigmoid(sf) / len(sf)


def g_logistic(sf):
    return np.logaddexp(0, -sf).mean(), (sigmoid(sf) - 1) / len(sf)


def d_ls(sr, sf):
    return 0.5 * ((sr - 1) ** 2).mean() + 0.5 * (sf ** 2).mean(), (sr - 1) / len(sr), sf / len(sf)


def g_ls(sf):
    return 0.5 * ((sf - 1) ** 2).mean(), (sf - 1) / len(sf)


class Adam:
    def __init__(self, net, lr, b1=0.5, b2=0.9):
        self.net, self.lr, self.b1, self.b2, self.t = net, lr, b1, b2, 0
        self.m = [[np.zeros_like(p) for p in l] for l in net]
        self.v = [[np.zeros_like(p) for p in l] for l in net]

    def step(self, grads):
        self.t += 1
        a = self.lr * np.sqrt(1 - self.b2 ** self.t) / (1 - self.b1 ** self.t)
        for l, gl, ml, vl in zip(self.net, grads, self.m, self.v):
            for k in (0, 1):
                ml[k] = self.b1 * ml[k] + (1 - self.b1) * gl[k]
                vl[k] = self.b2 * vl[k] + (1 - self.b2) * gl[k] ** 2
                l[k] -= a * ml[k] / (np.sqrt(vl[k]) + 1e-7)


def real_batch(n, rng):
    t = rng.uniform(0, 2 * np.pi, n)
    r = rng.normal(1.0, 0.05, n)
    return np.c_[r * np.cos(t), r * np.sin(t)]


def d_gradients(D, xr, xf, d_loss):
    sr, ar = fwd(D, xr)
    sf, af = fwd(D, xf)
    L, dr, df = d_loss(sr, sf)
    gr, _ = bwd(D, ar, dr)
    gf, _ = bwd(D, af, df)
    return L, [[a + b for a, b in zip(l1, l2)] for l1, l2 in zip(gr, gf)]


def g_gradients(G, D, z, g_loss):
    xf, ag = fwd(G, z)
    sf, ad = fwd(D, xf)
    L, d = g_loss(sf)
    _, dx = bwd(D, ad, d)          # the critic's own gradients are not wanted here
    return L, bwd(G, ag, dx)[0]


def train(name, d_loss, g_loss, steps=450, n=64, seed=0):
    rng = np.random.default_rng(seed)
    G, D = init([3, 32, 32, 2], rng), init([2, 32, 32, 1], rng)
    optG, optD = Adam(G, 2e-3), Adam(D, 4e-3)
    print("==", name)
    for it in range(steps):
        xf, _ = fwd(G, rng.normal(size=(n, 3)))
        LD, gD = d_gradients(D, real_batch(n, rng), xf, d_loss)
        optD.step(gD)
        LG, gG = g_gradients(G, D, rng.normal(size=(n, 3)), g_loss)
        optG.step(gG)
        if it % 90 == 0 or it == steps - 1:
            s, _ = fwd(G, rng.normal(size=(1000, 3)))
            rad = np.hypot(*s.T)
            sector = np.bincount(((np.arctan2(s[:, 1], s[:, 0]) + np.pi) / (2 * np.pi) * 8).astype(int) % 8, minlength=8)
            print(f"{it:4d}  D {LD:.3f}  G {LG:.3f}  |radius-1| {np.abs(rad - 1).mean():.3f}  sectors used {np.sum(sector > 30)}")
    return G, D


if __name__ == "__main__":
    train("logistic", d_logistic, g_logistic)
    train("least squares", d_ls, g_ls)
