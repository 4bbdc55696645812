import numpy as np


class NeuralNet:
    """W, b, and everything else in lists; NAdam."""

    def __init__(self, sizes, seed=0):
        r = np.random.RandomState(seed)
        self.n = len(sizes) - 1
        self.W = [r.randn(a, b) * np.sqrt(1.0 / a) for a, b in zip(sizes, sizes[1:])]
        self.b = [np.zeros(b) for b in sizes[1:]]
        self.m = [np.zeros_like(p) for p in self.W + self.b]
        self.v = [np.zeros_like(p) for p in self.W + self.b]
        self.t = 0

    def forward(self, X):
        self.A, self.Z = [X], []
        for i in range(self.n):
            self.Z.append(self.A[i] @ self.W[i] + self.b[i])
            self.A.append(np.sin(self.Z[i]) if i < self.n - 1 else self.Z[i])
        return self.A[-1]

    def backward(self, Y):
        self.dW, self.db = [None] * self.n, [None] * self.n
        D = (self.A[-1] - Y) / Y.size
        for i in range(self.n - 1, -1, -1):
            self.dW[i] = self.A[i].T @ D
            self.db[i] = D.sum(axis=0)
            if i:
                D = (D @ self.W[i].T) * np.cos(self.Z[i - 1])

    def step(self, lr=0.01, b1=0.9, b2=0.99, eps=1e-8):
        self.t += 1
        for i, (p, g) in enumerate(zip(self.W + self.b, self.dW + self.db)):
            self.m[i] = b1 * self.m[i] + (1 - b1) * g
            self.v[i] = b2 * self.v[i] + (1 - b2) * g ** 2
            ahead = b1 * self.m[i] / (1 - b1 ** (self.t + 1)) + (1 - b1) * g / (1 - b1 ** self.t)
            p -= lr * ahead / (np.sqrt(self.v[i] / (1 - b2 ** self.t)) + eps)


xs = np.linspace(-1, 1, 50)[:, None]
ys = np.hstack([np.cos(3 * xs), xs ** 3])
net = NeuralNet([1, 12, 12, 2], seed=5)
for k in range(9):
    out = net.forward(xs)
    print(k, 0.5 * np.mean((out - ys) ** 2))
    net.backward(ys)
    net.step()
