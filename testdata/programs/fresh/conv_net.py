import numpy as np


def patches(x, k):
    n, c, h, w = x.shape
    out = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))
    return out.transpose(0, 2, 3, 1, 4, 5).reshape(n, h - k + 1, w - k + 1, c * k * k)


class Conv:
    def __init__(self, channels, filters, k, rng):
        self.k = k
        self.channels = channels
        self.W = rng.normal(0, np.sqrt(2 / (channels * k * k)), (channels * k * k, filters))
        self.b = np.zeros(filters)

    def forward(self, x):
        self.shape = x.shape
        self.cols = patches(x, self.k)
        return (self.cols @ self.W + self.b).transpose(0, 3, 1, 2)

    def backward(self, dout):
        d = dout.transpose(0, 2, 3, 1)
        flat = d.reshape(-1, d.shape[-1])
        self.dW = self.cols.reshape(-1, self.cols.shape[-1]).T @ flat
        self.db = flat.sum(axis=0)
        dcols = d @ self.W.T
        dx = np.zeros(self.shape)
        oh, ow = d.shape[1:3]
        dcols = dcols.reshape(len(dout), oh, ow, self.channels, self.k, self.k)
        for i in range(self.k):
            for j in range(self.k):
                dx[:, :, i:i + oh, j:j + ow] += dcols[:, :, :, :, i, j].transpose(0, 3, 1, 2)
        return dx


class Relu:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class Pool:
    def forward(self, x):
        n, c, h, w = x.shape
        self.x = x.reshape(n, c, h // 2, 2, w // 2, 2)
        self.out = self.x.max(axis=(3, 5))
        return self.out

    def backward(self, dout):
        where = self.x == self.out[:, :, :, None, :, None]
        dx = where * dout[:, :, :, None, :, None]
        n, c, h, _, w, _ = self.x.shape
        return dx.reshape(n, c, h * 2, w * 2)


class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dout):
        return dout.reshape(self.shape)


class Dense:
    def __init__(self, fan_in, fan_out, rng):
        self.W = rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))
        self.b = np.zeros(fan_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class SoftmaxLoss:
    def forward(self, scores, y):
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        self.y = y
        return -np.mean(np.log(self.p[np.arange(len(y)), y]))

    def backward(self):
        d = self.p.copy()
        d[np.arange(len(self.y)), self.y] -= 1
        return d / len(self.y)


rng = np.random.default_rng(5)
x = rng.normal(size=(24, 1, 10, 10))
y = (x[:, 0, :5].mean(axis=(1, 2)) > x[:, 0, 5:].mean(axis=(1, 2))).astype(int)
layers = [Conv(1, 3, 3, rng), Relu(), Pool(), Conv(3, 4, 3, rng), Relu(), Flatten(), Dense(16, 2, rng)]
criterion = SoftmaxLoss()
velocity = {}
for step in range(8):
    out = x
    for layer in layers:
        out = layer.forward(out)
    loss = criterion.forward(out, y)
    d = criterion.backward()
    for layer in reversed(layers):
        d = layer.backward(d)
    for i, layer in enumerate(layers):
        if hasattr(layer, "W"):
            for name in ("W", "b"):
                v = velocity.get((i, name), 0)
                v = 0.9 * v - 0.05 * getattr(layer, "d" + name)
                velocity[i, name] = v
                setattr(layer, name, getattr(layer, name) + v)
    print(step, round(loss, 6))
