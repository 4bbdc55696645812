"""Exercise sheet 3: one interface, four linear models (hinge, softmax, logistic, huber)."""
import numpy as np


class LinearModel:
    def __init__(self, reg=1e-2, seed=0):
        self.W = None
        self.reg = reg
        self.rng = np.random.RandomState(seed)

    def train(self, X, y, num_outputs, learning_rate, num_iters=60, batch_size=40, verbose=True):
        N, D = X.shape
        if self.W is None:
            self.W = 0.01 * self.rng.randn(D, num_outputs)
        hist = []
        cache = np.zeros_like(self.W)
        for it in range(num_iters):
            sel = self.rng.choice(N, batch_size, replace=False)
            loss, dW = self.loss(X[sel], y[sel])
            hist.append(loss)
            cache += dW ** 2
            self.W -= learning_rate * dW / (np.sqrt(cache) + 1e-8)
            if verbose and it % 20 == 0:
                print('%s: iteration %d / %d: loss %f' % (type(self).__name__, it, num_iters, loss))
        return hist

    def penalty(self):
        R = self.W.copy()
        R[-1] = 0            # last row multiplies the constant feature; do not shrink it
        return self.reg * np.sum(R * R), 2 * self.reg * R


class MulticlassSVM(LinearModel):
    delta = 1.0

    def loss(self, X, y):
        N = X.shape[0]
        scores = X.dot(self.W)
        correct = scores[np.arange(N), y][:, np.newaxis]
        margins = np.maximum(0, scores - correct + self.delta)
        margins[np.arange(N), y] = 0
        r, dr = self.penalty()
        loss = margins.sum() / N + r
        binary = (margins > 0).astype(float)
        binary[np.arange(N), y] = -binary.sum(axis=1)
        return loss, X.T.dot(binary) / N + dr


class SoftmaxLoop(LinearModel):
    def loss(self, X, y):
        loss, dW = 0.0, np.zeros_like(self.W)
        for i in range(X.shape[0]):
            f = X[i].dot(self.W)
            f -= np.max(f)
            p = np.exp(f) / np.sum(np.exp(f))
            loss += -np.log(p[y[i]])
            for j in range(self.W.shape[1]):
                dW[:, j] += (p[j] - (j == y[i])) * X[i]
        r, dr = self.penalty()
        return loss / X.shape[0] + r, dW / X.shape[0] + dr


class Logistic(LinearModel):
    pos_weight = 2.0

    def loss(self, X, y):
        t = 2.0 * y - 1.0
        m = t * X.dot(self.W)[:, 0]
        w = np.where(y == 1, self.pos_weight, 1.0)
        r, dr = self.penalty()
        loss = np.mean(w * np.log1p(np.exp(-m))) + r
        dm = -w / (1 + np.exp(m))
        return loss, X.T.dot(dm * t)[:, None] / len(y) + dr


class HuberRegression(LinearModel):
    k = 0.8

    def loss(self, X, y):
        e = X.dot(self.W)[:, 0] - y
        small = np.abs(e) <= self.k
        r, dr = self.penalty()
        h = np.where(small, 0.5 * e ** 2, self.k * (np.abs(e) - 0.5 * self.k))
        de = np.where(small, e, self.k * np.sign(e))
        return h.mean() + r, X.T.dot(de)[:, None] / len(y) + dr


rs = np.random.RandomState(8)
label = rs.randint(0, 3, 150)
X = np.hstack([rs.randn(150, 5) + 1.5 * np.eye(3, 5)[label], np.ones((150, 1))])
target = X[:, :5].dot([1.0, -2.0, 0.5, 0.0, 1.5]) + 0.7 + np.where(rs.rand(150) < 0.1, 6.0, 0.2) * rs.randn(150)

models = [MulticlassSVM(seed=1), SoftmaxLoop(seed=2), Logistic(seed=3), HuberRegression(reg=1e-3, seed=4)]
models[0].train(X, label, 3, 0.2)
models[1].train(X, label, 3, 0.2)
models[2].train(X, (label == 2).astype(int), 1, 0.3)
models[3].train(X, target, 1, 0.4)
for mdl in models[:2]:
    print(type(mdl).__name__, 'train accuracy', np.mean(X.dot(mdl.W).argmax(1) == label))
