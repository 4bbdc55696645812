import numpy as np
rng = np.random.RandomState(1)
X = rng.randn(30, 4); y = rng.randint(0, 3, 30)
P = {"W1": rng.randn(4, 6) * 0.5, "b1": np.zeros(6), "W2": rng.randn(6, 3) * 0.5, "b2": np.zeros(3)}
def loss_and_grads(P, reg=1e-3):
    h = np.maximum(0, X.dot(P["W1"]) + P["b1"])
    s = h.dot(P["W2"]) + P["b2"]
    s -= s.max(1, keepdims=True)
    p = np.exp(s); p /= p.sum(1, keepdims=True)
    loss = -np.log(p[range(30), y]).mean() + reg * sum(np.sum(P[k] ** 2) for k in ("W1", "W2"))
    ds = p.copy(); ds[range(30), y] -= 1; ds /= 30
    g = {"W2": h.T.dot(ds) + 2 * reg * P["W2"], "b2": ds.sum(0)}
    dh = ds.dot(P["W2"].T) * (h > 0)
    g["W1"] = X.T.dot(dh) + 2 * reg * P["W1"]; g["b1"] = dh.sum(0)
    return loss, g
loss, g = loss_and_grads(P)
for k in P:
    num = np.zeros_like(P[k])
    for i in np.ndindex(*P[k].shape):
        o = P[k][i]
        P[k][i] = o + 1e-5; a = loss_and_grads(P)[0]
        P[k][i] = o - 1e-5; b = loss_and_grads(P)[0]
        P[k][i] = o
        num[i] = (a - b) / 2e-5
    print(k, np.max(np.abs(num - g[k]) / np.maximum(1e-8, np.abs(num) + np.abs(g[k]))))
for it in range(15):
    loss, g = loss_and_grads(P)
    for k in P: P[k] -= 0.1 * g[k]
    print(it, loss)
