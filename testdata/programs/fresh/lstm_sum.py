import numpy as np

np.random.seed(12)
T, B, I, H = 6, 8, 2, 7


def sig(x):
    return 1 / (1 + np.exp(-x))


class LSTMCell:
    def __init__(self):
        self.W = np.random.randn(I + H, 4 * H) * 0.3
        self.b = np.zeros(4 * H)
        self.b[H:2 * H] = 1
        self.V = np.random.randn(H, 1) * 0.3
        self.c = np.zeros(1)

    def forward(self, x):
        h = np.zeros((B, H))
        c = np.zeros((B, H))
        self.cache = []
        for t in range(T):
            xh = np.hstack((x[t], h))
            z = xh @ self.W + self.b
            i = sig(z[:, :H])
            f = sig(z[:, H:2 * H])
            o = sig(z[:, 2 * H:3 * H])
            g = np.tanh(z[:, 3 * H:])
            c_prev = c
            c = f * c_prev + i * g
            tc = np.tanh(c)
            h = o * tc
            self.cache.append((xh, i, f, o, g, c_prev, tc))
        self.h = h
        return h @ self.V + self.c

    def backward(self, dy):
        self.dV = self.h.T @ dy
        self.dc = dy.sum(0)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        dh = dy @ self.V.T
        dc = np.zeros((B, H))
        for xh, i, f, o, g, c_prev, tc in reversed(self.cache):
            do = dh * tc
            dc = dc + dh * o * (1 - tc ** 2)
            df = dc * c_prev
            di = dc * g
            dg = dc * i
            dz = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)))
            self.dW += xh.T @ dz
            self.db += dz.sum(0)
            dxh = dz @ self.W.T
            dh = dxh[:, I:]
            dc = dc * f

    def update(self, lr):
        self.W -= lr * self.dW
        self.b -= lr * self.db
        self.V -= lr * self.dV
        self.c -= lr * self.dc


cell = LSTMCell()
for it in range(8):
    x = np.random.rand(T, B, I)
    x[:, :, 1] = (x[:, :, 1] > 0.6)
    y = (x[:, :, 0] * x[:, :, 1]).sum(0)[:, None]
    out = cell.forward(x)
    loss = np.mean((out - y) ** 2)
    cell.backward(2 * (out - y) / B)
    cell.update(0.1)
    print(it, loss)
