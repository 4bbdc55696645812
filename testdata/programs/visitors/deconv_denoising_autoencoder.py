"""Denoising autoencoder, strided convolution down, transposed convolution up.

Layers are closures: `conv2d(...)` returns (params, forward) and forward returns (y, back).
The code layer carries a KL sparsity penalty. One-cycle learning rate with inverse momentum.
"""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

rng = np.random.RandomState(10)


def correlate(x, w, s):
    """x: N C H W, w: O C k k -> N O h w"""
    win = sliding_window_view(x, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    return np.einsum('nchwij,ocij->nohw', win, w, optimize=True), win


def scatter(d, w, s, shape):
    """adjoint of correlate with respect to x"""
    out = np.zeros(shape)
    k = w.shape[2]
    h, v = d.shape[2:]
    for i in range(k):
        for j in range(k):
            out[:, :, i:i + s * h:s, j:j + s * v:s] += np.einsum('nohw,oc->nchw', d, w[:, :, i, j])
    return out


def conv2d(ci, co, k, s, p):
    P = {'w': rng.randn(co, ci, k, k) * np.sqrt(2.0 / (ci * k * k)), 'b': np.zeros(co)}

    def forward(x):
        xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        y, win = correlate(xp, P['w'], s)

        def back(d):
            g = {'w': np.einsum('nohw,nchwij->ocij', d, win, optimize=True), 'b': d.sum((0, 2, 3))}
            dx = scatter(d, P['w'], s, xp.shape)
            return dx[:, :, p:dx.shape[2] - p, p:dx.shape[3] - p], g
        return y + P['b'][:, None, None], back
    return P, forward

def deconv2d(ci, co, k, s, p):
    P = {'w': rng.randn(ci, co, k, k) * np.sqrt(2.0 / (ci * k * k) * s * s), 'b': np.zeros(co)}

    def forward(x):
        n, _, h, v = x.shape
        full = (n, co, (h - 1) * s + k, (v - 1) * s + k)
        y = scatter(x, P['w'], s, full)[:, :, p:full[2] - p, p:full[3] - p]

        def back(d):
            dp = np.pad(d, ((0, 0), (0, 0), (p, p), (p, p)))
            dx, win = correlate(dp, P['w'], s)
            return dx, {'w': np.einsum('nihw,nchwab->icab', x, win, optimize=True), 'b': d.sum((0, 2, 3))}
        return y + P['b'][:, None, None], back
    return P, forward

def dense(i, o):
    P = {'w': rng.randn(i, o) * np.sqrt(1.0 / i), 'b': np.zeros(o)}

    def forward(x):
        return x @ P['w'] + P['b'], lambda d: (d @ P['w'].T, {'w': x.T @ d, 'b': d.sum(0)})
    return P, forward


def softplus():
    return {}, lambda x: (np.logaddexp(0, x) - np.log(2), lambda d: (d / (1 + np.exp(-x)), {}))


def sigmoid_sparse(target, weight, store):
    """sigmoid; adds weight * sum_j KL(target || mean activation of unit j)"""
    def forward(x):
        a = 1 / (1 + np.exp(-x))
        m = a.mean(0)
        store['penalty'] = weight * np.sum(target * np.log(target / m) + (1 - target) * np.log((1 - target) / (1 - m)))

        def back(d):
            d = d + weight * (-target / m + (1 - target) / (1 - m)) / len(a)
            return d * a * (1 - a), {}
        return a, back
    return {}, forward


def reshape(*shape):
    return {}, lambda x: (x.reshape((-1,) + shape), lambda d: (d.reshape(x.shape), {}))


def build(store):
    return [conv2d(1, 6, 4, 2, 1), softplus(), conv2d(6, 8, 3, 2, 1), softplus(), reshape(72),
            dense(72, 20), sigmoid_sparse(0.2, 0.05, store), dense(20, 72), softplus(), reshape(8, 3, 3),
            deconv2d(8, 6, 4, 2, 1), softplus(), deconv2d(6, 1, 4, 2, 1)]


def run(layers, x):
    backs = []
    for _, f in layers:
        x, b = f(x)
        backs.append(b)
    return x, backs


def objective(layers, noisy, clean, store):
    z, backs = run(layers, noisy)
    bce = (np.logaddexp(0, z) - clean * z).sum() / len(clean)
    d = (1 / (1 + np.exp(-z)) - clean) / len(clean)
    grads = [None] * len(layers)
    for i in range(len(layers) - 1, -1, -1):
        d, grads[i] = backs[i](d)
    return bce + store['penalty'], grads


def crosses(n):
    x = np.zeros((n, 1, 12, 12))
    for q in range(n):
        r, c, l = rng.randint(2, 10), rng.randint(2, 10), rng.randint(2, 5)
        x[q, 0, r, max(0, c - l):c + l + 1] = 1
        x[q, 0, max(0, r - l):r + l + 1, c] = 1
    return x


def corrupt(x):
    u = rng.rand(*x.shape)
    return np.where(u < 0.08, 0.0, np.where(u > 0.92, 1.0, x))


if __name__ == '__main__':
    store = {}
    layers = build(store)
    X, Xt = crosses(320), crosses(100)
    V = [{k: np.zeros_like(p) for k, p in P.items()} for P, _ in layers]
    total, it, top = 24 * 10, 0, 0.4
    for epoch in range(24):
        run_loss = 0
        for part in np.split(rng.permutation(320), 10):
            c = it / total
            f = c / 0.35 if c < 0.35 else (1 - c) / 0.65
            lr, mu = top * (0.1 + 0.9 * f), 0.95 - 0.1 * f
            loss, grads = objective(layers, corrupt(X[part]), X[part], store)
            scale = min(1.0, 20.0 / np.sqrt(sum((g ** 2).sum() for G in grads for g in G.values())))
            for (P, _), G, v in zip(layers, grads, V):
                for k in P:
                    v[k] = mu * v[k] + (1 - mu) * scale * G[k]
                    P[k] -= lr * v[k]
            run_loss += loss / 10
            it += 1
        if epoch % 3 == 2:
            noisy = corrupt(Xt)
            out = run(layers, noisy)[0] > 0
            print('epoch %2d loss %.3f lr %.4f | wrong pixels %.3f (noisy input %.3f)' % (
                epoch, run_loss, lr, np.mean(out != Xt), np.mean((noisy > .5) != Xt)))
