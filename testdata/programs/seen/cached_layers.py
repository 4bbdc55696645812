import numpy as np


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = dout.sum(axis=0)
    return dx, dw, db


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=0)
    xc = x - mu
    var = np.mean(xc ** 2, axis=0)
    std = np.sqrt(var + eps)
    xhat = xc / std
    return gamma * xhat + beta, (xhat, xc, std, gamma)


def batchnorm_backward(dout, cache):
    xhat, xc, std, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    dx = (N * dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / (N * std)
    return dx, dgamma, dbeta


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def softmax_loss(x, y):
    z = x - x.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    N = x.shape[0]
    loss = -logp[np.arange(N), y].sum() / N
    dx = np.exp(logp)
    dx[np.arange(N), y] -= 1
    return loss, dx / N


rng = np.random.default_rng(7)
p = {'W1': rng.normal(0, .3, (12, 8)), 'b1': np.zeros(8), 'gamma': np.ones(8), 'beta': np.zeros(8),
     'W2': rng.normal(0, .3, (8, 3)), 'b2': np.zeros(3)}
v = {k: np.zeros_like(a) for k, a in p.items()}
images = rng.normal(size=(40, 3, 4))
classes = rng.integers(0, 3, 40)
for it in range(10):
    pick = rng.permutation(40)[:20]
    a, c1 = affine_forward(images[pick], p['W1'], p['b1'])
    n, c2 = batchnorm_forward(a, p['gamma'], p['beta'])
    h, c3 = relu_forward(n)
    s, c4 = affine_forward(h, p['W2'], p['b2'])
    loss, ds = softmax_loss(s, classes[pick])
    g = {}
    dh, g['W2'], g['b2'] = affine_backward(ds, c4)
    dn = relu_backward(dh, c3)
    da, g['gamma'], g['beta'] = batchnorm_backward(dn, c2)
    _, g['W1'], g['b1'] = affine_backward(da, c1)
    for k in p:
        v[k] = 0.9 * v[k] - 0.05 * g[k]
        p[k] = p[k] + v[k]
    print(it, round(loss, 6))
