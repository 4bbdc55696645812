import numpy as np


def softmax(a):
    a = np.exp(a - a.max(axis=-1, keepdims=True))
    return a / a.sum(axis=-1, keepdims=True)


def split(x, heads):
    b, t, d = x.shape
    return x.reshape(b, t, heads, d // heads).swapaxes(1, 2)


def merge(x):
    b, h, t, d = x.shape
    return x.swapaxes(1, 2).reshape(b, t, h * d)


def attend(x, P, heads):
    q, k, v = np.split(x @ P["in"], 3, axis=-1)
    q, k, v = split(q, heads), split(k, heads), split(v, heads)
    t = x.shape[1]
    score = np.einsum("bhid,bhjd->bhij", q, k) / np.sqrt(q.shape[-1])
    score = np.where(np.tril(np.ones((t, t))) == 1, score, -1e9)
    w = softmax(score)
    mixed = merge(np.einsum("bhij,bhjd->bhid", w, v))
    return mixed @ P["out"], (x, q, k, v, w, mixed)


def attend_backward(dy, P, cache):
    x, q, k, v, w, mixed = cache
    heads, size = q.shape[1], q.shape[-1]
    G = {"out": np.einsum("bti,btj->ij", mixed, dy)}
    dmixed = split(dy @ P["out"].T, heads)
    dw = np.einsum("bhid,bhjd->bhij", dmixed, v)
    dv = np.einsum("bhij,bhid->bhjd", w, dmixed)
    dscore = w * (dw - np.sum(w * dw, axis=-1, keepdims=True))
    dscore /= np.sqrt(size)
    dq = np.einsum("bhij,bhjd->bhid", dscore, k)
    dk = np.einsum("bhij,bhid->bhjd", dscore, q)
    dqkv = np.concatenate([merge(dq), merge(dk), merge(dv)], axis=-1)
    G["in"] = np.einsum("bti,btj->ij", x, dqkv)
    return dqkv @ P["in"].T, G


rng = np.random.default_rng(99)
vocab, width, heads, batch, length = 6, 8, 2, 5, 7
P = {"embed": rng.normal(0, 0.5, (vocab, width)), "place": rng.normal(0, 0.1, (length, width)),
     "in": rng.normal(0, width ** -0.5, (width, 3 * width)), "out": rng.normal(0, width ** -0.5, (width, width)),
     "head": rng.normal(0, 0.3, (width, vocab))}
for step in range(7):
    tokens = (rng.integers(0, vocab, (batch, 1)) + np.arange(length + 1) * rng.integers(1, 3, (batch, 1))) % vocab
    given, following = tokens[:, :-1], tokens[:, 1:]
    x = P["embed"][given] + P["place"]
    y, cache = attend(x, P, heads)
    res = x + y
    prob = softmax(res @ P["head"])
    hit = np.take_along_axis(prob, following[:, :, None], axis=2)
    loss = -np.log(hit).mean()
    dlogit = prob.copy()
    np.put_along_axis(dlogit, following[:, :, None], hit - 1, axis=2)
    dlogit /= batch * length
    G = {"head": res.reshape(-1, width).T @ dlogit.reshape(-1, vocab)}
    dres = dlogit @ P["head"].T
    dx, inner = attend_backward(dres, P, cache)
    G.update(inner)
    dx = dx + dres
    G["place"] = dx.sum(axis=0)
    G["embed"] = np.zeros_like(P["embed"])
    np.add.at(G["embed"], given, dx)
    for key in P:
        P[key] = P[key] - 0.5 * G[key]
    print(step, loss)
