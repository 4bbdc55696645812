"""One causal multi-head attention block with einsum.  Task: in a random string
say which symbol stood two places before the current one."""
import numpy as np

gen = np.random.default_rng(404)
VOC, T, D, HEADS, K = 6, 8, 16, 2, 8
p = {
    "emb": gen.normal(0, 0.5, (VOC, D)),
    "pos": gen.normal(0, 0.5, (T, D)),
    "Wq": gen.normal(0, D ** -0.5, (HEADS, D, K)),
    "Wk": gen.normal(0, D ** -0.5, (HEADS, D, K)),
    "Wv": gen.normal(0, D ** -0.5, (HEADS, D, K)),
    "Wo": gen.normal(0, (HEADS * K) ** -0.5, (HEADS, K, D)),
    "U": gen.normal(0, D ** -0.5, (D, VOC)),
    "ub": np.zeros(VOC),
}
future = np.triu(np.ones((T, T), dtype=bool), k=1)


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sample(n):
    ids = gen.integers(0, VOC, (n, T))
    want = np.roll(ids, 2, axis=1)
    use = np.ones((n, T))
    use[:, :2] = 0                      # nothing to say at the first two places
    return ids, want, use


def forward(p, ids):
    x = p["emb"][ids] + p["pos"]
    q = np.einsum("btd,hdk->bhtk", x, p["Wq"])
    k = np.einsum("btd,hdk->bhtk", x, p["Wk"])
    v = np.einsum("btd,hdk->bhtk", x, p["Wv"])
    s = np.einsum("bhtk,bhsk->bhts", q, k) / np.sqrt(K)
    s = np.where(future, -1e9, s)
    a = softmax(s)
    o = np.einsum("bhts,bhsk->bhtk", a, v)
    y = x + np.einsum("bhtk,hkd->btd", o, p["Wo"])
    prob = softmax(y @ p["U"] + p["ub"])
    return prob, (x, q, k, v, a, o, y)


def cross_entropy(prob, want, use):
    hit = np.take_along_axis(prob, want[..., None], axis=-1)[..., 0]
    return -(use * np.log(hit)).sum() / use.sum()


def backward(p, ids, want, use, prob, saved):
    x, q, k, v, a, o, y = saved
    g = {}
    dlog = prob - np.eye(VOC)[want]
    dlog *= use[..., None] / use.sum()
    g["U"] = np.einsum("btd,btv->dv", y, dlog)
    g["ub"] = dlog.sum(axis=(0, 1))
    dy = dlog @ p["U"].T
    g["Wo"] = np.einsum("bhtk,btd->hkd", o, dy)
    do = np.einsum("btd,hkd->bhtk", dy, p["Wo"])
    da = np.einsum("bhtk,bhsk->bhts", do, v)
    dv = np.einsum("bhts,bhtk->bhsk", a, do)
    ds = a * (da - (da * a).sum(axis=-1, keepdims=True))
    ds /= np.sqrt(K)
    dq = np.einsum("bhts,bhsk->bhtk", ds, k)
    dk = np.einsum("bhts,bhtk->bhsk", ds, q)
    dx = dy.copy()
    for name, d in (("Wq", dq), ("Wk", dk), ("Wv", dv)):
        g[name] = np.einsum("btd,bhtk->hdk", x, d)
        dx += np.einsum("bhtk,hdk->btd", d, p[name])
    g["pos"] = dx.sum(axis=0)
    g["emb"] = np.zeros_like(p["emb"])
    np.add.at(g["emb"], ids, dx)
    return g


m1 = {n: np.zeros_like(w) for n, w in p.items()}
m2 = {n: np.zeros_like(w) for n, w in p.items()}
beta1, beta2, peak, warm, total = 0.9, 0.98, 0.006, 30, 200
check = sample(100)
for step in range(1, total + 1):
    ids, want, use = sample(24)
    prob, saved = forward(p, ids)
    loss = cross_entropy(prob, want, use)
    g = backward(p, ids, want, use, prob, saved)
    lr = peak * min(step / warm, (total - step + 1) / (total - warm + 1))
    for n in p:
        m1[n] = beta1 * m1[n] + (1 - beta1) * g[n]
        m2[n] = beta2 * m2[n] + (1 - beta2) * g[n] * g[n]
        c1, c2 = 1 - beta1 ** step, 1 - beta2 ** step
        p[n] -= lr * (m1[n] / c1) / (np.sqrt(m2[n] / c2) + 1e-9)
    if step % 40 == 0:
        out, _ = forward(p, check[0])
        right = (out.argmax(-1) == check[1])[check[2] > 0].mean()
        print(f"{step:4d} loss {loss:.4f} held-out {cross_entropy(out, *check[1:]):.4f} right {right:.2%}")
