import numpy as np

def im2col(x, k, pad, stride):
    n, c, h, w = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    oh, ow = (h + 2 * pad - k) // stride + 1, (w + 2 * pad - k) // stride + 1
    cols = np.zeros((n, c, k, k, oh, ow))
    for i in range(k):
        for j in range(k):
            cols[:, :, i, j] = xp[:, :, i:i + stride * oh:stride, j:j + stride * ow:stride]
    return cols.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow, -1), oh, ow

def col2im(cols, shape, k, pad, stride, oh, ow):
    n, c, h, w = shape
    cols = cols.reshape(n, oh, ow, c, k, k).transpose(0, 3, 4, 5, 1, 2)
    xp = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    for i in range(k):
        for j in range(k):
            xp[:, :, i:i + stride * oh:stride, j:j + stride * ow:stride] += cols[:, :, i, j]
    return xp[:, :, pad:pad + h, pad:pad + w]

def conv_forward(x, W, b, pad=1, stride=1):
    cols, oh, ow = im2col(x, W.shape[2], pad, stride)
    out = cols @ W.reshape(len(W), -1).T + b
    out = out.reshape(len(x), oh, ow, len(W)).transpose(0, 3, 1, 2)
    return out, (x.shape, W, cols, pad, stride, oh, ow)

def conv_backward(dout, cache):
    shape, W, cols, pad, stride, oh, ow = cache
    d = dout.transpose(0, 2, 3, 1).reshape(-1, len(W))
    dW = (d.T @ cols).reshape(W.shape)
    dx = col2im(d @ W.reshape(len(W), -1), shape, W.shape[2], pad, stride, oh, ow)
    return dx, dW, d.sum(0)

def maxpool_forward(x):
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
    out = blocks.max(axis=(3, 5))
    return out, blocks == out[:, :, :, None, :, None]

def maxpool_backward(dout, mask):
    return (dout[:, :, :, None, :, None] * mask).reshape(len(dout), dout.shape[1], 2 * dout.shape[2], -1)

def loss_and_grads(p, x, y):
    a1, c1 = conv_forward(x, p['W1'], p['b1'])
    r1 = np.tanh(a1)
    m1, mask = maxpool_forward(r1)
    a2, c2 = conv_forward(m1, p['W2'], p['b2'], pad=1, stride=2)
    r2 = np.maximum(0, a2)
    flat = r2.reshape(len(x), -1)
    logits = flat @ p['W3'] + p['b3']
    e = np.exp(logits - logits.max(1, keepdims=True))
    prob = e / e.sum(1, keepdims=True)
    loss = -np.log(prob[np.arange(len(y)), y]).mean()
    d = prob.copy()
    d[np.arange(len(y)), y] -= 1
    d /= len(y)
    g = {'W3': flat.T @ d, 'b3': d.sum(0)}
    d = (d @ p['W3'].T).reshape(r2.shape) * (a2 > 0)
    d, g['W2'], g['b2'] = conv_backward(d, c2)
    d = maxpool_backward(d, mask) * (1 - r1 ** 2)
    _, g['W1'], g['b1'] = conv_backward(d, c1)
    return loss, g, (prob.argmax(1) == y).mean()

rng = np.random.default_rng(7)
y = rng.integers(0, 3, 96)
X = 0.3 * rng.normal(size=(96, 1, 8, 8))
for i, lab in enumerate(y):            # horizontal bar / vertical bar / diagonal
    pos = rng.integers(1, 7)
    if lab == 0: X[i, 0, pos] += 1
    elif lab == 1: X[i, 0, :, pos] += 1
    else: X[i, 0][np.arange(8), np.roll(np.arange(8), pos)] += 1
p = {'W1': rng.normal(0, .3, (4, 1, 3, 3)), 'b1': np.zeros(4), 'W2': rng.normal(0, .2, (8, 4, 3, 3)), 'b2': np.zeros(8),
     'W3': rng.normal(0, .1, (32, 3)), 'b3': np.zeros(3)}
m = {k: 0 for k in p}; v = {k: 0 for k in p}
for t in range(1, 41):
    loss, g, acc = loss_and_grads(p, X, y)
    for k in p:                        # Adam
        m[k] = .9 * m[k] + .1 * g[k]
        v[k] = .999 * v[k] + .001 * g[k] ** 2
        p[k] -= 0.01 * (m[k] / (1 - .9 ** t)) / (np.sqrt(v[k] / (1 - .999 ** t)) + 1e-8)
    if t % 5 == 0: print('step', t, 'loss', round(loss, 4), 'acc', round(acc, 3))
