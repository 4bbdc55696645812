# One sample at a time; the only output unit is rectified and its bias is one number.
import numpy as np

rng = np.random.RandomState(3)
X = rng.randn(120, 4)
target = np.maximum(0, X @ np.array([1., -2., .5, 0.])) + .3

V, c = rng.randn(4, 6) * .5, np.zeros(6)
w, b = rng.randn(6) * .5, np.ones(1)
rate = .01
for epoch in range(3):
    total = 0
    for i in rng.permutation(len(X)):
        x, t = X[i], target[i]
        a = x @ V + c
        h = np.maximum(0, a)
        o = h @ w + b
        out = np.maximum(0, o)
        total += .5 * ((out - t) ** 2).sum()
        do = (out - t) * (o > 0)
        dh = do * w
        da = dh * (a > 0)
        w -= rate * do * h
        b -= rate * do
        V -= rate * np.outer(x, da)
        c -= rate * da
    print(epoch, total / len(X))
