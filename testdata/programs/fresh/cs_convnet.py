"""Small convnet in the layer-function style: conv - bn - relu - pool - conv - relu - affine - softmax."""
import numpy as np

def conv_forward(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode='constant')
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            r, c = i * stride, j * stride
            patch = x_pad[:, :, r:r + HH, c:c + WW]
            out[:, :, i, j] = np.tensordot(patch, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out, (x_pad, w, conv_param)

def conv_backward(dout, cache):
    x_pad, w, conv_param = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    _, _, HH, WW = w.shape
    dx_pad, dw = np.zeros_like(x_pad), np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            r, c = i * stride, j * stride
            d = dout[:, :, i, j]
            dw += np.tensordot(d, x_pad[:, :, r:r + HH, c:c + WW], axes=(0, 0))
            dx_pad[:, :, r:r + HH, c:c + WW] += np.tensordot(d, w, axes=(1, 0))
    return dx_pad[:, :, pad:-pad, pad:-pad], dw, db

def bn_forward(x, gamma, beta, bn_param, mode, eps=1e-5, momentum=0.9):
    g, b = gamma[None, :, None, None], beta[None, :, None, None]
    if mode == 'train':
        mu = x.mean(axis=(0, 2, 3), keepdims=True)
        var = x.var(axis=(0, 2, 3), keepdims=True)
        bn_param['mean'] = momentum * bn_param['mean'] + (1 - momentum) * mu
        bn_param['var'] = momentum * bn_param['var'] + (1 - momentum) * var
    else:
        mu, var = bn_param['mean'], bn_param['var']
    istd = 1.0 / np.sqrt(var + eps)
    xhat = (x - mu) * istd
    return g * xhat + b, (xhat, istd, g)

def bn_backward(dout, cache):
    xhat, istd, g = cache
    dgamma = (dout * xhat).sum(axis=(0, 2, 3))
    dbeta = dout.sum(axis=(0, 2, 3))
    dxhat = dout * g
    ax = (0, 2, 3)
    dx = istd * (dxhat - dxhat.mean(axis=ax, keepdims=True)
                 - xhat * (dxhat * xhat).mean(axis=ax, keepdims=True))
    return dx, dgamma, dbeta

def relu_forward(x):
    return np.maximum(0, x), x

def relu_backward(dout, x):
    return dout * (x > 0)

def pool_forward(x):
    N, C, H, W = x.shape
    xr = x.reshape(N, C, H // 2, 2, W // 2, 2)
    out = xr.max(axis=(3, 5))
    mask = xr == out[:, :, :, None, :, None]
    return out, (mask, x.shape)

def pool_backward(dout, cache):
    mask, shape = cache
    share = mask / mask.sum(axis=(3, 5), keepdims=True)
    return (share * dout[:, :, :, None, :, None]).reshape(shape)

def softmax_loss(scores, y):
    N = scores.shape[0]
    shifted = scores - scores.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(logp)
    dscores[np.arange(N), y] -= 1
    return -logp[np.arange(N), y].mean(), dscores / N

class ConvNet:
    def __init__(self, rng, n_classes=4, reg=1e-2):
        self.reg, self.cp = reg, {'stride': 1, 'pad': 1}
        self.bn = {'mean': np.zeros((1, 4, 1, 1)), 'var': np.ones((1, 4, 1, 1))}
        self.params = {'W1': 0.3 * rng.standard_normal((4, 1, 3, 3)), 'b1': np.zeros(4),
                       'gamma': np.ones(4), 'beta': np.zeros(4),
                       'W2': 0.2 * rng.standard_normal((6, 4, 3, 3)), 'b2': np.zeros(6),
                       'W3': 0.1 * rng.standard_normal((6 * 16, n_classes)), 'b3': np.zeros(n_classes)}

    def loss(self, X, y=None):
        p, mode = self.params, 'test' if y is None else 'train'
        a1, c1 = conv_forward(X, p['W1'], p['b1'], self.cp)
        n1, cbn = bn_forward(a1, p['gamma'], p['beta'], self.bn, mode)
        h1, cr1 = relu_forward(n1)
        q1, cp1 = pool_forward(h1)
        a2, c2 = conv_forward(q1, p['W2'], p['b2'], self.cp)
        h2, cr2 = relu_forward(a2)
        flat = h2.reshape(len(X), -1)
        scores = flat @ p['W3'] + p['b3']
        if y is None:
            return scores
        loss, ds = softmax_loss(scores, y)
        loss += 0.5 * self.reg * sum(np.sum(p[k] ** 2) for k in ('W1', 'W2', 'W3'))
        grads = {'W3': flat.T @ ds, 'b3': ds.sum(axis=0)}
        dh2 = (ds @ p['W3'].T).reshape(h2.shape)
        dq1, grads['W2'], grads['b2'] = conv_backward(relu_backward(dh2, cr2), c2)
        dn1 = relu_backward(pool_backward(dq1, cp1), cr1)
        da1, grads['gamma'], grads['beta'] = bn_backward(dn1, cbn)
        _, grads['W1'], grads['b1'] = conv_backward(da1, c1)
        for k in ('W1', 'W2', 'W3'):
            grads[k] += self.reg * p[k]
        return loss, grads

def adam(w, dw, cfg, lr=5e-3, b1=0.9, b2=0.99, eps=1e-8):
    cfg['t'] += 1
    cfg['m'] = b1 * cfg['m'] + (1 - b1) * dw
    cfg['v'] = b2 * cfg['v'] + (1 - b2) * dw ** 2
    mhat = cfg['m'] / (1 - b1 ** cfg['t'])
    vhat = cfg['v'] / (1 - b2 ** cfg['t'])
    return w - lr * mhat / (np.sqrt(vhat) + eps)

def make_patterns(n, rng):
    y = rng.integers(0, 4, n)
    r, c = np.mgrid[0:8, 0:8]
    base = np.stack([np.sin(1.6 * r), np.sin(1.6 * c), np.sin(1.1 * (r + c)), np.sin(1.1 * (r - c))])
    return (base[y] + 1.3 * rng.standard_normal((n, 8, 8)))[:, None] + 0.5, y

if __name__ == '__main__':
    rng = np.random.default_rng(231)
    X, y = make_patterns(260, rng)
    X_train, y_train, X_val, y_val = X[:160], y[:160], X[160:], y[160:]
    net = ConvNet(rng)
    cfgs = {k: {'m': np.zeros_like(v), 'v': np.zeros_like(v), 't': 0} for k, v in net.params.items()}
    for epoch in range(6):
        order = rng.permutation(len(X_train))
        for s in range(0, len(order), 32):
            idx = order[s:s + 32]
            loss, grads = net.loss(X_train[idx], y_train[idx])
            for k in net.params:
                net.params[k] = adam(net.params[k], grads[k], cfgs[k])
        val_acc = np.mean(net.loss(X_val).argmax(axis=1) == y_val)
        print('epoch %d  loss %.5f  val acc %.3f' % (epoch, loss, val_acc))
    print('checksum %.6f' % sum(np.abs(v).sum() for v in net.params.values()))
