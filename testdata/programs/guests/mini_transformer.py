"""One-block causal transformer in NumPy; learns to copy a string after a separator.
AdamW, warm-up + cosine schedule, gradients accumulated over micro-batches."""
import math
import numpy as np

rng = np.random.default_rng(1234)
VOCAB, L, D, HEADS, FF = 9, 5, 32, 2, 64      # token 8 is the separator
T = 2 * L                                     # x: a b c d e | a b c d   ->  targets a b c d e
HD = D // HEADS


def init():
    n = lambda *s: rng.normal(0, 0.08, s)
    return dict(emb=n(VOCAB, D), pos=n(T, D),
                g1=np.ones(D), be1=np.zeros(D), wqkv=n(D, 3 * D), wo=n(D, D), bo=np.zeros(D),
                g2=np.ones(D), be2=np.zeros(D), w1=n(D, FF), b1=np.zeros(FF),
                w2=n(FF, D), b2=np.zeros(D), gf=np.ones(D), bef=np.zeros(D), head=n(D, VOCAB))


def get_batch(B):
    s = rng.integers(0, 8, (B, L))
    x = np.concatenate([s, np.full((B, 1), 8), s[:, :-1]], 1)
    y = np.concatenate([np.zeros((B, L), int), s], 1)
    mask = np.zeros((B, T))
    mask[:, L:] = 1
    return x, y, mask


def layernorm(x, g, b, eps=1e-5):
    mu = x.mean(-1, keepdims=True)
    inv = 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    xh = (x - mu) * inv
    return g * xh + b, (xh, inv)


def layernorm_back(dy, cache, g):
    xh, inv = cache
    dxh = dy * g
    dx = inv * (dxh - dxh.mean(-1, keepdims=True) - xh * (dxh * xh).mean(-1, keepdims=True))
    return dx, (dy * xh).sum((0, 1)), dy.sum((0, 1))


C0 = math.sqrt(2 / math.pi)


def gelu(x):
    return 0.5 * x * (1 + np.tanh(C0 * (x + 0.044715 * x ** 3)))


def gelu_grad(x):
    t = np.tanh(C0 * (x + 0.044715 * x ** 3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * C0 * (1 + 3 * 0.044715 * x * x)


CAUSAL = np.triu(np.full((T, T), -1e9), 1)


def forward(P, x):
    B = len(x)
    h0 = P['emb'][x] + P['pos']
    n1, c1 = layernorm(h0, P['g1'], P['be1'])
    qkv = (n1 @ P['wqkv']).reshape(B, T, 3, HEADS, HD).transpose(2, 0, 3, 1, 4)
    q, k, v = qkv
    s = q @ k.swapaxes(-1, -2) / math.sqrt(HD) + CAUSAL
    a = np.exp(s - s.max(-1, keepdims=True))
    a /= a.sum(-1, keepdims=True)
    ctx = (a @ v).transpose(0, 2, 1, 3).reshape(B, T, D)
    h1 = h0 + ctx @ P['wo'] + P['bo']
    n2, c2 = layernorm(h1, P['g2'], P['be2'])
    u = n2 @ P['w1'] + P['b1']
    f = gelu(u)
    h2 = h1 + f @ P['w2'] + P['b2']
    nf, cf = layernorm(h2, P['gf'], P['bef'])
    return nf @ P['head'], (x, n1, c1, q, k, v, a, ctx, n2, c2, u, f, nf, cf)


def cross_entropy(logits, y, mask):
    z = logits - logits.max(-1, keepdims=True)
    lp = z - np.log(np.exp(z).sum(-1, keepdims=True))
    picked = np.take_along_axis(lp, y[..., None], -1)[..., 0]
    d = np.exp(lp)
    np.put_along_axis(d, y[..., None], np.take_along_axis(d, y[..., None], -1) - 1, -1)
    return -(picked * mask).sum() / mask.sum(), d * (mask / mask.sum())[..., None]


def backward(P, cache, dlogits):
    x, n1, c1, q, k, v, a, ctx, n2, c2, u, f, nf, cf = cache
    B = len(x)
    G = {}
    G['head'] = np.einsum('btd,btv->dv', nf, dlogits)
    dh2, G['gf'], G['bef'] = layernorm_back(dlogits @ P['head'].T, cf, P['gf'])
    G['w2'] = np.einsum('btf,btd->fd', f, dh2)
    G['b2'] = dh2.sum((0, 1))
    du = dh2 @ P['w2'].T * gelu_grad(u)
    G['w1'] = np.einsum('btd,btf->df', n2, du)
    G['b1'] = du.sum((0, 1))
    dn2, G['g2'], G['be2'] = layernorm_back(du @ P['w1'].T, c2, P['g2'])
    dh1 = dh2 + dn2
    G['wo'] = np.einsum('btc,btd->cd', ctx, dh1)
    G['bo'] = dh1.sum((0, 1))
    dctx = (dh1 @ P['wo'].T).reshape(B, T, HEADS, HD).transpose(0, 2, 1, 3)
    dv = a.swapaxes(-1, -2) @ dctx
    da = dctx @ v.swapaxes(-1, -2)
    ds = a * (da - (da * a).sum(-1, keepdims=True)) / math.sqrt(HD)
    dq = ds @ k
    dk = ds.swapaxes(-1, -2) @ q
    dqkv = np.stack([dq, dk, dv]).transpose(1, 3, 0, 2, 4).reshape(B, T, 3 * D)
    G['wqkv'] = np.einsum('btd,bte->de', n1, dqkv)
    dn1, G['g1'], G['be1'] = layernorm_back(dqkv @ P['wqkv'].T, c1, P['g1'])
    dh0 = dh1 + dn1
    G['pos'] = dh0.sum(0)
    G['emb'] = np.zeros_like(P['emb'])
    np.add.at(G['emb'], x, dh0)
    return G


def lr_at(step, total, peak=6e-3, warm=40):
    if step < warm:
        return peak * (step + 1) / warm
    return 0.5 * peak * (1 + math.cos(math.pi * (step - warm) / (total - warm)))


def main(total=200, micro=2, wd=0.01):
    P = init()
    M = {k: np.zeros_like(v) for k, v in P.items()}
    S = {k: np.zeros_like(v) for k, v in P.items()}
    decay = {'wqkv', 'wo', 'w1', 'w2', 'head'}
    for step in range(total):
        acc = {k: np.zeros_like(v) for k, v in P.items()}
        loss = 0.0
        for _ in range(micro):
            x, y, mask = get_batch(16)
            logits, cache = forward(P, x)
            l, d = cross_entropy(logits, y, mask)
            loss += l / micro
            for k, g in backward(P, cache, d).items():
                acc[k] += g / micro
        lr = lr_at(step, total)
        for k in P:
            M[k] = 0.9 * M[k] + 0.1 * acc[k]
            S[k] = 0.98 * S[k] + 0.02 * acc[k] ** 2
            mh = M[k] / (1 - 0.9 ** (step + 1))
            sh = S[k] / (1 - 0.98 ** (step + 1))
            if k in decay:
                P[k] *= 1 - lr * wd
            P[k] -= lr * mh / (np.sqrt(sh) + 1e-9)
        if step % 40 == 0 or step == total - 1:
            x, y, mask = get_batch(100)
            hit = (forward(P, x)[0].argmax(-1) == y) * mask
            print(f'step {step:4d}  lr {lr:.5f}  loss {loss:.4f}  copy acc {hit.sum() / mask.sum():.3f}')
    return P


if __name__ == '__main__':
    main()
