# Self-attention classifier: one head, residual + LayerNorm + feed-forward, mean pooling.
# Everything batched with einsum. AdamW with warmup.
import numpy as np

g = np.random.RandomState(0)
B, T, V, D, H, C = 16, 7, 11, 12, 24, 3

def softmax(s):
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)

def layernorm(x, gamma, beta, eps=1e-5):
    mu = x.mean(-1, keepdims=True)
    inv = 1.0 / np.sqrt(x.var(-1, keepdims=True) + eps)
    xhat = (x - mu) * inv
    return gamma * xhat + beta, (xhat, inv, gamma)

def layernorm_back(dy, cache):
    xhat, inv, gamma = cache
    dgamma = (dy * xhat).sum((0, 1))
    dbeta = dy.sum((0, 1))
    dxh = dy * gamma
    dx = inv * (dxh - dxh.mean(-1, keepdims=True) - xhat * (dxh * xhat).mean(-1, keepdims=True))
    return dx, dgamma, dbeta

def init():
    n = lambda *s: g.randn(*s) / np.sqrt(s[0])
    p = dict(E=g.randn(V, D) * 0.5, pos=g.randn(T, D) * 0.1, Wq=n(D, D), Wk=n(D, D), Wv=n(D, D), Wo=n(D, D),
             g1=np.ones(D), b1=np.zeros(D), W1=n(D, H), c1=np.zeros(H), W2=n(H, D), c2=np.zeros(D),
             g2=np.ones(D), b2=np.zeros(D), Wc=n(D, C), cc=np.zeros(C))
    return p

def step(p, tok, lab):
    mask = tok != 0
    x = p['E'][tok] + p['pos']
    q, k, v = x @ p['Wq'], x @ p['Wk'], x @ p['Wv']
    s = np.einsum('bid,bjd->bij', q, k) / np.sqrt(D)
    s = np.where(mask[:, None, :], s, -1e9)
    a = softmax(s)
    ctx = np.einsum('bij,bjd->bid', a, v)
    r1 = x + ctx @ p['Wo']
    n1, cache1 = layernorm(r1, p['g1'], p['b1'])
    pre = n1 @ p['W1'] + p['c1']
    act = np.tanh(pre)
    r2 = n1 + act @ p['W2'] + p['c2']
    n2, cache2 = layernorm(r2, p['g2'], p['b2'])
    cnt = mask.sum(1)[:, None]
    pooled = (n2 * mask[:, :, None]).sum(1) / cnt
    prob = softmax(pooled @ p['Wc'] + p['cc'])
    loss = -np.log(prob[np.arange(len(lab)), lab]).mean()

    d = {}
    dlog = (prob - np.eye(C)[lab]) / len(lab)
    d['Wc'], d['cc'] = pooled.T @ dlog, dlog.sum(0)
    dn2 = (dlog @ p['Wc'].T / cnt)[:, None, :] * mask[:, :, None]
    dr2, d['g2'], d['b2'] = layernorm_back(dn2, cache2)
    d['W2'] = np.einsum('bth,btd->hd', act, dr2)
    d['c2'] = dr2.sum((0, 1))
    dpre = (dr2 @ p['W2'].T) * (1 - act ** 2)
    d['W1'] = np.einsum('btd,bth->dh', n1, dpre)
    d['c1'] = dpre.sum((0, 1))
    dn1 = dr2 + dpre @ p['W1'].T
    dr1, d['g1'], d['b1'] = layernorm_back(dn1, cache1)
    d['Wo'] = np.einsum('bti,btj->ij', ctx, dr1)
    dctx = dr1 @ p['Wo'].T
    da = np.einsum('bid,bjd->bij', dctx, v)
    dv = np.einsum('bij,bid->bjd', a, dctx)
    ds = a * (da - (da * a).sum(-1, keepdims=True)) / np.sqrt(D)
    dq = np.einsum('bij,bjd->bid', ds, k)
    dk = np.einsum('bij,bid->bjd', ds, q)
    dx = dr1 + dq @ p['Wq'].T + dk @ p['Wk'].T + dv @ p['Wv'].T
    for name, dd in (('Wq', dq), ('Wk', dk), ('Wv', dv)):
        d[name] = np.einsum('bti,btj->ij', x, dd)
    d['pos'] = dx.sum(0)
    d['E'] = np.zeros_like(p['E'])
    np.add.at(d['E'], tok, dx)
    return loss, d

def batch():
    lab = g.randint(0, C, B)
    tok = g.randint(4, V, (B, T))
    tok[np.arange(B), g.randint(0, 4, B)] = lab + 1
    for i, n in enumerate(g.randint(4, T + 1, B)):
        tok[i, n:] = 0
    return tok, lab

p = init()
decay = {n for n in p if p[n].ndim == 2 and n not in ('E', 'pos')}
m = {n: np.zeros_like(w) for n, w in p.items()}
v = {n: np.zeros_like(w) for n, w in p.items()}
peak, warm, wd, steps = 0.01, 10, 0.02, 150
for t in range(1, steps + 1):
    lr = peak * min(t / warm, 1.0)
    loss, d = step(p, *batch())
    norm = np.sqrt(sum((x ** 2).sum() for x in d.values()))
    scale = min(1.0, 1.0 / (norm + 1e-6))
    for n in p:
        grad = d[n] * scale
        m[n] = 0.9 * m[n] + 0.1 * grad
        v[n] = 0.98 * v[n] + 0.02 * grad ** 2
        upd = (m[n] / (1 - 0.9 ** t)) / (np.sqrt(v[n] / (1 - 0.98 ** t)) + 1e-8)
        if n in decay:
            upd = upd + wd * p[n]
        p[n] = p[n] - lr * upd
    if t % 15 == 0 or t == 1:
        print('step %3d  lr %.4f  loss %.4f  gnorm %.3f' % (t, lr, loss, norm))
