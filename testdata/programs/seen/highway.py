import numpy as np

rng = np.random.default_rng(6)
sg = lambda z: 1 / (1 + np.exp(-z))
D, N = 6, 30
p = dict(Wh=rng.normal(0, .4, (D, D)), bh=np.zeros(D), Wt=rng.normal(0, .4, (D, D)), bt=-np.ones(D), alpha=np.full(D, .25), Wo=rng.normal(0, .4, (D, 3)), bo=np.zeros(3))
m = {k: np.zeros_like(q) for k, q in p.items()}
s = {k: np.zeros_like(q) for k, q in p.items()}
for t in range(1, 11):
    x = rng.normal(size=(N, D))
    y = np.argmax(x[:, :3] + .1 * x[:, 3:], axis=1)
    zh = x @ p["Wh"] + p["bh"]
    h = np.where(zh > 0, zh, p["alpha"] * zh)
    g = sg(x @ p["Wt"] + p["bt"])
    out = g * h + (1 - g) * x
    l = out @ p["Wo"] + p["bo"]
    l = l - l.max(1, keepdims=True)
    q = np.exp(l) / np.exp(l).sum(1, keepdims=True)
    smooth = np.full((N, 3), .1 / 3)
    smooth[np.arange(N), y] += .9
    loss = -(smooth * np.log(q)).sum(1).mean()
    dl = (q - smooth) / N
    d = {"Wo": out.T @ dl, "bo": dl.sum(0)}
    dout = dl @ p["Wo"].T
    dh = dout * g
    dg = dout * (h - x)
    da = dg * g * (1 - g)
    d["Wt"], d["bt"] = x.T @ da, da.sum(0)
    d["alpha"] = (dh * np.minimum(zh, 0)).sum(0)
    dz = dh * np.where(zh > 0, 1, p["alpha"])
    d["Wh"], d["bh"] = x.T @ dz, dz.sum(0)
    for k in p:
        m[k] = .9 * m[k] + .1 * d[k]
        s[k] = .99 * s[k] + .01 * d[k] ** 2
        p[k] = p[k] - .02 * (m[k] / (1 - .9 ** t) / (np.sqrt(s[k] / (1 - .99 ** t)) + 1e-8) + .01 * p[k])
    print(t, loss)
