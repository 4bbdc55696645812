"""Factors of a table of ratings, one rating a step: rows are written over by what a
line before made of the error and of the row, which decays; no loss is computed."""
import numpy as np

r = np.random.RandomState(7)
users, items, rank = 30, 20, 5
ratings = np.c_[r.randint(0, users, 600), r.randint(0, items, 600), r.randint(1, 6, 600)]


class Factors:
    def __init__(self, decay, rate):
        self.decay, self.rate = decay, rate
        self.U, self.V = 0.1 * r.randn(users, rank), 0.1 * r.randn(items, rank)

    def learn(self, batch):
        for i, j, rating in batch:
            guess = np.dot(self.U[i], self.V[j].T)
            by_user = (guess - float(rating)) * self.V[j] + self.decay * self.U[i]
            by_item = (guess - float(rating)) * self.U[i] + self.decay * self.V[j]
            self.U[i] = self.U[i] - self.rate * by_user
            self.V[j] = self.V[j] - self.rate * by_item


model = Factors(0.1, 0.05)
for epoch in range(3):
    model.learn(ratings[r.permutation(len(ratings))[:200]])
print(np.abs(model.U @ model.V.T).max())
