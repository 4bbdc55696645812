import numpy as np

rng = np.random.default_rng(2)
layers = [3, 8, 8, 1]
W = [rng.normal(0, .8, (a, b)) for a, b in zip(layers, layers[1:])]
B = [np.zeros((1, b)) for b in layers[1:]]
for step in range(10):
    x = rng.normal(size=(16, 3)) * 2
    y = (x ** 2).sum(1, keepdims=True)
    acts = [x]
    for i in range(3):
        z = acts[-1] @ W[i] + B[i]
        acts.append(np.tanh(z) if i < 2 else z)
    r = acts[-1] - y
    loss = (r ** 2).mean()
    d = 2 * r / r.size
    gW, gB = [None] * 3, [None] * 3
    for i in (2, 1, 0):
        gW[i], gB[i] = acts[i].T @ d, d.sum(0, keepdims=True)
        if i:
            d = d @ W[i].T * (1 - acts[i] ** 2)
    norm = np.sqrt(sum((g ** 2).sum() for g in gW + gB))
    if norm > 1.0:
        gW = [g * (1.0 / norm) for g in gW]
        gB = [g * (1.0 / norm) for g in gB]
    rate = .1 * .9 ** step
    for i in range(3):
        W[i] = W[i] - rate * gW[i]
        B[i] = B[i] - rate * gB[i]
    print(step, loss, norm)
