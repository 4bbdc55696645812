"""Small ConvNet (conv 3x3 - relu - maxpool 2x2 - fc) on 8x8 images, im2col, momentum SGD."""
import numpy as np

np.random.seed(12)


def make_images(n):
    # four kinds of strokes: horizontal, vertical, diagonal, square
    imgs = 0.15 * np.random.randn(n, 1, 8, 8)
    labels = np.random.randint(0, 4, n)
    for k in range(n):
        r, c = np.random.randint(0, 4, 2)
        if labels[k] == 0:
            imgs[k, 0, r + 2, c:c + 5] += 1
        elif labels[k] == 1:
            imgs[k, 0, r:r + 5, c + 2] += 1
        elif labels[k] == 2:
            for j in range(5):
                imgs[k, 0, r + j if r + j < 8 else 7, c + j if c + j < 8 else 7] += 1
        else:
            imgs[k, 0, r:r + 4, [c, c + 3]] += 1
            imgs[k, 0, [r, r + 3], c + 1:c + 3] += 1
    return imgs, labels


def im2col(x, k, pad):
    N, C, H, W = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    oh, ow = H + 2 * pad - k + 1, W + 2 * pad - k + 1
    cols = np.zeros((N, C, k, k, oh, ow))
    for i in range(k):
        for j in range(k):
            cols[:, :, i, j] = xp[:, :, i:i + oh, j:j + ow]
    return cols.transpose(0, 4, 5, 1, 2, 3).reshape(N * oh * ow, -1)


def col2im(cols, shape, k, pad):
    N, C, H, W = shape
    oh, ow = H + 2 * pad - k + 1, W + 2 * pad - k + 1
    cols = cols.reshape(N, oh, ow, C, k, k).transpose(0, 3, 4, 5, 1, 2)
    xp = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for i in range(k):
        for j in range(k):
            xp[:, :, i:i + oh, j:j + ow] += cols[:, :, i, j]
    return xp[:, :, pad:pad + H, pad:pad + W]


def conv_forward(x, w, b, pad):
    N, F, k = x.shape[0], w.shape[0], w.shape[2]
    col = im2col(x, k, pad)
    oh = x.shape[2] + 2 * pad - k + 1
    out = np.dot(col, w.reshape(F, -1).T) + b
    return out.reshape(N, oh, oh, F).transpose(0, 3, 1, 2), (x.shape, col, w, pad)


def conv_backward(dout, cache):
    shape, col, w, pad = cache
    F = w.shape[0]
    d = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    dw = np.dot(d.T, col).reshape(w.shape)
    db = d.sum(axis=0)
    dx = col2im(np.dot(d, w.reshape(F, -1)), shape, w.shape[2], pad)
    return dx, dw, db


def pool_forward(x):
    N, C, H, W = x.shape
    win = x.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H // 2, W // 2, 4)
    arg = win.argmax(axis=4)
    return win.max(axis=4), (x.shape, arg)


def pool_backward(dout, cache):
    (N, C, H, W), arg = cache
    dwin = np.zeros(dout.shape + (4,))
    np.put_along_axis(dwin, arg[..., None], dout[..., None], axis=4)
    return dwin.reshape(N, C, H // 2, W // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H, W)


P = {'w1': np.random.randn(4, 1, 3, 3) * np.sqrt(2.0 / 9), 'b1': np.zeros(4),
     'w2': np.random.randn(6, 4, 3, 3) * np.sqrt(2.0 / 36), 'b2': np.zeros(6),
     'w3': np.random.randn(6 * 16, 4) * np.sqrt(1.0 / 96), 'b3': np.zeros(4)}
decay = 1e-3


def net(x, y=None):
    c1, k1 = conv_forward(x, P['w1'], P['b1'], 1)
    r1 = np.maximum(c1, 0)
    c2, k2 = conv_forward(r1, P['w2'], P['b2'], 1)
    r2 = np.maximum(c2, 0)
    p2, kp = pool_forward(r2)
    flat = p2.reshape(len(x), -1)
    s = flat.dot(P['w3']) + P['b3']
    s -= s.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    if y is None:
        return logp.argmax(axis=1)
    n = len(x)
    loss = -logp[np.arange(n), y].mean() + 0.5 * decay * sum(np.sum(P[q] ** 2) for q in ('w1', 'w2', 'w3'))
    ds = np.exp(logp)
    ds[np.arange(n), y] -= 1
    ds /= n
    G = {'w3': flat.T.dot(ds), 'b3': ds.sum(axis=0)}
    dr2 = pool_backward(ds.dot(P['w3'].T).reshape(p2.shape), kp)
    dr1, G['w2'], G['b2'] = conv_backward(dr2 * (c2 > 0), k2)
    _, G['w1'], G['b1'] = conv_backward(dr1 * (c1 > 0), k1)
    for q in ('w1', 'w2', 'w3'):
        G[q] = G[q] + decay * P[q]
    return loss, G


if __name__ == '__main__':
    X, Y = make_images(160)
    Xt, Yt = make_images(80)
    vel = {q: np.zeros_like(P[q]) for q in P}
    for epoch in range(12):
        idx = np.random.permutation(160)
        run = []
        for i in range(0, 160, 16):
            loss, G = net(X[idx[i:i + 16]], Y[idx[i:i + 16]])
            for q in P:
                vel[q] = 0.9 * vel[q] - 0.03 * G[q]
                P[q] += vel[q]
            run.append(loss)
        if epoch % 3 == 0 or epoch == 11:
            print('epoch %2d  loss %.5f' % (epoch, np.mean(run)))
    print('train %.3f test %.3f' % (np.mean(net(X) == Y), np.mean(net(Xt) == Yt)))
