import numpy as np


class FactorisationMachine:
    def __init__(self, n_features, k, rs):
        self.w0 = np.zeros(1)
        self.w = np.zeros(n_features)
        self.V = rs.normal(0, 0.1, (n_features, k))

    def score(self, X):
        self.XV = X @ self.V
        self.X2V2 = (X ** 2) @ (self.V ** 2)
        return self.w0 + X @ self.w + 0.5 * (self.XV ** 2 - self.X2V2).sum(axis=1)

    def fit(self, X, t, lr, l2, sweeps):
        for s in range(sweeps):
            z = self.score(X)
            loss = np.logaddexp(0, -t * z).mean() + 0.5 * l2 * (np.sum(self.w ** 2) + np.sum(self.V ** 2))
            dz = -t / (1 + np.exp(t * z)) / len(t)
            g0 = dz.sum()
            gw = X.T @ dz + l2 * self.w
            gV = X.T @ (dz[:, None] * self.XV) - self.V * ((X ** 2).T @ dz)[:, None] + l2 * self.V
            self.w0 -= lr * g0
            self.w -= lr * gw
            self.V -= lr * gV
            print(s, loss)


rs = np.random.RandomState(30)
user, film = rs.randint(0, 5, 90), rs.randint(0, 6, 90)
X = np.zeros((90, 11))
X[np.arange(90), user] = 1
X[np.arange(90), 5 + film] = rs.rand(90) + 0.5
t = np.where((user + film) % 3 == 0, 1, -1)
FactorisationMachine(11, 4, rs).fit(X, t, 1.5, 0.002, 8)
