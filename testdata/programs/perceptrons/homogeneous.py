import numpy as np

rng = np.random.RandomState(4)
points = np.vstack([rng.randn(40, 3) + 0.8, rng.randn(40, 3) - 0.8])
labels = np.array([1.0] * 40 + [-1.0] * 40)
X = np.c_[np.ones(80), points]
w = np.zeros(4)
for epoch in range(8):
    mistakes = 0
    for i in rng.permutation(80):
        if labels[i] * (X[i] @ w) <= 0:
            w = w + 0.5 * labels[i] * X[i]
            mistakes += 1
    if mistakes == 0:
        break
print(epoch, mistakes, w)
