"""A single-head self-attention reader that names the most frequent token.

Functional: every function takes `params` and gives back new values, the
backward functions give back dictionaries of gradients.  Row-major, batch first.
"""
import numpy as np

VOCAB, DIM, LENGTH, PAD = 5, 6, 6, 0


def init(rng):
    s = 1 / np.sqrt(DIM)
    return {
        "emb": rng.normal(0, 0.5, (VOCAB, DIM)), "pos": rng.normal(0, 0.1, (LENGTH, DIM)),
        "wq": rng.normal(0, s, (DIM, DIM)), "wk": rng.normal(0, s, (DIM, DIM)), "wv": rng.normal(0, s, (DIM, DIM)),
        "gamma": np.ones(DIM), "beta": np.zeros(DIM),
        "wout": rng.normal(0, s, (DIM, VOCAB)), "bout": np.zeros(VOCAB),
    }


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def layer_norm(x, gamma, beta):
    mu, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    inv = 1 / np.sqrt(var + 1e-5)
    xhat = (x - mu) * inv
    return gamma * xhat + beta, (xhat, inv)


def layer_norm_backward(dout, gamma, cache):
    xhat, inv = cache
    dgamma, dbeta = (dout * xhat).sum((0, 1)), dout.sum((0, 1))
    g = dout * gamma
    dx = inv * (g - g.mean(-1, keepdims=True) - xhat * (g * xhat).mean(-1, keepdims=True))
    return dx, dgamma, dbeta


def forward(params, tokens):
    keep = (tokens != PAD).astype(float)                      # (B, T)
    x = params["emb"][tokens] + params["pos"]
    q, k, v = x @ params["wq"], x @ params["wk"], x @ params["wv"]
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(DIM)          # (B, T, T)
    scores = np.where(keep[:, None, :] > 0, scores, -1e9)
    att = softmax(scores)
    mixed = x + att @ v
    normed, ln = layer_norm(mixed, params["gamma"], params["beta"])
    count = keep.sum(1, keepdims=True)
    pooled = (normed * keep[:, :, None]).sum(1) / count
    probs = softmax(pooled @ params["wout"] + params["bout"])
    return probs, (tokens, keep, x, q, k, v, att, ln, count, pooled)


def loss_fn(probs, target):
    return -np.log(probs[np.arange(len(target)), target] + 1e-12).mean()


def backward(params, probs, target, cache):
    tokens, keep, x, q, k, v, att, ln, count, pooled = cache
    grads = {}
    dlogits = probs.copy()
    dlogits[np.arange(len(target)), target] -= 1
    dlogits /= len(target)
    grads["wout"], grads["bout"] = pooled.T @ dlogits, dlogits.sum(0)
    dpooled = dlogits @ params["wout"].T
    dnormed = dpooled[:, None, :] * keep[:, :, None] / count[:, :, None]
    dmixed, grads["gamma"], grads["beta"] = layer_norm_backward(dnormed, params["gamma"], ln)
    datt = dmixed @ v.transpose(0, 2, 1)
    dv = att.transpose(0, 2, 1) @ dmixed
    dscores = att * (datt - (datt * att).sum(-1, keepdims=True))
    dscores /= np.sqrt(DIM)
    dq = dscores @ k
    dk = dscores.transpose(0, 2, 1) @ q
    grads["wq"] = np.einsum("btd,bte->de", x, dq)
    grads["wk"] = np.einsum("btd,bte->de", x, dk)
    grads["wv"] = np.einsum("btd,bte->de", x, dv)
    dx = dmixed + dq @ params["wq"].T + dk @ params["wk"].T + dv @ params["wv"].T
    grads["pos"] = dx.sum(0)
    grads["emb"] = np.zeros_like(params["emb"])
    np.add.at(grads["emb"], tokens, dx)
    return grads


def adam(params, grads, state, lr=0.03, b1=0.9, b2=0.99, eps=1e-8):
    t = state["t"] + 1
    m = {k: b1 * state["m"][k] + (1 - b1) * grads[k] for k in params}
    v = {k: b2 * state["v"][k] + (1 - b2) * grads[k] ** 2 for k in params}
    mhat = {k: m[k] / (1 - b1 ** t) for k in params}
    vhat = {k: v[k] / (1 - b2 ** t) for k in params}
    params = {k: params[k] - lr * mhat[k] / (np.sqrt(vhat[k]) + eps) for k in params}
    return params, {"t": t, "m": m, "v": v}


def make_batch(rng, size):
    tokens = rng.integers(1, VOCAB, (size, LENGTH))
    target = rng.integers(1, VOCAB, size)
    tokens[:, :3] = target[:, None]
    tokens = rng.permuted(tokens, axis=1)
    short = rng.random(size) < 0.5
    tokens[short, -1] = PAD
    return tokens, target


if __name__ == "__main__":
    rng = np.random.default_rng(17)
    params = init(rng)
    state = {"t": 0, "m": {k: np.zeros_like(p) for k, p in params.items()},
             "v": {k: np.zeros_like(p) for k, p in params.items()}}
    for step in range(40):
        tokens, target = make_batch(rng, 16)
        probs, cache = forward(params, tokens)
        loss = loss_fn(probs, target)
        grads = backward(params, probs, target, cache)
        params, state = adam(params, grads, state)
        if step % 8 == 7:
            print(f"step {step + 1} loss {loss:.4f} accuracy {(probs.argmax(1) == target).mean():.3f}")
