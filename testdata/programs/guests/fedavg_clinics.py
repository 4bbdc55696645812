"""Federated averaging over six clinics with different sizes and case mixes.
Only sums leave a clinic (for the standardisation) and model weights (for the training)."""
import numpy as np

SEED = 15


class Clinic:
    def __init__(self, name, n, rng, beta):
        self.name = name
        shift = 0.7 * rng.standard_normal(6)
        X = shift + rng.standard_normal((n, 6)) * np.array([1, 2, 0.5, 1, 3, 1])
        logit = X @ beta + 0.9 * X[:, 0] * X[:, 3] - 0.5
        y = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(float)
        k = int(0.7 * n)
        self.X, self.y, self.X_test, self.y_test = X[:k], y[:k], X[k:], y[k:]
        self.rng = np.random.default_rng(rng.integers(1 << 30))

    def sums(self):
        return len(self.y), self.X.sum(0), (self.X ** 2).sum(0)

    def standardise(self, mean, sd):
        self.X, self.X_test = (self.X - mean) / sd, (self.X_test - mean) / sd

    def local_update(self, weights, epochs, lr, bs=16):
        w = {k: v.copy() for k, v in weights.items()}
        for _ in range(epochs):
            order = self.rng.permutation(len(self.y))
            for s in range(0, len(order), bs):
                i = order[s:s + bs]
                _, g = loss_grad(w, self.X[i], self.y[i])
                for k in w:
                    w[k] -= lr * g[k]
        return w


def new_model(rng, hidden=12):
    return {'W': rng.standard_normal((6, hidden)) / np.sqrt(6), 'b': np.zeros(hidden),
            'v': rng.standard_normal(hidden) / np.sqrt(hidden), 'c': np.zeros(())}


def forward(w, X):
    A = X @ w['W'] + w['b']
    H = np.logaddexp(0, A)                       # softplus
    return H @ w['v'] + w['c'], H, A


def loss_grad(w, X, y, l2=1e-3):
    o, H, A = forward(w, X)
    n = len(y)
    loss = np.mean(np.logaddexp(0, o) - y * o) + 0.5 * l2 * (np.sum(w['W'] ** 2) + np.sum(w['v'] ** 2))
    d = (1 / (1 + np.exp(-o)) - y) / n
    dA = np.outer(d, w['v']) / (1 + np.exp(-A))
    return loss, {'W': X.T @ dA + l2 * w['W'], 'b': dA.sum(0), 'v': H.T @ d + l2 * w['v'], 'c': d.sum()}


def auc(w, X, y):
    o = forward(w, X)[0]
    pos, neg = o[y == 1], o[y == 0]
    return np.mean((pos[:, None] > neg[None, :]) + 0.5 * (pos[:, None] == neg[None, :]))


def average(models, sizes):
    share = np.array(sizes) / sum(sizes)
    return {k: sum(a * m[k] for a, m in zip(share, models)) for k in models[0]}


def federated(clinics, rounds, epochs, lr, server_momentum, rng):
    w = new_model(rng)
    vel = {k: np.zeros_like(v) for k, v in w.items()}
    for r in range(1, rounds + 1):
        chosen = rng.choice(len(clinics), 4, replace=False)
        answers = [clinics[i].local_update(w, epochs, lr) for i in chosen]
        avg = average(answers, [len(clinics[i].y) for i in chosen])
        for k in w:
            vel[k] = server_momentum * vel[k] + (avg[k] - w[k])
            w[k] = w[k] + vel[k]
        if r % 10 == 0:
            loss = sum(loss_grad(w, c.X, c.y)[0] * len(c.y) for c in clinics) / sum(len(c.y) for c in clinics)
            print('round %3d  weighted train loss %.4f' % (r, loss))
    return w


def main():
    rng = np.random.default_rng(SEED)
    beta = np.array([0.8, -0.5, 1.0, 0.0, 0.3, 0.0])
    clinics = [Clinic('clinic ' + c, n, rng, beta) for c, n in zip('ABCDEF', (400, 250, 150, 120, 80, 60))]
    n, s1, s2 = (sum(part) for part in zip(*(c.sums() for c in clinics)))
    mean = s1 / n
    sd = np.sqrt(s2 / n - mean ** 2)
    for c in clinics:
        c.standardise(mean, sd)
    w = federated(clinics, 60, 2, 0.1, 0.5, rng)
    print('%-10s %6s %10s %10s' % ('', 'n', 'alone', 'federated'))
    for c in clinics:
        alone = new_model(np.random.default_rng(0))
        alone = c.local_update(alone, 60, 0.1)
        print('%-10s %6d %10.3f %10.3f' % (c.name, len(c.y), auc(alone, c.X_test, c.y_test), auc(w, c.X_test, c.y_test)))
    X, y = np.vstack([c.X_test for c in clinics]), np.concatenate([c.y_test for c in clinics])
    print('all test patients, federated AUC %.4f' % auc(w, X, y))


if __name__ == '__main__':
    main()
