# Matrix factorisation for a recommender: r_ui ~ mu + b_u + b_i + p_u . q_i
# One gradient step for each rating.
import numpy as np

rng = np.random.RandomState(21)
NUM_USERS, NUM_ITEMS, TRUE_K = 60, 40, 3


def synthetic_ratings():
    P = rng.normal(0, 0.8, (NUM_USERS, TRUE_K))
    Q = rng.normal(0, 0.8, (NUM_ITEMS, TRUE_K))
    ub = rng.normal(0, 0.4, NUM_USERS)
    ib = rng.normal(0, 0.4, NUM_ITEMS)
    full = 3.2 + ub[:, None] + ib[None, :] + P @ Q.T + rng.normal(0, 0.2, (NUM_USERS, NUM_ITEMS))
    full = np.clip(full, 1, 5)
    triples = [(u, i, full[u, i]) for u in range(NUM_USERS) for i in range(NUM_ITEMS) if rng.rand() < 0.6]
    order = rng.permutation(len(triples))
    cut = int(0.85 * len(triples))
    return [triples[k] for k in order[:cut]], [triples[k] for k in order[cut:]]


class MF:
    def __init__(self, k=4, alpha=0.02, beta=0.03, iterations=25):
        self.k = k
        self.alpha = alpha
        self.beta = beta
        self.iterations = iterations

    def get_rating(self, u, i):
        return self.mu + self.b_u[u] + self.b_i[i] + self.P[u].dot(self.Q[i])

    def sgd(self, samples):
        for u, i, r in samples:
            prediction = self.get_rating(u, i)
            e = r - prediction

            self.b_u[u] += self.alpha * (e - self.beta * self.b_u[u])
            self.b_i[i] += self.alpha * (e - self.beta * self.b_i[i])

            P_u = self.P[u, :].copy()
            self.P[u, :] += self.alpha * (e * self.Q[i, :] - self.beta * self.P[u, :])
            self.Q[i, :] += self.alpha * (e * P_u - self.beta * self.Q[i, :])

    def rmse(self, samples):
        errors = [r - self.get_rating(u, i) for u, i, r in samples]
        return np.sqrt(np.mean(np.square(errors)))

    def objective(self, samples):
        sq = sum((r - self.get_rating(u, i)) ** 2 for u, i, r in samples)
        reg = 0.0
        for u, i, _ in samples:
            reg += self.b_u[u] ** 2 + self.b_i[i] ** 2 + self.P[u] @ self.P[u] + self.Q[i] @ self.Q[i]
        return 0.5 * (sq + self.beta * reg) / len(samples)

    def fit(self, train, test):
        self.P = rng.normal(scale=1. / self.k, size=(NUM_USERS, self.k))
        self.Q = rng.normal(scale=1. / self.k, size=(NUM_ITEMS, self.k))
        self.b_u = np.zeros(NUM_USERS)
        self.b_i = np.zeros(NUM_ITEMS)
        self.mu = np.mean([r for _, _, r in train])
        train = list(train)
        history = []
        for it in range(self.iterations):
            rng.shuffle(train)
            self.sgd(train)
            self.alpha *= 0.97
            history.append(self.rmse(test))
            if it % 4 == 0:
                print("Iteration: %d ; objective = %.5f ; train rmse = %.5f ; test rmse = %.5f"
                      % (it + 1, self.objective(train), self.rmse(train), history[-1]))
        return history


train, test = synthetic_ratings()
mean_only = np.sqrt(np.mean([(r - np.mean([s[2] for s in train])) ** 2 for _, _, r in test]))
print("predicting the mean: rmse %.5f" % mean_only)
model = MF()
hist = model.fit(train, test)
print("best test rmse %.5f at iteration %d" % (min(hist), int(np.argmin(hist)) + 1))
