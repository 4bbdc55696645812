import numpy as np

# One sample is far out: where it is wrong, the loss looks no further than LEAST.

draw = np.random.RandomState(3)
x = draw.randn(240, 10)
x[75] *= 6
kind = np.argmax(x[:, :3] + 0.3 * draw.randn(240, 3), axis=1)

LEAST = 1e-6


def probabilities(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Classifier:
    def __init__(self, sizes):
        self.ws = [0.6 * draw.randn(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
        self.bs = [np.zeros(b) for b in sizes[1:]]

    def scores(self, x):
        self.inputs = []
        for k, (w, b) in enumerate(zip(self.ws, self.bs)):
            self.inputs.append(x)
            x = x @ w + b
            if k < len(self.ws) - 1:
                x = np.maximum(x, 0)
        return x

    def slopes(self, p, kind):
        d = p.copy()
        d[np.arange(len(kind)), kind] -= 1
        d /= len(kind)
        dws, dbs = [], []
        for k in reversed(range(len(self.ws))):
            dws.insert(0, self.inputs[k].T @ d)
            dbs.insert(0, d.sum(axis=0))
            if k > 0:
                d = (d @ self.ws[k].T) * (self.inputs[k] > 0)
        return dws + dbs


class Moments:
    def __init__(self, model, rate=0.01, keep=0.9, keep2=0.99):
        self.model, self.rate, self.keep, self.keep2 = model, rate, keep, keep2
        self.m = [0] * (2 * len(model.ws))
        self.v = [0] * (2 * len(model.ws))
        self.t = 0

    def step(self, slopes):
        self.t += 1
        self.m = [self.keep * m + (1 - self.keep) * g for m, g in zip(self.m, slopes)]
        self.v = [self.keep2 * v + (1 - self.keep2) * g * g for v, g in zip(self.v, slopes)]
        m = [m / (1 - self.keep ** self.t) for m in self.m]
        v = [v / (1 - self.keep2 ** self.t) for v in self.v]
        new = [p - self.rate * a / (np.sqrt(b) + 1e-8) for p, a, b in zip(self.model.ws + self.model.bs, m, v)]
        self.model.ws, self.model.bs = new[:len(self.model.ws)], new[len(self.model.ws):]


model = Classifier([10, 8, 3])
moments = Moments(model)
for epoch in range(4):
    for start in range(0, len(x), 30):
        some, k = x[start:start + 30], kind[start:start + 30]
        p = probabilities(model.scores(some))
        loss = -np.log(np.clip(p, LEAST, 1 - LEAST)[np.arange(len(k)), k]).mean()
        moments.step(model.slopes(p, k))
        print(loss, p[np.arange(len(k)), k].min())
