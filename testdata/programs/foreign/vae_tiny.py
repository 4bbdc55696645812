#!/usr/bin/env python3
"""Tiny variational autoencoder, columns are examples, float32."""
import numpy as np

rs = np.random.RandomState(0)
f32 = np.float32

D, H, Z = 16, 24, 2
N = 600

# --- data: four binary prototypes, 6% of the bits flipped
protos = (rs.rand(D, 4) < 0.5)
which = rs.randint(0, 4, N)
X = protos[:, which] ^ (rs.rand(D, N) < 0.06)
X = X.astype(f32)
Xtr, Xva = X[:, :480], X[:, 480:]


def glorot(fan_out, fan_in):
    r = np.sqrt(6.0 / (fan_in + fan_out))
    return rs.uniform(-r, r, (fan_out, fan_in)).astype(f32)


P = dict(
    We=glorot(H, D), be=np.zeros((H, 1), f32),
    Wm=glorot(Z, H), bm=np.zeros((Z, 1), f32),
    Wv=glorot(Z, H), bv=np.zeros((Z, 1), f32),
    Wd=glorot(H, Z), bd=np.zeros((H, 1), f32),
    Wo=glorot(D, H), bo=np.zeros((D, 1), f32),
)


def encode(x):
    he = np.tanh(P['We'] @ x + P['be'])
    mu = P['Wm'] @ he + P['bm']
    logvar = P['Wv'] @ he + P['bv']
    return he, mu, logvar


def decode(z):
    a = P['Wd'] @ z + P['bd']
    hd = np.maximum(a, 0)
    logits = P['Wo'] @ hd + P['bo']
    return a, hd, logits


def elbo_terms(x, logits, mu, logvar):
    # bernoulli likelihood from logits, summed over pixels
    rec = np.sum(np.logaddexp(0, logits) - x * logits, axis=0)
    kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar), axis=0)
    return rec.mean(), kl.mean()


def forward_backward(x, eps, beta):
    B = x.shape[1]
    he, mu, logvar = encode(x)
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    a, hd, logits = decode(z)
    rec, kl = elbo_terms(x, logits, mu, logvar)

    g = {}
    dlog = (1 / (1 + np.exp(-logits)) - x) / B
    g['Wo'] = dlog @ hd.T
    g['bo'] = dlog.sum(axis=1, keepdims=True)
    dhd = P['Wo'].T @ dlog
    dhd[a <= 0] = 0
    g['Wd'] = dhd @ z.T
    g['bd'] = dhd.sum(axis=1, keepdims=True)
    dz = P['Wd'].T @ dhd

    dmu = dz + beta * mu / B
    dlv = 0.5 * dz * eps * std + 0.5 * beta * (np.exp(logvar) - 1) / B
    g['Wm'] = dmu @ he.T
    g['bm'] = dmu.sum(axis=1, keepdims=True)
    g['Wv'] = dlv @ he.T
    g['bv'] = dlv.sum(axis=1, keepdims=True)

    dhe = P['Wm'].T @ dmu + P['Wv'].T @ dlv
    dhe *= 1 - he ** 2
    g['We'] = dhe @ x.T
    g['be'] = dhe.sum(axis=1, keepdims=True)
    return rec, kl, g


mom = {k: [np.zeros_like(v), np.zeros_like(v)] for k, v in P.items()}
b1, b2, lr = 0.9, 0.99, 5e-3
t = 0
batch = 40
for epoch in range(40):
    beta = min(1.0, (epoch + 1) / 15)       # KL warm-up
    perm = rs.permutation(Xtr.shape[1])
    stats = []
    for s in range(0, len(perm), batch):
        x = Xtr[:, perm[s:s + batch]]
        eps = rs.randn(Z, x.shape[1]).astype(f32)
        rec, kl, g = forward_backward(x, eps, beta)
        stats.append((rec, kl))
        t += 1
        for k in P:
            m, v = mom[k]
            m += (1 - b1) * (g[k] - m)
            v += (1 - b2) * (g[k] ** 2 - v)
            step = lr * np.sqrt(1 - b2 ** t) / (1 - b1 ** t)
            P[k] -= (step * m / (np.sqrt(v) + 1e-7)).astype(f32)
    if epoch % 8 == 7:
        _, mu, lv = encode(Xva)
        _, _, lo = decode(mu)
        rv, kv = elbo_terms(Xva, lo, mu, lv)
        r, q = np.mean(stats, axis=0)
        print("epoch %2d beta %.2f | train rec %.3f kl %.3f | valid rec %.3f kl %.3f | bits wrong %.3f"
              % (epoch + 1, beta, r, q, rv, kv, np.mean((lo > 0) != (Xva > 0.5))))
