"""Squeeze-and-excite gate over sensor channels, single precision, preallocated work arrays.

Each record has C noisy channels of T samples; two of the channels (named by channel 0) carry the class.
"""
import numpy as np

F4 = np.float32
rng = np.random.default_rng(21)
N, C, T, D, R, K = 360, 6, 20, 10, 10, 4
EPS = F4(1e-6)


def make_data():
    y = rng.integers(0, K, N)
    x = rng.standard_normal((N, C, T)) * 1.1
    tt = np.arange(T)
    side = rng.integers(0, 2, N)
    x[:, 0] += np.where(side, 1.5, -1.5)[:, None]
    for n in range(N):
        freq = (1, 2, 3, 4)[y[n]]
        x[n, 1 + 2 * side[n]] += np.sin(2 * np.pi * freq * tt / T)
        x[n, 2 + 2 * side[n]] += np.cos(2 * np.pi * freq * tt / T)
    return x.astype(F4), y


def glorot(*shape):
    return (rng.standard_normal(shape) * np.sqrt(2.0 / (shape[0] + shape[-1]))).astype(F4)


P = {
    "mix": glorot(D, C), "mb": np.zeros(D, F4),
    "down": glorot(D, R), "db": np.zeros(R, F4),
    "up": glorot(R, D), "ub": np.zeros(D, F4),
    "read": (rng.standard_normal((D, T, K)) * 0.05).astype(F4), "rb": np.zeros(K, F4),
}
G = {k: np.empty_like(v) for k, v in P.items()}
MS = {k: np.zeros_like(v) for k, v in P.items()}
MOM = {k: np.zeros_like(v) for k, v in P.items()}
WORK = {k: np.empty_like(v) for k, v in P.items()}


def forward(x):
    u = np.einsum("nct,dc->ndt", x, P["mix"]) + P["mb"][None, :, None]
    f = np.maximum(u, 0)
    s = f.mean(axis=2)
    a = s @ P["down"] + P["db"]
    e = np.tanh(a)
    gate = 1 / (1 + np.exp(-(e @ P["up"] + P["ub"])))
    v = f * gate[:, :, None]
    z = np.einsum("ndt,dtk->nk", v, P["read"]) + P["rb"]
    return z, (x, u, f, s, e, gate, v)


def softmax_xent(z, y):
    z = z - z.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    dz = np.exp(logp)
    dz[rows, y] -= 1
    dz /= F4(len(y))
    return -logp[rows, y].mean(), dz


def backward(dz, cache):
    x, u, f, s, e, gate, v = cache
    np.einsum("ndt,nk->dtk", v, dz, out=G["read"])
    dz.sum(axis=0, out=G["rb"])
    dv = np.einsum("nk,dtk->ndt", dz, P["read"])
    dgate = np.einsum("ndt,ndt->nd", dv, f)
    df = dv * gate[:, :, None]
    dpre = dgate * gate * (1 - gate)
    np.matmul(e.T, dpre, out=G["up"])
    dpre.sum(axis=0, out=G["ub"])
    de = dpre @ P["up"].T
    da = de * (1 - e * e)
    np.matmul(s.T, da, out=G["down"])
    da.sum(axis=0, out=G["db"])
    ds = da @ P["down"].T
    df += ds[:, :, None] / F4(T)
    df *= u > 0
    np.einsum("ndt,nct->dc", df, x, out=G["mix"])
    df.sum(axis=(0, 2), out=G["mb"])


def step(lr, rho=F4(0.95), mom=F4(0.8)):
    for k in P:
        w = WORK[k]
        np.multiply(G[k], G[k], out=w)
        MS[k] *= rho
        MS[k] += (1 - rho) * w
        np.add(MS[k], EPS, out=w)
        np.sqrt(w, out=w)
        np.divide(G[k], w, out=w)
        MOM[k] *= mom
        MOM[k] += lr * w
        P[k] -= MOM[k]


x_all, y_all = make_data()
mean = x_all[:280].mean(axis=(0, 2), keepdims=True)
std = x_all[:280].std(axis=(0, 2), keepdims=True)
x_all = (x_all - mean) / std
x_tr, y_tr, x_te, y_te = x_all[:280], y_all[:280], x_all[280:], y_all[280:]

for epoch in range(16):
    seen, order = 0.0, rng.permutation(len(x_tr))
    for k in range(0, len(x_tr), 40):
        sel = order[k:k + 40]
        z, cache = forward(x_tr[sel])
        loss, dz = softmax_xent(z, y_tr[sel])
        backward(dz, cache)
        step(F4(0.003))
        seen += float(loss) * len(sel)
    if epoch % 3 == 0:
        zt, _ = forward(x_te)
        print(f"{epoch:2d} train {seen / len(x_tr):.4f} test {softmax_xent(zt, y_te)[0]:.4f} acc {(zt.argmax(1) == y_te).mean():.3f}")
