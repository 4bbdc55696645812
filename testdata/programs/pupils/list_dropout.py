import numpy as np

rng = np.random.default_rng(5)


class Dense:
    def __init__(self, nin, nout):
        self.W = rng.normal(0, np.sqrt(2 / nin), size=(nin, nout))
        self.b = np.zeros(nout)
        self.mW = np.zeros_like(self.W)
        self.mb = np.zeros_like(self.b)

    def forward(self, x, training):
        self.inp = x
        return x @ self.W + self.b

    def backward(self, g):
        self.gW = self.inp.T @ g
        self.gb = g.sum(axis=0)
        return g @ self.W.T

    def step(self, lr, mu, wd):
        self.mW = mu * self.mW + self.gW + wd * self.W
        self.mb = mu * self.mb + self.gb
        self.W -= lr * self.mW
        self.b -= lr * self.mb


class LeakyReLU:
    def __init__(self, slope=0.1):
        self.slope = slope

    def forward(self, x, training):
        self.neg = x < 0
        return np.where(self.neg, self.slope * x, x)

    def backward(self, g):
        return np.where(self.neg, self.slope * g, g)

    def step(self, lr, mu, wd):
        pass


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, x, training):
        if not training:
            return x
        self.keep = (rng.random(x.shape) >= self.rate) / (1.0 - self.rate)
        return x * self.keep

    def backward(self, g):
        return g * self.keep

    def step(self, lr, mu, wd):
        pass


class Net:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x, training=False):
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(self, g):
        for layer in self.layers[::-1]:
            g = layer.backward(g)

    def step(self, *args):
        for layer in self.layers:
            layer.step(*args)


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def nll(logp, t):
    return -logp[np.arange(len(t)), t].mean()


def nll_grad(logp, t):
    g = np.exp(logp)
    g[np.arange(len(t)), t] -= 1
    return g / len(t)


# rings of points, with six useless features added
def rings(n):
    t = rng.integers(0, 4, n)
    ang = rng.uniform(0, 2 * np.pi, n)
    rad = 1 + t + rng.normal(0, 0.25, n)
    good = np.stack([rad * np.cos(ang), rad * np.sin(ang)], axis=1)
    return np.hstack([good, rng.normal(size=(n, 6))]), t


x_tr, t_tr = rings(900)
x_va, t_va = rings(400)
scale = x_tr.std(axis=0)
x_tr, x_va = x_tr / scale, x_va / scale

net = Net([Dense(8, 64), LeakyReLU(), Dropout(0.2),
           Dense(64, 32), LeakyReLU(), Dropout(0.2), Dense(32, 4)])
lr = 0.05
for epoch in range(30):
    if epoch in (15, 24):
        lr *= 0.3
    perm = rng.permutation(len(x_tr))
    total = 0.0
    for k in range(0, len(perm), 50):
        ids = perm[k:k + 50]
        xb, tb = x_tr[ids], t_tr[ids]
        logp = log_softmax(net.forward(xb, training=True))
        total += nll(logp, tb) * len(ids)
        net.backward(nll_grad(logp, tb))
        net.step(lr, 0.9, 1e-4)
    if epoch % 5 == 4:
        lp = log_softmax(net.forward(x_va))
        print(f'{epoch + 1:3d} train {total / len(x_tr):.5f} valid {nll(lp, t_va):.5f} '
              f'acc {(lp.argmax(1) == t_va).mean():.4f}')
