import numpy as np


def logsumexp(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))


class ChainCRF:
    """Scores of a label at each place, and of each pair of neighbours."""

    def __init__(self, features, labels, rng):
        self.emit = rng.normal(0, 0.3, (features, labels))
        self.move = rng.normal(0, 0.3, (labels, labels))
        self.start = np.zeros(labels)

    def loss_and_grads(self, x, y):
        n, k = len(x), len(self.start)
        s = x @ self.emit
        alpha, beta = np.zeros((n, k)), np.zeros((n, k))
        alpha[0] = self.start + s[0]
        for t in range(1, n):
            alpha[t] = s[t] + logsumexp(alpha[t - 1][:, None] + self.move, axis=0)
        for t in range(n - 2, -1, -1):
            beta[t] = logsumexp(self.move + s[t + 1] + beta[t + 1], axis=1)
        logz = logsumexp(alpha[-1], axis=0)
        path = self.start[y[0]] + s[np.arange(n), y].sum() + self.move[y[:-1], y[1:]].sum()

        ds = np.exp(alpha + beta - logz)
        dmove = np.zeros((k, k))
        for t in range(1, n):
            pair = alpha[t - 1][:, None] + self.move + s[t] + beta[t]
            dmove += np.exp(pair - logz)
        dstart = ds[0].copy()
        ds[np.arange(n), y] -= 1
        np.subtract.at(dmove, (y[:-1], y[1:]), 1)
        dstart[y[0]] -= 1
        return logz - path, (x.T @ ds, dmove, dstart)


rng = np.random.default_rng(71)
labels = 3
crf = ChainCRF(4, labels, rng)
for step in range(8):
    y = (rng.integers(0, labels) + np.cumsum(rng.random(6) < 0.6)) % labels
    x = np.eye(4)[y] + 0.7 * rng.normal(size=(6, 4))
    loss, (demit, dmove, dstart) = crf.loss_and_grads(x, y)
    crf.emit -= 0.1 * demit
    crf.move -= 0.1 * dmove
    crf.start -= 0.1 * dstart
    print(step, loss)
