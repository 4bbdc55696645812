import numpy as np


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


def elu_forward(x, alpha=1.0):
    neg = alpha * np.expm1(np.minimum(x, 0))
    return np.where(x > 0, x, neg), (x, neg, alpha)


def elu_backward(dout, cache):
    x, neg, alpha = cache
    return dout * np.where(x > 0, 1.0, neg + alpha)


def instance_norm_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=(2, 3), keepdims=True)
    xc = x - mu
    inv = 1.0 / np.sqrt((xc ** 2).mean(axis=(2, 3), keepdims=True) + eps)
    xhat = xc * inv
    return gamma[None, :, None, None] * xhat + beta[None, :, None, None], (xhat, inv, gamma)


def instance_norm_backward(dout, cache):
    xhat, inv, gamma = cache
    dgamma = np.sum(dout * xhat, axis=(0, 2, 3))
    dbeta = np.sum(dout, axis=(0, 2, 3))
    dxhat = dout * gamma[None, :, None, None]
    m1 = dxhat.mean(axis=(2, 3), keepdims=True)
    m2 = (dxhat * xhat).mean(axis=(2, 3), keepdims=True)
    return inv * (dxhat - m1 - xhat * m2), dgamma, dbeta


def hinge_squared(scores, y):
    n = scores.shape[0]
    margins = np.maximum(0, scores - scores[np.arange(n), y][:, np.newaxis] + 1.0)
    margins[np.arange(n), y] = 0
    loss = np.sum(margins ** 2) / n
    dx = 2 * margins / n
    dx[np.arange(n), y] -= np.sum(dx, axis=1)
    return loss, dx


class ThreeStageNet(object):
    def __init__(self, channels=2, side=3, hidden=6, classes=3, reg=0.01):
        self.reg = reg
        self.params = {
            'gamma': np.ones(channels), 'beta': np.zeros(channels),
            'W1': 0.3 * np.random.randn(channels * side * side, hidden), 'b1': np.zeros(hidden),
            'W2': 0.3 * np.random.randn(hidden, classes), 'b2': np.zeros(classes)}

    def loss(self, X, y=None):
        p = self.params
        n1, c1 = instance_norm_forward(X, p['gamma'], p['beta'])
        a1, c2 = affine_forward(n1, p['W1'], p['b1'])
        h1, c3 = elu_forward(a1)
        scores, c4 = affine_forward(h1, p['W2'], p['b2'])
        if y is None:
            return scores
        grads = {}
        loss, dscores = hinge_squared(scores, y)
        loss += 0.5 * self.reg * (np.sum(p['W1'] ** 2) + np.sum(p['W2'] ** 2))
        dh1, grads['W2'], grads['b2'] = affine_backward(dscores, c4)
        da1 = elu_backward(dh1, c3)
        dn1, grads['W1'], grads['b1'] = affine_backward(da1, c2)
        _, grads['gamma'], grads['beta'] = instance_norm_backward(dn1, c1)
        grads['W2'] += self.reg * p['W2']
        grads['W1'] += self.reg * p['W1']
        return loss, grads


np.random.seed(231)
X = np.random.randn(48, 2, 3, 3)
y = (X[:, 0, 1, 1] > 0).astype(int) + (X[:, 1, 0, 2] > 0.3)
model = ThreeStageNet()
lr = 0.05
for it in range(9):
    idx = np.random.choice(48, 16)
    loss, grads = model.loss(X[idx], y[idx])
    for name in model.params:
        model.params[name] -= lr * grads[name]
    if it % 3 == 2:
        lr *= 0.95
        acc = (model.loss(X).argmax(axis=1) == y).mean()
        print(it, loss, acc)
