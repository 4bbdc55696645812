"""Wasserstein GAN with weight clipping on a 2-d mixture. RMSprop, 5 critic steps per generator step."""
import numpy as np

rng = np.random.default_rng(5)
modes = 1.5 * np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], float)


def real(n):
    return modes[rng.integers(0, 4, n)] + 0.15 * rng.standard_normal((n, 2))


def mlp(sizes, scale):
    return [[rng.standard_normal((a, b)) * scale / np.sqrt(a), np.zeros(b)]
            for a, b in zip(sizes[:-1], sizes[1:])]


def run(net, x):
    acts = [x]
    for i, layer in enumerate(net):
        x = x @ layer[0]
        if len(layer) == 2:
            x = x + layer[1]
        if i < len(net) - 1:
            x = np.where(x > 0, x, 0.2 * x)
        acts.append(x)
    return acts


def back(net, acts, d):
    """gradients per layer, and the gradient at the input"""
    out = []
    for i in range(len(net) - 1, -1, -1):
        if i < len(net) - 1:
            d = d * np.where(acts[i + 1] > 0, 1.0, 0.2)
        out.append([acts[i].T @ d, d.sum(0)][:len(net[i])])
        d = d @ net[i][0].T
    return out[::-1], d


class RMSProp:
    def __init__(self, net, lr, rho=0.9):
        self.net, self.lr, self.rho = net, lr, rho
        self.sq = [[np.zeros_like(a) for a in layer] for layer in net]

    def descend(self, grads):
        for layer, gl, sl in zip(self.net, grads, self.sq):
            for j in range(len(layer)):
                sl[j] = self.rho * sl[j] + (1 - self.rho) * gl[j] ** 2
                layer[j] -= self.lr * gl[j] / (np.sqrt(sl[j]) + 1e-6)


G = mlp([4, 32, 32, 2], 1.4)
C = mlp([2, 32, 32, 1], 1.0)
C[-1].pop()      # an output bias would cancel in C(fake) - C(real)
optG, optC = RMSProp(G, 2e-3), RMSProp(C, 2e-3)
CLIP, N = 0.2, 64


def critic_grads(x, fake):
    """loss = mean C(fake) - mean C(real), to be minimised"""
    ar, af = run(C, x), run(C, fake)
    gr, _ = back(C, ar, -np.ones((len(x), 1)) / len(x))
    gf, _ = back(C, af, np.ones((len(fake), 1)) / len(fake))
    g = [[a + b for a, b in zip(l1, l2)] for l1, l2 in zip(gr, gf)]
    return af[-1].mean() - ar[-1].mean(), g


def generator_grads(z):
    """loss = - mean C(G(z))"""
    ag = run(G, z)
    ac = run(C, ag[-1])
    _, dx = back(C, ac, -np.ones((len(z), 1)) / len(z))
    g, _ = back(G, ag, dx)
    return -ac[-1].mean(), g


def coverage(n=1000):
    s = run(G, rng.standard_normal((n, 4)))[-1]
    d = np.sqrt(((s[:, None] - modes) ** 2).sum(-1))
    return (d.min(1) < 0.6).mean(), np.bincount(d.argmin(1), minlength=4) / n


if __name__ == '__main__':
    for it in range(1, 701):
        for _ in range(5):
            loss, g = critic_grads(real(N), run(G, rng.standard_normal((N, 4)))[-1])
            optC.descend(g)
            for layer in C:
                for a in layer:
                    np.clip(a, -CLIP, CLIP, out=a)
        _, g = generator_grads(rng.standard_normal((N, 4)))
        optG.descend(g)
        if it % 100 == 0:
            near, share = coverage()
            print(f'iter {it}: W estimate {-loss:.4f}  near a mode {near:.2f}  share {np.round(share, 2)}')
