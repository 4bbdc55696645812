import numpy as np

rng = np.random.default_rng(73)
X = rng.normal(size=(30, 4))
T = np.tanh(X @ rng.normal(size=(4, 2)))
W = [rng.uniform(-.5, .5, (5, 6)), rng.uniform(-.5, .5, (6, 2))]
before = [0, 0]
rate, share = .02, .6


def ones(a):
    return np.concatenate([a, np.ones((len(a), 1))], axis=1)


for i in range(10):
    x = ones(X)
    h = np.tanh(x @ W[0])
    o = np.tanh(h @ W[1])
    error = T - o
    e1 = error * (1 - o ** 2)
    e0 = e1 @ W[1].T * (1 - h ** 2)
    for k, (a, e) in enumerate([(x, e0), (h, e1)]):
        change = a.T @ e
        W[k] += rate * change + share * rate * before[k]
        before[k] = change
    print(i, (error ** 2).sum())
