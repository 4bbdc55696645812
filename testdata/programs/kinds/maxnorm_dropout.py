"""dropout net with Nesterov momentum, class weights and a max-norm constraint (Srivastava et al. 2014)"""
import numpy as np

SEED = 10
rs = np.random.RandomState(SEED)

# imbalanced data: 10 % positives
n = 500
X = rs.randn(n, 8)
score = X[:, 0] + X[:, 1] ** 2 - 0.5 * X[:, 2] * X[:, 3]
y = (score > np.percentile(score, 90)).astype(int)
class_weight = n / (2.0 * np.bincount(y))
sw = class_weight[y]

params = {}
sizes = [8, 40, 40, 1]
for l in range(3):
    params['W%d' % l] = rs.randn(sizes[l], sizes[l + 1]) * np.sqrt(2. / sizes[l])
    params['b%d' % l] = np.full(sizes[l + 1], 0.01)
keep = [1.0, 0.8, 0.7]

def fprop(par, x, train):
    acts, masks = [], []
    h = x
    for l in range(3):
        if train and keep[l] < 1:
            mask = rs.binomial(1, keep[l], h.shape) / keep[l]
            h = h * mask
        else:
            mask = 1.0
        acts.append(h)
        masks.append(mask)
        h = h.dot(par['W%d' % l]) + par['b%d' % l]
        if l < 2:
            h = np.maximum(h, 0)
    return h[:, 0], acts, masks

def bprop(par, delta, acts, masks):
    grads = {}
    d = delta.reshape(-1, 1)
    for l in (2, 1, 0):
        grads['W%d' % l] = acts[l].T.dot(d)
        grads['b%d' % l] = d.sum(axis=0)
        d = d.dot(par['W%d' % l].T) * masks[l]
        if l > 0:
            d = d * (acts[l] > 0)
    return grads

def weighted_bce(logit, t, w):
    sp = np.maximum(logit, 0) + np.log1p(np.exp(-abs(logit)))
    return np.sum(w * (sp - t * logit)) / w.sum(), w * (1 / (1 + np.exp(-logit)) - t) / w.sum()

def project(W, c=2.5):
    norms = np.sqrt((W ** 2).sum(axis=0, keepdims=True))
    return W * np.minimum(1, c / (norms + 1e-12))

velocity = dict((k, 0.) for k in params)
lr, mu = 0.1, 0.9
for epoch in range(30):
    order = rs.permutation(n)
    cost = 0.
    for s in range(0, n, 50):
        i = order[s:s + 50]
        logit, acts, masks = fprop(params, X[i], True)
        c, delta = weighted_bce(logit, y[i], sw[i])
        cost += c / 10
        grads = bprop(params, delta, acts, masks)
        for k in params:
            v_prev = velocity[k]
            velocity[k] = mu * velocity[k] - lr * grads[k]
            params[k] = params[k] - mu * v_prev + (1 + mu) * velocity[k]      # Nesterov, cs231n form
            if k[0] == 'W':
                params[k] = project(params[k])
    lr *= 0.95
    if epoch % 3 == 2:
        logit, _, _ = fprop(params, X, False)
        rec = (logit[y == 1] > 0).mean()
        print('epoch %d cost %.4f  eval %.4f  recall %.2f  specificity %.2f' % (
            epoch + 1, cost, weighted_bce(logit, y, sw)[0], rec, (logit[y == 0] < 0).mean()))
