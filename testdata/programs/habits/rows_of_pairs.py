import numpy as np

# Skip-gram with negative samples, a pair at a time: rows of the matrices are
# moved, those of the negative samples by np.add.at, for one may be drawn twice.
rng = np.random.default_rng(11)
words, width = 15, 5
inner = rng.normal(0, 0.3, (words, width))
outer = rng.normal(0, 0.3, (words, width))


def squash(z):
    return 1 / (1 + np.exp(-z))


for pair in range(9):
    word, near = rng.integers(0, words, 2)
    far = rng.integers(0, words, 4)
    v, u, n = inner[word], outer[near], outer[far]
    good, bad = squash(u @ v), squash(n @ v)
    loss = -np.log(good) - np.sum(np.log(1 - bad))
    grad_v = (good - 1) * u + bad @ n
    grad_u = (good - 1) * v
    grad_n = bad[:, None] * v[None, :]
    inner[word] -= 0.1 * grad_v
    outer[near] -= 0.1 * grad_u
    np.add.at(outer, far, -0.1 * grad_n)
    print(pair, loss)
