import numpy as np


def im2col(images, k, pad):
    n, c, h, w = images.shape
    padded = np.pad(images, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    oh, ow = h + 2 * pad - k + 1, w + 2 * pad - k + 1
    cols = np.zeros((n, c, k, k, oh, ow))
    for i in range(k):
        for j in range(k):
            cols[:, :, i, j] = padded[:, :, i:i + oh, j:j + ow]
    return cols.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow, -1)


def col2im(cols, shape, k, pad):
    n, c, h, w = shape
    oh, ow = h + 2 * pad - k + 1, w + 2 * pad - k + 1
    cols = cols.reshape(n, oh, ow, c, k, k).transpose(0, 3, 4, 5, 1, 2)
    padded = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    for i in range(k):
        for j in range(k):
            padded[:, :, i:i + oh, j:j + ow] += cols[:, :, i, j]
    return padded[:, :, pad:pad + h, pad:pad + w]


class Conv:
    def __init__(self, cin, cout, k, pad):
        self.k, self.pad, self.cout = k, pad, cout
        self.W = np.random.randn(cin * k * k, cout) * np.sqrt(2 / (cin * k * k))
        self.b = np.zeros(cout)

    def forward(self, x):
        self.shape = x.shape
        self.cols = im2col(x, self.k, self.pad)
        out = self.cols @ self.W + self.b
        n, _, h, w = x.shape
        d = 2 * self.pad - self.k + 1
        return out.reshape(n, h + d, w + d, self.cout).transpose(0, 3, 1, 2)

    def backward(self, dout):
        dflat = dout.transpose(0, 2, 3, 1).reshape(-1, self.cout)
        self.dW = self.cols.T @ dflat
        self.db = dflat.sum(axis=0)
        return col2im(dflat @ self.W.T, self.shape, self.k, self.pad)


class MaxPool2:
    def forward(self, x):
        n, c, h, w = x.shape
        blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
        out = blocks.max(axis=(3, 5))
        self.mask = blocks == out[:, :, :, None, :, None]
        return out

    def backward(self, dout):
        d = self.mask * dout[:, :, :, None, :, None]
        n, c, h, _, w, _ = d.shape
        return d.reshape(n, c, h * 2, w * 2)


class Affine:
    def __init__(self, nin, nout):
        self.W = np.random.randn(nin, nout) / np.sqrt(nin)
        self.b = np.zeros(nout)

    def forward(self, x):
        self.shape = x.shape
        self.x = x.reshape(len(x), -1)
        return self.x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return (dout @ self.W.T).reshape(self.shape)


class Softplus:
    def forward(self, x):
        self.x = x
        return np.logaddexp(0, x)

    def backward(self, dout):
        return dout / (1 + np.exp(-self.x))


def make_images(n):
    """8x8 pictures: horizontal, vertical or diagonal stroke on noise"""
    kind = np.random.randint(0, 3, n)
    imgs = 0.5 * np.random.randn(n, 1, 8, 8)
    for a, t in enumerate(kind):
        r, c = np.random.randint(0, 4, 2)
        for s in range(5):
            rr, cc = (r, c + s) if t == 0 else (r + s, c) if t == 1 else (r + s, c + s)
            imgs[a, 0, min(rr, 7), min(cc, 7)] += 1.5
    return imgs, kind


np.random.seed(8)
x_train, t_train = make_images(400)
x_test, t_test = make_images(200)
net = [Conv(1, 6, 3, 1), Softplus(), MaxPool2(), Conv(6, 8, 3, 0), Softplus(), Affine(32, 3)]
trainable = [l for l in net if hasattr(l, 'W')]
lr = 0.1


def run(x):
    for layer in net:
        x = layer.forward(x)
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


for epoch in range(12):
    perm = np.random.permutation(len(x_train))
    losses = []
    for s in range(0, len(x_train), 25):
        ix = perm[s:s + 25]
        prob = run(x_train[ix])
        losses.append(-np.mean(np.log(prob[np.arange(len(ix)), t_train[ix]])))
        grad = (prob - np.eye(3)[t_train[ix]]) / len(ix)
        for layer in reversed(net):
            grad = layer.backward(grad)
        for layer in trainable:
            layer.W -= lr * layer.dW
            layer.b -= lr * layer.db
    lr *= 0.93
    acc = np.mean(run(x_test).argmax(axis=1) == t_test)
    print('epoch %2d  loss %.5f  test acc %.4f' % (epoch, np.mean(losses), acc))
