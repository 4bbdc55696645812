# Bayesian Personalised Ranking, SGD over sampled (user, pos item, neg item) triples
import numpy as np

class BPR:
    def __init__(self, n_users, n_items, f=6, lr=0.08, reg=0.01, seed=0):
        self.rs = np.random.RandomState(seed)
        self.U = self.rs.normal(0, .1, (n_users, f))
        self.I = self.rs.normal(0, .1, (n_items, f))
        self.b = np.zeros(n_items)
        self.lr, self.reg = lr, reg

    def triple_loss(self, u, i, j):
        x = self.U[u] @ (self.I[i] - self.I[j]) + self.b[i] - self.b[j]
        pen = (self.U[u] ** 2).sum() + (self.I[i] ** 2).sum() + (self.I[j] ** 2).sum() + self.b[i] ** 2 + self.b[j] ** 2
        return np.log1p(np.exp(-x)) + 0.5 * self.reg * pen, x

    def sgd(self, u, i, j):
        loss, x = self.triple_loss(u, i, j)
        e = 1 / (1 + np.exp(x))
        uf = self.U[u].copy()
        self.U[u] += self.lr * (e * (self.I[i] - self.I[j]) - self.reg * self.U[u])
        self.I[i] += self.lr * (e * uf - self.reg * self.I[i])
        self.I[j] += self.lr * (-e * uf - self.reg * self.I[j])
        self.b[i] += self.lr * (e - self.reg * self.b[i])
        self.b[j] += self.lr * (-e - self.reg * self.b[j])
        return loss

    def fit(self, R, epochs):
        users, items = np.nonzero(R)
        for ep in range(epochs):
            tot = 0.
            for s in self.rs.permutation(len(users)):
                u, i = users[s], items[s]
                j = self.rs.randint(R.shape[1])
                while R[u, j]:
                    j = self.rs.randint(R.shape[1])
                tot += self.sgd(u, i, j)
            print("epoch %d: bpr loss %.4f" % (ep + 1, tot / len(users)))

    def auc(self, train, test):
        scores = self.U @ self.I.T + self.b
        out = []
        for u in range(len(train)):
            pos = np.flatnonzero(test[u])
            neg = np.flatnonzero(~(train[u] | test[u]))
            if len(pos):
                out.append((scores[u, pos][:, None] > scores[u, neg][None]).mean())
        return np.mean(out)

if __name__ == '__main__':
    rs = np.random.RandomState(100)
    taste, genre = rs.dirichlet([.3] * 3, 40), rs.dirichlet([.3] * 3, 30)
    full = rs.rand(40, 30) < 0.6 * taste @ genre.T
    hold = (rs.rand(40, 30) < 0.2) & full
    model = BPR(40, 30)
    model.fit(full & ~hold, 15)
    print('AUC held out:', round(model.auc(full & ~hold, hold), 4))
