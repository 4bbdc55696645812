# right: a network with tanh, recorded by hand
import numpy as np

import template
from template import *

x, y, _, _ = moons(200)
draws, N, rate = np.random.RandomState(1), len(x), 0.5
W1, b1, W2, b2 = draws.randn(2, 4), np.zeros((1, 4)), draws.randn(4, 2) * 0.3, np.zeros((1, 2))
t = {"lr": rate}
for n in range(2):
    T = dict(x=x, y=y, W1=W1, b1=b1, W2=W2, b2=b2)
    z1 = x @ W1 + b1
    h1 = np.tanh(z1)
    z2 = h1 @ W2 + b2
    e = np.exp(z2 - z2.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.sum(y * np.log(p)) / N
    dz2 = (p - y) / N
    dW2, db2, dh1 = h1.T @ dz2, dz2.sum(axis=0, keepdims=True), dz2 @ W2.T
    dz1 = dh1 * (1 - h1 ** 2)
    dW1, db1 = x.T @ dz1, dz1.sum(axis=0, keepdims=True)
    T.update(z1=z1, h1=h1, z2=z2, p=p, loss=loss, dz2=dz2, dW2=dW2, db2=db2, dh1=dh1, dz1=dz1, dW1=dW1, db1=db1)
    W1, b1, W2, b2 = W1 - rate * dW1, b1 - rate * db1, W2 - rate * dW2, b2 - rate * db2
    T.update(W1_new=W1, b1_new=b1, W2_new=W2, b2_new=b2)
    t.update({"%d.%s" % (n, k): np.array(v) for k, v in T.items()})
np.savez("trace.npz", **t)
