import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 4))
y = (X[:, :1] * X[:, 1:2] > 0).astype(float)


class Net:
    def __init__(self):
        r = np.random.default_rng(1)
        self.p = [r.normal(0, .6, (4, 8)), np.zeros(8), r.normal(0, .6, (8, 1)), np.zeros(1)]

    def run(self, x, t):
        self.h = np.tanh(x @ self.p[0] + self.p[1])
        self.o = 1 / (1 + np.exp(-(self.h @ self.p[2] + self.p[3])))
        loss = -np.mean(t * np.log(self.o + 1e-9) + (1 - t) * np.log(1 - self.o + 1e-9))
        d = (self.o - t) / len(x)
        dh = d @ self.p[2].T * (1 - self.h ** 2)
        return loss, [x.T @ dh, dh.sum(0), self.h.T @ d, d.sum(0)]


def sgd(net, g, s):
    for p, q in zip(net.p, g):
        p -= .5 * q


def momentum(net, g, s):
    for i, (p, q) in enumerate(zip(net.p, g)):
        s[i] = .9 * s.get(i, 0) + q
        p -= .1 * s[i]


def adam(net, g, s):
    s["t"] = s.get("t", 0) + 1
    for i, (p, q) in enumerate(zip(net.p, g)):
        m, v = s.get(i, (0, 0))
        m, v = .9 * m + .1 * q, .999 * v + .001 * q * q
        s[i] = m, v
        p -= .05 * (m / (1 - .9 ** s["t"])) / (np.sqrt(v / (1 - .999 ** s["t"])) + 1e-8)


for name, rule in dict(sgd=sgd, momentum=momentum, adam=adam).items():
    net, state = Net(), {}
    for i in range(9):
        loss, grads = net.run(X, y)
        rule(net, grads, state)
    print(name, loss)
