# Sequence to sequence with dot-product attention: reverse a word. Teacher forcing in
# training, greedy decoding in the test. Plain script, everything global.
import numpy as np
np.random.seed(123)

PAD, BOS, EOS = 0, 1, 2
V = 9
H, D = 32, 12
MAXLEN = 5


def batch(n):
    lens = np.random.randint(2, MAXLEN + 1, n)
    src = np.zeros((n, MAXLEN), dtype=int)
    tgt_in = np.zeros((n, MAXLEN + 1), dtype=int)
    tgt_out = np.zeros((n, MAXLEN + 1), dtype=int)
    for i, l in enumerate(lens):
        w = np.random.randint(3, V, l)
        src[i, :l] = w
        tgt_in[i, 0] = BOS
        tgt_in[i, 1:l + 1] = w[::-1]
        tgt_out[i, :l] = w[::-1]
        tgt_out[i, l] = EOS
    return src, tgt_in, tgt_out


p = {}
p['Es'] = 0.3 * np.random.randn(V, D)
p['Et'] = 0.3 * np.random.randn(V, D)
for side in 'ed':
    p['W' + side] = np.random.randn(D, H) / np.sqrt(D)
    p['U' + side] = np.linalg.qr(np.random.randn(H, H))[0]
    p['b' + side] = np.zeros(H)
p['Wc'] = np.random.randn(2 * H, H) / np.sqrt(2 * H)
p['Wy'] = np.random.randn(H, V) / np.sqrt(H)
p['by'] = np.zeros(V)


def encode(src):
    keep = (src != PAD)
    h = np.zeros((len(src), H))
    hs = [h]
    for t in range(MAXLEN):
        new = np.tanh(p['Es'][src[:, t]] @ p['We'] + h @ p['Ue'] + p['be'])
        h = np.where(keep[:, t:t + 1], new, h)
        hs.append(h)
    return keep, hs


def decode_step(tok, s, mem, keep):
    s_new = np.tanh(p['Et'][tok] @ p['Wd'] + s @ p['Ud'] + p['bd'])
    score = np.einsum('bth,bh->bt', mem, s_new)
    score[~keep] = -1e30
    a = np.exp(score - score.max(1, keepdims=True))
    a /= a.sum(1, keepdims=True)
    ctx = np.einsum('bt,bth->bh', a, mem)
    cat = np.concatenate([s_new, ctx], 1)
    o = np.tanh(cat @ p['Wc'])
    return s_new, a, cat, o, o @ p['Wy'] + p['by']


def train_grads(src, tin, tout):
    keep, hs = encode(src)
    mem = np.stack(hs[1:], 1)
    wt = (tout != PAD) / (tout != PAD).sum()
    rows = np.arange(len(src))
    s, cache, loss = hs[-1], [], 0.0
    for t in range(MAXLEN + 1):
        prev = s
        s, a, cat, o, y = decode_step(tin[:, t], prev, mem, keep)
        pr = np.exp(y - y.max(1, keepdims=True))
        pr /= pr.sum(1, keepdims=True)
        loss -= (wt[:, t] * np.log(pr[rows, tout[:, t]])).sum()
        cache.append((prev, s, a, cat, o, pr))
    g = {k: np.zeros_like(v) for k, v in p.items()}
    dmem = np.zeros_like(mem)
    dnext = np.zeros((len(src), H))
    for t in range(MAXLEN, -1, -1):
        prev, s, a, cat, o, pr = cache[t]
        pr[rows, tout[:, t]] -= 1
        dy = pr * wt[:, t, None]
        g['Wy'] += o.T @ dy
        g['by'] += dy.sum(0)
        dc = (dy @ p['Wy'].T) * (1 - o * o)
        g['Wc'] += cat.T @ dc
        dcat = dc @ p['Wc'].T
        ds, dctx = dcat[:, :H] + dnext, dcat[:, H:]
        da = np.einsum('bh,bth->bt', dctx, mem)
        dscore = a * (da - (a * da).sum(1, keepdims=True))
        dmem += a[:, :, None] * dctx[:, None, :] + dscore[:, :, None] * s[:, None, :]
        ds = ds + np.einsum('bt,bth->bh', dscore, mem)
        dz = ds * (1 - s * s)
        g['Wd'] += p['Et'][tin[:, t]].T @ dz
        g['Ud'] += prev.T @ dz
        g['bd'] += dz.sum(0)
        np.add.at(g['Et'], tin[:, t], dz @ p['Wd'].T)
        dnext = dz @ p['Ud'].T
    dh = dnext
    for t in range(MAXLEN - 1, -1, -1):
        dh = dh + dmem[:, t]
        k = keep[:, t:t + 1]
        dz = np.where(k, dh * (1 - hs[t + 1] ** 2), 0)
        g['We'] += p['Es'][src[:, t]].T @ dz
        g['Ue'] += hs[t].T @ dz
        g['be'] += dz.sum(0)
        np.add.at(g['Es'], src[:, t], dz @ p['We'].T)
        dh = np.where(k, dz @ p['Ue'].T, dh)
    return loss, g


m1 = {k: np.zeros_like(v) for k, v in p.items()}
m2 = {k: np.zeros_like(v) for k, v in p.items()}
for step in range(1, 351):
    loss, g = train_grads(*batch(40))
    for k in p:
        gk = np.clip(g[k], -0.5, 0.5)
        m1[k] += 0.1 * (gk - m1[k])
        m2[k] += 0.005 * (gk ** 2 - m2[k])
        p[k] -= 0.01 * 0.997 ** step * (m1[k] / (1 - 0.9 ** step)) / (1e-8 + np.sqrt(m2[k] / (1 - 0.995 ** step)))
    if step % 50 == 0:
        print('step', step, 'loss per token', round(loss, 4))

src, _, tout = batch(200)
keep, hs = encode(src)
s, tok, mem, res = hs[-1], np.full(200, BOS), np.stack(hs[1:], 1), []
for t in range(MAXLEN + 1):
    s, _, _, _, y = decode_step(tok, s, mem, keep)
    tok = y.argmax(1)
    res.append(tok)
res = np.stack(res, 1)
print('words reversed without a mistake: %.1f%%' % (100 * np.mean(((res == tout) | (tout == PAD)).all(1))))
