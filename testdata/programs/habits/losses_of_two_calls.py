"""A discriminator's gradients of two calls of one loss are added up; nothing adds up the losses."""
import numpy as np

rng = np.random.default_rng(5)


class Layer:
    def __init__(self, n, m):
        self.w, self.b = rng.normal(0, 0.5, (n, m)), np.zeros(m)
        self.gw, self.gb = np.zeros((n, m)), np.zeros(m)

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, d):
        self.gw += self.x.T @ d
        self.gb += d.sum(axis=0)
        return d @ self.w.T

    def step(self, rate):
        self.w -= rate * self.gw
        self.b -= rate * self.gb
        self.gw[:], self.gb[:] = 0, 0


def cross_entropy(s, target):
    return np.mean(np.logaddexp(0, s) - target * s), (1 / (1 + np.exp(-s)) - target) / len(s)


D1, D2, G = Layer(2, 8), Layer(8, 1), Layer(3, 2)


def judge(x):
    D1.h = np.tanh(D1.forward(x))
    return D2.forward(D1.h)


def judge_back(d):
    return D1.backward(D2.backward(d) * (1 - D1.h ** 2))


for it in range(12):
    real_loss, d = cross_entropy(judge(rng.normal(1, 0.3, (16, 2))), 0.9)
    judge_back(d)
    fake_loss, d = cross_entropy(judge(G.forward(rng.normal(size=(16, 3)))), 0.0)
    judge_back(d)
    D1.step(0.2)
    D2.step(0.2)
    loss, d = cross_entropy(judge(G.forward(rng.normal(size=(16, 3)))), 1.0)
    G.backward(judge_back(d))
    G.step(0.2)
    for layer in (D1, D2):
        layer.gw[:], layer.gb[:] = 0, 0
    if it % 4 == 0:
        print(real_loss + fake_loss, loss)
