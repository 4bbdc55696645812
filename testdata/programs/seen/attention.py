import numpy as np

rng = np.random.default_rng(21)
B, T, D, C = 6, 5, 8, 3
P = {n: rng.normal(0, 0.35, s) for n, s in dict(Wq=(D, D), Wk=(D, D), Wv=(D, D), Wo=(D, C)).items()}
P["bo"] = np.zeros(C)
for it in range(8):
    x = rng.normal(size=(B, T, D))
    y = (x[:, 0, 0] > 0).astype(int) + (x[:, 1, 1] > 0)
    q, k, v = x @ P["Wq"], x @ P["Wk"], x @ P["Wv"]
    s = q @ k.transpose(0, 2, 1) / np.sqrt(D)
    e = np.exp(s - s.max(-1, keepdims=True))
    a = e / e.sum(-1, keepdims=True)
    ctx = a @ v
    pooled = ctx.mean(axis=1)
    logits = pooled @ P["Wo"] + P["bo"]
    lp = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    loss = -lp[np.arange(B), y].mean()
    dlogits = (np.exp(lp) - np.eye(C)[y]) / B
    G = {"Wo": pooled.T @ dlogits, "bo": dlogits.sum(0)}
    dpooled = dlogits @ P["Wo"].T
    dctx = np.repeat(dpooled[:, None, :], T, axis=1) / T
    da = dctx @ v.transpose(0, 2, 1)
    dv = a.transpose(0, 2, 1) @ dctx
    ds = a * (da - (da * a).sum(-1, keepdims=True))
    ds = ds / np.sqrt(D)
    dq = ds @ k
    dk = ds.transpose(0, 2, 1) @ q
    G["Wq"] = np.einsum("btd,bte->de", x, dq)
    G["Wk"] = np.einsum("btd,bte->de", x, dk)
    G["Wv"] = np.einsum("btd,bte->de", x, dv)
    for n in P:
        P[n] = P[n] - 0.3 * G[n]
    print(it, loss)
