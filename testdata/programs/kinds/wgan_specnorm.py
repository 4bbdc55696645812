# Hinge GAN on an 8-gaussians ring with a spectrally normalised critic: W_sn = W / sigma(W), sigma = u^T W v,
# u and v from a power iteration and held constant in the backward pass (exactly what torch does; a few extra iterations here).
import numpy as np
rng = np.random.default_rng(21)

class SNLinear:
    def __init__(self, i, o):
        self.W = rng.normal(size=(i, o)) / np.sqrt(i)
        self.b = np.zeros(o)
        self.v = rng.normal(size=o)
    def normalise(self, iters=3):
        for _ in range(iters):
            self.u = self.W @ self.v
            self.u /= np.linalg.norm(self.u)
            self.v = self.W.T @ self.u
            self.v /= np.linalg.norm(self.v)
    def forward(self, x):
        self.sigma = self.u @ self.W @ self.v
        self.x, self.Wn = x, self.W / self.sigma
        return x @ self.Wn + self.b
    def backward(self, d):
        G = self.x.T @ d                                   # grad wrt W / sigma
        self.gW = (G - (G * self.Wn).sum() * np.outer(self.u, self.v)) / self.sigma
        self.gb = d.sum(0)
        return d @ self.Wn.T

class Linear:
    def __init__(self, i, o):
        self.W, self.b = rng.normal(size=(i, o)) * np.sqrt(2 / i), np.zeros(o)
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, d):
        self.gW, self.gb = self.x.T @ d, d.sum(0)
        return d @ self.W.T

class LeakyReLU:
    def forward(self, x):
        self.k = np.where(x > 0, 1.0, 0.2)
        return x * self.k
    def backward(self, d):
        return d * self.k

class Net(list):
    def forward(self, x):
        for l in self: x = l.forward(x)
        return x
    def backward(self, d):
        for l in reversed(self): d = l.backward(d)
        return d
    def adam(self, lr, t, b1=0.5, b2=0.9):
        for l in self:
            for name in ('W', 'b'):
                if not hasattr(l, name): continue
                g = getattr(l, 'g' + name)
                m, v = getattr(l, '_' + name, (0, 0))
                m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
                setattr(l, '_' + name, (m, v))
                getattr(l, name)[...] -= lr * m / (1 - b1 ** t) / (np.sqrt(v / (1 - b2 ** t)) + 1e-8)

critic = Net([SNLinear(2, 32), LeakyReLU(), SNLinear(32, 32), LeakyReLU(), SNLinear(32, 1)])
gen = Net([Linear(2, 32), LeakyReLU(), Linear(32, 32), LeakyReLU(), Linear(32, 2)])
B = 64

def real_batch():
    a = rng.integers(0, 8, B) * np.pi / 4
    return 2 * np.c_[np.cos(a), np.sin(a)] + 0.05 * rng.normal(size=(B, 2))

for it in range(1, 201):
    for _ in range(2):
        both = np.vstack([real_batch(), gen.forward(rng.normal(size=(B, 2)))])
        for l in critic[::2]: l.normalise()
        sign = np.r_[np.ones(B), -np.ones(B)][:, None]
        s = critic.forward(both)
        d_loss = np.maximum(0, 1 - sign * s).sum() / B
        critic.backward(-sign * (sign * s < 1) / B)
        critic.adam(2e-3, it)
    fake = gen.forward(rng.normal(size=(B, 2)))
    for l in critic[::2]: l.normalise()
    s = critic.forward(fake)
    g_loss = -s.mean()
    gen.backward(critic.backward(np.full_like(s, -1 / B)))
    gen.adam(1e-3, it)
    if it % 25 == 0:
        print(f'{it} d_loss {d_loss:.4f} g_loss {g_loss:+.4f} mean radius {np.linalg.norm(fake, axis=1).mean():.3f}')
