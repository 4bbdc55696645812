"""One pre-norm transformer block (causal, 2 heads), tied output embedding, float32, AdamW with
warm-up + cosine decay and gradient accumulation.  Task: repeat the first half of the sequence."""
import math
import numpy as np

rng = np.random.default_rng(5)
F32 = np.float32
V, HALF, D, NH, DFF = 8, 4, 16, 2, 32
T = 2 * HALF                    # inputs: [SEP, a1..a4, a1..a3] -> targets: [a1..a4, a1..a4]
DH = D // NH
SEP = V - 1


def norm_init(*shape, s=0.2):
    return (s * rng.standard_normal(shape)).astype(F32)


P = dict(emb=norm_init(V, D, s=0.5), pos=norm_init(T, D, s=0.5),
         g1=np.ones(D, F32), c1=np.zeros(D, F32),
         Wq=norm_init(D, NH, DH), Wk=norm_init(D, NH, DH), Wv=norm_init(D, NH, DH), Wo=norm_init(NH, DH, D),
         g2=np.ones(D, F32), c2=np.zeros(D, F32),
         W1=norm_init(D, DFF), b1=np.zeros(DFF, F32), W2=norm_init(DFF, D), b2=np.zeros(D, F32),
         g3=np.ones(D, F32), c3=np.zeros(D, F32))
CAUSAL = np.triu(np.full((T, T), -1e9, F32), k=1)


def layernorm(x, g, c):
    mu = x.mean(-1, keepdims=True)
    rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
    xh = (x - mu) * rstd
    return xh * g + c, (xh, rstd, g)


def layernorm_back(dy, cache):
    xh, rstd, g = cache
    dxh = dy * g
    dx = rstd * (dxh - dxh.mean(-1, keepdims=True) - xh * (dxh * xh).mean(-1, keepdims=True))
    return dx, (dy * xh).sum((0, 1)), dy.sum((0, 1))


def softmax(a):
    e = np.exp(a - a.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def step(p, ids, tgt, weight, want_grad=True):
    """weight (B, T): 1 where the prediction counts.  Returns mean loss over counted tokens, accuracy, grads."""
    x0 = p['emb'][ids] + p['pos']
    n1, k1 = layernorm(x0, p['g1'], p['c1'])
    q = np.einsum('btd,dhk->bhtk', n1, p['Wq'])
    k = np.einsum('btd,dhk->bhtk', n1, p['Wk'])
    v = np.einsum('btd,dhk->bhtk', n1, p['Wv'])
    scale = 1 / math.sqrt(DH)
    att = softmax(np.einsum('bhik,bhjk->bhij', q, k) * scale + CAUSAL)
    o = np.einsum('bhij,bhjk->bhik', att, v)
    x1 = x0 + np.einsum('bhik,hkd->bid', o, p['Wo'])
    n2, k2 = layernorm(x1, p['g2'], p['c2'])
    a = n2 @ p['W1'] + p['b1']
    sg = 1 / (1 + np.exp(-1.702 * a))
    h = a * sg                                   # quick gelu
    x2 = x1 + h @ p['W2'] + p['b2']
    n3, k3 = layernorm(x2, p['g3'], p['c3'])
    prob = softmax(n3 @ p['emb'].T)
    b_i, t_i = np.arange(len(ids))[:, None], np.arange(T)
    count = weight.sum()
    loss = -(weight * np.log(prob[b_i, t_i, tgt])).sum() / count
    acc = (weight * (prob.argmax(-1) == tgt)).sum() / count
    if not want_grad:
        return loss, acc, None

    g = {}
    dlogit = prob.copy()
    dlogit[b_i, t_i, tgt] -= 1
    dlogit *= weight[..., None] / count
    g['emb'] = np.einsum('btv,btd->vd', dlogit, n3)
    dx2, g['g3'], g['c3'] = layernorm_back(dlogit @ p['emb'], k3)
    dh = dx2 @ p['W2'].T
    g['W2'] = np.einsum('btf,btd->fd', h, dx2)
    g['b2'] = dx2.sum((0, 1))
    da = dh * (sg + 1.702 * a * sg * (1 - sg))
    g['W1'] = np.einsum('btd,btf->df', n2, da)
    g['b1'] = da.sum((0, 1))
    dn2, g['g2'], g['c2'] = layernorm_back(da @ p['W1'].T, k2)
    dx1 = dx2 + dn2
    g['Wo'] = np.einsum('bhik,bid->hkd', o, dx1)
    do = np.einsum('bid,hkd->bhik', dx1, p['Wo'])
    dv = np.einsum('bhij,bhik->bhjk', att, do)
    datt = np.einsum('bhik,bhjk->bhij', do, v)
    ds = att * (datt - (datt * att).sum(-1, keepdims=True)) * scale
    dq = np.einsum('bhij,bhjk->bhik', ds, k)
    dk = np.einsum('bhij,bhik->bhjk', ds, q)
    dn1 = 0
    for name, dproj in (('Wq', dq), ('Wk', dk), ('Wv', dv)):
        g[name] = np.einsum('btd,bhtk->dhk', n1, dproj)
        dn1 = dn1 + np.einsum('bhtk,dhk->btd', dproj, p[name])
    dln, g['g1'], g['c1'] = layernorm_back(dn1, k1)
    dx0 = dx1 + dln
    np.add.at(g['emb'], ids, dx0)
    g['pos'] = dx0.sum(0)
    return loss, acc, g


def batch(n):
    half = rng.integers(0, V - 1, (n, HALF))
    tgt = np.concatenate([half, half], axis=1)
    ids = np.concatenate([np.full((n, 1), SEP), tgt[:, :-1]], axis=1)
    weight = np.zeros((n, T), F32)
    weight[:, HALF:] = 1                          # only the repeated half can be predicted
    return ids, tgt, weight


def lr_at(it, total, peak=1.5e-2, warm=20):
    if it < warm:
        return peak * (it + 1) / warm
    return peak * 0.5 * (1 + math.cos(math.pi * (it - warm) / (total - warm)))


if __name__ == '__main__':
    M = {k: np.zeros_like(w) for k, w in P.items()}
    S = {k: np.zeros_like(w) for k, w in P.items()}
    TOTAL, ACCUM, DECAY = 160, 2, 0.02
    val = batch(150)
    for it in range(TOTAL):
        acc_g = {k: np.zeros_like(w) for k, w in P.items()}
        for _ in range(ACCUM):
            loss, _, g = step(P, *batch(16))
            for k in acc_g:
                acc_g[k] += g[k] / ACCUM
        lr = lr_at(it, TOTAL)
        for k, w in P.items():
            M[k] = 0.9 * M[k] + 0.1 * acc_g[k]
            S[k] = 0.98 * S[k] + 0.02 * acc_g[k] ** 2
            upd = (M[k] / (1 - 0.9 ** (it + 1))) / (np.sqrt(S[k] / (1 - 0.98 ** (it + 1))) + 1e-8)
            if w.ndim > 1:
                upd += DECAY * w
            w -= (lr * upd).astype(F32)
        if (it + 1) % 40 == 0:
            vl, va, _ = step(P, *val, want_grad=False)
            print(f'it {it + 1} lr {lr:.5f} train {loss:.4f} val {vl:.4f} acc {va:.3f}')
    print('norm %.4f' % sum(float(np.abs(w).sum()) for w in P.values()))
