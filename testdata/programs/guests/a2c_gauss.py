"""Advantage actor-critic with a Gaussian policy: push a cart on a line to the origin.
32 environments in parallel, n-step returns with bootstrapping, two Adam optimisers."""
import numpy as np

rng = np.random.default_rng(8)
N_ENV, HORIZON, GAMMA = 32, 8, 0.96


class Carts:
    """x'' = u - 0.3 x', quadratic cost; episodes last 50 steps"""

    def __init__(self, n):
        self.n = n
        self.s = np.zeros((n, 2))
        self.t = np.zeros(n, int)
        self.restart(np.ones(n, bool))

    def restart(self, who):
        k = who.sum()
        self.s[who] = np.stack([rng.uniform(-2, 2, k), rng.uniform(-1, 1, k)], 1)
        self.t[who] = 0

    def step(self, u):
        u = np.clip(u, -2, 2)
        x, v = self.s[:, 0], self.s[:, 1]
        v = v + 0.1 * (u - 0.3 * v)
        x = x + 0.1 * v
        self.s = np.stack([x, v], 1)
        self.t += 1
        return -0.1 * (x ** 2 + 0.1 * v ** 2 + 0.05 * u ** 2), self.t >= 50


class TanhNet:
    def __init__(self, sizes, last_scale=1.0):
        self.w = [rng.standard_normal((a, b)) / np.sqrt(a) for a, b in zip(sizes, sizes[1:])]
        self.b = [np.zeros(b) for b in sizes[1:]]
        self.w[-1] *= last_scale

    def __call__(self, x):
        self.h = [x]
        for w, b in zip(self.w[:-1], self.b[:-1]):
            self.h.append(np.tanh(self.h[-1] @ w + b))
        return (self.h[-1] @ self.w[-1] + self.b[-1])[:, 0]

    def vjp(self, d):
        d = d[:, None]
        gw, gb = [], []
        for k in reversed(range(len(self.w))):
            gw.insert(0, self.h[k].T @ d)
            gb.insert(0, d.sum(0))
            if k:
                d = (d @ self.w[k].T) * (1 - self.h[k] ** 2)
        return gw + gb


class Adam:
    def __init__(self, tensors, lr):
        self.x, self.lr, self.k = tensors, lr, 0
        self.m = [0 * t for t in tensors]
        self.v = [0 * t for t in tensors]

    def step(self, grads, maxnorm=1.0):
        norm = np.sqrt(sum((g ** 2).sum() for g in grads))
        scale = min(1.0, maxnorm / (norm + 1e-12))
        self.k += 1
        for x, m, v, g in zip(self.x, self.m, self.v, grads):
            g = g * scale
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            x -= self.lr * (m / (1 - 0.9 ** self.k)) / (np.sqrt(v / (1 - 0.999 ** self.k)) + 1e-8)


actor, critic = TanhNet([2, 24, 1], 0.1), TanhNet([2, 24, 24, 1])
log_std = np.array([-0.3])


def actor_loss(S, U, adv, ent=0.003):
    """-mean(adv * log N(u; mean(s), std)) - ent * entropy"""
    z = (U - actor(S)) / np.exp(log_std[0])
    logp = -0.5 * z ** 2 - log_std[0] - 0.5 * np.log(2 * np.pi)
    loss = -(adv * logp).mean() - ent * (log_std[0] + 0.5 * np.log(2 * np.pi * np.e))
    g = actor.vjp(-adv * z / np.exp(log_std[0]) / len(S))
    g_std = np.array([-(adv * (z ** 2 - 1)).mean() - ent])
    return loss, g + [g_std]


def critic_loss(S, target):
    e = critic(S) - target
    return 0.5 * (e ** 2).mean(), critic.vjp(e / len(S))


def evaluate(n=200):
    env, total = Carts(n), 0.0
    for _ in range(50):
        r, _ = env.step(actor(env.s))            # mean action, no exploration
        total = total + r
    return total.mean()


def main(updates=600):
    opt_a = Adam(actor.w + actor.b + [log_std], 3e-3)
    opt_c = Adam(critic.w + critic.b, 5e-3)
    env = Carts(N_ENV)
    print('before: mean return %.3f' % evaluate())
    for k in range(1, updates + 1):
        S, U, Rw, last = [], [], [], []
        boot = np.zeros((HORIZON, N_ENV))
        for t in range(HORIZON):
            s = env.s.copy()
            u = actor(s) + np.exp(log_std[0]) * rng.standard_normal(N_ENV)
            r, timeout = env.step(u)
            # a time limit is not a terminal state: bootstrap from the value there
            boot[t] = critic(env.s)
            env.restart(timeout)
            S.append(s); U.append(u); Rw.append(r); last.append(timeout)
        ret, targets = boot[-1], []
        for t in reversed(range(HORIZON)):
            ret = Rw[t] + GAMMA * np.where(last[t], boot[t], ret)
            targets.append(ret)
        targets = np.concatenate(targets[::-1])
        S, U = np.concatenate(S), np.concatenate(U)
        adv = targets - critic(S)
        adv = (adv - adv.mean()) / (adv.std() + 1e-8)
        c, gc = critic_loss(S, targets)
        _, ga = actor_loss(S, U, adv)
        opt_c.step(gc)
        opt_a.step(ga)
        if k % 100 == 0:
            print('update %4d  critic loss %.5f  std %.3f  mean return %.3f' % (k, c, np.exp(log_std[0]), evaluate()))


if __name__ == '__main__':
    main()
