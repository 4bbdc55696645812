"""One-block causal transformer, pre-norm, tied output embedding, einsum everywhere.
Task: read a string, a separator, then write the string out again."""
import numpy as np

V, L, D, NH, F = 9, 5, 32, 2, 64          # token 8 = separator
T = 2 * L                                 # inputs: s1..sL # s1..s(L-1)
HD = D // NH
NEG = -1e9


def init(rng):
    n = lambda *s: rng.normal(0, 1, s)
    return {"E": n(V, D) * 0.2, "P": n(T, D) * 0.2,
            "g1": np.ones(D), "c1": np.zeros(D), "g2": np.ones(D), "c2": np.zeros(D), "g3": np.ones(D), "c3": np.zeros(D),
            "Wqkv": n(3, D, NH, HD) / np.sqrt(D), "Wo": n(NH, HD, D) / np.sqrt(2 * D),
            "W1": n(D, F) / np.sqrt(D), "b1": np.zeros(F), "W2": n(F, D) / np.sqrt(2 * F), "b2": np.zeros(D)}


def ln(x, g, c):
    mu = x.mean(-1, keepdims=True)
    r = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
    xh = (x - mu) * r
    return xh * g + c, (xh, r, g)


def ln_back(dy, cache):
    xh, r, g = cache
    dg, dc = np.einsum("btd,btd->d", dy, xh), np.einsum("btd->d", dy)
    d = dy * g
    dx = r * (d - d.mean(-1, keepdims=True) - xh * (d * xh).mean(-1, keepdims=True))
    return dx, dg, dc


K0 = np.sqrt(2 / np.pi)


def gelu(a):
    u = np.tanh(K0 * (a + 0.044715 * a ** 3))
    return 0.5 * a * (1 + u), 0.5 * (1 + u) + 0.5 * a * (1 - u * u) * K0 * (1 + 3 * 0.044715 * a * a)


MASK = np.triu(np.full((T, T), NEG), 1)


def loss_fn(p, ids, tgt, w, grads=True):
    x0 = p["E"][ids] + p["P"]
    a, c1 = ln(x0, p["g1"], p["c1"])
    q, k, v = np.einsum("btd,mdhe->mbhte", a, p["Wqkv"])
    s = np.einsum("bhte,bhue->bhtu", q, k) / np.sqrt(HD) + MASK
    s = np.exp(s - s.max(-1, keepdims=True))
    att = s / s.sum(-1, keepdims=True)
    z = np.einsum("bhtu,bhue->bhte", att, v)
    x1 = x0 + np.einsum("bhte,hed->btd", z, p["Wo"])
    b, c2 = ln(x1, p["g2"], p["c2"])
    h, dact = gelu(b @ p["W1"] + p["b1"])
    x2 = x1 + h @ p["W2"] + p["b2"]
    y, c3 = ln(x2, p["g3"], p["c3"])
    logits = y @ p["E"].T
    logits = logits - logits.max(-1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    nll = -np.take_along_axis(logp, tgt[..., None], -1)[..., 0]
    loss = (nll * w).sum() / w.sum()
    acc = ((logp.argmax(-1) == tgt) * w).sum() / w.sum()
    if not grads:
        return loss, acc
    G = {}
    dl = (np.exp(logp) - np.eye(V)[tgt]) * (w / w.sum())[..., None]
    G["E"] = np.einsum("btv,btd->vd", dl, y)
    dx2, G["g3"], G["c3"] = ln_back(dl @ p["E"], c3)
    G["b2"] = dx2.sum((0, 1))
    G["W2"] = np.einsum("btf,btd->fd", h, dx2)
    dh = (dx2 @ p["W2"].T) * dact
    G["b1"] = dh.sum((0, 1))
    G["W1"] = np.einsum("btd,btf->df", b, dh)
    dx1, G["g2"], G["c2"] = ln_back(dh @ p["W1"].T, c2)
    dx1 += dx2
    G["Wo"] = np.einsum("bhte,btd->hed", z, dx1)
    dz = np.einsum("btd,hed->bhte", dx1, p["Wo"])
    datt = np.einsum("bhte,bhue->bhtu", dz, v)
    dv = np.einsum("bhtu,bhte->bhue", att, dz)
    ds = att * (datt - (datt * att).sum(-1, keepdims=True)) / np.sqrt(HD)
    dqkv = np.stack([np.einsum("bhtu,bhue->bhte", ds, k), np.einsum("bhtu,bhte->bhue", ds, q), dv])
    G["Wqkv"] = np.einsum("btd,mbhte->mdhe", a, dqkv)
    da = np.einsum("mbhte,mdhe->btd", dqkv, p["Wqkv"])
    dx0, G["g1"], G["c1"] = ln_back(da, c1)
    dx0 += dx1
    G["P"] = dx0.sum(0)
    np.add.at(G["E"], ids, dx0)
    return loss, acc, G


def batch(n, rng):
    s = rng.integers(0, V - 1, (n, L))
    full = np.concatenate([s, np.full((n, 1), V - 1), s], 1)
    w = np.zeros((n, T))
    w[:, L:] = 1
    return full[:, :-1], full[:, 1:], w


if __name__ == "__main__":
    rng = np.random.default_rng(17)
    p = init(rng)
    m = {k: np.zeros_like(x) for k, x in p.items()}
    v2 = {k: np.zeros_like(x) for k, x in p.items()}
    steps, warm, peak = 110, 15, 6e-3
    for t in range(1, steps + 1):
        loss, acc, G = loss_fn(p, *batch(32, rng))
        lr = peak * t / warm if t < warm else peak * 0.5 * (1 + np.cos(np.pi * (t - warm) / (steps - warm)))
        gn = np.sqrt(sum((x ** 2).sum() for x in G.values()))
        for k in p:
            gk = G[k] * min(1, 1 / gn)
            m[k] = 0.9 * m[k] + 0.1 * gk
            v2[k] = 0.98 * v2[k] + 0.02 * gk ** 2
            if p[k].ndim > 1 and k not in "EP":
                p[k] = p[k] - lr * 0.01 * p[k]
            p[k] = p[k] - lr * m[k] / (1 - 0.9 ** t) / (np.sqrt(v2[k] / (1 - 0.98 ** t)) + 1e-9)
        if t % 10 == 0:
            print(f"step {t:4d} lr {lr:.5f} loss {loss:.4f} token acc {acc:.3f}")
    print("fresh strings: loss %.4f acc %.3f" % loss_fn(p, *batch(200, rng), grads=False))
