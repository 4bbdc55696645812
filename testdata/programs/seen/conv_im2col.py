import numpy as np


def im2col(x, k):
    n, c, h, w = x.shape
    oh, ow = h - k + 1, w - k + 1
    col = np.empty((n, c, k, k, oh, ow))
    for i in range(k):
        for j in range(k):
            col[:, :, i, j] = x[:, :, i:i + oh, j:j + ow]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow, -1)


class Convolution:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        f, c, k, _ = self.W.shape
        n, _, h, w = x.shape
        self.x, self.col = x, im2col(x, k)
        out = self.col @ self.W.reshape(f, -1).T + self.b
        return out.reshape(n, h - k + 1, w - k + 1, f).transpose(0, 3, 1, 2)

    def backward(self, dout):
        f = self.W.shape[0]
        d = dout.transpose(0, 2, 3, 1).reshape(-1, f)
        self.db = d.sum(axis=0)
        self.dW = (self.col.T @ d).T.reshape(self.W.shape)


class MaxPool:
    def forward(self, x):
        n, c, h, w = x.shape
        self.shape = x.shape
        v = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)
        self.arg = v.argmax(axis=-1)
        return v.max(axis=-1)

    def backward(self, dout):
        n, c, h, w = self.shape
        d = np.zeros(dout.shape + (4,))
        np.put_along_axis(d, self.arg[..., None], dout[..., None], axis=-1)
        return d.reshape(n, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h, w)


rng = np.random.default_rng(4)
conv = Convolution(rng.normal(0, .4, (4, 1, 3, 3)), np.zeros(4))
pool = MaxPool()
W, b = rng.normal(0, .3, (36, 2)), np.zeros(2)
for step in range(8):
    x = rng.normal(size=(8, 1, 8, 8))
    y = (x[:, 0, :4].sum(axis=(1, 2)) > 0).astype(int)
    z = conv.forward(x)
    a = np.tanh(z)
    m = pool.forward(a)
    flat = m.reshape(8, -1)
    s = flat @ W + b
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(8), y]).mean()
    ds = p.copy()
    ds[np.arange(8), y] -= 1
    ds /= 8
    dW, db = flat.T @ ds, ds.sum(axis=0)
    dm = (ds @ W.T).reshape(m.shape)
    da = pool.backward(dm)
    conv.backward(da * (1 - a * a))
    W -= 0.2 * dW
    b -= 0.2 * db
    conv.W -= 0.2 * conv.dW
    conv.b -= 0.2 * conv.db
    print(step, loss)
