# NHWC convnet: stem -> [depthwise dilated 3x3 -> group norm -> hard swish -> 1x1] + skip -> mean pool -> linear
# unbalanced classes, so focal loss; LAMB for the step sizes
import numpy as np

rng = np.random.default_rng(73)
C, GROUPS, EPS = 8, 2, 1e-5


def offsets(dil):
    return [(i, j, i * dil, j * dil) for i in range(3) for j in range(3)]


def conv(x, W, b, dil=1):
    """W: 3,3,cin,cout, 'same' padding"""
    n, h, w, _ = x.shape
    xp = np.pad(x, ((0, 0), (dil, dil), (dil, dil), (0, 0)))
    y = np.zeros((n, h, w, W.shape[3])) + b
    for i, j, r, c in offsets(dil):
        y += xp[:, r:r + h, c:c + w] @ W[i, j]
    return y, xp


def conv_grad(dy, xp, W, dil=1):
    h, w = dy.shape[1:3]
    dW, dxp = np.empty_like(W), np.zeros_like(xp)
    for i, j, r, c in offsets(dil):
        dW[i, j] = np.tensordot(xp[:, r:r + h, c:c + w], dy, ([0, 1, 2], [0, 1, 2]))
        dxp[:, r:r + h, c:c + w] += dy @ W[i, j].T
    return dxp[:, dil:-dil, dil:-dil], dW, dy.sum((0, 1, 2))


def depthwise(x, W, dil):
    n, h, w, c = x.shape
    xp = np.pad(x, ((0, 0), (dil, dil), (dil, dil), (0, 0)))
    y = np.zeros_like(x)
    for i, j, r, s in offsets(dil):
        y += xp[:, r:r + h, s:s + w] * W[i, j]
    return y, xp


def depthwise_grad(dy, xp, W, dil):
    h, w = dy.shape[1:3]
    dW, dxp = np.empty_like(W), np.zeros_like(xp)
    for i, j, r, s in offsets(dil):
        dW[i, j] = (xp[:, r:r + h, s:s + w] * dy).sum((0, 1, 2))
        dxp[:, r:r + h, s:s + w] += dy * W[i, j]
    return dxp[:, dil:-dil, dil:-dil], dW


def groupnorm(x, g, b):
    n, h, w, c = x.shape
    v = x.reshape(n, h * w, GROUPS, c // GROUPS)
    mu = v.mean((1, 3), keepdims=True)
    inv = 1 / np.sqrt(v.var((1, 3), keepdims=True) + EPS)
    xh = ((v - mu) * inv).reshape(x.shape)
    return xh * g + b, (xh, inv)


def groupnorm_grad(dy, cache, g):
    xh, inv = cache
    n, h, w, c = dy.shape
    shp = (n, h * w, GROUPS, c // GROUPS)
    d, v = (dy * g).reshape(shp), xh.reshape(shp)
    dx = inv * (d - d.mean((1, 3), keepdims=True) - v * (d * v).mean((1, 3), keepdims=True))
    return dx.reshape(dy.shape), (dy * xh).sum((0, 1, 2)), dy.sum((0, 1, 2))


def hswish(x):
    return x * np.clip(x + 3, 0, 6) / 6


def hswish_grad(x):
    return np.select([x <= -3, x < 3], [0.0, (2 * x + 3) / 6], 1.0)


def focal(z, y, alpha, gamma=1.5):
    z = z - z.max(1, keepdims=True)
    lp = z - np.log(np.exp(z).sum(1, keepdims=True))
    k = np.arange(len(y))
    l = lp[k, y]
    p, a = np.exp(l), alpha[y]
    loss = -(a * (1 - p) ** gamma * l).mean()
    dl = -a * ((1 - p) ** gamma - gamma * (1 - p) ** (gamma - 1) * p * l) / len(y)   # by log p_y
    dz = -np.exp(lp) * dl[:, None]
    dz[k, y] += dl
    return loss, dz


def forward(P, x):
    c = {}
    a, c['xp'] = conv(x, P['stem'], P['sb'])
    c['a'] = a
    u = hswish(a)
    for i, dil in ((1, 1), (2, 2)):
        d, c['dp%d' % i] = depthwise(u, P['dw%d' % i], dil)
        g, c['gn%d' % i] = groupnorm(d, P['g%d' % i], P['h%d' % i])
        s = hswish(g)
        c['g%d' % i], c['s%d' % i] = g, s
        u = u + s @ P['pw%d' % i]
    c['pool'], c['hw'] = u.mean((1, 2)), u.shape
    return c['pool'] @ P['out'] + P['ob'], c


def backward(P, dz, c):
    G = {'out': c['pool'].T @ dz, 'ob': dz.sum(0)}
    n, h, w, _ = c['hw']
    du = np.broadcast_to((dz @ P['out'].T)[:, None, None] / (h * w), c['hw'])
    for i, dil in ((2, 2), (1, 1)):
        G['pw%d' % i] = np.einsum('nhwc,nhwd->cd', c['s%d' % i], du)
        dg = (du @ P['pw%d' % i].T) * hswish_grad(c['g%d' % i])
        dd, G['g%d' % i], G['h%d' % i] = groupnorm_grad(dg, c['gn%d' % i], P['g%d' % i])
        dx, G['dw%d' % i] = depthwise_grad(dd, c['dp%d' % i], P['dw%d' % i], dil)
        du = du + dx
    _, G['stem'], G['sb'] = conv_grad(du * hswish_grad(c['a']), c['xp'], P['stem'])
    return G


def pictures(n):
    y = rng.choice(3, n, p=[.6, .3, .1])
    i, j = np.mgrid[:10, :10]
    ang = np.array([0, np.pi / 3, 2 * np.pi / 3])[y][:, None, None]
    ph = rng.uniform(0, 6.28, (n, 1, 1))
    return (np.sin(1.6 * (i * np.cos(ang) + j * np.sin(ang)) + ph) + 1.1 * rng.normal(size=(n, 10, 10)))[..., None], y


he = lambda *s: rng.normal(0, 1, s) * np.sqrt(2 / np.prod(s[:-1]))
P = {'stem': he(3, 3, 1, C), 'sb': np.zeros(C), 'out': he(C, 3), 'ob': np.zeros(3)}
for q in '12':
    P.update({'dw' + q: rng.normal(0, .4, (3, 3, C)), 'g' + q: np.ones(C), 'h' + q: np.zeros(C), 'pw' + q: he(C, C) * .7})
M, S = ({k: np.zeros_like(v) for k, v in P.items()} for _ in range(2))
(X, y), (Xt, yt) = pictures(360), pictures(200)
alpha = 1 / (np.bincount(y) / len(y) * 3)
alpha = alpha ** .5
t = 0
for epoch in range(7):
    tot = 0
    for b in np.array_split(rng.permutation(360), 12):
        z, c = forward(P, X[b])
        loss, dz = focal(z, y[b], alpha)
        G, t, tot = backward(P, dz, c), t + 1, tot + loss / 12
        for k, g in G.items():
            M[k] += .1 * (g - M[k])
            S[k] += .01 * (g * g - S[k])
            r = M[k] / (1 - .9 ** t) / (np.sqrt(S[k] / (1 - .99 ** t)) + 1e-6) + (1e-3 * P[k] if g.ndim > 1 else 0)
            wn, rn = np.linalg.norm(P[k]), np.linalg.norm(r)
            P[k] -= .02 * (1 - epoch / 8) * np.clip(wn / rn if wn > 0 and rn > 0 else 1, .05, 10) * r
    pred = forward(P, Xt)[0].argmax(1)
    print('epoch', epoch, 'focal %.4f' % tot, 'recall per class', [round(float((pred[yt == k] == k).mean()), 2) for k in range(3)])
