"""minitorch-ish: tiny layer library + 1D convnet that tells chirps, steps and spikes apart"""
import numpy as np


class Param:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class Module:
    def parameters(self):
        out = []
        for v in self.__dict__.values():
            if isinstance(v, Param):
                out.append(v)
            elif isinstance(v, Module):
                out += v.parameters()
            elif isinstance(v, list):
                for u in v:
                    if isinstance(u, Module):
                        out += u.parameters()
        return out

    def zero_grad(self):
        for p in self.parameters():
            p.grad[...] = 0


class Conv1d(Module):
    """(N, C, L) -> (N, F, Lout), zero padding, stride"""

    def __init__(self, c_in, c_out, k, pad, stride, rng):
        self.k, self.pad, self.stride = k, pad, stride
        self.w = Param(rng.normal(0, np.sqrt(2.0 / (c_in * k)), (c_out, c_in, k)))
        self.b = Param(np.zeros(c_out))

    def forward(self, x):
        self.xp = np.pad(x, ((0, 0), (0, 0), (self.pad, self.pad)))
        n, c, lp = self.xp.shape
        self.lout = (lp - self.k) // self.stride + 1
        y = np.zeros((n, self.w.data.shape[0], self.lout))
        for o in range(self.lout):
            s = o * self.stride
            y[:, :, o] = np.tensordot(self.xp[:, :, s:s + self.k], self.w.data, axes=([1, 2], [1, 2]))
        return y + self.b.data[None, :, None]

    def backward(self, dy):
        self.b.grad += dy.sum(axis=(0, 2))
        dxp = np.zeros_like(self.xp)
        for o in range(self.lout):
            s = o * self.stride
            d = dy[:, :, o]
            self.w.grad += np.tensordot(d, self.xp[:, :, s:s + self.k], axes=(0, 0))
            dxp[:, :, s:s + self.k] += np.tensordot(d, self.w.data, axes=(1, 0))
        return dxp[:, :, self.pad:dxp.shape[2] - self.pad]


class LeakyReLU(Module):
    def __init__(self, slope=0.1):
        self.slope = slope

    def forward(self, x):
        self.m = np.where(x > 0, 1.0, self.slope)
        return x * self.m

    def backward(self, dy):
        return dy * self.m


class AvgPoolAll(Module):
    def forward(self, x):
        self.shape = x.shape
        return x.mean(axis=2)

    def backward(self, dy):
        return np.broadcast_to(dy[:, :, None] / self.shape[2], self.shape)


class Linear(Module):
    def __init__(self, i, o, rng):
        self.w = Param(rng.normal(0, np.sqrt(1.0 / i), (i, o)))
        self.b = Param(np.zeros(o))

    def forward(self, x):
        self.x = x
        return x @ self.w.data + self.b.data

    def backward(self, dy):
        self.w.grad += self.x.T @ dy
        self.b.grad += dy.sum(axis=0)
        return dy @ self.w.data.T


class Sequential(Module):
    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for l in self.layers:
            x = l.forward(x)
        return x

    def backward(self, d):
        for l in reversed(self.layers):
            d = l.backward(d)
        return d


class SoftmaxCE:
    def forward(self, z, y):
        z = z - z.max(axis=1, keepdims=True)
        logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p, self.y = np.exp(logp), y
        return -logp[np.arange(len(y)), y].mean()

    def backward(self):
        d = self.p.copy()
        d[np.arange(len(self.y)), self.y] -= 1
        return d / len(self.y)


class Adam:
    def __init__(self, ps, lr, b1=0.9, b2=0.99, eps=1e-8):
        self.ps, self.lr, self.b1, self.b2, self.eps = ps, lr, b1, b2, eps
        self.m = [np.zeros_like(p.data) for p in ps]
        self.v = [np.zeros_like(p.data) for p in ps]
        self.t = 0

    def step(self):
        self.t += 1
        for p, m, v in zip(self.ps, self.m, self.v):
            m[...] = self.b1 * m + (1 - self.b1) * p.grad
            v[...] = self.b2 * v + (1 - self.b2) * p.grad * p.grad
            mh = m / (1 - self.b1 ** self.t)
            vh = v / (1 - self.b2 ** self.t)
            p.data -= self.lr * mh / (np.sqrt(vh) + self.eps)


def signals(n, rng, L=32):
    y = rng.integers(0, 3, n)
    t = np.arange(L) / L
    x = np.empty((n, 1, L))
    for i in range(n):
        if y[i] == 0:
            s = np.sin(2 * np.pi * (2 * t + 4 * t ** 2) + rng.uniform(0, 6.28))
        elif y[i] == 1:
            s = np.where(t > rng.uniform(0.2, 0.8), 1.0, -1.0)
        else:
            s = np.zeros(L)
            s[rng.integers(0, L, 4)] = rng.choice([-3.0, 3.0], 4)
        x[i, 0] = s + rng.normal(0, 0.5, L)
    return x, y


rng = np.random.default_rng(21)
x_all, y_all = signals(320, rng)
x_tr, y_tr, x_va, y_va = x_all[:240], y_all[:240], x_all[240:], y_all[240:]

net = Sequential(Conv1d(1, 6, 5, 2, 2, rng), LeakyReLU(),
                 Conv1d(6, 8, 3, 1, 1, rng), LeakyReLU(),
                 AvgPoolAll(), Linear(8, 3, rng))
crit = SoftmaxCE()
opt = Adam(net.parameters(), lr=0.01)

for epoch in range(10):
    order = rng.permutation(len(y_tr))
    total = 0.0
    for chunk in np.split(order, 12):
        net.zero_grad()
        loss = crit.forward(net.forward(x_tr[chunk]), y_tr[chunk])
        net.backward(crit.backward())
        opt.step()
        total += loss / 12
    out = net.forward(x_va)
    va = crit.forward(out, y_va)
    print(f"epoch {epoch:2d} | train {total:.5f} | valid {va:.5f} | acc {(out.argmax(1) == y_va).mean():.3f}")
