import numpy as np

rng = np.random.default_rng(42)

# ---------------------------------------------------------------- layers
class Layer:
    params = ()
    grads = ()
    def call(self, x, training): raise NotImplementedError
    def grad(self, g): raise NotImplementedError

class Embedding(Layer):
    def __init__(self, vocab, dim):
        self.table = rng.normal(0, 0.5, (vocab, dim))
        self.dtable = np.zeros_like(self.table)
        self.params, self.grads = [self.table], [self.dtable]
    def call(self, ids, training):
        self.ids = ids
        return self.table[ids]
    def grad(self, g):
        self.dtable[...] = 0
        np.add.at(self.dtable, self.ids, g)

class MaskedMean(Layer):
    """average over time, ignoring padding (id 0)"""
    def __init__(self, emb):
        self.emb = emb
    def call(self, x, training):
        self.m = (self.emb.ids != 0).astype(float)[:, :, None]
        self.count = self.m.sum(1)
        return (x * self.m).sum(1) / self.count
    def grad(self, g):
        return self.m * (g / self.count)[:, None, :]

class Dense(Layer):
    def __init__(self, nin, nout, l2=0.0):
        lim = np.sqrt(6 / (nin + nout))
        self.w, self.b, self.l2 = rng.uniform(-lim, lim, (nin, nout)), np.zeros(nout), l2
        self.dw, self.db = np.zeros_like(self.w), np.zeros_like(self.b)
        self.params, self.grads = [self.w, self.b], [self.dw, self.db]
    def call(self, x, training):
        self.x = x
        return x @ self.w + self.b
    def grad(self, g):
        self.dw[...] = self.x.T @ g + 2 * self.l2 * self.w
        self.db[...] = g.sum(0)
        return g @ self.w.T

class Swish(Layer):
    def call(self, x, training):
        self.x = x
        self.s = 1 / (1 + np.exp(-x))
        return x * self.s
    def grad(self, g):
        return g * (self.s + self.x * self.s * (1 - self.s))

# ---------------------------------------------------------------- losses / optimizers
class BinaryCrossentropyFromLogits:
    def value(self, z, y):
        return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))
    def grad(self, z, y):
        return (1 / (1 + np.exp(-z)) - y) / len(y)

class RMSprop:
    def __init__(self, lr=1e-2, rho=0.9, momentum=0.5, eps=1e-7):
        self.lr, self.rho, self.momentum, self.eps = lr, rho, momentum, eps
        self.ms, self.mom = {}, {}
    def apply(self, pairs):
        for i, (p, g) in enumerate(pairs):
            if i not in self.ms:
                self.ms[i] = np.zeros_like(p)
                self.mom[i] = np.zeros_like(p)
            self.ms[i] = self.rho * self.ms[i] + (1 - self.rho) * g * g
            self.mom[i] = self.momentum * self.mom[i] + self.lr * g / np.sqrt(self.ms[i] + self.eps)
            p -= self.mom[i]

# ---------------------------------------------------------------- model
class Sequential:
    def __init__(self, layers): self.layers = layers
    def compile(self, optimizer, loss): self.optimizer, self.loss = optimizer, loss
    def predict(self, x, training=False):
        for l in self.layers: x = l.call(x, training)
        return x
    def penalty(self):
        return sum(l.l2 * np.sum(l.w ** 2) for l in self.layers if isinstance(l, Dense))
    def train_on_batch(self, x, y):
        z = self.predict(x, training=True)
        loss = self.loss.value(z, y) + self.penalty()
        g = self.loss.grad(z, y)
        for l in reversed(self.layers): g = l.grad(g)
        self.optimizer.apply([pg for l in self.layers for pg in zip(l.params, l.grads)])
        return loss
    def fit(self, x, y, epochs, batch_size, validation_data):
        for e in range(epochs):
            order = rng.permutation(len(x))
            ls = [self.train_on_batch(x[order[k:k + batch_size]], y[order[k:k + batch_size]])
                  for k in range(0, len(x), batch_size)]
            vx, vy = validation_data
            vz = self.predict(vx)
            print(f"Epoch {e + 1}/{epochs} - loss: {np.mean(ls):.4f} - val_loss: {self.loss.value(vz, vy):.4f}"
                  f" - val_acc: {np.mean((vz > 0) == vy):.3f}")

# toy reviews: words 1..9 positive, 10..18 negative, 19..29 neutral
N, T = 240, 9
y = rng.integers(0, 2, (N, 1)).astype(float)
x = rng.integers(19, 30, (N, T))
for i in range(N):
    k = rng.integers(2, 4)
    x[i, :k] = rng.integers(1, 10, k) if y[i, 0] else rng.integers(10, 19, k)
    x[i, rng.integers(4, T + 1):] = 0
emb = Embedding(30, 8)
model = Sequential([emb, MaskedMean(emb), Dense(8, 8, l2=1e-3), Swish(), Dense(8, 1, l2=1e-3)])
model.compile(RMSprop(lr=0.005), BinaryCrossentropyFromLogits())
model.fit(x[:180], y[:180], epochs=12, batch_size=30, validation_data=(x[180:], y[180:]))
