# one-block causal transformer (pre-LN, single head), tied input/output embedding, AdamW. Task: copy the token 3 steps back
import numpy as np
rng = np.random.default_rng(77)
V, T, D, F, B = 8, 10, 16, 32, 24

p = {'emb': rng.normal(0, .3, (V, D)), 'pos': rng.normal(0, .3, (T, D)),
     'g1': np.ones(D), 'c1': np.zeros(D), 'g2': np.ones(D), 'c2': np.zeros(D), 'g3': np.ones(D), 'c3': np.zeros(D),
     'Wo': rng.normal(0, .25, (D, D)), 'W1': rng.normal(0, .25, (D, F)), 'b1': np.zeros(F), 'W2': rng.normal(0, .2, (F, D)), 'b2': np.zeros(D)}
for nm in ('Wq', 'Wk', 'Wv'):
    p[nm] = rng.normal(0, .3, (D, D))
causal = np.triu(np.full((T, T), -1e9), 1)

def ln(x, g, c):
    mu = x.mean(-1, keepdims=True)
    r = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
    xh = (x - mu) * r
    return xh * g + c, (xh, r, g)

def ln_back(dy, cache):
    xh, r, g = cache
    dxh = dy * g
    dx = r * (dxh - dxh.mean(-1, keepdims=True) - xh * (dxh * xh).mean(-1, keepdims=True))
    return dx, (dy * xh).sum((0, 1)), dy.sum((0, 1))

def gelu(x):
    t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3))
    return 0.5 * x * (1 + t), 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x ** 2)

def softmax(s):
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)

def mm(a, b):                      # sum over batch and time of outer products
    return np.einsum('bti,btj->ij', a, b)

def step(p, tok, tgt, w):
    # ---------- forward ----------
    x0 = p['emb'][tok] + p['pos']
    n1, l1 = ln(x0, p['g1'], p['c1'])
    q, k, v = n1 @ p['Wq'], n1 @ p['Wk'], n1 @ p['Wv']
    att = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(D) + causal)
    ctx = att @ v
    x1 = x0 + ctx @ p['Wo']
    n2, l2 = ln(x1, p['g2'], p['c2'])
    act, dact = gelu(n2 @ p['W1'] + p['b1'])
    x2 = x1 + act @ p['W2'] + p['b2']
    n3, l3 = ln(x2, p['g3'], p['c3'])
    prob = softmax(n3 @ p['emb'].T)
    pt = np.take_along_axis(prob, tgt[..., None], -1)[..., 0]
    loss = -(w * np.log(pt)).sum() / w.sum()
    # ---------- backward ----------
    g = {}
    dlog = (prob - np.eye(V)[tgt]) * w[..., None] / w.sum()
    g['emb'] = mm(dlog, n3)
    dx2, g['g3'], g['c3'] = ln_back(dlog @ p['emb'], l3)
    g['W2'], g['b2'] = mm(act, dx2), dx2.sum((0, 1))
    dpre = dx2 @ p['W2'].T * dact
    g['W1'], g['b1'] = mm(n2, dpre), dpre.sum((0, 1))
    dn2, g['g2'], g['c2'] = ln_back(dpre @ p['W1'].T, l2)
    dx1 = dx2 + dn2
    g['Wo'] = mm(ctx, dx1)
    dctx = dx1 @ p['Wo'].T
    datt, dv = dctx @ v.transpose(0, 2, 1), att.transpose(0, 2, 1) @ dctx
    ds = att * (datt - (datt * att).sum(-1, keepdims=True)) / np.sqrt(D)
    dq, dk = ds @ k, ds.transpose(0, 2, 1) @ q
    g['Wq'], g['Wk'], g['Wv'] = mm(n1, dq), mm(n1, dk), mm(n1, dv)
    dn1, g['g1'], g['c1'] = ln_back(dq @ p['Wq'].T + dk @ p['Wk'].T + dv @ p['Wv'].T, l1)
    dx0 = dx1 + dn1
    g['pos'] = dx0.sum(0)
    np.add.at(g['emb'], tok, dx0)          # second use of the tied matrix
    return loss, g, ((prob.argmax(-1) == tgt) * w).sum() / w.sum()

M, S = {k: 0.0 for k in p}, {k: 0.0 for k in p}
for it in range(1, 121):
    tok = rng.integers(0, V, (B, T))
    tgt, w = np.roll(tok, 3, axis=1), np.tile(np.arange(T) >= 3, (B, 1)).astype(float)
    loss, g, acc = step(p, tok, tgt, w)
    lr = 0.01 * min(1, it / 20)
    for k in p:
        M[k] = 0.9 * M[k] + 0.1 * g[k]
        S[k] = 0.98 * S[k] + 0.02 * g[k] ** 2
        if p[k].ndim == 2:
            p[k] *= 1 - lr * 0.01          # decoupled weight decay
        p[k] -= lr * M[k] / (1 - 0.9 ** it) / (np.sqrt(S[k] / (1 - 0.98 ** it)) + 1e-8)
    if it % 20 == 0: print(f'step {it} loss {loss:.4f} acc {acc:.3f}')
