import numpy as np

rng = np.random.default_rng(40)
W1, b1 = rng.normal(0, .5, (4, 8)), np.zeros(8)
W2 = rng.normal(0, .5, (8, 3))


def embed(x):
    h = np.tanh(x @ W1 + b1)
    return h, h @ W2


for it in range(10):
    xa, xb = rng.normal(size=(20, 4)), rng.normal(size=(20, 4))
    same = ((xa[:, 0] > 0) == (xb[:, 0] > 0)).astype(float)
    ha, ea = embed(xa)
    hb, eb = embed(xb)
    d = ea - eb
    sq = (d ** 2).sum(1)
    hinge = np.maximum(0, 2 - sq)
    loss = np.mean(same * sq + (1 - same) * hinge)
    dsq = (same - (1 - same) * (hinge > 0)) / 20
    dea = 2 * d * dsq[:, None]
    deb = -dea
    gW2 = ha.T @ dea + hb.T @ deb
    da = dea @ W2.T * (1 - ha ** 2)
    db = deb @ W2.T * (1 - hb ** 2)
    gW1 = xa.T @ da + xb.T @ db
    gb1 = da.sum(0) + db.sum(0)
    W1 = W1 - .1 * gW1
    b1 = b1 - .1 * gb1
    W2 = W2 - .1 * gW2
    print(it, loss)
