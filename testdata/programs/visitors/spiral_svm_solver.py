"""
Assignment 2, my version: fully connected net + batchnorm, SVM loss, Solver.
Layers are functions returning (out, cache), the net keeps self.params.
"""
import numpy as np

def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1).dot(w) + b, (x, w)

def affine_backward(dout, cache):
    x, w = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    return dx, dw, dout.sum(0)

def relu_forward(x):
    return np.maximum(0, x), x

def relu_backward(dout, x):
    dout = dout.copy()
    dout[x <= 0] = 0
    return dout

def bn_forward(x, gamma, beta, p):
    if p['mode'] == 'test':
        xh = (x - p['running_mean']) / np.sqrt(p['running_var'] + 1e-5)
        return gamma * xh + beta, None
    mu, var = x.mean(0), x.var(0)
    istd = 1 / np.sqrt(var + 1e-5)
    xh = (x - mu) * istd
    p['running_mean'] = .9 * p.get('running_mean', np.zeros_like(mu)) + .1 * mu
    p['running_var'] = .9 * p.get('running_var', np.ones_like(var)) + .1 * var
    return gamma * xh + beta, (xh, istd, gamma)

def bn_backward_alt(dout, cache):
    xh, istd, gamma = cache
    N = dout.shape[0]
    dgamma, dbeta = (dout * xh).sum(0), dout.sum(0)
    dx = gamma * istd / N * (N * dout - dbeta - xh * dgamma)
    return dx, dgamma, dbeta

def svm_loss(x, y):
    N = x.shape[0]
    correct = x[np.arange(N), y]
    margins = np.maximum(0, x - correct[:, None] + 1.0)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= (margins > 0).sum(axis=1)
    return loss, dx / N

class FullyConnectedNet(object):
    def __init__(self, dims, reg=0.0, seed=None):
        rs = np.random.RandomState(seed)
        self.L, self.reg, self.params = len(dims) - 1, reg, {}
        for i in range(1, self.L + 1):
            self.params['W%d' % i] = rs.randn(dims[i - 1], dims[i]) * np.sqrt(2. / dims[i - 1])
            self.params['b%d' % i] = np.zeros(dims[i])
            if i < self.L:
                self.params['gamma%d' % i] = np.ones(dims[i])
                self.params['beta%d' % i] = np.zeros(dims[i])
        self.bn = [{'mode': 'train'} for _ in range(self.L - 1)]

    def loss(self, X, y=None):
        for p in self.bn:
            p['mode'] = 'test' if y is None else 'train'
        P, caches, h = self.params, [], X
        for i in range(1, self.L):
            a, ca = affine_forward(h, P['W%d' % i], P['b%d' % i])
            n, cn = bn_forward(a, P['gamma%d' % i], P['beta%d' % i], self.bn[i - 1])
            h, cr = relu_forward(n)
            caches.append((ca, cn, cr))
        scores, cache = affine_forward(h, P['W%d' % self.L], P['b%d' % self.L])
        if y is None:
            return scores
        loss, dout = svm_loss(scores, y)
        grads = {}
        dout, grads['W%d' % self.L], grads['b%d' % self.L] = affine_backward(dout, cache)
        for i in reversed(range(1, self.L)):
            ca, cn, cr = caches[i - 1]
            dout = relu_backward(dout, cr)
            dout, grads['gamma%d' % i], grads['beta%d' % i] = bn_backward_alt(dout, cn)
            dout, grads['W%d' % i], grads['b%d' % i] = affine_backward(dout, ca)
        for i in range(1, self.L + 1):
            W = P['W%d' % i]
            loss += 0.5 * self.reg * np.sum(W * W)
            grads['W%d' % i] += self.reg * W
        return loss, grads

def sgd_momentum(w, dw, config):
    v = config.get('velocity', np.zeros_like(w))
    v = config['momentum'] * v - config['learning_rate'] * dw
    config['velocity'] = v
    return w + v, config

class Solver(object):
    def __init__(self, model, data, **kw):
        self.model, self.data = model, data
        self.batch, self.epochs = kw.pop('batch_size', 50), kw.pop('num_epochs', 10)
        self.decay, oc = kw.pop('lr_decay', 1.0), kw.pop('optim_config', {})
        self.oc = {k: dict(oc) for k in model.params}
        self.rng = np.random.RandomState(kw.pop('seed', 0))
        self.best_val, self.best, self.loss_history = -1, {}, []

    def acc(self, X, y):
        return np.mean(self.model.loss(X).argmax(1) == y)

    def train(self):
        Xt, yt = self.data['X_train'], self.data['y_train']
        per = max(len(Xt) // self.batch, 1)
        for t in range(per * self.epochs):
            m = self.rng.choice(len(Xt), self.batch)
            loss, grads = self.model.loss(Xt[m], yt[m])
            self.loss_history.append(loss)
            for k, w in self.model.params.items():
                self.model.params[k], self.oc[k] = sgd_momentum(w, grads[k], self.oc[k])
            if (t + 1) % per == 0:
                for c in self.oc.values():
                    c['learning_rate'] *= self.decay
                va = self.acc(self.data['X_val'], self.data['y_val'])
                if va > self.best_val:
                    self.best_val = va
                    self.best = {k: v.copy() for k, v in self.model.params.items()}
                    self.best_bn = [dict(p) for p in self.model.bn]
                if (t + 1) // per % 5 == 0:
                    print('epoch %2d  loss %.4f  val acc %.3f' % ((t + 1) // per, loss, va))
        self.model.params, self.model.bn = self.best, self.best_bn

if __name__ == '__main__':
    rs = np.random.RandomState(231)
    K, n = 3, 150
    r = np.tile(np.linspace(.05, 1, n), K)
    th = np.concatenate([np.linspace(4 * k, 4 * k + 4, n) for k in range(K)]) + .15 * rs.randn(K * n)
    X, y = np.c_[r * np.sin(th), r * np.cos(th)], np.repeat(np.arange(K), n)
    o = rs.permutation(K * n)
    X, y = X[o], y[o]
    data = dict(X_train=X[:350], y_train=y[:350], X_val=X[350:], y_val=y[350:])
    model = FullyConnectedNet([2, 40, 40, K], reg=1e-3, seed=1)
    s = Solver(model, data, num_epochs=30, batch_size=50, lr_decay=.95,
               optim_config={'learning_rate': 5e-2, 'momentum': .9})
    s.train()
    print('best val accuracy', round(s.best_val, 3))
