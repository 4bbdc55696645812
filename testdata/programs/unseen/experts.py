import numpy as np


class Experts:
    """A gate weighs several linear experts; the loss is that of their mixture."""

    def __init__(self, din, dout, n, rng):
        self.gate = rng.normal(0, 0.5, (din, n))
        self.bias = np.zeros(n)
        self.weight = rng.normal(0, 0.5, (n, din, dout))
        self.offset = np.zeros((n, dout))

    def forward(self, x):
        s = x @ self.gate + self.bias
        self.g = np.exp(s - s.max(1)[:, None])
        self.g /= self.g.sum(1)[:, None]
        self.o = np.tensordot(x, self.weight, axes=(1, 1)) + self.offset
        self.x = x
        return np.einsum("bn,bnd->bd", self.g, self.o)

    def backward(self, dy):
        do = np.einsum("bn,bd->bnd", self.g, dy)
        dg = np.einsum("bnd,bd->bn", self.o, dy)
        ds = self.g * dg
        ds -= self.g * ds.sum(axis=1, keepdims=True)
        self.grads = [self.x.T @ ds, ds.sum(0), np.einsum("bi,bnd->nid", self.x, do), do.sum(0)]

    def parameters(self):
        return [self.gate, self.bias, self.weight, self.offset]


rng = np.random.default_rng(600)
x = rng.uniform(-2, 2, (72, 2))
y = np.where(x[:, :1] > 0, x @ np.array([[1.0], [2.0]]), x @ np.array([[-1.0], [0.5]]) + 1)
model = Experts(2, 1, 3, rng)
before = np.inf
for step in range(12):
    batch = slice(24 * (step % 3), 24 * (step % 3) + 24)
    out = model.forward(x[batch])
    loss = 0.5 * np.mean(np.square(out - y[batch]))
    model.backward((out - y[batch]) / 24)
    for p, g in zip(model.parameters(), model.grads):
        np.subtract(p, 0.1 * g, out=p)
    if step % 3 == 2:
        now = 0.5 * np.mean((model.forward(x) - y) ** 2)
        print(step, loss, now)
        if now > before:
            break
        before = now
