import numpy as np

# Forward and backward in float32 with a scaled loss; the master weights and their
# momentum are kept in float64.
rng = np.random.default_rng(16)
x = rng.normal(size=(64, 6)).astype(np.float32)
y = (x[:, :2] * x[:, 2:4]).astype(np.float32)
master = {"W1": rng.normal(0, 0.4, (6, 12)), "b1": np.zeros(12), "W2": rng.normal(0, 0.3, (12, 2)), "b2": np.zeros(2)}
momentum = {k: np.zeros(v.shape) for k, v in master.items()}
scale = np.float32(1024)
for step in range(8):
    w = {k: v.astype(np.float32) for k, v in master.items()}
    rows = slice(32 * (step % 2), 32 * (step % 2) + 32)
    z = x[rows] @ w["W1"] + w["b1"]
    gate = np.float32(1) / (np.float32(1) + np.exp(-np.float32(1.702) * z))
    h = z * gate
    out = h @ w["W2"] + w["b2"]
    r = out - y[rows]
    loss = np.mean(np.square(r))

    g = {}
    dout = scale * np.float32(2) * r / np.float32(r.size)
    g["W2"] = h.T @ dout
    g["b2"] = dout.sum(axis=0)
    dh = dout @ w["W2"].T
    dz = dh * gate * (np.float32(1) + np.float32(1.702) * z * (np.float32(1) - gate))
    g["W1"] = x[rows].T @ dz
    g["b1"] = dz.sum(axis=0)
    if not all(np.isfinite(v).all() for v in g.values()):
        scale /= 2
        continue
    for k in master:
        momentum[k] = 0.9 * momentum[k] + g[k].astype(np.float64) / scale
        master[k] -= 0.05 * momentum[k]
    print(step, float(loss))
