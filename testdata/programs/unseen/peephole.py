import numpy as np


def sigma(v):
    return 1.0 / (1.0 + np.exp(-v))


class PeepholeLSTM:
    def __init__(self, n_in, n_hid, rng):
        s = 1.0 / np.sqrt(n_in + n_hid)
        self.n_hid = n_hid
        self.p = {}
        for gate in "ifgo":
            self.p["W" + gate] = rng.normal(0, s, (n_hid, n_in + n_hid))
            self.p["b" + gate] = np.full(n_hid, 1.0 if gate == "f" else 0.0)
        for gate in "ifo":
            self.p["c" + gate] = rng.normal(0, 0.3, n_hid)
        self.p["Wy"] = rng.normal(0, 0.4, (1, n_hid))
        self.p["by"] = np.zeros(1)

    def forward(self, xs):
        p = self.p
        h, c = np.zeros(self.n_hid), np.zeros(self.n_hid)
        self.tape, ys = [], []
        for x in xs:
            v = np.concatenate((x, h))
            i = sigma(p["Wi"] @ v + p["ci"] * c + p["bi"])
            f = sigma(p["Wf"] @ v + p["cf"] * c + p["bf"])
            g = np.tanh(p["Wg"] @ v + p["bg"])
            new = f * c + i * g
            o = sigma(p["Wo"] @ v + p["co"] * new + p["bo"])
            h = o * np.tanh(new)
            self.tape.append((v, i, f, g, o, c, new, h))
            ys.append(p["Wy"] @ h + p["by"])
            c = new
        return np.array(ys)

    def backward(self, dys):
        p = self.p
        d = {k: np.zeros_like(w) for k, w in p.items()}
        dh, dc = np.zeros(self.n_hid), np.zeros(self.n_hid)
        for (v, i, f, g, o, c, new, h), dy in zip(reversed(self.tape), reversed(dys)):
            d["Wy"] += np.outer(dy, h)
            d["by"] += dy
            dh = dh + p["Wy"].T @ dy
            tanh = np.tanh(new)
            do = dh * tanh * o * (1 - o)
            dnew = dc + dh * o * (1 - tanh ** 2) + do * p["co"]
            df = dnew * c * f * (1 - f)
            di = dnew * g * i * (1 - i)
            dg = dnew * i * (1 - g ** 2)
            for gate, dz in zip("ifgo", (di, df, dg, do)):
                d["W" + gate] += np.outer(dz, v)
                d["b" + gate] += dz
            d["ci"] += di * c
            d["cf"] += df * c
            d["co"] += do * new
            dv = p["Wi"].T @ di + p["Wf"].T @ df + p["Wg"].T @ dg + p["Wo"].T @ do
            dh = dv[-self.n_hid:]
            dc = dnew * f + di * p["ci"] + df * p["cf"]
        return d


rng = np.random.default_rng(8)
net = PeepholeLSTM(2, 5, rng)
for epoch in range(8):
    # add up the marked numbers
    value, mark = rng.uniform(-1, 1, 7), rng.integers(0, 2, 7)
    xs, want = np.column_stack([value, mark]), np.cumsum(value * mark)[:, None]
    ys = net.forward(xs)
    loss = 0.5 * np.sum((ys - want) ** 2)
    grads = net.backward(ys - want)
    total = np.sqrt(sum((g ** 2).sum() for g in grads.values()))
    shrink = min(1.0, 1.5 / total)
    for k in net.p:
        net.p[k] -= 0.05 * shrink * grads[k]
    print(epoch, loss, total)
