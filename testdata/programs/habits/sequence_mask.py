import numpy as np

rng = np.random.default_rng(29)
V, D, C = 12, 5, 2
emb = rng.normal(0, .5, (V, D))
W, b = rng.normal(0, .5, (D, C)), np.zeros(C)
for it in range(10):
    length = rng.integers(2, 7, 8)
    ids = rng.integers(1, V, (8, 6))
    mask = np.arange(6)[None, :] < length[:, None]
    ids = ids * mask
    y = (ids[:, 0] > 6).astype(int)
    e = emb[ids]
    mean = (e * mask[:, :, None]).sum(1) / length[:, None]
    s = mean @ W + b
    s = s - np.log(np.exp(s).sum(1, keepdims=True))
    loss = -s[np.arange(8), y].mean()
    d = np.exp(s)
    d[np.arange(8), y] -= 1
    d /= 8
    gW, gb = mean.T @ d, d.sum(0)
    dm = d @ W.T
    de = (dm / length[:, None])[:, None, :] * mask[:, :, None]
    ge = np.zeros_like(emb)
    np.add.at(ge, ids, de)
    emb -= .5 * ge
    W -= .5 * gW
    b -= .5 * gb
    print(it, loss)
