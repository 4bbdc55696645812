# Matrix factorization with biases by stochastic gradient descent, one rating at
# a time, as in the recommender tutorials.  Validation RMSE stops it early.
import numpy as np
from math import sqrt

np.random.seed(12)
NUM_USERS, NUM_ITEMS, K = 14, 11, 3


def make_ratings():
    taste, kind = np.random.randn(NUM_USERS, 2), np.random.randn(NUM_ITEMS, 2)
    mood, fame = 0.4 * np.random.randn(NUM_USERS), 0.5 * np.random.randn(NUM_ITEMS)
    rows = []
    for u in range(NUM_USERS):
        for i in range(NUM_ITEMS):
            if np.random.rand() < 0.75:
                r = 3.2 + mood[u] + fame[i] + 0.6 * taste[u].dot(kind[i]) + 0.1 * np.random.randn()
                rows.append((u, i, float(np.clip(r, 1, 5))))
    np.random.shuffle(rows)
    return rows


class MF(object):
    def __init__(self, n_users, n_items, n_factors, learning_rate=0.04, reg_factor=0.02, reg_bias=0.005):
        self.n_users, self.n_items = n_users, n_items
        self.learning_rate, self.reg_factor, self.reg_bias = learning_rate, reg_factor, reg_bias
        self.P = np.random.normal(scale=1. / n_factors, size=(n_users, n_factors))
        self.Q = np.random.normal(scale=1. / n_factors, size=(n_items, n_factors))
        self.b_u = np.zeros(n_users)
        self.b_i = np.zeros(n_items)
        self.stretch = np.ones(n_factors)

    def get_rating(self, u, i):
        prediction = self.mean + self.b_u[u] + self.b_i[i]
        prediction += (self.stretch * self.P[u, :]).dot(self.Q[i, :])
        return prediction

    def sgd(self, samples):
        """One pass; the sum of squared errors with the penalties of what each rating touched."""
        total = 0.0
        for u, i, r in samples:
            e = r - self.get_rating(u, i)
            objective = 0.5 * e ** 2
            objective += 0.5 * self.reg_bias * (self.b_u[u] ** 2 + self.b_i[i] ** 2)
            objective += 0.5 * self.reg_factor * (np.sum(self.P[u] ** 2) + np.sum(self.Q[i] ** 2))
            total += objective

            grad_bu = -e + self.reg_bias * self.b_u[u]
            grad_bi = -e + self.reg_bias * self.b_i[i]
            grad_p = -e * self.stretch * self.Q[i, :] + self.reg_factor * self.P[u, :]
            grad_q = -e * self.stretch * self.P[u, :] + self.reg_factor * self.Q[i, :]
            grad_s = -e * self.P[u, :] * self.Q[i, :]

            self.b_u[u] -= self.learning_rate * grad_bu
            self.b_i[i] -= self.learning_rate * grad_bi
            self.P[u, :] -= self.learning_rate * grad_p
            self.Q[i, :] -= self.learning_rate * grad_q
            self.stretch -= 0.1 * self.learning_rate * grad_s
        return total

    def rmse(self, samples):
        errors = [(r - self.get_rating(u, i)) ** 2 for u, i, r in samples]
        return sqrt(sum(errors) / len(errors))

    def fit(self, samples, validation, epochs, patience=3, verbose=True):
        self.mean = sum(r for _, _, r in samples) / len(samples)
        best, waited = float('inf'), 0
        for epoch in range(1, epochs + 1):
            np.random.shuffle(samples)
            total = self.sgd(samples)
            val = self.rmse(validation)
            if verbose and epoch % 3 == 0:
                print("Iteration: %d ; objective = %.4f ; validation rmse = %.4f" % (epoch, total / len(samples), val))
            if val < best - 1e-4:
                best, waited = val, 0
            else:
                waited += 1
                if waited == patience:
                    print("stopped early after", epoch)
                    break
            self.learning_rate *= 0.98
        return self


ratings = make_ratings()
split = int(0.85 * len(ratings))
mf = MF(NUM_USERS, NUM_ITEMS, K)
mf.fit(ratings[:split], ratings[split:], epochs=12)
print("train rmse %.4f" % mf.rmse(ratings[:split]))
