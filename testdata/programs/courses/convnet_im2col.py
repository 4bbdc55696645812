"""Small convnet: conv - relu - maxpool - affine - softmax   (layers return (out, cache))"""
import numpy as np

np.random.seed(231)


def im2col(x, k, pad):
    N, C, H, W = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
    oh, ow = H + 2 * pad - k + 1, W + 2 * pad - k + 1
    cols = np.zeros((N, C, k, k, oh, ow))
    for i in range(k):
        for j in range(k):
            cols[:, :, i, j] = xp[:, :, i:i + oh, j:j + ow]
    return cols.transpose(0, 4, 5, 1, 2, 3).reshape(N * oh * ow, -1), oh, ow


def col2im(dcols, xshape, k, pad, oh, ow):
    N, C, H, W = xshape
    dcols = dcols.reshape(N, oh, ow, C, k, k).transpose(0, 3, 4, 5, 1, 2)
    dxp = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for i in range(k):
        for j in range(k):
            dxp[:, :, i:i + oh, j:j + ow] += dcols[:, :, i, j]
    return dxp[:, :, pad:pad + H, pad:pad + W]


def conv_forward(x, w, b, pad=1):
    F, C, k, _ = w.shape
    cols, oh, ow = im2col(x, k, pad)
    out = cols @ w.reshape(F, -1).T + b
    out = out.reshape(x.shape[0], oh, ow, F).transpose(0, 3, 1, 2)
    return out, (x.shape, w, cols, pad, oh, ow)


def conv_backward(dout, cache):
    xshape, w, cols, pad, oh, ow = cache
    F, C, k, _ = w.shape
    db = dout.sum(axis=(0, 2, 3))
    dflat = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    dw = (dflat.T @ cols).reshape(w.shape)
    dcols = dflat @ w.reshape(F, -1)
    return col2im(dcols, xshape, k, pad, oh, ow), dw, db


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def pool_forward(x):
    N, C, H, W = x.shape
    xr = x.reshape(N, C, H // 2, 2, W // 2, 2)
    out = xr.max(axis=3).max(axis=4)
    return out, (x, xr, out)


def pool_backward(dout, cache):
    x, xr, out = cache
    mask = (xr == out[:, :, :, None, :, None])
    dxr = mask * dout[:, :, :, None, :, None]
    dxr = dxr / mask.sum(axis=(3, 5), keepdims=True)
    return dxr.reshape(x.shape)


def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.sum(axis=0)


def softmax_loss(scores, y):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    N = len(y)
    loss = -np.log(p[np.arange(N), y]).mean()
    p[np.arange(N), y] -= 1
    return loss, p / N


def model_loss(X, y, P, reg):
    a1, c1 = conv_forward(X, P['W1'], P['b1'])
    r1, cr1 = relu_forward(a1)
    a2, c2 = conv_forward(r1, P['W2'], P['b2'])
    r2, cr2 = relu_forward(a2)
    p2, cp2 = pool_forward(r2)
    scores, c3 = affine_forward(p2, P['W3'], P['b3'])
    loss, dscores = softmax_loss(scores, y)
    loss += 0.5 * reg * sum(np.sum(P[k] ** 2) for k in ('W1', 'W2', 'W3'))
    grads = {}
    dp2, grads['W3'], grads['b3'] = affine_backward(dscores, c3)
    dr2 = pool_backward(dp2, cp2)
    dr1, grads['W2'], grads['b2'] = conv_backward(relu_backward(dr2, cr2), c2)
    _, grads['W1'], grads['b1'] = conv_backward(relu_backward(dr1, cr1), c1)
    for k in ('W1', 'W2', 'W3'):
        grads[k] += reg * P[k]
    return loss, grads


y_train = np.random.randint(0, 3, 96)
X_train = 0.5 * np.random.randn(96, 1, 8, 8)
X_train[y_train == 0, 0, 2] += 1.5
X_train[y_train == 1, 0, :, 5] += 1.5
P = {'W1': 0.3 * np.random.randn(4, 1, 3, 3), 'b1': np.zeros(4), 'W2': 0.2 * np.random.randn(5, 4, 3, 3),
     'b2': np.zeros(5), 'W3': 0.1 * np.random.randn(80, 3), 'b3': np.zeros(3)}
velocity = {k: np.zeros_like(v) for k, v in P.items()}
learning_rate, mu, num_iters = 0.05, 0.9, 40
for it in range(num_iters):
    idx = np.random.choice(96, 24)
    loss, grads = model_loss(X_train[idx], y_train[idx], P, reg=1e-3)
    for k in P:
        velocity[k] = mu * velocity[k] - learning_rate * grads[k]
        P[k] += velocity[k]
    if (it + 1) % 20 == 0:
        learning_rate *= 0.7
    if it % 5 == 0:
        print('(Iteration %d / %d) loss: %f' % (it, num_iters, loss))
