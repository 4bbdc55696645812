"""GRU written out by hand: keep a leaky running sum of the values whose flag
is set, and report it after every step."""
import numpy as np

np.random.seed(99)
N_IN, HID, T, BATCH = 2, 12, 9, 32


def sig(a):
    return 1.0 / (1.0 + np.exp(-a))


def make_batch(n):
    xs, ts = [], []
    total = np.zeros(n)
    for t in range(T):
        val = np.random.uniform(-1, 1, n)
        flag = (np.random.rand(n) < 0.5).astype(float)
        total = 0.8 * total + flag * val
        xs.append(np.stack([val, flag], axis=1))
        ts.append(total[:, None].copy())
    return xs, ts


def init():
    p = {}
    for gate in "zrh":
        p["W" + gate] = np.random.randn(N_IN, HID) * 0.5
        p["U" + gate] = np.random.randn(HID, HID) / np.sqrt(HID)
        p["b" + gate] = np.zeros(HID)
    p["V"] = np.random.randn(HID, 1) * 0.3
    p["c"] = np.zeros(1)
    return p


def forward(p, xs, h0):
    hs, zs, rs, cands, ys = [h0], [], [], [], []
    for x in xs:
        h = hs[-1]
        z = sig(x @ p["Wz"] + h @ p["Uz"] + p["bz"])
        r = sig(x @ p["Wr"] + h @ p["Ur"] + p["br"])
        cand = np.tanh(x @ p["Wh"] + (r * h) @ p["Uh"] + p["bh"])
        zs.append(z); rs.append(r); cands.append(cand)
        hs.append((1 - z) * h + z * cand)
        ys.append(hs[-1] @ p["V"] + p["c"])
    return hs, zs, rs, cands, ys


def loss_fn(ys, ts):
    return sum(0.5 * np.mean((y - t) ** 2) for y, t in zip(ys, ts)) / len(ys)


def backward(p, xs, ts, hs, zs, rs, cands, ys):
    g = {k: np.zeros_like(v) for k, v in p.items()}
    dh_next = np.zeros_like(hs[0])
    for t in reversed(range(len(xs))):
        dy = (ys[t] - ts[t]) / (len(xs) * ts[t].shape[0])
        g["V"] += hs[t + 1].T @ dy
        g["c"] += dy.sum(axis=0)
        dh = dy @ p["V"].T + dh_next

        h_prev, z, r, cand = hs[t], zs[t], rs[t], cands[t]
        da_h = dh * z * (1 - cand ** 2)
        da_z = dh * (cand - h_prev) * z * (1 - z)
        d_rh = da_h @ p["Uh"].T
        da_r = d_rh * h_prev * r * (1 - r)

        g["Wh"] += xs[t].T @ da_h
        g["Uh"] += (r * h_prev).T @ da_h
        g["bh"] += da_h.sum(axis=0)
        for gate, da in (("z", da_z), ("r", da_r)):
            g["W" + gate] += xs[t].T @ da
            g["U" + gate] += h_prev.T @ da
            g["b" + gate] += da.sum(axis=0)

        dh_next = dh * (1 - z)
        dh_next += d_rh * r
        dh_next += da_z @ p["Uz"].T + da_r @ p["Ur"].T
    return g


params = init()
cache = {k: np.zeros_like(v) for k, v in params.items()}
lr, rho = 0.01, 0.9
test_x, test_t = make_batch(200)
for step in range(1, 251):
    xs, ts = make_batch(BATCH)
    hs, zs, rs, cands, ys = forward(params, xs, np.zeros((BATCH, HID)))
    grads = backward(params, xs, ts, hs, zs, rs, cands, ys)
    for k in params:
        grads[k] = np.clip(grads[k], -1.0, 1.0)
        cache[k] = rho * cache[k] + (1 - rho) * grads[k] ** 2
        params[k] -= lr * grads[k] / (np.sqrt(cache[k]) + 1e-6)
    if step == 150:
        lr = lr / 3
    if step % 50 == 0:
        out = forward(params, test_x, np.zeros((200, HID)))[-1]
        print("step %3d   train %.5f   test %.5f" % (step, loss_fn(ys, ts), loss_fn(out, test_t)))
