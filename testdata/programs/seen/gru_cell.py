import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


class GRU:
    def __init__(self, n_in, n_hid, n_out, seed=0):
        r = np.random.RandomState(seed)
        self.Wz, self.Wr, self.Wn = [r.randn(n_hid, n_in + n_hid) * 0.3 for _ in range(3)]
        self.bz, self.br, self.bn = [np.zeros(n_hid) for _ in range(3)]
        self.Wy, self.by = r.randn(n_out, n_hid) * 0.3, np.zeros(n_out)

    def step(self, seq, target):
        H = len(self.bz)
        hs, saved = [np.zeros(H)], []
        for x in seq:
            h = hs[-1]
            u = np.concatenate([x, h])
            z = sigmoid(self.Wz @ u + self.bz)
            r = sigmoid(self.Wr @ u + self.br)
            w = np.concatenate([x, r * h])
            n = np.tanh(self.Wn @ w + self.bn)
            hs.append((1 - z) * n + z * h)
            saved.append((u, z, r, w, n))
        y = self.Wy @ hs[-1] + self.by
        loss = 0.5 * np.sum((y - target) ** 2)
        dy = y - target
        self.gWy, self.gby = np.outer(dy, hs[-1]), dy
        dh = self.Wy.T @ dy
        self.gWz, self.gWr, self.gWn = [np.zeros_like(w) for w in (self.Wz, self.Wr, self.Wn)]
        self.gbz, self.gbr, self.gbn = np.zeros(H), np.zeros(H), np.zeros(H)
        D = len(seq[0])
        for t in range(len(seq) - 1, -1, -1):
            u, z, r, w, n = saved[t]
            h = hs[t]
            dn = dh * (1 - z) * (1 - n ** 2)
            dz = dh * (h - n) * z * (1 - z)
            dw = self.Wn.T @ dn
            dr = dw[D:] * h * r * (1 - r)
            self.gWn += np.outer(dn, w)
            self.gbn += dn
            self.gWz += np.outer(dz, u)
            self.gbz += dz
            self.gWr += np.outer(dr, u)
            self.gbr += dr
            du = self.Wz.T @ dz + self.Wr.T @ dr
            dh = dh * z + dw[D:] * r + du[D:]
        return loss

    def update(self, lr):
        for name in ("Wz", "Wr", "Wn", "bz", "br", "bn", "Wy", "by"):
            setattr(self, name, getattr(self, name) - lr * getattr(self, "g" + name))


rng = np.random.RandomState(9)
cell = GRU(2, 5, 2)
for k in range(9):
    seq = rng.randn(5, 2)
    loss = cell.step(list(seq), seq.sum(0))
    cell.update(0.1)
    print(k, loss)
