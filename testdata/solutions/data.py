"""Two interleaved half circles, for all the solutions here: fixed, and small
enough to read. x is N×2, labels are N class numbers."""
import numpy as np


def moons(n=60, seed=7):
    rng = np.random.RandomState(seed)
    half = n // 2
    a = rng.uniform(0, np.pi, half)
    b = rng.uniform(0, np.pi, n - half)
    x = np.vstack((np.column_stack((np.cos(a), np.sin(a))),
                   np.column_stack((1 - np.cos(b), 0.5 - np.sin(b)))))
    labels = np.array([0] * half + [1] * (n - half))
    order = rng.permutation(n)
    return x[order] + 0.05 * rng.randn(n, 2), labels[order]


def one_hot(labels, classes=2):
    y = np.zeros((len(labels), classes))
    y[np.arange(len(labels)), labels] = 1
    return y


def split(n=60, test=20):
    x, labels = moons(n + test)
    return x[:n], labels[:n], x[n:], labels[n:]
