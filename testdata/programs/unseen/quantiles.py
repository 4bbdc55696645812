import numpy as np

# One network, three quantiles of a noisy curve (pinball loss), plain momentum.
prng = np.random.RandomState(13)
levels = np.array([0.1, 0.5, 0.9])
x = prng.rand(100, 1) * 4 - 2
y = np.sin(2 * x) + (0.2 + 0.2 * np.abs(x)) * prng.randn(100, 1)
w = {"1": prng.randn(1, 16), "2": prng.randn(16, 3) * 0.25}
b = {"1": prng.randn(16), "2": np.zeros(3)}
dw_old = {k: np.zeros_like(v) for k, v in w.items()}
db_old = {k: np.zeros_like(v) for k, v in b.items()}


def pinball(pred, true):
    short = true - pred
    return np.mean(np.sum(np.maximum(levels * short, (levels - 1) * short), axis=1))


for it in range(12):
    take = prng.choice(100, 40, replace=False)
    bx, by = x[take], y[take]
    pre = bx @ w["1"] + b["1"]
    soft = pre / (1 + np.abs(pre))
    pred = soft @ w["2"] + b["2"]
    loss = pinball(pred, by)

    dpred = np.where(by > pred, -levels, 1 - levels) / len(by)
    dw, db = {}, {}
    dw["2"] = soft.T @ dpred
    db["2"] = dpred.sum(axis=0)
    dpre = dpred @ w["2"].T / (1 + np.abs(pre)) ** 2
    dw["1"] = bx.T @ dpre
    db["1"] = dpre.sum(axis=0)
    for k in w:
        dw_old[k] = 0.85 * dw_old[k] - 0.05 * dw[k]
        db_old[k] = 0.85 * db_old[k] - 0.05 * db[k]
        w[k] += dw_old[k]
        b[k] += db_old[k]
    print(it, loss)
