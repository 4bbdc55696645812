"""Mini framework: every layer has forward / backward / params."""
import numpy as np


class Linear:
    def __init__(self, n_in, n_out, rng):
        self.W = rng.normal(0, np.sqrt(2.0 / n_in), (n_in, n_out))
        self.b = np.zeros(n_out)

    def forward(self, x, train=True):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW = self.x.T @ g
        self.db = g.sum(axis=0)
        return g @ self.W.T

    def params(self):
        return [(self, 'W'), (self, 'b')]


class BatchNorm:
    def __init__(self, n, momentum=0.9, eps=1e-5):
        self.gamma, self.beta = np.ones(n), np.zeros(n)
        self.run_mean, self.run_var = np.zeros(n), np.ones(n)
        self.momentum, self.eps = momentum, eps

    def forward(self, x, train=True):
        if train:
            mu, var = x.mean(0), x.var(0)
            self.run_mean = self.momentum * self.run_mean + (1 - self.momentum) * mu
            self.run_var = self.momentum * self.run_var + (1 - self.momentum) * var
        else:
            mu, var = self.run_mean, self.run_var
        self.istd = 1 / np.sqrt(var + self.eps)
        self.xhat = (x - mu) * self.istd
        return self.gamma * self.xhat + self.beta

    def backward(self, g):
        self.dgamma = (g * self.xhat).sum(0)
        self.dbeta = g.sum(0)
        n = len(g)
        return self.gamma * self.istd / n * (n * g - self.dbeta - self.xhat * self.dgamma)

    def params(self):
        return [(self, 'gamma'), (self, 'beta')]


class ReLU:
    def forward(self, x, train=True):
        self.mask = x > 0
        return x * self.mask

    def backward(self, g):
        return g * self.mask

    def params(self):
        return []


rng = np.random.default_rng(0)
X = rng.normal(size=(256, 6))
y = (np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] > 0).astype(float)
net = [Linear(6, 24, rng), BatchNorm(24), ReLU(), Linear(24, 12, rng), BatchNorm(12), ReLU(), Linear(12, 1, rng)]

for epoch in range(20):
    perm = rng.permutation(len(X))
    total = 0.0
    for i in range(0, len(X), 64):
        xb, yb = X[perm[i:i + 64]], y[perm[i:i + 64]]
        out = xb
        for layer in net:
            out = layer.forward(out)
        z = out[:, 0]
        total += np.sum(np.logaddexp(0, z) - yb * z)      # BCE with logits
        grad = ((1 / (1 + np.exp(-z)) - yb) / len(yb))[:, None]
        for layer in reversed(net):
            grad = layer.backward(grad)
        for layer in net:
            for obj, name in layer.params():
                setattr(obj, name, getattr(obj, name) - 0.5 * getattr(obj, 'd' + name))
    print(f"epoch {epoch + 1}: loss = {total / len(X):.4f}")
out = X
for layer in net:
    out = layer.forward(out, train=False)
print("accuracy (eval mode):", np.mean((out[:, 0] > 0) == y))
