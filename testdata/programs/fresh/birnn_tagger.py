"""Bidirectional RNN, variable lengths, masked loss.
Tag of position t: is x[t-1] below, equal to or above x[t+2] (zeros outside)? Both directions are needed."""
import numpy as np

VOCAB, CLASSES, H = 4, 3, 14


def make_sequences(rng, count):
    seqs = []
    for _ in range(count):
        x = rng.integers(1, VOCAB, size=rng.integers(5, 12))
        padded = np.concatenate([[0], x, [0, 0]])
        seqs.append((x, 1 + np.sign(padded[:-3] - padded[3:])))
    return seqs


def batches(seqs, size, rng=None):
    order = np.arange(len(seqs)) if rng is None else rng.permutation(len(seqs))
    for lo in range(0, len(order), size):
        part = [seqs[i] for i in order[lo:lo + size]]
        T = max(len(x) for x, _ in part)
        X = np.zeros((T, len(part)), dtype=int)
        Y = np.zeros((T, len(part)), dtype=int)
        M = np.zeros((T, len(part)))
        for j, (x, y) in enumerate(part):
            X[:len(x), j], Y[:len(y), j], M[:len(x), j] = x, y, 1
        yield X, Y, M


def init(rng):
    w = {}
    for d in "fb":
        w["E" + d] = rng.normal(0, 0.5, (VOCAB, H))
        w["R" + d] = rng.normal(0, 0.7 / np.sqrt(H), (H, H))
        w["a" + d] = np.zeros(H)
    w["V"] = rng.normal(0, 0.3, (2 * H, CLASSES))
    w["c"] = np.zeros(CLASSES)
    return w


def run_direction(w, d, X, M):
    T, B = X.shape
    steps = range(T) if d == "f" else range(T - 1, -1, -1)
    h = np.zeros((B, H))
    hs, cand, prev = np.zeros((T, B, H)), np.zeros((T, B, H)), np.zeros((T, B, H))
    for t in steps:
        prev[t] = h
        cand[t] = np.tanh(w["E" + d][X[t]] + h @ w["R" + d] + w["a" + d])
        keep = M[t][:, None]
        h = keep * cand[t] + (1 - keep) * h
        hs[t] = h
    return hs, cand, prev


def back_direction(w, g, d, X, M, dhs, cand, prev):
    T = len(X)
    steps = range(T - 1, -1, -1) if d == "f" else range(T)
    carry = np.zeros_like(dhs[0])
    for t in steps:
        dh = dhs[t] + carry
        keep = M[t][:, None]
        da = dh * keep * (1 - cand[t] ** 2)
        np.add.at(g["E" + d], X[t], da)
        g["R" + d] += prev[t].T @ da
        g["a" + d] += da.sum(axis=0)
        carry = da @ w["R" + d].T + dh * (1 - keep)


def forward(w, X, Y, M):
    f = run_direction(w, "f", X, M)
    b = run_direction(w, "b", X, M)
    both = np.concatenate([f[0], b[0]], axis=2)
    z = both @ w["V"] + w["c"]
    z -= z.max(axis=2, keepdims=True)
    p = np.exp(z)
    p /= p.sum(axis=2, keepdims=True)
    picked = np.take_along_axis(p, Y[:, :, None], axis=2)[:, :, 0]
    loss = -(np.log(picked) * M).sum() / M.sum()
    return loss, (f, b, both, p)


def backward(w, X, Y, M, memo):
    f, b, both, p = memo
    g = {k: np.zeros_like(v) for k, v in w.items()}
    dz = p - np.eye(CLASSES)[Y]
    dz *= M[:, :, None] / M.sum()
    g["V"] = np.tensordot(both, dz, axes=([0, 1], [0, 1]))
    g["c"] = dz.sum(axis=(0, 1))
    dboth = dz @ w["V"].T
    back_direction(w, g, "f", X, M, dboth[:, :, :H], f[1], f[2])
    back_direction(w, g, "b", X, M, dboth[:, :, H:], b[1], b[2])
    return g


def clip(g, limit):
    norm = np.sqrt(sum((v ** 2).sum() for v in g.values()))
    if norm > limit:
        for v in g.values():
            v *= limit / norm
    return norm


def evaluate(w, seqs):
    right = tokens = 0.0
    for X, Y, M in batches(seqs, 32):
        p = forward(w, X, Y, M)[1][3]
        right += ((p.argmax(axis=2) == Y) * M).sum()
        tokens += M.sum()
    return right / tokens


rng = np.random.default_rng(8)
train, valid = make_sequences(rng, 192), make_sequences(rng, 48)
w = init(rng)
vel = {k: np.zeros_like(v) for k, v in w.items()}
lr, mu = 0.25, 0.9
for epoch in range(36):
    loss_sum = tok = 0.0
    for X, Y, M in batches(train, 16, rng):
        loss, memo = forward(w, X, Y, M)
        g = backward(w, X, Y, M, memo)
        clip(g, 0.8)
        for k in w:
            vel[k] = mu * vel[k] - lr * g[k]
            w[k] += vel[k]
        loss_sum += loss * M.sum()
        tok += M.sum()
    if epoch >= 24:
        lr *= 0.8
    if epoch % 5 == 0 or epoch == 35:
        print("epoch %2d  loss %.4f  valid acc %.4f" % (epoch, loss_sum / tok, evaluate(w, valid)))
