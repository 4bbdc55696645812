import numpy as np
from numpy.lib.stride_tricks import as_strided

class Conv2D:
    def __init__(self, in_ch, out_ch, ksize, pad=0):
        self.k, self.pad = ksize, pad
        scale = np.sqrt(2.0 / (in_ch * ksize * ksize))
        self.W = np.random.randn(out_ch, in_ch, ksize, ksize) * scale
        self.b = np.zeros(out_ch)
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, x):
        n, c, h, w = x.shape
        k, p = self.k, self.pad
        xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode='constant')
        oh, ow = h + 2 * p - k + 1, w + 2 * p - k + 1
        s0, s1, s2, s3 = xp.strides
        windows = as_strided(xp, (n, c, oh, ow, k, k), (s0, s1, s2, s3, s2, s3))
        self.col = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * oh * ow, -1)
        self.in_shape, self.padded_shape = x.shape, xp.shape
        out = self.col.dot(self.W.reshape(self.W.shape[0], -1).T) + self.b
        return out.reshape(n, oh, ow, -1).transpose(0, 3, 1, 2)

    def backward(self, dout):
        n, f, oh, ow = dout.shape
        k, p = self.k, self.pad
        flat = dout.transpose(0, 2, 3, 1).reshape(-1, f)
        self.dW = flat.T.dot(self.col).reshape(self.W.shape)
        self.db = flat.sum(axis=0)
        dcol = flat.dot(self.W.reshape(f, -1))
        dcol = dcol.reshape(n, oh, ow, -1, k, k).transpose(0, 3, 4, 5, 1, 2)
        dxp = np.zeros(self.padded_shape)
        for i in range(k):
            for j in range(k):
                dxp[:, :, i:i + oh, j:j + ow] += dcol[:, :, i, j]
        h, w = self.in_shape[2:]
        return dxp[:, :, p:p + h, p:p + w]

class MaxPool2x2:
    def forward(self, x):
        n, c, h, w = x.shape
        self.x_view = x.reshape(n, c, h // 2, 2, w // 2, 2)
        self.out = self.x_view.max(axis=(3, 5))
        self.mask = (self.x_view == self.out[:, :, :, None, :, None])
        self.count = self.mask.sum(axis=(3, 5), keepdims=True)  # ties share
        return self.out

    def backward(self, dout):
        dx = self.mask * dout[:, :, :, None, :, None] / self.count
        n, c, h2, _, w2, _ = dx.shape
        return dx.reshape(n, c, 2 * h2, 2 * w2)

class LeakyReLU:
    def __init__(self, slope=0.1):
        self.slope = slope

    def forward(self, x):
        self.neg = x < 0
        return np.where(self.neg, self.slope * x, x)

    def backward(self, dout):
        return np.where(self.neg, self.slope * dout, dout)

class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(x.shape[0], -1)

    def backward(self, dout):
        return dout.reshape(self.shape)

class FullyConnected:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) / np.sqrt(n_in)
        self.b = np.zeros(n_out)
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return x.dot(self.W) + self.b

    def backward(self, dout):
        self.dW = self.x.T.dot(dout)
        self.db = dout.sum(axis=0)
        return dout.dot(self.W.T)

class SoftmaxWithLoss:
    def forward(self, scores, t):
        z = scores - scores.max(axis=1, keepdims=True)
        self.y = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        self.t = t
        return -np.log(self.y[np.arange(len(t)), t] + 1e-12).mean()

    def backward(self):
        dx = self.y.copy()
        dx[np.arange(len(self.t)), self.t] -= 1
        return dx / len(self.t)

class MomentumSGD:
    def __init__(self, layers, lr, momentum=0.9, weight_decay=0.0):
        self.layers = [l for l in layers if hasattr(l, 'W')]
        self.lr, self.momentum, self.wd = lr, momentum, weight_decay
        self.vel = [{'W': np.zeros_like(l.W), 'b': np.zeros_like(l.b)} for l in self.layers]

    def step(self):
        for layer, v in zip(self.layers, self.vel):
            v['W'] = self.momentum * v['W'] - self.lr * (layer.dW + self.wd * layer.W)
            v['b'] = self.momentum * v['b'] - self.lr * layer.db
            layer.W += v['W']
            layer.b += v['b']

def make_images(n, size=8):
    """class 0: horizontal bar, 1: vertical bar, 2: diagonal, 3: hollow square"""
    x = np.random.randn(n, 1, size, size) * 0.35
    t = np.random.randint(0, 4, n)
    for i in range(n):
        r, c = np.random.randint(0, size - 3, 2)
        patch = np.zeros((4, 4))
        if t[i] == 0:
            patch[np.random.randint(4), :] = 1
        elif t[i] == 1:
            patch[:, np.random.randint(4)] = 1
        elif t[i] == 2:
            patch = np.eye(4)
        else:
            patch[[0, 3], :] = 1
            patch[:, [0, 3]] = 1
        x[i, 0, r:r + 4, c:c + 4] += patch
    return x, t

def run(net, x):
    for layer in net:
        x = layer.forward(x)
    return x

np.random.seed(7)
train_x, train_t = make_images(400)
test_x, test_t = make_images(200)
net = [Conv2D(1, 6, 3, pad=1), LeakyReLU(), MaxPool2x2(),
       Conv2D(6, 8, 3), LeakyReLU(), Flatten(),
       FullyConnected(8 * 2 * 2, 4)]
criterion = SoftmaxWithLoss()
optimizer = MomentumSGD(net, lr=0.05, momentum=0.9, weight_decay=1e-3)

for epoch in range(12):
    order = np.random.permutation(len(train_x))
    running = 0.0
    for b in range(0, len(order), 32):
        batch = order[b:b + 32]
        loss = criterion.forward(run(net, train_x[batch]), train_t[batch])
        grad = criterion.backward()
        for layer in reversed(net):
            grad = layer.backward(grad)
        optimizer.step()
        running += loss * len(batch)
    test_loss = criterion.forward(run(net, test_x), test_t)
    print('epoch %2d  train loss %.5f  test loss %.5f' % (epoch, running / len(train_x), test_loss))

pred = run(net, test_x).argmax(axis=1)
print('test accuracy %.3f' % (pred == test_t).mean())
