# right: a perceptron, recorded by hand
import numpy as np

import template
from template import *

draws = np.random.RandomState(42)
x = np.vstack([draws.randn(40, 2) * 6 + 10, draws.randn(40, 2) * 6 - 4])
y = np.r_[np.ones(40), -np.ones(40)]
w, bias, rate, t, n = np.zeros(2), 0.0, 0.01, {"lr": 0.01}, 0
for epoch in range(3):
    for xi, yi in zip(x, y):
        z = w @ xi + bias
        p = 1 if z >= 0 else -1
        before, offset = w.copy(), bias
        if p != yi:
            for i in range(2):
                w[i] += rate * (yi - p) / 2 * xi[i]
            bias += rate * (yi - p) / 2
        T = dict(x=xi[None], y=[[yi]], W1=before[:, None], b1=[[offset]], z1=[[z]], p=[[p]], W1_new=w[:, None], b1_new=[[bias]])
        t.update({"%d.%s" % (n, k): np.array(v) for k, v in T.items()})
        n += 1
np.savez("trace.npz", **t)
