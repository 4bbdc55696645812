import numpy as np


class Linear:
    def __init__(self, in_features, out_features, rng):
        self.W = rng.uniform(-0.5, 0.5, (out_features, in_features)).astype("f")
        self.b = np.zeros((out_features, 1), dtype="f")

    def forward(self, A):
        self.A = A
        self.N = A.shape[0]
        self.Ones = np.ones((self.N, 1), dtype="f")
        return self.A @ self.W.T + self.Ones @ self.b.T

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W
        self.dLdW = dLdZ.T @ self.A / self.N
        self.dLdb = dLdZ.T @ self.Ones / self.N
        return dLdA


class Sigmoid:
    def forward(self, Z):
        self.A = 1 / (1 + np.exp(-Z))
        return self.A

    def backward(self, dLdA):
        return dLdA * (self.A - self.A * self.A)


class MSELoss:
    def forward(self, A, Y):
        self.A, self.Y = A, Y
        self.N, self.C = A.shape
        se = (A - Y) * (A - Y)
        return np.sum(se) / (2 * self.N * self.C)

    def backward(self):
        return (self.A - self.Y) / self.C


class SGD:
    def __init__(self, layers, lr, momentum):
        self.l, self.lr, self.mu = layers, lr, momentum
        self.v_W = [np.zeros(l.W.shape, dtype="f") for l in layers]
        self.v_b = [np.zeros(l.b.shape, dtype="f") for l in layers]

    def step(self):
        for i, l in enumerate(self.l):
            self.v_W[i] = self.mu * self.v_W[i] + l.dLdW
            self.v_b[i] = self.mu * self.v_b[i] + l.dLdb
            l.W = l.W - self.lr * self.v_W[i]
            l.b = l.b - self.lr * self.v_b[i]


rng = np.random.default_rng(5)
a, b = Linear(3, 8, rng), Linear(8, 2, rng)
s, t = Sigmoid(), Sigmoid()
opt = SGD([a, b], 0.5, 0.8)
crit = MSELoss()
X = rng.normal(size=(32, 3)).astype("f")
Y = np.stack([X[:, 0] > 0, X[:, 1] > X[:, 2]], axis=1).astype("f")
for i in range(10):
    out = t.forward(b.forward(s.forward(a.forward(X))))
    loss = crit.forward(out, Y)
    a.backward(s.backward(b.backward(t.backward(crit.backward()))))
    opt.step()
    print(i, loss)
