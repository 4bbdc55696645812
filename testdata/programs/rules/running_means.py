# Batch normalisation with running averages, in functions over a dictionary; the test
# stands in the loop, and training stops where an epoch brings little.
import numpy as np

g = np.random.default_rng(8)
X = g.normal(size=(100, 4)) * [1, 2, 1, 3]
t = (X[:, 0] * 2 + X[:, 1] - X[:, 3] > 0).astype(float)[:, None]
Xv, tv = X[80:], t[80:]
X, t = X[:80], t[:80]
P = {"W1": g.normal(size=(4, 6)) * 0.5, "gain": np.ones(6), "shift": np.zeros(6), "W2": g.normal(size=(6, 1)) * 0.5, "b2": np.zeros(1)}
running_mean, running_var = np.zeros(6), np.ones(6)


def predict(x, own):
    z = x @ P["W1"]
    m, v = (z.mean(axis=0), z.var(axis=0)) if own else (running_mean, running_var)
    unit = (z - m) / np.sqrt(v + 1e-5)
    h = np.tanh(P["gain"] * unit + P["shift"])
    q = 1 / (1 + np.exp(-(h @ P["W2"] + P["b2"])))
    return q, h, unit, m, v


def losses(q, t):
    return -np.mean(t * np.log(q) + (1 - t) * np.log(1 - q))


before = np.inf
for epoch in range(12):
    for k in range(0, 80, 20):
        x, y = X[k:k + 20], t[k:k + 20]
        q, h, unit, m, v = predict(x, True)
        running_mean = 0.8 * running_mean + 0.2 * m
        running_var = 0.8 * running_var + 0.2 * v
        ds = (q - y) / len(x)
        da = ds @ P["W2"].T * (1 - h ** 2)
        dunit = da * P["gain"]
        dz = (dunit - dunit.mean(axis=0) - unit * (dunit * unit).mean(axis=0)) / np.sqrt(v + 1e-5)
        G = {"W1": x.T @ dz, "gain": (da * unit).sum(axis=0), "shift": da.sum(axis=0), "W2": h.T @ ds, "b2": ds.sum(axis=0)}
        loss = losses(q, y)
        for name in P:
            P[name] = P[name] - 0.5 * G[name]
    now = losses(predict(Xv, False)[0], tv)
    print(epoch, loss, now, np.mean((predict(Xv, False)[0] > 0.5) == (tv > 0.5)))
    if before - now < 1e-6:
        break
    before = now
