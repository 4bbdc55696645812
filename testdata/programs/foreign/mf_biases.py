import numpy as np


class BiasedMF:
    """r_ui ~ mu + b_u + c_i + p_u . q_i"""

    def __init__(self, n_users, n_items, k=5, lr=0.4, momentum=0.8, reg=0.015, seed=0):
        rng = np.random.RandomState(seed)
        self.params = {
            'bu': np.zeros(n_users),
            'bi': np.zeros(n_items),
            'P': rng.normal(0, 0.3, (n_users, k)),
            'Q': rng.normal(0, 0.3, (n_items, k)),
        }
        self.velocity = {name: np.zeros_like(p) for name, p in self.params.items()}
        self.lr = lr
        self.momentum = momentum
        self.reg = reg
        self.mu = 0.0
        self.rng = rng

    def predict(self, users, items):
        p = self.params
        return (self.mu + p['bu'][users] + p['bi'][items]
                + np.sum(p['P'][users] * p['Q'][items], axis=1))

    def batches(self, users, items, ratings, size):
        perm = self.rng.permutation(len(ratings))
        for start in range(0, len(perm), size):
            pick = perm[start:start + size]
            yield users[pick], items[pick], ratings[pick]

    def loss(self, users, items, ratings):
        # mean squared error / 2 plus an L2 term on whatever appears in the batch
        p = self.params
        err = self.predict(users, items) - ratings
        pen = (p['bu'][users] ** 2 + p['bi'][items] ** 2
               + np.sum(p['P'][users] ** 2, axis=1) + np.sum(p['Q'][items] ** 2, axis=1))
        return 0.5 * np.mean(err ** 2) + 0.5 * self.reg * np.mean(pen)

    def gradients(self, users, items, ratings):
        p = self.params
        m = len(ratings)
        err = self.predict(users, items) - ratings
        pu, qi = p['P'][users], p['Q'][items]
        grads = {name: np.zeros_like(v) for name, v in p.items()}
        np.add.at(grads['bu'], users, (err + self.reg * p['bu'][users]) / m)
        np.add.at(grads['bi'], items, (err + self.reg * p['bi'][items]) / m)
        np.add.at(grads['P'], users, (err[:, None] * qi + self.reg * pu) / m)
        np.add.at(grads['Q'], items, (err[:, None] * pu + self.reg * qi) / m)
        return grads

    def step(self, grads):
        for name in self.params:
            v = self.velocity[name]
            v *= self.momentum
            v -= self.lr * grads[name]
            self.params[name] += v

    def rmse(self, users, items, ratings):
        return np.sqrt(np.mean((self.predict(users, items) - ratings) ** 2))

    def fit(self, train, valid, epochs=60, batch_size=64, patience=4):
        users, items, ratings = train
        self.mu = ratings.mean()
        best, best_params, bad = np.inf, None, 0
        for epoch in range(1, epochs + 1):
            total = 0.0
            for u, i, r in self.batches(users, items, ratings, batch_size):
                total += self.loss(u, i, r) * len(r)
                self.step(self.gradients(u, i, r))
            score = self.rmse(*valid)
            if epoch % 5 == 0:
                print(f'epoch {epoch:3d}  loss {total / len(ratings):.4f}  valid rmse {score:.4f}')
            if score < best - 1e-4:
                best, bad = score, 0
                best_params = {n: p.copy() for n, p in self.params.items()}
            else:
                bad += 1
                if bad >= patience:
                    print('stopping early at epoch', epoch)
                    break
            if epoch % 10 == 0:
                self.lr *= 0.8
        self.params = best_params
        return best


def fake_ratings(n_users=60, n_items=45, k=3, density=0.45, seed=3):
    rng = np.random.RandomState(seed)
    bu = rng.normal(0, 0.4, n_users)
    bi = rng.normal(0, 0.6, n_items)
    P = rng.normal(0, 0.7, (n_users, k))
    Q = rng.normal(0, 0.7, (n_items, k))
    R = 3.2 + bu[:, None] + bi + P @ Q.T + rng.normal(0, 0.5, (n_users, n_items))
    u, i = np.nonzero(rng.rand(n_users, n_items) < density)
    r = np.clip(R[u, i], 0.5, 5.5)
    order = rng.permutation(len(r))
    u, i, r = u[order], i[order], r[order]
    cut = int(0.8 * len(r))
    return (u[:cut], i[:cut], r[:cut]), (u[cut:], i[cut:], r[cut:])


if __name__ == '__main__':
    train, valid = fake_ratings()
    model = BiasedMF(60, 45, k=5, lr=0.9)
    print('ratings:', len(train[2]), 'train,', len(valid[2]), 'valid')
    best = model.fit(train, valid)
    print('best valid rmse %.4f, train rmse %.4f' % (best, model.rmse(*train)))
    print('rmse of the global mean %.4f' % np.std(valid[2]))
