'''VAE (Gaussian encoder, Bernoulli decoder) in float32 with KL annealing. Loss is the negative ELBO per sample.'''
import numpy as np

rng = np.random.default_rng(2024)
f32 = np.float32
protos = (rng.random((4, 16)) < 0.5)
X = np.logical_xor(protos[rng.integers(0, 4, 400)], rng.random((400, 16)) < 0.05).astype(f32)

n_x, n_h, n_z = 16, 24, 2

def glorot(a, b):
    return (rng.standard_normal((a, b)) * np.sqrt(2.0 / (a + b))).astype(f32)

params = dict(We=glorot(n_x, n_h), be=np.zeros(n_h, f32),
              Wmu=glorot(n_h, n_z), bmu=np.zeros(n_z, f32),
              Wlv=glorot(n_h, n_z), blv=np.zeros(n_z, f32),
              Wd=glorot(n_z, n_h), bd=np.zeros(n_h, f32),
              Wo=glorot(n_h, n_x), bo=np.zeros(n_x, f32))

def elbo(p, x, noise, beta):
    h = np.tanh(x @ p['We'] + p['be'])
    mu = h @ p['Wmu'] + p['bmu']
    logvar = h @ p['Wlv'] + p['blv']
    std = np.exp(f32(0.5) * logvar)
    z = mu + std * noise                        # reparameterisation
    hd = np.tanh(z @ p['Wd'] + p['bd'])
    logit = hd @ p['Wo'] + p['bo']
    n = len(x)
    rec = np.sum(np.logaddexp(f32(0), logit) - x * logit) / n
    kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar)) / n
    # ---- backprop ----
    g = {}
    dlogit = (1 / (1 + np.exp(-logit)) - x) / n
    g['Wo'], g['bo'] = hd.T @ dlogit, dlogit.sum(0)
    dhd = dlogit @ p['Wo'].T * (1 - hd ** 2)
    g['Wd'], g['bd'] = z.T @ dhd, dhd.sum(0)
    dz = dhd @ p['Wd'].T
    dmu = dz + beta * mu / n
    dlv = dz * noise * std * f32(0.5) + beta * f32(0.5) * (np.exp(logvar) - 1) / n
    g['Wmu'], g['bmu'] = h.T @ dmu, dmu.sum(0)
    g['Wlv'], g['blv'] = h.T @ dlv, dlv.sum(0)
    dh = (dmu @ p['Wmu'].T + dlv @ p['Wlv'].T) * (1 - h ** 2)
    g['We'], g['be'] = x.T @ dh, dh.sum(0)
    return rec, kl, rec + beta * kl, g

state = {k: [np.zeros_like(v), np.zeros_like(v)] for k, v in params.items()}
t = 0
for epoch in range(25):
    beta = f32(min(1.0, epoch / 10))
    order = rng.permutation(len(X))
    recs, kls = [], []
    for s in range(0, len(X), 50):
        xb = X[order[s:s + 50]]
        noise = rng.standard_normal((len(xb), n_z)).astype(f32)
        rec, kl, loss, g = elbo(params, xb, noise, beta)
        t += 1
        for k in params:
            m, v = state[k]
            m[:] = 0.9 * m + 0.1 * g[k]
            v[:] = 0.999 * v + 0.001 * g[k] ** 2
            alpha = f32(0.01 * np.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t))
            params[k] -= alpha * m / (np.sqrt(v) + f32(1e-7))
        recs.append(rec)
        kls.append(kl)
    if epoch % 4 == 0:
        print(f"epoch {epoch:2d} beta {beta:.1f} rec {np.mean(recs):.3f} kl {np.mean(kls):.3f} loss {np.mean(recs) + beta * np.mean(kls):.3f}")
