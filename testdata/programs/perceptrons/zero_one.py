import numpy as np


def step(z):
    return np.where(z >= 0, 1, 0)


class Unit:
    def __init__(self, eta, rounds):
        self.eta, self.rounds = eta, rounds

    def net(self, x):
        return np.dot(x, self.w_) + self.b_

    def predict(self, x):
        return step(self.net(x))

    def fit(self, X, y):
        gen = np.random.RandomState(1)
        self.w_ = gen.normal(0.0, 0.01, X.shape[1])
        self.b_ = np.float64(0.0)
        self.errors_ = []
        for _ in range(self.rounds):
            errors = 0
            for xi, target in zip(X, y):
                delta = self.eta * (target - self.predict(xi))
                self.w_ = self.w_ + delta * xi
                self.b_ = self.b_ + delta
                errors += int(delta != 0.0)
            self.errors_.append(errors)
        return self


g = np.random.RandomState(0)
X = np.r_[g.randn(25, 2) * 0.9 + [1, 0.5], g.randn(25, 2) * 0.9 - [0.8, 0.7]]
y = np.r_[np.ones(25), np.zeros(25)]
u = Unit(0.1, 5).fit(X, y)
print(u.errors_, np.mean(u.predict(X) == y))
