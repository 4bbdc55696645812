import numpy as np
rng = np.random.default_rng(0)
x = rng.standard_normal((60, 3)); y = np.sin(x @ rng.standard_normal(3))[:, None]
W1, b1, W2 = rng.standard_normal((3, 8)) * .5, np.zeros(8), rng.standard_normal((8, 1)) * .3
def loss(x, y):
    h = np.tanh(x @ W1 + b1)
    e = h @ W2 - y
    d = e @ W2.T * (1 - h * h)
    return 0.5 * (e * e).sum(), x.T @ d, d.sum(0), h.T @ e
state = [np.zeros((2,) + p.shape) for p in (W1, b1, W2)]
step = 0
for epoch in range(20):
    for part in np.array_split(rng.permutation(60), 5):
        f, g1, gb, g2 = loss(x[part], y[part])
        step += 1
        for p, gr, st in ((W1, g1, state[0]), (b1, gb, state[1]), (W2, g2, state[2])):
            st[0] = 0.9 * st[0] + 0.1 * gr
            st[1] = 0.99 * st[1] + 0.01 * gr ** 2
            p -= 0.01 * st[0] / (1 - 0.9 ** step) / (np.sqrt(st[1] / (1 - 0.99 ** step)) + 1e-8)
    print(f)
