"""Convolutional autoencoder: strided conv down, transposed conv up. Optimiser: Adadelta.
Convolutions written with two small loops over the kernel window (no im2col)."""
import numpy as np

rng = np.random.default_rng(13)


def conv_down(x, w, b, s):
    """x: N,H,W,C   w: kh,kw,C,O   stride s, no padding"""
    kh, kw = w.shape[:2]
    ho, wo = (x.shape[1] - kh) // s + 1, (x.shape[2] - kw) // s + 1
    y = np.zeros((len(x), ho, wo, w.shape[3])) + b
    for i in range(kh):
        for j in range(kw):
            y += x[:, i:i + s * ho:s, j:j + s * wo:s] @ w[i, j]
    return y


def conv_down_vjp(x, w, s, gy):
    ho, wo = gy.shape[1:3]
    gx, gw = np.zeros_like(x), np.zeros_like(w)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            patch = x[:, i:i + s * ho:s, j:j + s * wo:s]
            gw[i, j] = np.tensordot(patch, gy, axes=([0, 1, 2], [0, 1, 2]))
            gx[:, i:i + s * ho:s, j:j + s * wo:s] += gy @ w[i, j].T
    return gx, gw, gy.sum((0, 1, 2))


def conv_up(x, w, b, s):
    """transposed convolution, x: N,h,w,C  w: kh,kw,C,O"""
    kh, kw = w.shape[:2]
    h, wd = x.shape[1:3]
    y = np.zeros((len(x), (h - 1) * s + kh, (wd - 1) * s + kw, w.shape[3]))
    for i in range(kh):
        for j in range(kw):
            y[:, i:i + s * h:s, j:j + s * wd:s] += x @ w[i, j]
    return y + b


def conv_up_vjp(x, w, s, gy):
    h, wd = x.shape[1:3]
    gx, gw = np.zeros_like(x), np.zeros_like(w)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            part = gy[:, i:i + s * h:s, j:j + s * wd:s]
            gx += part @ w[i, j].T
            gw[i, j] = np.tensordot(x, part, axes=([0, 1, 2], [0, 1, 2]))
    return gx, gw, gy.sum((0, 1, 2))


def glorot(*shape):
    fan = shape[0] * shape[1] * (shape[2] + shape[3])
    return rng.uniform(-1, 1, shape) * np.sqrt(6 / fan)


theta = {'e1': glorot(4, 4, 1, 6), 'eb1': np.zeros(6), 'e2': glorot(3, 3, 6, 8), 'eb2': np.zeros(8),
         'd2': glorot(3, 3, 8, 6), 'db2': np.zeros(6), 'd1': glorot(4, 4, 6, 1), 'db1': np.zeros(1)}


def loss_and_grad(th, noisy, clean):
    # 12x12 -> 5x5 -> 2x2 code -> 5x5 -> 12x12
    a1 = np.tanh(conv_down(noisy, th['e1'], th['eb1'], 2))
    code = np.tanh(conv_down(a1, th['e2'], th['eb2'], 2))
    a2 = np.tanh(conv_up(code, th['d2'], th['db2'], 2))
    out = conv_up(a2, th['d1'], th['db1'], 2)
    n = len(clean)
    r = out - clean
    loss = 0.5 * (r ** 2).sum() / n
    g = {}
    da2, g['d1'], g['db1'] = conv_up_vjp(a2, th['d1'], 2, r / n)
    dcode, g['d2'], g['db2'] = conv_up_vjp(code, th['d2'], 2, da2 * (1 - a2 ** 2))
    da1, g['e2'], g['eb2'] = conv_down_vjp(a1, th['e2'], 2, dcode * (1 - code ** 2))
    _, g['e1'], g['eb1'] = conv_down_vjp(noisy, th['e1'], 2, da1 * (1 - a1 ** 2))
    return loss, g, out


def pictures(n):
    yy, xx = np.mgrid[0:12, 0:12]
    cy, cx = rng.uniform(3, 8, (2, n, 1, 1))
    rad = rng.uniform(1.5, 3.5, (n, 1, 1))
    d = np.sqrt((yy - cy) ** 2 + (xx - cx) ** 2)
    return (1 / (1 + np.exp(3 * (d - rad))))[..., None]


if __name__ == '__main__':
    train, test = pictures(300), pictures(100)
    test_noisy = test + 0.3 * rng.standard_normal(test.shape)
    acc_g = {k: np.zeros_like(v) for k, v in theta.items()}
    acc_d = {k: np.zeros_like(v) for k, v in theta.items()}
    rho, eps = 0.9, 1e-5
    print('do nothing: %.3f' % (0.5 * ((test_noisy - test) ** 2).sum() / len(test)))
    for epoch in range(1, 21):
        perm = rng.permutation(len(train))
        for b in np.split(perm, 15):
            clean = train[b]
            _, g, _ = loss_and_grad(theta, clean + 0.3 * rng.standard_normal(clean.shape), clean)
            for k in theta:
                acc_g[k] = rho * acc_g[k] + (1 - rho) * g[k] ** 2
                dx = -np.sqrt(acc_d[k] + eps) / np.sqrt(acc_g[k] + eps) * g[k]
                acc_d[k] = rho * acc_d[k] + (1 - rho) * dx ** 2
                theta[k] = theta[k] + dx
        if epoch % 4 == 0:
            l, _, _ = loss_and_grad(theta, test_noisy, test)
            print('epoch %2d  denoising loss on test pictures %.3f' % (epoch, l))
