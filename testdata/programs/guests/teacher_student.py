"""Knowledge distillation + magnitude pruning.
1) a wide teacher, 2) a small student on hard labels only, 3) the same student distilled, 4) pruned + fine-tuned."""
import numpy as np

RNG = np.random.default_rng(77)
K = 4


def data(n):
    X = RNG.standard_normal((n, 10))
    score = np.stack([X[:, 0] * X[:, 1], X[:, 2] + X[:, 3] ** 2 - 1, X[:, 4] * X[:, 0] - X[:, 5], X[:, 6] * 1.0], 1)
    return X, (score + 0.1 * RNG.standard_normal(score.shape)).argmax(1)


def log_softmax(z):
    z = z - z.max(1, keepdims=True)
    return z - np.log(np.exp(z).sum(1, keepdims=True))


class Net:
    def __init__(self, hidden, seed):
        g = np.random.default_rng(seed)
        self.P = [g.standard_normal((10, hidden)) * np.sqrt(0.2), np.zeros(hidden),
                  g.standard_normal((hidden, K)) / np.sqrt(hidden), np.zeros(K)]
        self.masks = [np.ones_like(q) for q in self.P]

    def logits(self, X):
        self.X = X
        self.A = np.maximum(X @ self.P[0] + self.P[1], 0)
        return self.A @ self.P[2] + self.P[3]

    def grads(self, dz):
        dA = (dz @ self.P[2].T) * (self.A > 0)
        return [self.X.T @ dA, dA.sum(0), self.A.T @ dz, dz.sum(0)]

    def accuracy(self, X, y):
        return (self.logits(X).argmax(1) == y).mean()

    def prune(self, fraction):
        for i in (0, 2):
            cut = np.quantile(np.abs(self.P[i]), fraction)
            self.masks[i] = (np.abs(self.P[i]) > cut).astype(float)
            self.P[i] *= self.masks[i]
        return self

    def density(self):
        return sum((self.P[i] != 0).sum() for i in (0, 2)) / sum(self.P[i].size for i in (0, 2))


def hard_loss(z, y):
    lp = log_softmax(z)
    n = len(y)
    return -lp[np.arange(n), y].mean(), (np.exp(lp) - np.eye(K)[y]) / n


def distill_loss(z, zt, y, temp, alpha):
    """alpha * CE(y) + (1 - alpha) * T^2 * KL(teacher_T || student_T)"""
    n = len(y)
    ce, dce = hard_loss(z, y)
    lt, ls = log_softmax(zt / temp), log_softmax(z / temp)
    kl = (np.exp(lt) * (lt - ls)).sum(1).mean()
    dkl = (np.exp(ls) - np.exp(lt)) / (temp * n)
    return alpha * ce + (1 - alpha) * temp ** 2 * kl, alpha * dce + (1 - alpha) * temp ** 2 * dkl


def train(net, X, y, epochs, lr, teacher=None, temp=3.0, alpha=0.3, mu=0.9, bs=64, wd=1e-4):
    V = [np.zeros_like(q) for q in net.P]
    soft = teacher.logits(X) if teacher is not None else None
    for ep in range(epochs):
        step = lr * 0.5 * (1 + np.cos(np.pi * ep / epochs))
        order = RNG.permutation(len(y))
        for s in range(0, len(y), bs):
            b = order[s:s + bs]
            z = net.logits(X[b])
            if soft is None:
                loss, dz = hard_loss(z, y[b])
            else:
                loss, dz = distill_loss(z, soft[b], y[b], temp, alpha)
            for q, v, g, m in zip(net.P, V, net.grads(dz), net.masks):
                g = g + wd * q if q.ndim == 2 else g
                v *= mu
                v += g
                q -= step * v * m
    return net


Xtr, ytr = data(1500)
Xte, yte = data(1500)

teacher = train(Net(96, 1), Xtr, ytr, 40, 0.05, wd=2e-3)
print('teacher            train %.3f  test %.3f' % (teacher.accuracy(Xtr, ytr), teacher.accuracy(Xte, yte)))
plain = train(Net(10, 2), Xtr, ytr, 40, 0.05)
print('student, labels    train %.3f  test %.3f' % (plain.accuracy(Xtr, ytr), plain.accuracy(Xte, yte)))
student = train(Net(10, 2), Xtr, ytr, 40, 0.05, teacher=teacher)
print('student, distilled train %.3f  test %.3f' % (student.accuracy(Xtr, ytr), student.accuracy(Xte, yte)))
student.prune(0.5)
print('pruned to %.0f%%      test %.3f' % (100 * student.density(), student.accuracy(Xte, yte)))
train(student, Xtr, ytr, 15, 0.02, teacher=teacher)
print('after fine-tuning  test %.3f  density %.0f%%' % (student.accuracy(Xte, yte), 100 * student.density()))
