import numpy as np

EPS = 1e-5


def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))


class RingNet:
    """[fc - batchnorm - relu - dropout] x n - fc, one logit, binary labels.

    No bias in the hidden fc layers (beta of the batchnorm does that job).
    """

    def __init__(self, dims, p_drop=0.2, bn_momentum=0.9, seed=0):
        self.rng = np.random.RandomState(seed)
        self.p_drop = p_drop
        self.bn_momentum = bn_momentum
        self.depth = len(dims) - 1
        self.W = [self.rng.randn(a, b) * np.sqrt(2.0 / a) for a, b in zip(dims[:-1], dims[1:])]
        self.W.append(self.rng.randn(dims[-1], 1) / np.sqrt(dims[-1]))
        self.gamma = [np.ones(d) for d in dims[1:]]
        self.beta = [np.zeros(d) for d in dims[1:]]
        self.b_out = np.zeros(1)
        self.run_mean = [np.zeros(d) for d in dims[1:]]
        self.run_var = [np.ones(d) for d in dims[1:]]

    def forward(self, X, training):
        self.tape = []
        A = X
        for i in range(self.depth):
            A_in = A
            Z = A_in @ self.W[i]
            if training:
                mean = Z.mean(axis=0)
                var = Z.var(axis=0)
                r = self.bn_momentum
                n = len(Z)
                self.run_mean[i] = r * self.run_mean[i] + (1 - r) * mean
                self.run_var[i] = r * self.run_var[i] + (1 - r) * var * n / (n - 1)
            else:
                mean, var = self.run_mean[i], self.run_var[i]
            inv_std = 1.0 / np.sqrt(var + EPS)
            Z_hat = (Z - mean) * inv_std
            Y = self.gamma[i] * Z_hat + self.beta[i]
            A = np.maximum(Y, 0)
            if training:
                keep = (self.rng.rand(*A.shape) >= self.p_drop) / (1 - self.p_drop)
                A = A * keep
                self.tape.append((A_in, Z_hat, inv_std, Y, keep))
        self.last = A
        return (A @ self.W[-1] + self.b_out)[:, 0]

    def backward(self, dlogit):
        d = dlogit[:, None]
        gW = [None] * (self.depth + 1)
        ggamma = [None] * self.depth
        gbeta = [None] * self.depth
        gW[-1] = self.last.T @ d
        gb_out = d.sum(axis=0)
        dA = d @ self.W[-1].T
        for i in range(self.depth - 1, -1, -1):
            A_in, Z_hat, inv_std, Y, keep = self.tape[i]
            dY = dA * keep * (Y > 0)
            ggamma[i] = np.sum(dY * Z_hat, axis=0)
            gbeta[i] = np.sum(dY, axis=0)
            dZ_hat = dY * self.gamma[i]
            dZ = inv_std * (dZ_hat - dZ_hat.mean(axis=0) - Z_hat * np.mean(dZ_hat * Z_hat, axis=0))
            gW[i] = A_in.T @ dZ
            dA = dZ @ self.W[i].T
        return gW + ggamma + gbeta + [gb_out]

    def weights(self):
        return self.W + self.gamma + self.beta + [self.b_out]


def bce_with_logits(logit, y):
    loss = np.mean(np.maximum(logit, 0) - logit * y + np.log1p(np.exp(-np.abs(logit))))
    dlogit = (sigmoid(logit) - y) / len(y)
    return loss, dlogit


def make_rings(n, rng, n_noise=4):
    label = rng.randint(0, 2, n)
    radius = np.where(label == 1, 1.9, 1.0) + 0.3 * rng.randn(n)
    angle = rng.uniform(0, 2 * np.pi, n)
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), 3 + 2 * rng.randn(n, n_noise)])
    return X, label.astype(float)


def evaluate(net, X, y):
    logit = net.forward(X, training=False)
    loss, _ = bce_with_logits(logit, y)
    return loss, np.mean((logit > 0) == (y > 0.5))


def train(net, X, y, X_val, y_val, epochs=24, batch=40, lr=0.1, mu=0.9, wd=5e-4):
    velocity = [np.zeros_like(w) for w in net.weights()]
    shuffler = np.random.RandomState(99)
    for epoch in range(1, epochs + 1):
        if epoch in (13, 19):      # step decay
            lr *= 0.3
        order = shuffler.permutation(len(X))
        X_ep, y_ep = X[order], y[order]
        losses = []
        for k in range(len(X) // batch):
            xb = X_ep[k * batch:(k + 1) * batch]
            yb = y_ep[k * batch:(k + 1) * batch]
            loss, dlogit = bce_with_logits(net.forward(xb, training=True), yb)
            grads = net.backward(dlogit)
            for w, v, g in zip(net.weights(), velocity, grads):
                decay = wd * w if w.ndim == 2 else 0.0
                v *= mu
                v += g + decay
                w -= lr * v
            losses.append(loss)
        if epoch % 3 == 0:
            val_loss, val_acc = evaluate(net, X_val, y_val)
            print('epoch {:2d}: train loss {:.5f}, val loss {:.5f}, val acc {:.4f}'.format(
                epoch, np.mean(losses), val_loss, val_acc))


if __name__ == '__main__':
    data_rng = np.random.RandomState(11)
    X_train, y_train = make_rings(600, data_rng)
    X_val, y_val = make_rings(200, data_rng)
    X_test, y_test = make_rings(200, data_rng)
    center, spread = X_train.mean(0), X_train.std(0)
    X_train = (X_train - center) / spread
    X_val = (X_val - center) / spread
    X_test = (X_test - center) / spread
    net = RingNet([6, 32, 24], p_drop=0.2, seed=3)
    train(net, X_train, y_train, X_val, y_val)
    loss, acc = evaluate(net, X_test, y_test)
    print('test loss {:.5f}  test accuracy {:.4f}'.format(loss, acc))
