import numpy as np

rng = np.random.default_rng(30)


class Block:
    def __init__(self, d):
        self.A, self.a = rng.normal(0, .3, (d, d)), np.zeros(d)
        self.B, self.b = rng.normal(0, .3, (d, d)), np.zeros(d)

    def forward(self, x):
        self.x = x
        self.h = np.maximum(x @ self.A + self.a, 0)
        return x + self.h @ self.B + self.b

    def backward(self, d):
        self.gB, self.gb = self.h.T @ d, d.sum(axis=0)
        dh = d @ self.B.T
        dz = dh * (self.h > 0)
        self.gA, self.ga = self.x.T @ dz, dz.sum(axis=0)
        return d + dz @ self.A.T

    def step(self, lr):
        for n in "AaBb":
            setattr(self, n, getattr(self, n) - lr * getattr(self, "g" + n))


blocks = [Block(5), Block(5)]
out, gout = rng.normal(0, .4, (5, 1)), None
for i in range(10):
    x = rng.normal(size=(24, 5))
    y = x[:, :1] ** 2 - x[:, 1:2]
    a = x
    for block in blocks:
        a = block.forward(a)
    pred = a @ out
    diff = pred - y
    loss = np.mean(np.where(np.abs(diff) <= 1, .5 * diff ** 2, np.abs(diff) - .5))
    d = np.clip(diff, -1, 1) / len(x)
    gout = a.T @ d
    d = d @ out.T
    for block in blocks[::-1]:
        d = block.backward(d)
    out = out - .05 * gout
    for block in blocks:
        block.step(.05)
    print(i, loss)
