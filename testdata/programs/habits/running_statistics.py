import numpy as np

rng = np.random.default_rng(72)
X = rng.normal(size=(60, 4)) * [1, 3, .5, 2] + [0, 1, -1, 2]
y = (X[:, 0] + X[:, 1] > 1).astype(int) + (X[:, 3] > 3)
net = {"A": rng.normal(0, .4, (4, 8)), "s": np.ones(8), "o": np.zeros(8), "B": rng.normal(0, .4, (8, 3)), "c": np.zeros(3)}
seen = {"mean": np.zeros(8), "var": np.ones(8)}
keep, rate = .9, .2


def forward(x, training):
    u = x @ net["A"]
    if training:
        mean, var = u.mean(axis=0), u.var(axis=0)
        seen["mean"] = keep * seen["mean"] + (1 - keep) * mean
        seen["var"] = keep * seen["var"] + (1 - keep) * var
    else:
        mean, var = seen["mean"], seen["var"]
    root = np.sqrt(var + 1e-5)
    n = (u - mean) / root
    h = np.maximum(net["s"] * n + net["o"], 0)
    z = h @ net["B"] + net["c"]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return root, n, h, e / e.sum(axis=1, keepdims=True)


def loss(x, y, training=False):
    p = forward(x, training)[-1]
    return -np.log(p[np.arange(len(y)), y]).mean()


for i in range(10):
    k = i % 3 * 20
    x, t = X[k:k + 20], y[k:k + 20]
    root, n, h, p = forward(x, True)
    d = p.copy()
    d[np.arange(20), t] -= 1
    d /= 20
    g = {"B": h.T @ d, "c": d.sum(axis=0)}
    d = d @ net["B"].T * (h > 0)
    g["s"], g["o"] = (d * n).sum(axis=0), d.sum(axis=0)
    d = d * net["s"]
    d = (d - d.mean(axis=0) - n * (d * n).mean(axis=0)) / root
    g["A"] = x.T @ d
    for name in g:
        net[name] -= rate * g[name]
    print(i, loss(x, t), loss(X, y))
