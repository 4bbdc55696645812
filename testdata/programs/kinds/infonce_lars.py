# SimCLR-ish: NT-Xent loss over two noisy views, optimised by LARS with momentum
import numpy as np
rng = np.random.default_rng(31)

tau, B, d, hid, out = 0.5, 32, 12, 32, 8
A = rng.normal(size=(3, d))
W1, b1 = rng.normal(size=(d, hid)) * np.sqrt(2 / d), np.zeros(hid)
W2 = rng.normal(size=(hid, out)) / np.sqrt(hid)

def encode(x):
    pre = x @ W1 + b1
    a = pre / (1 + np.exp(-pre))           # SiLU
    u = a @ W2
    nrm = np.linalg.norm(u, axis=1, keepdims=True)
    return u / nrm, (x, pre, a, nrm)

def nt_xent(z):
    """z: rows 0..B-1 first view, B..2B-1 second view"""
    n = len(z)
    S = z @ z.T / tau
    np.fill_diagonal(S, -1e9)
    S = S - S.max(1, keepdims=True)
    P = np.exp(S)
    P /= P.sum(1, keepdims=True)
    pos = (np.arange(n) + n // 2) % n
    loss = -np.mean(np.log(P[np.arange(n), pos]))
    dS = P.copy()
    dS[np.arange(n), pos] -= 1
    dS /= n
    dz = (dS + dS.T) @ z / tau
    return loss, dz

def encode_back(z, cache, dz):
    x, pre, a, nrm = cache
    du = (dz - z * np.sum(z * dz, axis=1, keepdims=True)) / nrm
    sg = 1 / (1 + np.exp(-pre))
    dpre = du @ W2.T * (sg + pre * sg * (1 - sg))
    return x.T @ dpre, dpre.sum(0), a.T @ du

params = [W1, b1, W2]
buf = [np.zeros_like(p) for p in params]
lr, mom, wd, trust = 2.0, 0.9, 1e-4, 0.01
for step in range(150):
    code = rng.normal(size=(B, 3)) @ A
    views = np.vstack([code + 0.3 * rng.normal(size=code.shape), code + 0.3 * rng.normal(size=code.shape)])
    z, cache = encode(views)
    loss, dz = nt_xent(z)
    grads = encode_back(z, cache, dz)
    for p, g, v in zip(params, grads, buf):
        if p.ndim > 1:
            g = g + wd * p
            local = trust * np.linalg.norm(p) / (np.linalg.norm(g) + 1e-9)
        else:
            local = 0.05                   # biases are excluded from the adaptation
        v[...] = mom * v + lr * local * g
        p -= v
    if step % 15 == 0:
        top1 = (np.argmax(z[:B] @ z[B:].T, 1) == np.arange(B)).mean()
        print('step', step, 'nt-xent', np.round(loss, 4), 'retrieval', top1)
