"""min-char-lstm: character model with a peephole LSTM, batch size 1,
truncated BPTT, Adagrad.  Inspired by the famous 112-line gist."""
import numpy as np

np.random.seed(42)


def make_text(n):
    out = []
    while sum(len(o) for o in out) < n:
        k = np.random.randint(1, 5)
        out.append('a' * k + 'b' * k + '.')
    return ''.join(out)


text = make_text(3000)
held_out = make_text(800)
chars = sorted(set(text))
ix = {c: i for i, c in enumerate(chars)}
V = len(chars)
H = 20
seq_length = 20
learning_rate = 0.1


def sig(x):
    return 1 / (1 + np.exp(-x))


p = {}
for gate in 'ifog':
    p['W' + gate] = np.random.randn(H, V + H) * 0.15
    p['b' + gate] = np.zeros(H)
p['bf'] += 1.0
for gate in 'ifo':
    p['p' + gate] = np.random.randn(H) * 0.05      # diagonal peepholes
p['Wy'] = np.random.randn(V, H) * 0.1
p['by'] = np.zeros(V)


def step(z, c):
    i = sig(p['Wi'] @ z + p['pi'] * c + p['bi'])
    f = sig(p['Wf'] @ z + p['pf'] * c + p['bf'])
    g = np.tanh(p['Wg'] @ z + p['bg'])
    c_new = f * c + i * g
    o = sig(p['Wo'] @ z + p['po'] * c_new + p['bo'])   # output gate peeks at the NEW cell
    return i, f, g, o, c_new, o * np.tanh(c_new)


def lossFun(inputs, targets, hprev, cprev):
    zs, cs, hs, gates, ps = {}, {-1: cprev}, {-1: hprev}, {}, {}
    loss = 0.0
    for t in range(len(inputs)):
        x = np.zeros(V)
        x[inputs[t]] = 1
        zs[t] = np.concatenate([x, hs[t - 1]])
        i, f, g, o, cs[t], hs[t] = step(zs[t], cs[t - 1])
        gates[t] = (i, f, g, o)
        y = p['Wy'] @ hs[t] + p['by']
        e = np.exp(y - y.max())
        ps[t] = e / e.sum()
        loss += -np.log(ps[t][targets[t]])

    grads = {k: np.zeros_like(v) for k, v in p.items()}
    dh_next = np.zeros(H)
    dc_next = np.zeros(H)
    for t in reversed(range(len(inputs))):
        i, f, g, o = gates[t]
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        grads['Wy'] += np.outer(dy, hs[t])
        grads['by'] += dy
        dh = p['Wy'].T @ dy + dh_next
        tc = np.tanh(cs[t])
        do = dh * tc * o * (1 - o)
        dc = dh * o * (1 - tc ** 2) + do * p['po'] + dc_next
        di = dc * g * i * (1 - i)
        df = dc * cs[t - 1] * f * (1 - f)
        dg = dc * i * (1 - g ** 2)
        dz = np.zeros(V + H)
        for name, d in (('i', di), ('f', df), ('o', do), ('g', dg)):
            grads['W' + name] += np.outer(d, zs[t])
            grads['b' + name] += d
            dz += p['W' + name].T @ d
        grads['pi'] += di * cs[t - 1]
        grads['pf'] += df * cs[t - 1]
        grads['po'] += do * cs[t]
        dh_next = dz[V:]
        dc_next = dc * f + di * p['pi'] + df * p['pf']
    last = len(inputs) - 1
    return loss, grads, hs[last], cs[last]


def clip_norm(grads, limit):
    total = np.sqrt(sum(np.sum(g ** 2) for g in grads.values()))
    if total > limit:
        for g in grads.values():
            g *= limit / total
    return total


def nats_per_char(s):
    h, c = np.zeros(H), np.zeros(H)
    nll = 0.0
    for a, b in zip(s[:-1], s[1:]):
        x = np.zeros(V)
        x[ix[a]] = 1
        _, _, _, _, c, h = step(np.concatenate([x, h]), c)
        y = p['Wy'] @ h + p['by']
        y = y - y.max()
        nll -= y[ix[b]] - np.log(np.exp(y).sum())
    return nll / (len(s) - 1)


mem = {k: np.zeros_like(v) for k, v in p.items()}
smooth = -np.log(1.0 / V) * seq_length
pos = 0
h, c = np.zeros(H), np.zeros(H)
for n in range(601):
    if pos + seq_length + 1 > len(text):
        h, c = np.zeros(H), np.zeros(H)
        pos = 0
    inputs = [ix[ch] for ch in text[pos:pos + seq_length]]
    targets = [ix[ch] for ch in text[pos + 1:pos + seq_length + 1]]
    loss, grads, h, c = lossFun(inputs, targets, h, c)
    clip_norm(grads, 5.0)
    smooth = smooth * 0.98 + loss * 0.02
    for k in p:
        mem[k] += grads[k] * grads[k]
        p[k] += -learning_rate * grads[k] / np.sqrt(mem[k] + 1e-8)
    pos += seq_length
    if n % 100 == 0:
        print('iter %d, loss: %f' % (n, smooth / seq_length))

print('held-out nats/char: %.4f' % nats_per_char(held_out))
