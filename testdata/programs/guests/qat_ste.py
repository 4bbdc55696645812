"""Quantisation-aware training: 3-bit weights, 3-bit activations with a learned clipping level
(PACT), straight-through estimator, float32 throughout. Firmware people will like this one."""
import numpy as np

F = np.float32
rng = np.random.default_rng(88)
WBITS, ABITS = 3, 3


def rnd(x):
    return np.rint(x)


def quant_weight(w):
    """symmetric, per output column; returns the value used in the forward pass"""
    levels = 2 ** (WBITS - 1) - 1
    scale = np.abs(w).max(axis=0, keepdims=True) / levels + F(1e-12)
    return rnd(w / scale) * scale


def quant_act(x, alpha):
    levels = 2 ** ABITS - 1
    y = np.clip(x, 0, alpha)
    return rnd(y * (levels / alpha)) * (alpha / levels)


class QLinear:
    def __init__(self, i, o):
        self.w = (rng.standard_normal((i, o)) * np.sqrt(2.0 / i)).astype(F)
        self.b = np.zeros(o, F)

    def forward(self, x, q):
        self.x = x
        self.wq = quant_weight(self.w) if q else self.w
        return x @ self.wq + self.b

    def backward(self, g):
        self.gw = self.x.T @ g              # straight through: d wq / d w := 1
        self.gb = g.sum(0)
        return g @ self.wq.T


class PACT:
    def __init__(self):
        self.alpha = np.array([4.0], F)

    def forward(self, x, q):
        self.x = x
        return quant_act(x, self.alpha[0]) if q else np.clip(x, 0, self.alpha[0])

    def backward(self, g):
        inside = (self.x > 0) & (self.x < self.alpha[0])
        self.ga = np.array([g[self.x >= self.alpha[0]].sum()], F)
        return g * inside


class Model:
    def __init__(self):
        self.l1, self.a1 = QLinear(16, 32), PACT()
        self.l2, self.a2 = QLinear(32, 24), PACT()
        self.l3 = QLinear(24, 4)
        self.seq = [self.l1, self.a1, self.l2, self.a2, self.l3]

    def forward(self, x, q):
        for layer in self.seq:
            x = layer.forward(x, q)
        return x

    def loss(self, x, y, q, alpha_decay=0.0):
        z = self.forward(x, q)
        z = z - z.max(1, keepdims=True)
        lse = np.log(np.exp(z).sum(1, keepdims=True))
        self.dz = (np.exp(z - lse) - np.eye(4, dtype=F)[y]) / F(len(y))
        penalty = 0.5 * alpha_decay * (self.a1.alpha[0] ** 2 + self.a2.alpha[0] ** 2)
        return float(-(z - lse)[np.arange(len(y)), y].mean() + penalty)

    def backward(self, alpha_decay=0.0):
        g = self.dz
        for layer in reversed(self.seq):
            g = layer.backward(g)
        for a in (self.a1, self.a2):
            a.ga = a.ga + F(alpha_decay) * a.alpha

    def pairs(self):
        for l in (self.l1, self.l2, self.l3):
            yield l.w, l.gw
            yield l.b, l.gb
        for a in (self.a1, self.a2):
            yield a.alpha, a.ga


def make(n):
    y = rng.integers(0, 4, n)
    x = rng.standard_normal((n, 16))
    f = 1 + y[:, None]
    x += 1.6 * np.sin(2 * np.pi * f * np.arange(16) / 16 + rng.uniform(0, 2 * np.pi, (n, 1)))
    return x.astype(F), y


def train(model, x, y, epochs, lr, q, alpha_decay=0.0):
    vel = None
    for ep in range(epochs):
        order = rng.permutation(len(y))
        for s in range(0, len(y), 50):
            i = order[s:s + 50]
            model.loss(x[i], y[i], q, alpha_decay)
            model.backward(alpha_decay)
            pg = list(model.pairs())
            if vel is None:
                vel = [np.zeros_like(p) for p, _ in pg]
            for v, (p, g) in zip(vel, pg):
                v *= F(0.9)
                v += g
                p -= F(lr) * v
    return model


def acc(model, x, y, q):
    return float((model.forward(x, q).argmax(1) == y).mean())


xtr, ytr = make(2000)
xte, yte = make(1000)
net = train(Model(), xtr, ytr, 25, 0.03, q=False)
print('float training      : float acc %.3f' % acc(net, xte, yte, False))
print('rounded afterwards  : quant acc %.3f, loss %.4f' % (acc(net, xte, yte, True), net.loss(xte, yte, True)))
for rate in (0.01, 0.003):
    train(net, xtr, ytr, 10, rate, q=True, alpha_decay=1e-3)
    print('QAT, lr %.3f        : quant acc %.3f, loss %.4f, clip levels %.3f %.3f' % (
        rate, acc(net, xte, yte, True), net.loss(xte, yte, True), net.a1.alpha[0], net.a2.alpha[0]))
print('distinct weight values in a column of layer 1:', len(np.unique(quant_weight(net.l1.w)[:, 0])))
