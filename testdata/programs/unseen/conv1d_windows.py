import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

np.random.seed(31)


class Conv1D:
    def __init__(self, cin, cout, k, stride):
        self.w = np.random.randn(cin * k, cout) * np.sqrt(2 / (cin * k))
        self.b = np.zeros(cout)
        self.k, self.stride = k, stride

    def forward(self, x):                                   # n, channels, time
        win = sliding_window_view(x, self.k, axis=2)[:, :, ::self.stride]
        n, c, t, k = win.shape
        self.cols = win.transpose(0, 2, 1, 3).reshape(n * t, c * k)
        self.shape, self.t = x.shape, t
        return (self.cols @ self.w + self.b).reshape(n, t, -1).transpose(0, 2, 1)

    def backward(self, d):
        n, f, t = d.shape
        flat = d.transpose(0, 2, 1).reshape(n * t, f)
        self.dw = self.cols.T @ flat
        self.db = flat.sum(axis=0)
        dcols = (flat @ self.w.T).reshape(n, t, self.shape[1], self.k)
        dx = np.zeros(self.shape)
        for i in range(t):
            at = i * self.stride
            dx[:, :, at:at + self.k] += dcols[:, i]
        return dx


class Square:
    def forward(self, x):
        self.x = x
        return x * np.abs(x)

    def backward(self, d):
        return 2 * np.abs(self.x) * d


class MeanPool:
    def forward(self, x):
        self.t = x.shape[2]
        return x.mean(axis=2)

    def backward(self, d):
        return np.repeat(d[:, :, None], self.t, axis=2) / self.t


class Dense:
    def __init__(self, i, o):
        self.w = np.random.randn(i, o) * 0.3
        self.b = np.zeros(o)

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, d):
        self.dw = self.x.T @ d
        self.db = d.sum(axis=0)
        return d @ self.w.T


n = 20
freq = np.random.rand(n) * 2 + 0.5
sound = np.sin(np.arange(24) * freq[:, None])[:, None, :] + 0.05 * np.random.randn(n, 1, 24)
net = [Conv1D(1, 4, 5, 2), Square(), Conv1D(4, 3, 3, 2), Square(), MeanPool(), Dense(3, 1)]
for step in range(8):
    x = sound
    for layer in net:
        x = layer.forward(x)
    err = x[:, 0] - freq
    loss = np.mean(np.log(np.cosh(err)))
    d = (np.tanh(err) / n)[:, None]
    for layer in reversed(net):
        d = layer.backward(d)
    for layer in net:
        if hasattr(layer, "w"):
            layer.w -= 0.02 * layer.dw
            layer.b -= 0.02 * layer.db
    print(step, loss)
