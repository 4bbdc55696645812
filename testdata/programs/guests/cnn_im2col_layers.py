import numpy as np

rng = np.random.default_rng(0)


class Conv2D:
    """NCHW convolution through im2col, stride 1, zero padding."""

    def __init__(self, c_in, c_out, k, pad=0):
        self.k, self.pad = k, pad
        self.W = rng.normal(0, np.sqrt(2.0 / (c_in * k * k)), (c_out, c_in, k, k))
        self.b = np.zeros(c_out)

    def im2col(self, x):
        n, c, h, w = x.shape
        k = self.k
        oh, ow = h - k + 1, w - k + 1
        cols = np.empty((n, c, k, k, oh, ow))
        for i in range(k):
            for j in range(k):
                cols[:, :, i, j] = x[:, :, i:i + oh, j:j + ow]
        return cols.reshape(n, c * k * k, oh * ow), oh, ow

    def forward(self, x, train=True):
        xp = np.pad(x, ((0, 0), (0, 0)) + 2 * ((self.pad, self.pad),))
        self.xp_shape = xp.shape
        self.cols, oh, ow = self.im2col(xp)
        Wm = self.W.reshape(self.W.shape[0], -1)
        out = Wm @ self.cols + self.b[:, None]
        return out.reshape(x.shape[0], -1, oh, ow)

    def backward(self, dout):
        n, co, oh, ow = dout.shape
        k, p = self.k, self.pad
        dm = dout.reshape(n, co, oh * ow)
        self.dW = np.einsum('nop,ncp->oc', dm, self.cols).reshape(self.W.shape)
        self.db = dout.sum(axis=(0, 2, 3))
        dcols = self.W.reshape(co, -1).T @ dm
        dcols = dcols.reshape(n, -1, k, k, oh, ow)
        dx = np.zeros(self.xp_shape)
        for i in range(k):
            for j in range(k):
                dx[:, :, i:i + oh, j:j + ow] += dcols[:, :, i, j]
        if p:
            dx = dx[:, :, p:-p, p:-p]
        return dx

    def params(self):
        return [(self.W, self.dW), (self.b, self.db)]


class ReLU:
    def forward(self, x, train=True):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask

    def params(self):
        return []


class MaxPool2:
    def forward(self, x, train=True):
        n, c, h, w = x.shape
        self.shape = x.shape
        win = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5)
        win = win.reshape(n, c, h // 2, w // 2, 4)
        self.arg = win.argmax(axis=-1)
        return win.max(axis=-1)

    def backward(self, dout):
        n, c, h, w = self.shape
        dwin = np.zeros(dout.shape + (4,))
        np.put_along_axis(dwin, self.arg[..., None], dout[..., None], axis=-1)
        dwin = dwin.reshape(n, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5)
        return dwin.reshape(n, c, h, w)

    def params(self):
        return []


class Dropout:
    def __init__(self, rate):
        self.rate = rate

    def forward(self, x, train=True):
        if not train:
            return x
        self.keep = (rng.random(x.shape) >= self.rate) / (1 - self.rate)
        return x * self.keep

    def backward(self, dout):
        return dout * self.keep

    def params(self):
        return []


class Flatten:
    def forward(self, x, train=True):
        self.shape = x.shape
        return x.reshape(x.shape[0], -1)

    def backward(self, dout):
        return dout.reshape(self.shape)

    def params(self):
        return []


class Dense:
    def __init__(self, n_in, n_out):
        self.W = rng.normal(0, np.sqrt(1.0 / n_in), (n_in, n_out))
        self.b = np.zeros(n_out)

    def forward(self, x, train=True):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T

    def params(self):
        return [(self.W, self.dW), (self.b, self.db)]


def softmax_loss(logits, y):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    n = len(y)
    d = np.exp(logp)
    d[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].mean(), d / n


class Net:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x, train=True):
        for layer in self.layers:
            x = layer.forward(x, train)
        return x

    def backward(self, d):
        for layer in reversed(self.layers):
            d = layer.backward(d)
        return d

    def params(self):
        return [p for layer in self.layers for p in layer.params()]


def make_images(n):
    """horizontal bar / vertical bar / diagonal on 8x8 noise"""
    x = rng.normal(0, 0.35, (n, 1, 8, 8))
    y = rng.integers(0, 3, n)
    for i in range(n):
        r = rng.integers(1, 7)
        if y[i] == 0:
            x[i, 0, r, 1:7] += 1
        elif y[i] == 1:
            x[i, 0, 1:7, r] += 1
        else:
            s = rng.integers(-2, 3)
            for t in range(8):
                if 0 <= t + s < 8:
                    x[i, 0, t, t + s] += 1
    return x, y


if __name__ == '__main__':
    Xtr, ytr = make_images(400)
    Xte, yte = make_images(200)
    net = Net([Conv2D(1, 6, 3, pad=1), ReLU(), MaxPool2(), Conv2D(6, 8, 3), ReLU(),
               Flatten(), Dropout(0.2), Dense(32, 3)])
    lr, mu, batch = 0.05, 0.9, 40
    velocity = None
    for epoch in range(8):
        perm = rng.permutation(len(Xtr))
        total = 0.0
        for s in range(0, len(Xtr), batch):
            idx = perm[s:s + batch]
            loss, d = softmax_loss(net.forward(Xtr[idx]), ytr[idx])
            net.backward(d)
            total += loss * len(idx)
            pg = net.params()
            if velocity is None:
                velocity = [np.zeros_like(p) for p, _ in pg]
            for v, (p, g) in zip(velocity, pg):
                v *= mu
                v -= lr * g
                p += v
        acc = (net.forward(Xte, train=False).argmax(axis=1) == yte).mean()
        print(f'epoch {epoch + 1}: loss {total / len(Xtr):.4f}  test acc {acc:.3f}')
