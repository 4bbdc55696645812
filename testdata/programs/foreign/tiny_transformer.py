"""One pre-norm transformer block (causal, multi-head) on sequences with lag-3 copies.
AdamW, warmup + cosine, global norm clipping.  Everything by hand."""
import numpy as np

V, T, D, NH, FF = 10, 9, 16, 2, 32
HD = D // NH
rng = np.random.default_rng(0)


def get_batch(n):
    seq = np.empty((n, T + 1), dtype=int)
    seq[:, :3] = rng.integers(0, V, (n, 3))
    for t in range(3, T + 1):
        seq[:, t] = (seq[:, t - 3] + (t % 2)) % V
    return seq[:, :-1], seq[:, 1:]


def init():
    n = lambda *s: rng.normal(0, 1 / np.sqrt(s[0]), s)
    return {
        'tok': rng.normal(0, 0.5, (V, D)), 'pos': rng.normal(0, 0.5, (T, D)),
        'ln1_g': np.ones(D), 'ln1_b': np.zeros(D),
        'qkv': n(D, 3 * D), 'proj': n(D, D),
        'ln2_g': np.ones(D), 'ln2_b': np.zeros(D),
        'fc': n(D, FF), 'fc_b': np.zeros(FF), 'out': n(FF, D), 'out_b': np.zeros(D),
        'head': n(D, V), 'head_b': np.zeros(V),
    }


def layer_norm(x, g, b, eps=1e-5):
    mu = x.mean(-1, keepdims=True)
    inv = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    xhat = (x - mu) * inv
    return g * xhat + b, (xhat, inv)


def layer_norm_back(dy, g, cache):
    xhat, inv = cache
    dg = (dy * xhat).sum((0, 1))
    db = dy.sum((0, 1))
    dxh = dy * g
    dx = inv * (dxh - dxh.mean(-1, keepdims=True) - xhat * (dxh * xhat).mean(-1, keepdims=True))
    return dx, dg, db


def gelu(x):
    th = np.tanh(0.7978845608 * (x + 0.044715 * x ** 3))
    return 0.5 * x * (1 + th), th


def heads(x):
    B = x.shape[0]
    return x.reshape(B, T, NH, HD).transpose(0, 2, 1, 3)


def merge(x):
    return x.transpose(0, 2, 1, 3).reshape(x.shape[0], T, D)


MASK = np.triu(np.full((T, T), -1e9), k=1)


def model(p, idx, y):
    B = idx.shape[0]
    x0 = p['tok'][idx] + p['pos']
    a, c1 = layer_norm(x0, p['ln1_g'], p['ln1_b'])
    q, k, v = (heads(z) for z in np.split(a @ p['qkv'], 3, axis=-1))
    s = q @ k.transpose(0, 1, 3, 2) / np.sqrt(HD) + MASK
    att = np.exp(s - s.max(-1, keepdims=True))
    att /= att.sum(-1, keepdims=True)
    o = merge(att @ v)
    x1 = x0 + o @ p['proj']
    m, c2 = layer_norm(x1, p['ln2_g'], p['ln2_b'])
    u = m @ p['fc'] + p['fc_b']
    f, th = gelu(u)
    x2 = x1 + f @ p['out'] + p['out_b']
    logits = x2 @ p['head'] + p['head_b']
    z = logits - logits.max(-1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(-1, keepdims=True))
    bi, ti = np.ogrid[:B, :T]
    loss = -logp[bi, ti, y].mean()

    g = {}
    dl = np.exp(logp)
    dl[bi, ti, y] -= 1
    dl /= B * T
    g['head'] = np.einsum('btd,btv->dv', x2, dl)
    g['head_b'] = dl.sum((0, 1))
    dx2 = dl @ p['head'].T
    g['out'] = np.einsum('btf,btd->fd', f, dx2)
    g['out_b'] = dx2.sum((0, 1))
    df = dx2 @ p['out'].T
    inner = 0.7978845608 * (1 + 3 * 0.044715 * u ** 2)
    du = df * (0.5 * (1 + th) + 0.5 * u * (1 - th ** 2) * inner)
    g['fc'] = np.einsum('btd,btf->df', m, du)
    g['fc_b'] = du.sum((0, 1))
    dm, g['ln2_g'], g['ln2_b'] = layer_norm_back(du @ p['fc'].T, p['ln2_g'], c2)
    dx1 = dx2 + dm
    g['proj'] = np.einsum('btd,bte->de', o, dx1)
    do = heads(dx1 @ p['proj'].T)
    dv = att.transpose(0, 1, 3, 2) @ do
    datt = do @ v.transpose(0, 1, 3, 2)
    ds = att * (datt - (datt * att).sum(-1, keepdims=True)) / np.sqrt(HD)
    dq = ds @ k
    dk = ds.transpose(0, 1, 3, 2) @ q
    dqkv = np.concatenate([merge(dq), merge(dk), merge(dv)], axis=-1)
    g['qkv'] = np.einsum('btd,bte->de', a, dqkv)
    da, g['ln1_g'], g['ln1_b'] = layer_norm_back(dqkv @ p['qkv'].T, p['ln1_g'], c1)
    dx0 = dx1 + da
    g['pos'] = dx0.sum(0)
    g['tok'] = np.zeros_like(p['tok'])
    np.add.at(g['tok'], idx, dx0)
    acc = (logits.argmax(-1) == y)[:, 2:].mean()
    return loss, acc, g


params = init()
mom1 = {k: np.zeros_like(w) for k, w in params.items()}
mom2 = {k: np.zeros_like(w) for k, w in params.items()}
steps, warm, peak, wd = 160, 20, 0.02, 0.05

for it in range(1, steps + 1):
    lr = peak * (it / warm if it <= warm else 0.5 * (1 + np.cos(np.pi * (it - warm) / (steps - warm))))
    xb, yb = get_batch(24)
    loss, acc, grads = model(params, xb, yb)
    gnorm = np.sqrt(sum((g ** 2).sum() for g in grads.values()))
    if gnorm > 1.0:
        for g in grads.values():
            g /= gnorm
    for k, w in params.items():
        mom1[k] = 0.9 * mom1[k] + 0.1 * grads[k]
        mom2[k] = 0.98 * mom2[k] + 0.02 * grads[k] ** 2
        upd = (mom1[k] / (1 - 0.9 ** it)) / (np.sqrt(mom2[k] / (1 - 0.98 ** it)) + 1e-8)
        if w.ndim == 2:
            upd = upd + wd * w        # no decay on biases and norms
        w -= lr * upd
    if it % 40 == 0:
        print(f'step {it:3d} lr {lr:.4f} loss {loss:.4f} |g| {gnorm:.3f} acc(t>=2) {acc:.3f}')

xt, yt = get_batch(200)
tl, ta, _ = model(params, xt, yt)
print(f'test loss {tl:.4f}  test acc {ta:.3f}')
