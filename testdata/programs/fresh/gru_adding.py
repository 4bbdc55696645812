"""GRU on a variable-length adding problem (padded batches with a mask), Huber loss, RMSprop."""
from dataclasses import dataclass, fields

import numpy as np


@dataclass
class GRUParams:
    Wz: np.ndarray
    Uz: np.ndarray
    bz: np.ndarray
    Wr: np.ndarray
    Ur: np.ndarray
    br: np.ndarray
    Wn: np.ndarray
    Un: np.ndarray
    bn: np.ndarray
    wo: np.ndarray
    bo: np.ndarray

    def items(self):
        for f in fields(self):
            yield f.name, getattr(self, f.name)

    def zeros_like(self):
        return GRUParams(**{k: np.zeros_like(v) for k, v in self.items()})

    @classmethod
    def init(cls, n_in, n_hid, rng):
        w = lambda: rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hid))
        u = lambda: np.linalg.qr(rng.normal(size=(n_hid, n_hid)))[0]
        b = lambda: np.zeros(n_hid)
        return cls(w(), u(), b() + 1.0, w(), u(), b(), w(), u(), b(),
                   rng.normal(0, 1 / np.sqrt(n_hid), n_hid), np.zeros(1))


def sigm(a):
    return 0.5 * (1 + np.tanh(0.5 * a))


def forward(p, x, mask):
    """x: (B, T, n_in), mask: (B, T) with 1 for real steps; hidden state is held where mask is 0."""
    B, T, _ = x.shape
    h = np.zeros((B, p.Uz.shape[0]))
    tape = []
    for t in range(T):
        xt, m = x[:, t], mask[:, t, None]
        z = sigm(xt @ p.Wz + h @ p.Uz + p.bz)
        r = sigm(xt @ p.Wr + h @ p.Ur + p.br)
        n = np.tanh(xt @ p.Wn + (r * h) @ p.Un + p.bn)
        h_new = z * h + (1 - z) * n
        tape.append((xt, m, h, z, r, n))
        h = m * h_new + (1 - m) * h
    return h @ p.wo + p.bo, h, tape


def huber(pred, y, delta=0.5):
    e = pred - y
    small = np.abs(e) <= delta
    loss = np.where(small, 0.5 * e ** 2, delta * (np.abs(e) - 0.5 * delta))
    return loss.mean(), np.where(small, e, delta * np.sign(e)) / len(e)


def backward(p, dpred, h_last, tape):
    g = p.zeros_like()
    g.wo += h_last.T @ dpred
    g.bo += dpred.sum()
    dh = np.outer(dpred, p.wo)
    for xt, m, h, z, r, n in reversed(tape):
        dh_new = dh * m
        dh_prev = dh * (1 - m) + dh_new * z
        dz = dh_new * (h - n) * z * (1 - z)
        dn = dh_new * (1 - z) * (1 - n ** 2)
        drh = dn @ p.Un.T
        dr = drh * h * r * (1 - r)
        dh_prev += drh * r + dz @ p.Uz.T + dr @ p.Ur.T
        g.Wz += xt.T @ dz
        g.Uz += h.T @ dz
        g.bz += dz.sum(0)
        g.Wr += xt.T @ dr
        g.Ur += h.T @ dr
        g.br += dr.sum(0)
        g.Wn += xt.T @ dn
        g.Un += (r * h).T @ dn
        g.bn += dn.sum(0)
        dh = dh_prev
    return g


def clip_global(g, limit):
    norm = np.sqrt(sum((v ** 2).sum() for _, v in g.items()))
    if norm > limit:
        for _, v in g.items():
            v *= limit / norm


def rmsprop_step(p, g, s, lr, rho=0.95, eps=1e-6):
    for (_, w), (_, d), (_, a) in zip(p.items(), g.items(), s.items()):
        a *= rho
        a += (1 - rho) * d ** 2
        w -= lr * d / np.sqrt(a + eps)


def make_batch(n, rng, t_min=5, t_max=10):
    x = np.zeros((n, t_max, 2))
    mask = np.zeros((n, t_max))
    y = np.zeros(n)
    for i in range(n):
        length = rng.integers(t_min, t_max + 1)
        x[i, :length, 0] = rng.uniform(-1, 1, length)
        marked = rng.choice(length, 2, replace=False)
        x[i, marked, 1] = 1.0
        mask[i, :length] = 1.0
        y[i] = x[i, marked, 0].sum()
    return x, mask, y


def main():
    rng = np.random.default_rng(11)
    p = GRUParams.init(2, 20, rng)
    s = p.zeros_like()
    x_val, m_val, y_val = make_batch(200, rng)
    for it in range(1, 241):
        x, mask, y = make_batch(32, rng)
        pred, h_last, tape = forward(p, x, mask)
        loss, dpred = huber(pred, y)
        g = backward(p, dpred, h_last, tape)
        clip_global(g, 0.1)
        rmsprop_step(p, g, s, lr=0.004 if it <= 160 else 0.001)
        if it % 40 == 0:
            pv = forward(p, x_val, m_val)[0]
            rmse = np.sqrt(np.mean((pv - y_val) ** 2))
            print(f'{it:4d}  batch loss {loss:.5f}  val huber {huber(pv, y_val)[0]:.5f}  val rmse {rmse:.5f}')


if __name__ == '__main__':
    main()
