# A layer is divided by its largest stretch, which a power iteration finds; its two
# vectors are constants to the backward pass.
import numpy as np

rng = np.random.default_rng(15)
X = rng.normal(size=(40, 4))
y = np.sign(X[:, :1] * X[:, 1:2])


class Stretched:
    def __init__(self, n, m):
        self.W, self.b = rng.normal(size=(n, m)), np.zeros(m)
        self.right = rng.normal(size=m)

    def forward(self, x):
        for _ in range(2):
            self.left = self.W @ self.right
            self.left /= np.linalg.norm(self.left)
            self.right = self.W.T @ self.left
            self.right /= np.linalg.norm(self.right)
        self.stretch = self.left @ self.W @ self.right
        self.x, self.even = x, self.W / self.stretch
        return x @ self.even + self.b

    def backward(self, d):
        e = self.x.T @ d
        self.dW = (e - np.sum(e * self.even) * np.outer(self.left, self.right)) / self.stretch
        self.db = d.sum(axis=0)
        return d @ self.even.T


one, two = Stretched(4, 10), Stretched(10, 1)
for step in range(20):
    rows = rng.permutation(40)[:20]
    h = np.tanh(one.forward(X[rows]))
    miss = two.forward(h) - y[rows]
    loss = np.mean(miss ** 2)
    one.backward(two.backward(2 * miss / len(rows)) * (1 - h ** 2))
    for layer in (one, two):
        layer.W -= 0.2 * layer.dW
        layer.b -= 0.2 * layer.db
    if step % 5 == 0:
        print(step, round(loss, 4))
