"""One transformer block (single-head self-attention + MLP, pre-layernorm,
residual streams) trained with hand-derived gradients to reverse a sequence.

Shapes: B batch, T time, C channels, V vocabulary, F hidden width of the MLP.
"""
import numpy as np

B, T, C, V, F = 32, 6, 16, 8, 32
STEPS, WARMUP, MAX_LR, CLIP = 160, 20, 6e-3, 1.0


def init(rng):
    def n(*shape):
        return rng.standard_normal(shape) / np.sqrt(shape[0])
    return {
        "tok": rng.standard_normal((V, C)) * 0.3, "pos": rng.standard_normal((T, C)) * 0.3,
        "g1": np.ones(C), "o1": np.zeros(C),
        "wq": n(C, C), "wk": n(C, C), "wv": n(C, C), "wp": n(C, C),
        "g2": np.ones(C), "o2": np.zeros(C),
        "w1": n(C, F), "b1": np.zeros(F), "w2": n(F, C), "b2": np.zeros(C),
        "head": n(C, V),
    }


def layernorm(x, g, o, eps=1e-5):
    mean = x.mean(-1, keepdims=True)
    rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    xn = (x - mean) * rstd
    return g * xn + o, (xn, rstd)


def layernorm_grad(dout, g, saved):
    xn, rstd = saved
    dg = (dout * xn).sum((0, 1))
    do = dout.sum((0, 1))
    dxn = dout * g
    dx = rstd * (dxn - dxn.mean(-1, keepdims=True) - xn * (dxn * xn).mean(-1, keepdims=True))
    return dx, dg, do


def softmax(a):
    a = np.exp(a - a.max(-1, keepdims=True))
    return a / a.sum(-1, keepdims=True)


def forward(P, tokens):
    x0 = P["tok"][tokens] + P["pos"]                      # B,T,C
    n1, s1 = layernorm(x0, P["g1"], P["o1"])
    q, k, v = n1 @ P["wq"], n1 @ P["wk"], n1 @ P["wv"]
    att = softmax(np.einsum("btc,bsc->bts", q, k) / np.sqrt(C))
    ctx = np.einsum("bts,bsc->btc", att, v)
    x1 = x0 + ctx @ P["wp"]
    n2, s2 = layernorm(x1, P["g2"], P["o2"])
    u = n2 @ P["w1"] + P["b1"]
    sg = 1 / (1 + np.exp(-u))
    hid = u * sg                                          # SiLU
    x2 = x1 + hid @ P["w2"] + P["b2"]
    logits = x2 @ P["head"]
    return logits, (tokens, n1, s1, q, k, v, att, ctx, n2, s2, u, sg, hid, x2)


def xent(logits, targets):
    probs = softmax(logits)
    rows, cols = np.indices(targets.shape)
    loss = -np.log(probs[rows, cols, targets]).mean()
    dlogits = probs
    dlogits[rows, cols, targets] -= 1
    return loss, dlogits / targets.size


def outer(a, d):
    """sum over batch and time of a (outer) d"""
    return np.einsum("btc,btf->cf", a, d)


def backward(P, saved, dlogits):
    tokens, n1, s1, q, k, v, att, ctx, n2, s2, u, sg, hid, x2 = saved
    G = {}
    G["head"] = outer(x2, dlogits)
    dx2 = dlogits @ P["head"].T
    # MLP branch
    G["w2"], G["b2"] = outer(hid, dx2), dx2.sum((0, 1))
    dhid = dx2 @ P["w2"].T
    du = dhid * (sg + u * sg * (1 - sg))
    G["w1"], G["b1"] = outer(n2, du), du.sum((0, 1))
    dn2 = du @ P["w1"].T
    dln2, G["g2"], G["o2"] = layernorm_grad(dn2, P["g2"], s2)
    dx1 = dx2 + dln2
    # attention branch
    G["wp"] = outer(ctx, dx1)
    dctx = dx1 @ P["wp"].T
    dv = np.einsum("bts,btc->bsc", att, dctx)
    datt = np.einsum("btc,bsc->bts", dctx, v)
    dscore = att * (datt - (datt * att).sum(-1, keepdims=True)) / np.sqrt(C)
    dq = np.einsum("bts,bsc->btc", dscore, k)
    dk = np.einsum("bts,btc->bsc", dscore, q)
    G["wq"], G["wk"], G["wv"] = outer(n1, dq), outer(n1, dk), outer(n1, dv)
    dn1 = dq @ P["wq"].T + dk @ P["wk"].T + dv @ P["wv"].T
    dln1, G["g1"], G["o1"] = layernorm_grad(dn1, P["g1"], s1)
    dx0 = dx1 + dln1
    # embeddings
    G["pos"] = dx0.sum(0)
    G["tok"] = np.zeros_like(P["tok"])
    np.add.at(G["tok"], tokens, dx0)
    return G


def adamw(P, G, M, S, t, lr, b1=0.9, b2=0.98, eps=1e-9, wd=0.01):
    for name in P:
        M[name] += (1 - b1) * (G[name] - M[name])
        S[name] += (1 - b2) * (G[name] ** 2 - S[name])
        update = (M[name] / (1 - b1 ** t)) / (np.sqrt(S[name] / (1 - b2 ** t)) + eps)
        if name[0] in "wh":
            update = update + wd * P[name]
        P[name] -= lr * update


def batch(rng, size=B):
    tokens = rng.integers(0, V, (size, T))
    return tokens, tokens[:, ::-1]


def main():
    rng = np.random.default_rng(17)
    P = init(rng)
    M = {k: np.zeros_like(p) for k, p in P.items()}
    S = {k: np.zeros_like(p) for k, p in P.items()}
    for t in range(1, STEPS + 1):
        lr = MAX_LR * min(t / WARMUP, 0.5 * (1 + np.cos(np.pi * max(t - WARMUP, 0) / (STEPS - WARMUP))))
        x, y = batch(rng)
        logits, saved = forward(P, x)
        loss, dlogits = xent(logits, y)
        G = backward(P, saved, dlogits)
        norm = np.sqrt(sum((g * g).sum() for g in G.values()))
        scale = min(1.0, CLIP / norm)
        G = {k: g * scale for k, g in G.items()}
        adamw(P, G, M, S, t, lr)
        if t % 16 == 0:
            print(f"step {t:4d}  lr {lr:.5f}  loss {loss:.5f}  |g| {norm:.4f}")
    x, y = batch(np.random.default_rng(99), 256)
    logits, _ = forward(P, x)
    print(f"held-out loss {xent(logits, y)[0]:.5f}  token accuracy {(logits.argmax(-1) == y).mean():.4f}")


if __name__ == "__main__":
    main()
