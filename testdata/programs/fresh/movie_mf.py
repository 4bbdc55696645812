#!/usr/bin/env python
# Biased matrix factorisation on a synthetic ratings table, SGD over shuffled triples,
# early stopping on a validation part; finally refit-free evaluation with the best factors.
import numpy as np
from functools import partial


class Ratings:
    def __init__(self, n_users=60, n_items=40, rank=3, density=0.35, seed=0):
        g = np.random.default_rng(seed)
        pu, qi = g.normal(0, 0.7, (n_users, rank)), g.normal(0, 0.7, (n_items, rank))
        bu, bi = g.normal(0, 0.4, n_users), g.normal(0, 0.5, n_items)
        full = 3.4 + bu[:, None] + bi[None, :] + pu @ qi.T + g.normal(0, 0.5, (n_users, n_items))
        seen = np.argwhere(g.random((n_users, n_items)) < density)
        g.shuffle(seen)
        self.n_users, self.n_items = n_users, n_items
        triples = [(u, i, full[u, i]) for u, i in seen]
        a, b = int(0.7 * len(triples)), int(0.85 * len(triples))
        self.train, self.valid, self.test = triples[:a], triples[a:b], triples[b:]


class BiasedMF:
    """r_ui ~ mu + b_u + b_i + p_u . q_i
    objective per rating: 0.5 * err^2 + 0.5 * reg_f * (|p_u|^2 + |q_i|^2) + 0.5 * reg_b * (b_u^2 + b_i^2)"""

    def __init__(self, n_users, n_items, k=8, reg_f=0.005, reg_b=0.1, seed=1):
        g = np.random.default_rng(seed)
        self.P = g.normal(0, 0.1, (n_users, k))
        self.Q = g.normal(0, 0.1, (n_items, k))
        self.bu = np.zeros(n_users)
        self.bi = np.zeros(n_items)
        self.mu = 0.0
        self.reg_f, self.reg_b = reg_f, reg_b

    def predict(self, u, i):
        return self.mu + self.bu[u] + self.bi[i] + self.P[u] @ self.Q[i]

    def objective(self, u, i, r):
        err = r - self.predict(u, i)
        return (0.5 * err ** 2 + 0.5 * self.reg_f * (self.P[u] @ self.P[u] + self.Q[i] @ self.Q[i])
                + 0.5 * self.reg_b * (self.bu[u] ** 2 + self.bi[i] ** 2))

    def gradients(self, u, i, r):
        err = r - self.predict(u, i)
        g_p = -err * self.Q[i] + self.reg_f * self.P[u]
        g_q = -err * self.P[u] + self.reg_f * self.Q[i]
        g_bu = -err + self.reg_b * self.bu[u]
        g_bi = -err + self.reg_b * self.bi[i]
        return g_p, g_q, g_bu, g_bi

    def sgd_step(self, u, i, r, lr):
        g_p, g_q, g_bu, g_bi = self.gradients(u, i, r)
        self.P[u] -= lr * g_p
        self.Q[i] -= lr * g_q
        self.bu[u] -= lr * g_bu
        self.bi[i] -= lr * g_bi

    def snapshot(self):
        return {'P': self.P.copy(), 'Q': self.Q.copy(), 'bu': self.bu.copy(), 'bi': self.bi.copy()}

    def load(self, snap):
        for name, value in snap.items():
            setattr(self, name, value)


def rmse(model, triples):
    sq = 0.0
    for u, i, r in triples:
        sq += (r - np.clip(model.predict(u, i), 0.0, 7.0)) ** 2
    return np.sqrt(sq / len(triples))


def lr_schedule(epoch, lr0, decay):
    return lr0 * decay ** epoch


def hit_rate(model, triples, train, threshold=4.5, k=10):
    """share of well-liked held-out items that are among the user's top k unseen ones"""
    seen = {}
    for u, i, _ in train:
        seen.setdefault(u, set()).add(i)
    hits = n = 0
    for u, i, r in triples:
        if r < threshold:
            continue
        scores = model.mu + model.bu[u] + model.bi + model.Q @ model.P[u]
        scores[list(seen.get(u, ()))] = -np.inf
        hits += int(i in np.argsort(-scores)[:k])
        n += 1
    return hits / n


def fit(model, data, schedule, max_epochs=40, patience=3, seed=2):
    g = np.random.default_rng(seed)
    model.mu = np.mean([r for _, _, r in data.train])
    best, best_epoch, snap = float('inf'), -1, model.snapshot()
    for epoch in range(max_epochs):
        lr = schedule(epoch)
        total = 0.0
        for n in g.permutation(len(data.train)):
            u, i, r = data.train[n]
            total += model.objective(u, i, r)
            model.sgd_step(u, i, r, lr)
        v = rmse(model, data.valid)
        print(f'epoch {epoch:2d} lr {lr:.4f} objective {total / len(data.train):.4f} valid rmse {v:.4f}')
        if v < best - 1e-4:
            best, best_epoch, snap = v, epoch, model.snapshot()
        elif epoch - best_epoch >= patience:
            break
    model.load(snap)
    return best


if __name__ == '__main__':
    data = Ratings()
    model = BiasedMF(data.n_users, data.n_items)
    best = fit(model, data, partial(lr_schedule, lr0=0.1, decay=0.99))
    base = np.std([r for _, _, r in data.test])
    print(f'best valid {best:.4f} | test rmse {rmse(model, data.test):.4f} (constant: {base:.4f}) '
          f'| hit rate {hit_rate(model, data.test, data.train):.3f}')
