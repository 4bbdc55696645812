# encoder-decoder RNN with dot-product attention and teacher forcing: reverse a short digit string. Adafactor-like 2nd moments.
import numpy as np

rng = np.random.default_rng(88)
V, D, H, T, B = 6, 10, 24, 4, 32
BOS = V
E_ = rng.normal(0, .5, (V + 1, D))
def mat(*s): return rng.normal(0, 1 / np.sqrt(s[0]), s)
par = {'E': E_, 'encW': mat(D, H), 'encU': mat(H, H) * .7, 'encb': np.zeros(H),
       'decW': mat(D, H), 'decU': mat(H, H) * .7, 'decb': np.zeros(H),
       'outS': mat(H, V), 'outC': mat(H, V), 'outb': np.zeros(V)}

def forward(par, src, tgt):
    h = np.zeros((len(src), H))
    enc = []
    for t in range(T):
        h = np.tanh(par['E'][src[:, t]] @ par['encW'] + h @ par['encU'] + par['encb'])
        enc.append(h)
    K = np.stack(enc, 1)                                   # B,T,H
    inp = np.concatenate([np.full((len(src), 1), BOS), tgt[:, :-1]], 1)    # teacher forcing
    s, tape, loss = h, [], 0.0
    for t in range(T):
        s_prev = s
        s = np.tanh(par['E'][inp[:, t]] @ par['decW'] + s @ par['decU'] + par['decb'])
        e = np.einsum('bth,bh->bt', K, s)
        a = np.exp(e - e.max(1, keepdims=True)); a /= a.sum(1, keepdims=True)
        c = np.einsum('bt,bth->bh', a, K)
        o = s @ par['outS'] + c @ par['outC'] + par['outb']
        p = np.exp(o - o.max(1, keepdims=True)); p /= p.sum(1, keepdims=True)
        loss -= np.log(p[np.arange(len(src)), tgt[:, t]]).sum()
        tape.append((s_prev, s, a, c, p))
    return loss / tgt.size, K, inp, tape

def backward(par, src, tgt, K, inp, tape):
    g = {k: np.zeros_like(v) for k, v in par.items()}
    dK, ds_next = np.zeros_like(K), np.zeros((len(src), H))
    for t in reversed(range(T)):
        s_prev, s, a, c, p = tape[t]
        do = (p - np.eye(V)[tgt[:, t]]) / tgt.size
        g['outS'] += s.T @ do; g['outC'] += c.T @ do; g['outb'] += do.sum(0)
        ds, dc = ds_next + do @ par['outS'].T, do @ par['outC'].T
        da = np.einsum('bh,bth->bt', dc, K)
        dK += a[:, :, None] * dc[:, None]
        de = a * (da - (a * da).sum(1, keepdims=True))
        dK += de[:, :, None] * s[:, None]
        ds += np.einsum('bt,bth->bh', de, K)
        dz = ds * (1 - s ** 2)
        g['decW'] += par['E'][inp[:, t]].T @ dz; g['decU'] += s_prev.T @ dz; g['decb'] += dz.sum(0)
        np.add.at(g['E'], inp[:, t], dz @ par['decW'].T)
        ds_next = dz @ par['decU'].T
    dh = ds_next                                            # decoder starts from the last encoder state
    for t in reversed(range(T)):
        dz = (dh + dK[:, t]) * (1 - K[:, t] ** 2)
        h_prev = K[:, t - 1] if t > 0 else np.zeros_like(dz)
        g['encW'] += par['E'][src[:, t]].T @ dz; g['encU'] += h_prev.T @ dz; g['encb'] += dz.sum(0)
        np.add.at(g['E'], src[:, t], dz @ par['encW'].T)
        dh = dz @ par['encU'].T
    return g

R, C = {}, {}
for it in range(1, 201):
    src = rng.integers(0, V, (B, T))
    tgt = src[:, ::-1]
    loss, K, inp, tape = forward(par, src, tgt)
    g = backward(par, src, tgt, K, inp, tape)
    rho = 1 - it ** -0.8
    for k in par:
        sq = g[k] ** 2 + 1e-30
        if par[k].ndim == 2:                                # factored second moment
            R[k] = rho * R.get(k, 0) + (1 - rho) * sq.mean(1)
            C[k] = rho * C.get(k, 0) + (1 - rho) * sq.mean(0)
            vhat = np.outer(R[k], C[k]) / R[k].mean()
        else:
            R[k] = vhat = rho * R.get(k, 0) + (1 - rho) * sq
        u = g[k] / np.sqrt(vhat)
        u /= max(1.0, np.sqrt((u ** 2).mean()))             # update clipping
        par[k] -= 0.02 * min(1.0, 10 / np.sqrt(it) / 3) * u
    if it % 20 == 0:
        acc = np.mean([tape[t][-1].argmax(1) == tgt[:, t] for t in range(T)])
        print(f'{it:4d} loss {loss:.4f} token acc {acc:.3f}')
