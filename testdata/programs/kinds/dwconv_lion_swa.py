"""Depthwise-separable conv net + instance norm + global average pooling; Lion optimiser; SWA of the last epochs."""
import numpy as np

rng = np.random.default_rng(60)

def dataset(n):
    y = rng.integers(0, 3, n)
    freq = np.array([[0, 1.6], [1.6, 0], [1.1, 1.1]])[y]
    r = np.arange(8)
    phase = rng.uniform(0, 6.3, n)[:, None, None]
    img = np.sin(freq[:, 0, None, None] * r[None, :, None] + freq[:, 1, None, None] * r[None, None, :] + phase)
    img = img + 0.5 * rng.normal(size=img.shape)
    return np.stack([img, np.abs(img)], axis=1), y

def dw_forward(x, k):                       # x N,C,H,W ; k C,3,3 ; zero padding
    xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    h, w = x.shape[2:]
    out = sum(xp[:, :, i:i + h, j:j + w] * k[None, :, i, j, None, None] for i in range(3) for j in range(3))
    return out, xp

def dw_backward(d, xp, k):
    h, w = d.shape[2:]
    dk, dxp = np.zeros_like(k), np.zeros_like(xp)
    for i in range(3):
        for j in range(3):
            dk[:, i, j] = (d * xp[:, :, i:i + h, j:j + w]).sum((0, 2, 3))
            dxp[:, :, i:i + h, j:j + w] += d * k[None, :, i, j, None, None]
    return dk, dxp[:, :, 1:-1, 1:-1]

def inorm_forward(x, g, b):
    mu = x.mean((2, 3), keepdims=True)
    inv = 1 / np.sqrt(x.var((2, 3), keepdims=True) + 1e-5)
    xh = (x - mu) * inv
    return xh * g[None, :, None, None] + b[None, :, None, None], (xh, inv, g)

def inorm_backward(d, cache):
    xh, inv, g = cache
    dxh = d * g[None, :, None, None]
    dx = inv * (dxh - dxh.mean((2, 3), keepdims=True) - xh * (dxh * xh).mean((2, 3), keepdims=True))
    return dx, (d * xh).sum((0, 2, 3)), d.sum((0, 2, 3))

def model(P, x, y):
    a, xp1 = dw_forward(x, P['k1'])
    c = np.einsum('nchw,cd->ndhw', a, P['p1'])
    m, nc = inorm_forward(c, P['g'], P['b'])
    r = np.maximum(m, 0)
    a2, xp2 = dw_forward(r, P['k2'])
    s = np.tanh(a2)
    pool = s.mean((2, 3))
    z = pool @ P['W'] + P['c']
    z = z - z.max(1, keepdims=True)
    lp = z - np.log(np.exp(z).sum(1, keepdims=True))
    loss = -lp[np.arange(len(y)), y].mean()
    acc = (lp.argmax(1) == y).mean()

    dz = (np.exp(lp) - np.eye(3)[y]) / len(y)
    G = {'W': pool.T @ dz, 'c': dz.sum(0)}
    ds = (dz @ P['W'].T)[:, :, None, None] * np.ones_like(s) / (s.shape[2] * s.shape[3])
    G['k2'], dr = dw_backward(ds * (1 - s ** 2), xp2, P['k2'])
    dc, G['g'], G['b'] = inorm_backward(dr * (m > 0), nc)
    G['p1'] = np.einsum('nchw,ndhw->cd', a, dc)
    G['k1'], _ = dw_backward(np.einsum('ndhw,cd->nchw', dc, P['p1']), xp1, P['k1'])
    return loss, acc, G

P = dict(k1=rng.normal(size=(2, 3, 3)) * .4, p1=rng.normal(size=(2, 8)), g=np.ones(8), b=np.zeros(8),
         k2=rng.normal(size=(8, 3, 3)) * .3, W=rng.normal(size=(8, 3)) * .5, c=np.zeros(3))
X, y = dataset(160)
Xt, yt = dataset(100)
mom = {k: np.zeros_like(v) for k, v in P.items()}
swa, n_swa, lr, wd = None, 0, 0.01, 0.01
for epoch in range(24):
    tot = 0
    for idx in np.split(rng.permutation(160), 5):
        loss, _, G = model(P, X[idx], y[idx])
        for k in P:                         # Lion
            upd = np.sign(0.9 * mom[k] + 0.1 * G[k])
            P[k] = P[k] - lr * (upd + wd * P[k])
            mom[k] = 0.99 * mom[k] + 0.01 * G[k]
        tot += loss / 5
    if epoch == 14: lr = 0.004
    if epoch >= 16:
        n_swa += 1
        swa = {k: v.copy() for k, v in P.items()} if swa is None else {k: swa[k] + (P[k] - swa[k]) / n_swa for k in P}
    if epoch % 4 == 3:
        print('epoch', epoch + 1, 'train loss %.4f' % tot, 'test loss %.4f acc %.2f' % model(P, Xt, yt)[:2])
print('SWA test loss %.4f acc %.2f' % model(swa, Xt, yt)[:2])
