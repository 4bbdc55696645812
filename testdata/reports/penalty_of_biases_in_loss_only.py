# wrong: the loss has a penalty on the biases and their gradients have not
import numpy as np

import template
from template import *

x, y, _, _ = moons(200)
draws, N, rate, reg = np.random.RandomState(1), len(x), 0.5, 0.05
P = {"W1": draws.randn(2, 20) * 0.7, "b1": np.full(20, 0.1), "W2": draws.randn(20, 2) * 0.3, "b2": np.full(2, 0.1)}
t = {"lr": rate}
for n in range(3):
    T = dict(x=x, y=y, **{k: v.copy() for k, v in P.items()})
    z1 = x @ P["W1"] + P["b1"]
    h1 = np.maximum(z1, 0)
    z2 = h1 @ P["W2"] + P["b2"]
    e = np.exp(z2 - z2.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.sum(y * np.log(p)) / N + reg * sum(np.sum(v ** 2) for v in P.values())
    dz2 = (p - y) / N
    dW2 = h1.T @ dz2 + 2 * reg * P["W2"]
    db2 = dz2.sum(axis=0)
    dh1 = dz2 @ P["W2"].T
    dz1 = dh1 * (z1 > 0)
    dW1 = x.T @ dz1 + 2 * reg * P["W1"]
    db1 = dz1.sum(axis=0)
    T.update(z1=z1, h1=h1, z2=z2, p=p, loss=loss, dz2=dz2, dW2=dW2, db2=db2, dh1=dh1, dz1=dz1, dW1=dW1, db1=db1)
    for k, d in dict(W1=dW1, b1=db1, W2=dW2, b2=db2).items():
        P[k] = P[k] - rate * d
    T.update({k + "_new": v.copy() for k, v in P.items()})
    t.update({"%d.%s" % (n, k): np.array(v) for k, v in T.items()})
np.savez("trace.npz", **t)
