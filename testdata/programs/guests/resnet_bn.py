"""Residual MLP with batch normalisation, label smoothing, SGD + momentum and a one-cycle
learning rate. Cleaned up from a course assignment ("implement BN yourself")."""
import numpy as np

np.random.seed(500)


class BatchNorm:
    def __init__(self, dim, momentum=0.1, eps=1e-5):
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.running_mean, self.running_var = np.zeros(dim), np.ones(dim)
        self.momentum, self.eps = momentum, eps

    def forward(self, x, training):
        if training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            n = len(x)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var * n / (n - 1)
        else:
            mean, var = self.running_mean, self.running_var
        self.inv_std = 1.0 / np.sqrt(var + self.eps)
        self.x_hat = (x - mean) * self.inv_std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        N = dout.shape[0]
        self.dgamma = np.sum(dout * self.x_hat, axis=0)
        self.dbeta = np.sum(dout, axis=0)
        dx_hat = dout * self.gamma
        return self.inv_std / N * (N * dx_hat - dx_hat.sum(axis=0) - self.x_hat * np.sum(dx_hat * self.x_hat, axis=0))


class Affine:
    def __init__(self, n_in, n_out, bias=True, scale=2.0):
        self.W = np.random.randn(n_in, n_out) * np.sqrt(scale / n_in)
        self.b = np.zeros(n_out) if bias else None

    def forward(self, x):
        self.x = x
        out = x.dot(self.W)
        return out if self.b is None else out + self.b

    def backward(self, dout):
        self.dW = self.x.T.dot(dout)
        if self.b is not None:
            self.db = dout.sum(axis=0)
        return dout.dot(self.W.T)


class ResidualBlock:
    """x + W2 relu(bn(W1 x)) + b2 ; no bias before the batch norm"""

    def __init__(self, width, inner):
        self.fc1 = Affine(width, inner, bias=False)
        self.bn = BatchNorm(inner)
        self.fc2 = Affine(inner, width, scale=0.5)

    def forward(self, x, training):
        a = self.bn.forward(self.fc1.forward(x), training)
        self.on = a > 0
        return x + self.fc2.forward(a * self.on)

    def backward(self, dout):
        da = self.fc2.backward(dout) * self.on
        return dout + self.fc1.backward(self.bn.backward(da))


class ResNet:
    def __init__(self, n_in, width, inner, n_blocks, n_out):
        self.stem = Affine(n_in, width, scale=1.0)
        self.blocks = [ResidualBlock(width, inner) for _ in range(n_blocks)]
        self.head = Affine(width, n_out, scale=1.0)

    def forward(self, x, training=True):
        h = self.stem.forward(x)
        for block in self.blocks:
            h = block.forward(h, training)
        return self.head.forward(h)

    def backward(self, dscores):
        d = self.head.backward(dscores)
        for block in self.blocks[::-1]:
            d = block.backward(d)
        self.stem.backward(d)

    def named(self):
        """(key, owner, attribute, has weight decay)"""
        layers = [('stem', self.stem), ('head', self.head)]
        for i, blk in enumerate(self.blocks):
            layers += [('fc1_%d' % i, blk.fc1), ('fc2_%d' % i, blk.fc2), ('bn_%d' % i, blk.bn)]
        for name, layer in layers:
            for attr in ('W', 'b', 'gamma', 'beta'):
                if getattr(layer, attr, None) is not None:
                    yield name + '.' + attr, layer, attr, attr == 'W'


def smooth_cross_entropy(scores, y, eps):
    N, C = scores.shape
    shifted = scores - scores.max(axis=1, keepdims=True)
    logp = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    target = np.full((N, C), eps / C)
    target[np.arange(N), y] += 1 - eps
    return -np.sum(target * logp) / N, (np.exp(logp) - target) / N


def one_cycle(step, total, peak):
    up = int(0.3 * total)
    if step < up:
        return peak * (0.1 + 0.9 * step / up)
    return peak * (1 - (step - up) / (total - up))


def make_data(n):
    """class = sector of a warped radius/angle pattern, plus noise features"""
    X = np.random.randn(n, 8)
    r = np.sqrt(X[:, 0] ** 2 + X[:, 1] ** 2)
    phi = np.arctan2(X[:, 1], X[:, 0]) + 0.8 * r + 0.5 * X[:, 2]
    return X, ((phi / (2 * np.pi) * 3) % 3).astype(int)


X_train, y_train = make_data(1500)
X_test, y_test = make_data(800)

if __name__ == '__main__':
    net = ResNet(8, 24, 48, 3, 3)
    epochs, bs, mu, wd = 25, 50, 0.9, 5e-4
    velocity = {key: np.zeros_like(getattr(o, a)) for key, o, a, _ in net.named()}
    total, step = epochs * (len(X_train) // bs), 0
    for epoch in range(1, epochs + 1):
        idx = np.random.permutation(len(X_train))
        running = 0.0
        for i in range(0, len(idx), bs):
            pick = idx[i:i + bs]
            loss, dscores = smooth_cross_entropy(net.forward(X_train[pick]), y_train[pick], 0.1)
            net.backward(dscores)
            lr = one_cycle(step, total, 0.1)
            for key, owner, attr, decays in net.named():
                grad = getattr(owner, 'd' + attr)
                param = getattr(owner, attr)
                if decays:
                    grad = grad + wd * param
                velocity[key] = mu * velocity[key] - lr * grad
                param += velocity[key]
            running += loss
            step += 1
        if epoch % 5 == 0:
            test_scores = net.forward(X_test, training=False)
            print('Epoch %d: loss %.4f, test accuracy %.4f' % (
                epoch, running / (len(idx) // bs), np.mean(test_scores.argmax(axis=1) == y_test)))
