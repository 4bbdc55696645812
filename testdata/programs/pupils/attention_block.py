# A tiny transformer block (single head, post-norm) in bare NumPy.
# Task: sequence of digits 0..7, predict for every position the sorted sequence.
import numpy as np

np.random.seed(17)
V, T, D, F = 8, 5, 24, 48
scale = 1.0 / np.sqrt(D)


def init():
    r = np.random.randn
    return dict(
        tok=r(V, D) * 0.5, pos=r(T, D) * 0.5,
        Wq=r(D, D) * 0.2, Wk=r(D, D) * 0.2, Wv=r(D, D) * 0.2, Wo=r(D, D) * 0.2,
        g1=np.ones(D), c1=np.zeros(D), g2=np.ones(D), c2=np.zeros(D),
        W1=r(D, F) * 0.2, b1=np.zeros(F), W2=r(F, D) * 0.15, b2=np.zeros(D),
        Wout=r(D, V) * 0.2, bout=np.zeros(V))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def norm_fwd(x, gain, shift):
    mu = x.mean(-1, keepdims=True)
    inv = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
    xh = (x - mu) * inv
    return xh * gain + shift, (xh, inv, gain)


def norm_bwd(dy, cache):
    xh, inv, gain = cache
    dgain = (dy * xh).sum((0, 1))
    dshift = dy.sum((0, 1))
    dxh = dy * gain
    dx = inv * (dxh - dxh.mean(-1, keepdims=True) - xh * (dxh * xh).mean(-1, keepdims=True))
    return dx, dgain, dshift


def outer(a, b):
    """sum over batch and time of a^T b"""
    return np.einsum('btd,bte->de', a, b)


def forward(p, ids):
    x = p['tok'][ids] + p['pos']
    q, k, v = x @ p['Wq'], x @ p['Wk'], x @ p['Wv']
    att = softmax(q @ k.transpose(0, 2, 1) * scale)
    mix = att @ v
    y, n1 = norm_fwd(x + mix @ p['Wo'], p['g1'], p['c1'])
    hid = np.maximum(0, y @ p['W1'] + p['b1'])
    z, n2 = norm_fwd(y + hid @ p['W2'] + p['b2'], p['g2'], p['c2'])
    prob = softmax(z @ p['Wout'] + p['bout'])
    return prob, (ids, x, q, k, v, att, mix, n1, y, hid, n2, z)


def backward(p, prob, target, cache):
    ids, x, q, k, v, att, mix, n1, y, hid, n2, z = cache
    g = {}
    ds = (prob - np.eye(V)[target]) / target.size
    g['Wout'], g['bout'] = outer(z, ds), ds.sum((0, 1))
    dsum, g['g2'], g['c2'] = norm_bwd(ds @ p['Wout'].T, n2)
    g['W2'], g['b2'] = outer(hid, dsum), dsum.sum((0, 1))
    dhid = dsum @ p['W2'].T * (hid > 0)
    g['W1'], g['b1'] = outer(y, dhid), dhid.sum((0, 1))
    dy = dsum + dhid @ p['W1'].T
    dsum, g['g1'], g['c1'] = norm_bwd(dy, n1)
    g['Wo'] = outer(mix, dsum)
    dmix = dsum @ p['Wo'].T
    datt = dmix @ v.transpose(0, 2, 1)
    dv = att.transpose(0, 2, 1) @ dmix
    dlog = att * (datt - (datt * att).sum(-1, keepdims=True)) * scale
    dq = dlog @ k
    dk = dlog.transpose(0, 2, 1) @ q
    g['Wq'], g['Wk'], g['Wv'] = outer(x, dq), outer(x, dk), outer(x, dv)
    dx = dsum + dq @ p['Wq'].T + dk @ p['Wk'].T + dv @ p['Wv'].T
    g['pos'] = dx.sum(0)
    g['tok'] = np.zeros_like(p['tok'])
    np.add.at(g['tok'], ids, dx)
    return g


p = init()
m1 = {k: np.zeros_like(a) for k, a in p.items()}
m2 = {k: np.zeros_like(a) for k, a in p.items()}
test = np.random.randint(0, V, (300, T))
test_y = np.sort(test, axis=1)
STEPS, WARM, PEAK = 500, 50, 0.01
for step in range(1, STEPS + 1):
    ids = np.random.randint(0, V, (32, T))
    target = np.sort(ids, axis=1)
    prob, cache = forward(p, ids)
    loss = -np.log(np.take_along_axis(prob, target[..., None], 2)).mean()
    g = backward(p, prob, target, cache)
    total = np.sqrt(sum((a * a).sum() for a in g.values()))
    factor = min(1.0, 1.0 / total)
    lr = PEAK * min(step / WARM, (STEPS - step + 1) / (STEPS - WARM))
    for k in p:
        gk = g[k] * factor
        m1[k] = 0.9 * m1[k] + 0.1 * gk
        m2[k] = 0.98 * m2[k] + 0.02 * gk ** 2
        p[k] -= lr * (m1[k] / (1 - 0.9 ** step)) / (np.sqrt(m2[k] / (1 - 0.98 ** step)) + 1e-8)
    if step % 50 == 0:
        guess = forward(p, test)[0].argmax(-1)
        print(f'{step:4d} loss {loss:.5f} norm {total:.4f} test per-digit {np.mean(guess == test_y):.4f}')
