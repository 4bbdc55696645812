import numpy as np


class LeastSquares:
    """One vector of weights, of which the first is the offset."""

    def __init__(self, rate, features, rng):
        self.rate = rate
        self.w = rng.normal(scale=0.01, size=features + 1)

    def score(self, X):
        return X @ self.w[1:] + self.w[0]

    def learn(self, X, target):
        miss = target - self.score(X)
        self.w[1:] += self.rate * X.T.dot(miss)
        self.w[0] += self.rate * miss.sum()
        return 0.5 * (miss ** 2).sum()


rng = np.random.default_rng(5)
X = rng.normal(size=(60, 3))
side = np.where(X @ np.array([1, -2, 0.5]) + 0.2 > 0, 1, -1)
model = LeastSquares(0.005, 3, rng)
for epoch in range(12):
    print(epoch, model.learn(X, side))
