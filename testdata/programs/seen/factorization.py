import numpy as np


class MatrixFactorization:
    def __init__(self, R, k, alpha, beta):
        self.R, self.alpha, self.beta = R, alpha, beta
        self.mask = R > 0
        rng = np.random.RandomState(1)
        self.U = rng.normal(scale=1. / k, size=(R.shape[0], k))
        self.V = rng.normal(scale=1. / k, size=(R.shape[1], k))
        self.bu = np.zeros((R.shape[0], 1))

    def fit(self, steps):
        for s in range(steps):
            pred = self.U @ self.V.T + self.bu
            e = (self.R - pred) * self.mask
            loss = (e ** 2).sum() + self.beta * ((self.U ** 2).sum() + (self.V ** 2).sum())
            gU = -2 * e @ self.V + 2 * self.beta * self.U
            gV = -2 * e.T @ self.U + 2 * self.beta * self.V
            gb = -2 * e.sum(axis=1, keepdims=True)
            self.U -= self.alpha * gU
            self.V -= self.alpha * gV
            self.bu -= self.alpha * gb
            print(s, loss)


R = np.random.RandomState(0).randint(0, 6, (8, 7)).astype(float)
MatrixFactorization(R, 3, .01, .02).fit(9)
