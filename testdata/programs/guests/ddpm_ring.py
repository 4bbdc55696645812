"""A tiny denoising diffusion model (DDPM) for points on a ring."""
from dataclasses import dataclass, field
import numpy as np


@dataclass
class Cfg:
    steps: int = 40
    hidden: int = 48
    tfeat: int = 8
    lr: float = 3e-3
    batch: int = 96
    iters: int = 1250
    ema: float = 0.99
    seed: int = 0


@dataclass
class Model:
    cfg: Cfg
    p: dict = field(default_factory=dict)

    def __post_init__(self):
        c = self.cfg
        r = np.random.default_rng(c.seed)
        d_in = 2 + c.tfeat
        self.p = {
            'A': r.standard_normal((d_in, c.hidden)) / np.sqrt(d_in), 'a': np.zeros(c.hidden),
            'B': r.standard_normal((c.hidden, c.hidden)) / np.sqrt(c.hidden), 'b': np.zeros(c.hidden),
            'C': r.standard_normal((c.hidden, 2)) / np.sqrt(c.hidden), 'c': np.zeros(2)}

    def features(self, x, t):
        w = np.pi * 2.0 ** np.arange(self.cfg.tfeat // 2) / 4
        ph = (t / self.cfg.steps)[:, None] * w
        return np.concatenate([x, np.sin(ph), np.cos(ph)], 1)

    def eps(self, x, t, p=None):
        p = p or self.p
        f = self.features(x, t)
        u1 = f @ p['A'] + p['a']
        s1 = 1 / (1 + np.exp(-u1))
        h1 = u1 * s1
        u2 = h1 @ p['B'] + p['b']
        s2 = 1 / (1 + np.exp(-u2))
        h2 = u2 * s2
        return h2 @ p['C'] + p['c'], (f, u1, s1, h1, u2, s2, h2)

    def loss_grad(self, x0, t, noise, sched):
        ab = sched['alphabar'][t][:, None]
        xt = np.sqrt(ab) * x0 + np.sqrt(1 - ab) * noise
        out, (f, u1, s1, h1, u2, s2, h2) = self.eps(xt, t)
        diff = out - noise
        loss = np.mean(diff ** 2)
        d = 2 * diff / diff.size
        g = {'C': h2.T @ d, 'c': d.sum(0)}
        d = d @ self.p['C'].T * (s2 + u2 * s2 * (1 - s2))
        g['B'], g['b'] = h1.T @ d, d.sum(0)
        d = d @ self.p['B'].T * (s1 + u1 * s1 * (1 - s1))
        g['A'], g['a'] = f.T @ d, d.sum(0)
        return loss, g


def schedule(n):
    beta = np.linspace(1e-3, 0.2, n)
    return {'beta': beta, 'alpha': 1 - beta, 'alphabar': np.cumprod(1 - beta)}


def ring(rng, n):
    a = rng.uniform(0, 2 * np.pi, n)
    r = 1.5 + 0.08 * rng.standard_normal(n)
    return np.stack([r * np.cos(a), r * np.sin(a)], 1)


def sample(model, sched, n, rng, p):
    x = rng.standard_normal((n, 2))
    for t in range(model.cfg.steps - 1, -1, -1):
        e, _ = model.eps(x, np.full(n, t), p)
        be, al, ab = sched['beta'][t], sched['alpha'][t], sched['alphabar'][t]
        x = (x - be / np.sqrt(1 - ab) * e) / np.sqrt(al)
        if t > 0:
            x = x + np.sqrt(be) * rng.standard_normal((n, 2))
    return x


def train(cfg):
    rng = np.random.default_rng(cfg.seed + 1)
    model, sched = Model(cfg), schedule(cfg.steps)
    m = {k: np.zeros_like(v) for k, v in model.p.items()}
    v = {k: np.zeros_like(w) for k, w in model.p.items()}
    ema = {k: w.copy() for k, w in model.p.items()}
    avg = 0.0
    for it in range(1, cfg.iters + 1):
        x0 = ring(rng, cfg.batch)
        t = rng.integers(0, cfg.steps, cfg.batch)
        noise = rng.standard_normal(x0.shape)
        loss, g = model.loss_grad(x0, t, noise, sched)
        for k in g:
            m[k] = 0.9 * m[k] + 0.1 * g[k]
            v[k] = 0.999 * v[k] + 0.001 * g[k] ** 2
            model.p[k] = model.p[k] - cfg.lr * (m[k] / (1 - 0.9 ** it)) / (np.sqrt(v[k] / (1 - 0.999 ** it)) + 1e-8)
            ema[k] = cfg.ema * ema[k] + (1 - cfg.ema) * model.p[k]
        avg += loss
        if it % 250 == 0:
            print(f'iter {it:5d}  noise mse {avg / 250:.4f}')
            avg = 0.0
    return model, sched, ema, rng


if __name__ == '__main__':
    model, sched, ema, rng = train(Cfg())
    s = sample(model, sched, 2000, rng, ema)
    r = np.sqrt((s ** 2).sum(1))
    print(f'radius of samples: mean {r.mean():.3f} sd {r.std():.3f}   (data: 1.5, 0.08)')
    ang = np.histogram(np.arctan2(s[:, 1], s[:, 0]), bins=8, range=(-np.pi, np.pi))[0] / len(s)
    print('angle histogram', ang.round(3))
