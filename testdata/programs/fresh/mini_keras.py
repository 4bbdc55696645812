import numpy as np

RNG = np.random.default_rng(2024)


class Parameter:
    def __init__(self, value, decay=False):
        self.value = value
        self.grad = np.zeros_like(value)
        self.decay = decay
        self.m = np.zeros_like(value)
        self.v = np.zeros_like(value)


class Layer:
    def params(self):
        return [a for a in vars(self).values() if isinstance(a, Parameter)]


class Dense(Layer):
    def __init__(self, fan_in, fan_out):
        bound = np.sqrt(6.0 / (fan_in + fan_out))
        self.kernel = Parameter(RNG.uniform(-bound, bound, (fan_in, fan_out)), decay=True)
        self.bias = Parameter(np.zeros((1, fan_out)))

    def call(self, x):
        self.inp = x
        return x @ self.kernel.value + self.bias.value

    def grad(self, upstream):
        self.kernel.grad += self.inp.T @ upstream
        self.bias.grad += upstream.sum(axis=0, keepdims=True)
        return upstream @ self.kernel.value.T


class ELU(Layer):
    def call(self, x):
        self.x = x
        return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))

    def grad(self, upstream):
        return upstream * np.where(self.x > 0, 1.0, np.exp(np.minimum(self.x, 0)))


class PReLU(Layer):
    def __init__(self, units):
        self.alpha = Parameter(np.full(units, 0.25))

    def call(self, x):
        self.x = x
        return np.maximum(x, 0) + self.alpha.value * np.minimum(x, 0)

    def grad(self, upstream):
        self.alpha.grad += (upstream * np.minimum(self.x, 0)).sum(axis=0)
        return upstream * np.where(self.x > 0, 1.0, self.alpha.value)


class BinaryCrossentropy:
    def __init__(self, pos_weight):          # works on logits
        self.pos_weight = pos_weight

    def value(self, z, y):
        per = self.pos_weight * y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
        return per.mean()

    def grad(self, z, y):
        s = 1 / (1 + np.exp(-z))
        return (self.pos_weight * y * (s - 1) + (1 - y) * s) / z.size


class AdamW:
    def __init__(self, lr=0.01, b1=0.9, b2=0.99, wd=0.02):
        self.lr, self.b1, self.b2, self.wd, self.t = lr, b1, b2, wd, 0

    def step(self, plist):
        self.t += 1
        for p in plist:
            p.m = self.b1 * p.m + (1 - self.b1) * p.grad
            p.v = self.b2 * p.v + (1 - self.b2) * p.grad ** 2
            mhat = p.m / (1 - self.b1 ** self.t)
            vhat = p.v / (1 - self.b2 ** self.t)
            if p.decay:
                p.value -= self.lr * self.wd * p.value
            p.value -= self.lr * mhat / (np.sqrt(vhat) + 1e-8)


class Sequential:
    def __init__(self, *layers):
        self.layers = layers
        self.plist = [p for layer in layers for p in layer.params()]

    def predict(self, x):
        for layer in self.layers:
            x = layer.call(x)
        return x

    def train_on_batch(self, x, y, loss, opt):
        for p in self.plist:
            p.grad[...] = 0
        z = self.predict(x)
        g = loss.grad(z, y)
        for layer in self.layers[::-1]:
            g = layer.grad(g)
        opt.step(self.plist)
        return loss.value(z, y)


def batches(x, y, size):
    order = RNG.permutation(len(x))
    for start in range(0, len(order), size):
        take = order[start:start + size]       # the last one may be shorter
        yield x[take], y[take]


features = RNG.normal(size=(330, 5))
score = features[:, 0] * features[:, 1] + np.abs(features[:, 2]) - 1.3
target = (score + 0.2 * RNG.normal(size=330) > 0).astype(float)[:, None]
xtr, ytr, xva, yva = features[:250], target[:250], features[250:], target[250:]

model = Sequential(Dense(5, 16), ELU(), Dense(16, 16), PReLU(16), Dense(16, 1))
bce, adam = BinaryCrossentropy(pos_weight=2.0), AdamW()
for epoch in range(1, 26):
    seen, total = 0, 0.0
    for xb, yb in batches(xtr, ytr, 32):
        total += model.train_on_batch(xb, yb, bce, adam) * len(xb)
        seen += len(xb)
    if epoch % 5 == 0:
        zv = model.predict(xva)
        print(f"Epoch {epoch}/25 - loss: {total / seen:.4f} - val_loss: {bce.value(zv, yva):.4f}"
              f" - val_acc: {np.mean((zv > 0) == (yva > 0.5)):.3f}")
