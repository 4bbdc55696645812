# wrong: the bias gradient is one sum over everything
import numpy as np

import template
from template import *

x, y, _, _ = moons(200)
W, b, rate, N = np.zeros((2, 2)), np.zeros((1, 2)), 0.3, len(x)
t = {"lr": rate}
for n in range(3):
    z = x @ W + b
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.sum(y * np.log(p), axis=1))
    d = (p - y) / N
    dW = x.T @ d
    db = np.sum(d)
    T = dict(x=x, y=y, W1=W, b1=b, z1=z, p=p, loss=loss, dz1=d, dW1=dW, db1=db)
    W, b = W - rate * dW, b - rate * db
    T.update(W1_new=W, b1_new=b)
    t.update({"%d.%s" % (n, k): np.array(v) for k, v in T.items()})
np.savez("trace.npz", **t)
