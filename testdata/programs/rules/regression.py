# Least squares for one target, in the whole batch.
import numpy as np

np.random.seed(0)
X = np.random.randn(40, 3)
w_true = np.array([1.0, -2.0, 0.5])
t = X @ w_true + 0.1 * np.random.randn(40)


class Model:
    def __init__(self, n):
        self.w = np.zeros(n)
        self.b = np.zeros(1)

    def predict(self, X):
        return X @ self.w + self.b

    def step(self, X, t, rate):
        y = self.predict(X)
        r = y - t
        loss = np.mean(r ** 2)
        self.w[:] = self.w - rate * 2 * X.T @ r / len(X)
        self.b[:] = self.b - rate * 2 * r.mean()
        return loss


m = Model(3)
for i in range(10):
    print(m.step(X, t, 0.1))
