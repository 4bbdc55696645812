import numpy as np

rng = np.random.default_rng(21)
B, T, D, C = 6, 5, 8, 3
P = {
    "Wq": rng.normal(0, D ** -0.5, (D, D)),
    "Wk": rng.normal(0, D ** -0.5, (D, D)),
    "Wv": rng.normal(0, D ** -0.5, (D, D)),
    "Wo": rng.normal(0, D ** -0.5, (D, D)),
    "W1": rng.normal(0, D ** -0.5, (D, 2 * D)),
    "b1": np.zeros(2 * D),
    "W2": rng.normal(0, (2 * D) ** -0.5, (2 * D, D)),
    "b2": np.zeros(D),
    "Wc": rng.normal(0, D ** -0.5, (D, C)),
}


def softmax(z):
    z = np.exp(z - z.max(-1, keepdims=True))
    return z / z.sum(-1, keepdims=True)


def forward(x):
    c = {"x": x}
    c["q"], c["k"], c["v"] = x @ P["Wq"], x @ P["Wk"], x @ P["Wv"]
    c["a"] = softmax(c["q"] @ c["k"].transpose(0, 2, 1) / np.sqrt(D))
    c["ctx"] = c["a"] @ c["v"]
    c["r1"] = x + c["ctx"] @ P["Wo"]
    c["u"] = c["r1"] @ P["W1"] + P["b1"]
    c["h"] = np.maximum(c["u"], 0)
    c["r2"] = c["r1"] + c["h"] @ P["W2"] + P["b2"]
    c["pool"] = c["r2"].mean(axis=1)
    c["p"] = softmax(c["pool"] @ P["Wc"])
    return c


def backward(c, y):
    G = {}
    d = c["p"].copy()
    d[np.arange(B), y] -= 1
    d /= B
    G["Wc"] = c["pool"].T @ d
    dpool = d @ P["Wc"].T
    dr2 = np.repeat(dpool[:, None, :], T, axis=1) / T
    G["b2"] = dr2.sum((0, 1))
    G["W2"] = np.einsum("bti,btj->ij", c["h"], dr2)
    dh = dr2 @ P["W2"].T
    du = dh * (c["u"] > 0)
    G["b1"] = du.sum((0, 1))
    G["W1"] = np.einsum("bti,btj->ij", c["r1"], du)
    dr1 = dr2 + du @ P["W1"].T
    G["Wo"] = np.einsum("bti,btj->ij", c["ctx"], dr1)
    dctx = dr1 @ P["Wo"].T
    da = dctx @ c["v"].transpose(0, 2, 1)
    dv = c["a"].transpose(0, 2, 1) @ dctx
    ds = c["a"] * (da - (da * c["a"]).sum(-1, keepdims=True))
    ds /= np.sqrt(D)
    dq = ds @ c["k"]
    dk = ds.transpose(0, 2, 1) @ c["q"]
    G["Wq"] = np.einsum("bti,btj->ij", c["x"], dq)
    G["Wk"] = np.einsum("bti,btj->ij", c["x"], dk)
    G["Wv"] = np.einsum("bti,btj->ij", c["x"], dv)
    return G


m = {k: np.zeros_like(w) for k, w in P.items()}
s = {k: np.zeros_like(w) for k, w in P.items()}
for t in range(1, 10):
    x = rng.normal(size=(B, T, D))
    y = x[:, :, :C].max(axis=1).argmax(axis=1)
    c = forward(x)
    loss = -np.log(c["p"][np.arange(B), y]).mean()
    G = backward(c, y)
    for k in P:
        m[k] = 0.9 * m[k] + 0.1 * G[k]
        s[k] = 0.99 * s[k] + 0.01 * G[k] ** 2
        mhat = m[k] / (1 - 0.9 ** t)
        shat = s[k] / (1 - 0.99 ** t)
        P[k] -= 0.01 * mhat / (np.sqrt(shat) + 1e-8)
    print(t, loss)
