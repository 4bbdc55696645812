import numpy as np

# A fully-connected net with batch normalisation and a multiclass SVM loss,
# layer functions returning (out, cache) as in the assignments of a vision course.


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = dout.sum(axis=0)
    return dx, dw, db


def leaky_forward(x, slope=0.1):
    return np.where(x > 0, x, slope * x), (x, slope)


def leaky_backward(dout, cache):
    x, slope = cache
    dx = dout.copy()
    dx[x < 0] *= slope
    return dx


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.ones(D, dtype=x.dtype))
    cache = None
    if mode == "train":
        mu = x.mean(axis=0)
        xc = x - mu
        var = np.mean(xc ** 2, axis=0)
        std = np.sqrt(var + eps)
        xn = xc / std
        out = gamma * xn + beta
        cache = (gamma, xc, std, xn)
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def batchnorm_backward(dout, cache):
    gamma, xc, std, xn = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = np.sum(xn * dout, axis=0)
    dxn = gamma * dout
    dxc = dxn / std
    dstd = -np.sum((dxn * xc) / (std * std), axis=0)
    dvar = 0.5 * dstd / std
    dxc += (2.0 / N) * xc * dvar
    dmu = np.sum(dxc, axis=0)
    dx = dxc - dmu / N
    return dx, dgamma, dbeta


def svm_loss(scores, y, delta=1.0):
    N = scores.shape[0]
    correct = scores[np.arange(N), y]
    margins = np.maximum(0, scores - correct[:, np.newaxis] + delta)
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(scores)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    dx /= N
    return loss, dx


class BNNet(object):
    def __init__(self, D, hidden, C, reg=1e-2, seed=0):
        rng = np.random.RandomState(seed)
        dims = [D] + hidden + [C]
        self.num_layers = len(dims) - 1
        self.reg = reg
        self.params = {}
        for i in range(self.num_layers):
            self.params["W%d" % (i + 1)] = rng.randn(dims[i], dims[i + 1]) * np.sqrt(1.0 / dims[i])
            self.params["b%d" % (i + 1)] = np.zeros(dims[i + 1])
            if i < self.num_layers - 1:
                self.params["gamma%d" % (i + 1)] = np.ones(dims[i + 1])
                self.params["beta%d" % (i + 1)] = np.zeros(dims[i + 1])
        self.bn_params = [{"mode": "train"} for _ in range(self.num_layers - 1)]

    def loss(self, X, y=None):
        mode = "test" if y is None else "train"
        p = self.params
        h, caches = X, []
        for i in range(1, self.num_layers):
            self.bn_params[i - 1]["mode"] = mode
            a, fc = affine_forward(h, p["W%d" % i], p["b%d" % i])
            n, bn = batchnorm_forward(a, p["gamma%d" % i], p["beta%d" % i], self.bn_params[i - 1])
            h, act = leaky_forward(n)
            caches.append((fc, bn, act))
        L = self.num_layers
        scores, fc = affine_forward(h, p["W%d" % L], p["b%d" % L])
        if y is None:
            return scores
        loss, dout = svm_loss(scores, y)
        for i in range(1, L + 1):
            loss += 0.5 * self.reg * np.sum(p["W%d" % i] ** 2)
        grads = {}
        dout, grads["W%d" % L], grads["b%d" % L] = affine_backward(dout, fc)
        for i in range(L - 1, 0, -1):
            fc, bn, act = caches[i - 1]
            dout = leaky_backward(dout, act)
            dout, grads["gamma%d" % i], grads["beta%d" % i] = batchnorm_backward(dout, bn)
            dout, grads["W%d" % i], grads["b%d" % i] = affine_backward(dout, fc)
        for i in range(1, L + 1):
            grads["W%d" % i] += self.reg * p["W%d" % i]
        return loss, grads


def adam(w, dw, config):
    config["t"] += 1
    config["m"] = config["beta1"] * config["m"] + (1 - config["beta1"]) * dw
    config["v"] = config["beta2"] * config["v"] + (1 - config["beta2"]) * dw ** 2
    mb = config["m"] / (1 - config["beta1"] ** config["t"])
    vb = config["v"] / (1 - config["beta2"] ** config["t"])
    return w - config["learning_rate"] * mb / (np.sqrt(vb) + config["epsilon"]), config


def spiral(N, K, rng):
    X, y = np.zeros((N * K, 2)), np.zeros(N * K, dtype="int64")
    for j in range(K):
        ix = range(N * j, N * (j + 1))
        r = np.linspace(0.1, 1, N)
        t = np.linspace(j * 4, (j + 1) * 4, N) + rng.randn(N) * 0.15
        X[ix] = np.c_[r * np.sin(t), r * np.cos(t)]
        y[ix] = j
    return X, y


rng = np.random.RandomState(42)
X, y = spiral(150, 3, rng)
perm = rng.permutation(len(y))
tr, va = perm[:360], perm[360:]
net = BNNet(2, [24, 16], 3)
lr = 5e-3
opt = {k: dict(learning_rate=lr, beta1=0.9, beta2=0.99, epsilon=1e-8, t=0,
               m=np.zeros_like(w), v=np.zeros_like(w)) for k, w in net.params.items()}
for it in range(300):
    mask = rng.choice(tr, 48)
    loss, grads = net.loss(X[mask], y[mask])
    for k in net.params:
        net.params[k], opt[k] = adam(net.params[k], grads[k], opt[k])
    if (it + 1) % 100 == 0:
        for k in opt:
            opt[k]["learning_rate"] *= 0.7
        val = (net.loss(X[va]).argmax(1) == y[va]).mean()
        print("(Iteration %d / 300) loss: %f, val acc: %.3f" % (it + 1, loss, val))
