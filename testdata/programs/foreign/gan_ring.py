"""A GAN on eight gaussians, layers as small classes."""
import numpy as np


class Linear:
    def __init__(self, n_in, n_out, rng):
        self.w = rng.normal(0, np.sqrt(2.0 / n_in), (n_in, n_out))
        self.b = np.zeros(n_out)
        self.gw, self.gb = np.zeros_like(self.w), np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return x.dot(self.w) + self.b

    def backward(self, dy):
        self.gw += self.x.T.dot(dy)
        self.gb += dy.sum(0)
        return dy.dot(self.w.T)

    def pg(self):
        return [(self.w, self.gw), (self.b, self.gb)]


class LeakyReLU:
    def __init__(self, slope=0.2):
        self.slope = slope

    def forward(self, x):
        self.pos = x > 0
        return np.where(self.pos, x, self.slope * x)

    def backward(self, dy):
        return dy * np.where(self.pos, 1.0, self.slope)

    def pg(self):
        return []


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy):
        return dy * (1.0 - self.y ** 2)

    def pg(self):
        return []


class Net:
    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy):
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def pg(self):
        return [p for layer in self.layers for p in layer.pg()]

    def zero_grad(self):
        for _, g in self.pg():
            g.fill(0.0)


class Adam:
    def __init__(self, net, lr, b1=0.5, b2=0.99, eps=1e-8):
        self.pg = net.pg()
        self.lr, self.b1, self.b2, self.eps = lr, b1, b2, eps
        self.m = [np.zeros_like(p) for p, _ in self.pg]
        self.v = [np.zeros_like(p) for p, _ in self.pg]
        self.t = 0

    def step(self):
        self.t += 1
        c1 = 1 - self.b1 ** self.t
        c2 = 1 - self.b2 ** self.t
        for i, (p, g) in enumerate(self.pg):
            self.m[i] = self.b1 * self.m[i] + (1 - self.b1) * g
            self.v[i] = self.b2 * self.v[i] + (1 - self.b2) * g * g
            p -= self.lr * (self.m[i] / c1) / (np.sqrt(self.v[i] / c2) + self.eps)


def real_batch(n, rng):
    ang = rng.integers(0, 8, n) * np.pi / 4
    return np.stack([np.cos(ang), np.sin(ang)], axis=1) + rng.normal(0, 0.05, (n, 2))


def bce_with_logits(s, target):
    """mean loss and its gradient with respect to the logits"""
    loss = np.mean(np.logaddexp(0, s) - target * s)
    grad = (1 / (1 + np.exp(-s)) - target) / len(s)
    return loss, grad


rng = np.random.default_rng(8)
n_z, B = 4, 64
G = Net(Linear(n_z, 24, rng), LeakyReLU(), Linear(24, 24, rng), Tanh(), Linear(24, 2, rng))
D = Net(Linear(2, 32, rng), LeakyReLU(), Linear(32, 16, rng), LeakyReLU(0.1), Linear(16, 1, rng))
opt_g, opt_d = Adam(G, 2e-3), Adam(D, 4e-3)
smooth = 0.9

# running average of the generator, used for the samples at the end
G_avg = [p.copy() for p, _ in G.pg()]

for it in range(1, 501):
    # ---- discriminator
    D.zero_grad()
    loss_r, d_r = bce_with_logits(D(real_batch(B, rng)), smooth)
    D.backward(d_r)
    fake = G(rng.normal(size=(B, n_z)))
    loss_f, d_f = bce_with_logits(D(fake), 0.0)
    D.backward(d_f)
    opt_d.step()

    # ---- generator wants D to say "real"
    G.zero_grad()
    fake = G(rng.normal(size=(B, n_z)))
    loss_g, d_g = bce_with_logits(D(fake), 1.0)
    G.backward(D.backward(d_g))
    opt_g.step()

    for a, (p, _) in zip(G_avg, G.pg()):
        a *= 0.98
        a += 0.02 * p

    if it % 100 == 0:
        print('iter %3d  D %.4f (real %.3f fake %.3f)  G %.4f'
              % (it, loss_r + loss_f, loss_r, loss_f, loss_g))

for a, (p, _) in zip(G_avg, G.pg()):
    p[...] = a
samples = G(rng.normal(size=(500, n_z)))
radius = np.hypot(samples[:, 0], samples[:, 1])
sector = np.round(np.arctan2(samples[:, 1], samples[:, 0]) / (np.pi / 4)).astype(int) % 8
print('mean radius %.3f +- %.3f, modes hit: %d' % (
    radius.mean(), radius.std(), np.sum(np.bincount(sector, minlength=8) > 15)))
