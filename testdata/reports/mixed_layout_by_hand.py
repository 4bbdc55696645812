# right: rows of samples in x, columns in z, weights out×in, recorded by hand
import numpy as np

import template
from template import *

x, y, _, _ = moons(200)
draws, N, rate = np.random.RandomState(1), len(x), 0.5
W1, b1, W2, b2 = draws.randn(20, 2), np.zeros((20, 1)), draws.randn(2, 20) * 0.3, np.zeros((2, 1))
t = {"lr": rate}
for n in range(2):
    T = dict(x=x, y=y, W1=W1, b1=b1, W2=W2, b2=b2)
    z1 = W1 @ x.T + b1
    h1 = np.maximum(z1, 0)
    z2 = W2 @ h1 + b2
    e = np.exp(z2 - z2.max())
    p = e / e.sum(axis=0)
    loss = -np.sum(y.T * np.log(p)) / N
    dz2 = p - y.T
    dW2, db2 = dz2 @ h1.T / N, dz2.sum(axis=1, keepdims=True) / N
    dz1 = (W2.T @ dz2) * (z1 > 0)
    dW1, db1 = dz1 @ x / N, dz1.sum(axis=1, keepdims=True) / N
    T.update(z1=z1, h1=h1, z2=z2, p=p, loss=loss, dz2=dz2, dW2=dW2, db2=db2, dz1=dz1, dW1=dW1, db1=db1)
    W1, b1, W2, b2 = W1 - rate * dW1, b1 - rate * db1, W2 - rate * dW2, b2 - rate * db2
    T.update(W1_new=W1, b1_new=b1, W2_new=W2, b2_new=b2)
    t.update({"%d.%s" % (n, k): np.array(v) for k, v in T.items()})
np.savez("trace.npz", **t)
