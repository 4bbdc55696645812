import numpy as np


class Affine:
    def __init__(self, n, m, rng):
        self.params = [rng.standard_normal((n, m)) * np.sqrt(2.0 / n), np.zeros(m)]

    def forward(self, x, train):
        self.x = x
        return x.dot(self.params[0]) + self.params[1]

    def backward(self, dout):
        self.grads = [self.x.T.dot(dout), dout.sum(axis=0)]
        return dout.dot(self.params[0].T)


class BatchNorm:
    def __init__(self, m):
        self.params = [np.ones(m), np.zeros(m)]
        self.mean, self.var = np.zeros(m), np.ones(m)

    def forward(self, x, train):
        if train:
            mu, var = x.mean(axis=0), x.var(axis=0)
            self.mean = 0.9 * self.mean + 0.1 * mu
            self.var = 0.9 * self.var + 0.1 * var
        else:
            mu, var = self.mean, self.var
        self.inv = 1 / np.sqrt(var + 1e-5)
        self.xhat = (x - mu) * self.inv
        return self.params[0] * self.xhat + self.params[1]

    def backward(self, dout):
        n = dout.shape[0]
        self.grads = [np.sum(dout * self.xhat, axis=0), np.sum(dout, axis=0)]
        dxhat = dout * self.params[0]
        return self.inv / n * (n * dxhat - dxhat.sum(axis=0) - self.xhat * np.sum(dxhat * self.xhat, axis=0))


class LeakyRelu:
    params = []

    def forward(self, x, train):
        self.x = x
        return np.where(x > 0, x, 0.1 * x)

    def backward(self, dout):
        self.grads = []
        return dout * np.where(self.x > 0, 1, 0.1)


class Dropout:
    params = []

    def __init__(self, keep, rng):
        self.keep, self.rng = keep, rng

    def forward(self, x, train):
        if not train:
            return x
        self.mask = (self.rng.random(x.shape) < self.keep) / self.keep
        return x * self.mask

    def backward(self, dout):
        self.grads = []
        return dout * self.mask


class Model:
    def __init__(self, layers):
        self.layers = layers

    def predict(self, x, train=False):
        for layer in self.layers:
            x = layer.forward(x, train)
        return x

    def loss(self, x, y):
        scores = self.predict(x, True)
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        n = len(y)
        loss = -log_p[np.arange(n), y].sum() / n
        dout = np.exp(log_p)
        dout[np.arange(n), y] -= 1
        dout /= n
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return loss


class Momentum:
    def __init__(self, model, lr, mu):
        self.model, self.lr, self.mu = model, lr, mu
        self.v = [[np.zeros_like(p) for p in layer.params] for layer in model.layers]

    def step(self):
        for layer, vs in zip(self.model.layers, self.v):
            for p, g, v in zip(layer.params, layer.grads, vs):
                v *= self.mu
                v += g
                p -= self.lr * v


rng = np.random.default_rng(8)
x = rng.standard_normal((120, 6))
y = (np.abs(x[:, 0]) > 0.7).astype(int) + (x[:, 1] * x[:, 2] > 0.4)
model = Model([Affine(6, 14, rng), BatchNorm(14), LeakyRelu(), Dropout(0.8, rng), Affine(14, 3, rng)])
optimiser = Momentum(model, 0.05, 0.9)
for epoch in range(3):
    order = rng.permutation(100)
    for k in range(0, 100, 25):
        take = order[k:k + 25]
        loss = model.loss(x[take], y[take])
        optimiser.step()
    accuracy = (model.predict(x[100:]).argmax(axis=1) == y[100:]).mean()
    print(epoch, loss, accuracy)
